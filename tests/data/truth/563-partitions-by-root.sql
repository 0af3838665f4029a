--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.p (id integer, k text) PARTITION BY LIST (k);
CREATE TABLE public.pa PARTITION OF public.p FOR VALUES IN ('a');
CREATE TABLE public.pb PARTITION OF public.p FOR VALUES IN ('b') PARTITION BY HASH (id);
CREATE TABLE public.pb0 PARTITION OF public.pb FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE public.pb1 PARTITION OF public.pb FOR VALUES WITH (MODULUS 2, REMAINDER 1);
COPY public.p (id, k) FROM stdin;
1	a
2	b
3	b
\.

--
-- PostgreSQL database dump complete
--
