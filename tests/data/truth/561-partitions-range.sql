--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.p (id integer, k text) PARTITION BY RANGE (id);
CREATE TABLE public.p1 (id integer, k text);
CREATE TABLE public.pd (id integer, k text);
ALTER TABLE ONLY public.p ATTACH PARTITION public.p1 FOR VALUES FROM (0) TO (10);
ALTER TABLE ONLY public.p ATTACH PARTITION public.pd DEFAULT;
COPY public.p1 (id, k) FROM stdin;
1	a
\.
COPY public.pd (id, k) FROM stdin;
11	b
12	c
\.

--
-- PostgreSQL database dump complete
--
