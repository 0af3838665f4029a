--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

SET session_replication_role = replica;
CREATE TABLE public.t (id integer PRIMARY KEY, name text);
CREATE TABLE public.c (t integer CONSTRAINT c_fk REFERENCES public.t);
COPY public.c (t) FROM stdin;
1
\.
COPY public.t (id, name) FROM stdin;
1	one
2	two
\.
SET session_replication_role = DEFAULT;

--
-- PostgreSQL database dump complete
--
