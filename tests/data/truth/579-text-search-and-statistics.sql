--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (
    id integer NOT NULL,
    name text
);
COPY public.t (id, name) FROM stdin;
1	one
2	two
\.
CREATE TEXT SEARCH DICTIONARY public.d (TEMPLATE = pg_catalog.simple);
CREATE TEXT SEARCH CONFIGURATION public.c (PARSER = pg_catalog."default");
ALTER TEXT SEARCH CONFIGURATION public.c ADD MAPPING FOR word WITH public.d;
CREATE STATISTICS public.st (dependencies) ON id, name FROM public.t;
CREATE COLLATION public.co (provider = libc, locale = 'C');
CREATE CONVERSION public.cv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;

--
-- PostgreSQL database dump complete
--
