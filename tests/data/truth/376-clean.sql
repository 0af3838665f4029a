--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

ALTER TABLE ONLY public.t DROP CONSTRAINT t_pkey;
DROP INDEX public.t_name;
ALTER TABLE public.t ALTER COLUMN id DROP DEFAULT;
DROP SEQUENCE public.s;
DROP TABLE public.t;
CREATE TABLE public.t (
    id integer NOT NULL,
    name text
);
COPY public.t (id, name) FROM stdin;
1	one
2	two
\.

--
-- PostgreSQL database dump complete
--
