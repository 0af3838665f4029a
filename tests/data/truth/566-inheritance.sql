--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.parent (a integer);
CREATE TABLE public.child (b integer) INHERITS (public.parent);
COPY public.parent (a) FROM stdin;
1
\.
COPY public.child (a, b) FROM stdin;
2	2
3	3
\.

--
-- PostgreSQL database dump complete
--
