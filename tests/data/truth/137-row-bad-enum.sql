--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TYPE public.kind AS ENUM ('plain');
CREATE TABLE public.t (k public.kind);
COPY public.t (k) FROM stdin;
plain
s3cret
\.

--
-- PostgreSQL database dump complete
--
