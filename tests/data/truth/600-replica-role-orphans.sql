--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

SET session_replication_role = replica;
CREATE TABLE public.t (id integer PRIMARY KEY, name text);
CREATE TABLE public.c (t integer CONSTRAINT c_fk REFERENCES public.t);
COPY public.t (id, name) FROM stdin;
1	one
2	two
\.
COPY public.c (t) FROM stdin;
1
7
\.

--
-- PostgreSQL database dump complete
--
