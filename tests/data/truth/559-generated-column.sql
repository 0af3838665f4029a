--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (id integer, twice integer GENERATED ALWAYS AS (id * 2) STORED);
COPY public.t (id) FROM stdin;
1
2
\.

--
-- PostgreSQL database dump complete
--
