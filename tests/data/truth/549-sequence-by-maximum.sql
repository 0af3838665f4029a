--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (id serial, name text);
COPY public.t (id, name) FROM stdin;
1	one
2	two
\.
SELECT pg_catalog.setval('public.t_id_seq', (SELECT max(id) FROM public.t));

--
-- PostgreSQL database dump complete
--
