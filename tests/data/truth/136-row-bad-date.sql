--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (at date);
COPY public.t (at) FROM stdin;
2026-02-28
2026-02-30
\.

--
-- PostgreSQL database dump complete
--
