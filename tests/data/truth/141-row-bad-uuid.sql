--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (u uuid);
COPY public.t (u) FROM stdin;
s3cret
\.

--
-- PostgreSQL database dump complete
--
