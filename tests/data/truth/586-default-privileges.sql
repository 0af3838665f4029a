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
1	one
2	two
\.
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT SELECT ON TABLES TO reader;
GRANT SELECT ON TABLE public.t TO PUBLIC;
GRANT SELECT(id), UPDATE(name) ON TABLE public.t TO app WITH GRANT OPTION;

--
-- PostgreSQL database dump complete
--
