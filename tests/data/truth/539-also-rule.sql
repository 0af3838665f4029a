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
CREATE TABLE public.log (a integer);
CREATE RULE also AS ON INSERT TO public.t DO ALSO INSERT INTO public.log VALUES (new.id);
INSERT INTO public.t (id, name) VALUES (1, 'one');

--
-- PostgreSQL database dump complete
--
