--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (r int4range);
COPY public.t (r) FROM stdin;
[1,5)
[4,9)
\.
ALTER TABLE public.t ADD CONSTRAINT apart EXCLUDE USING gist (r WITH &&);

--
-- PostgreSQL database dump complete
--
