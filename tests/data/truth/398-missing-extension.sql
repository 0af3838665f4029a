--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE EXTENSION IF NOT EXISTS postgis_nowhere WITH SCHEMA nowhere;
CREATE TABLE public.t (
    id integer NOT NULL,
    name text,
    shape nowhere.blob
);
COPY public.t (id, name) FROM stdin;
1	one
2	two
\.

--
-- PostgreSQL database dump complete
--
