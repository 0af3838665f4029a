--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (id integer PRIMARY KEY, name text);
CREATE TABLE public.c (t integer CONSTRAINT c_fk REFERENCES public.t);
ALTER TABLE public.c DISABLE TRIGGER ALL;
COPY public.t (id, name) FROM stdin;
1	one
2	two
\.
COPY public.c (t) FROM stdin;
1
7
\.
ALTER TABLE public.c ENABLE TRIGGER ALL;

--
-- PostgreSQL database dump complete
--
