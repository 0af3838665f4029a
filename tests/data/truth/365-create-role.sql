--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE ROLE fresh;
ALTER ROLE fresh WITH SUPERUSER LOGIN PASSWORD 'md5x';
CREATE TABLE public.t (
    id integer NOT NULL,
    name text
);
COPY public.t (id, name) FROM stdin;
1	one
2	two
\.
ALTER TABLE public.t OWNER TO fresh;

--
-- PostgreSQL database dump complete
--
