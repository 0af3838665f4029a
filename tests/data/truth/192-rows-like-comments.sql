--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (name text);
COPY public.t (name) FROM stdin;
-- PostgreSQL database dump complete
pg_dump: error: no
DROP TABLE public.t;

;
/*
\.

--
-- PostgreSQL database dump complete
--
