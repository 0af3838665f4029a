--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

COMMENT ON SCHEMA public IS 'open;
CREATE TABLE public.t (
    id integer NOT NULL,
    name text
);

--
-- PostgreSQL database dump complete
--
