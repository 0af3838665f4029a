--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.products (id integer, name text);
COPY public.products (id, name) FROM stdin;
1	x
\.

--
-- PostgreSQL database dump complete
--
