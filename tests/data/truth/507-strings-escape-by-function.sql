--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false);
CREATE TABLE public.t (
    id integer NOT NULL,
    name text
);
INSERT INTO public.t VALUES (1, 'it\'s; a'), (2, 'b');

--
-- PostgreSQL database dump complete
--
