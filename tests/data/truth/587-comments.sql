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
COMMENT ON SCHEMA public IS 'it''s';
COMMENT ON COLUMN public.t.id IS 'a; b';
ALTER TABLE public.t ADD CONSTRAINT c CHECK (id > 0);
COMMENT ON CONSTRAINT c ON public.t IS 'x';

--
-- PostgreSQL database dump complete
--
