--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (v numeric(4,2));
COPY public.t (v) FROM stdin;
99.99
100
\.

--
-- PostgreSQL database dump complete
--
