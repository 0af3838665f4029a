--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t AS SELECT i AS id FROM generate_series(1, 2) i;

--
-- PostgreSQL database dump complete
--
