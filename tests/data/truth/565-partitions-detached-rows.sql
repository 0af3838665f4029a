--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.p (id integer, k text) PARTITION BY LIST (k);
CREATE TABLE public.pa PARTITION OF public.p FOR VALUES IN ('a');
COPY public.p (id, k) FROM stdin;
1	a
2	a
\.
DELETE FROM public.pa WHERE id = 2;

--
-- PostgreSQL database dump complete
--
