--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (id integer, j jsonb);
COPY public.t (id, j) FROM stdin;
1	{"a": "\\u0000"}
\.

--
-- PostgreSQL database dump complete
--
