--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (
    id integer NOT NULL,
    name text
);
INSERT INTO public.t SELECT i, 'x' FROM generate_series(1, 2) i;

--
-- PostgreSQL database dump complete
--
