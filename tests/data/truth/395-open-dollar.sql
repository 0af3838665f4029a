--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS $a$ SELECT 1 $b$;
CREATE TABLE public.t (
    id integer NOT NULL,
    name text
);

--
-- PostgreSQL database dump complete
--
