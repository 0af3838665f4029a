--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

SELECT pg_catalog.lo_unlink('4242');
SELECT pg_catalog.lo_create('4242');
ALTER LARGE OBJECT 4242 OWNER TO postgres;
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
