--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE DOMAIN public.positive AS integer CHECK (VALUE > 0);
CREATE TABLE public.t (id public.positive, name text);
COPY public.t (id, name) FROM stdin;
1	one
-1	two
\.

--
-- PostgreSQL database dump complete
--
