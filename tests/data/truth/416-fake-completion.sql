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
COPY public.t (id, name) FROM stdin;
1	-- PostgreSQL database dump complete
2	two
\.
COMMENT ON TABLE public.t IS '
-- PostgreSQL database dump complete
';
CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$
-- PostgreSQL database dump complete
SELECT 'x' $$;

--
-- PostgreSQL database dump complete
--
