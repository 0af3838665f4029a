--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (a integer);
COPY public.t (a) FROM stdin;
\N
\.
ALTER TABLE public.t ALTER COLUMN a SET NOT NULL;

--
-- PostgreSQL database dump complete
--
