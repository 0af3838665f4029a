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
CREATE RULE eat AS ON INSERT TO public.t WHERE new.id = 2 DO INSTEAD NOTHING;
INSERT INTO public.t VALUES (1, 'one');
INSERT INTO public.t VALUES (2, 'two');

--
-- PostgreSQL database dump complete
--
