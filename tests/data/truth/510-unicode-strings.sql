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
INSERT INTO public.t VALUES (1, U&'\0041;'), (2, U&'d!0061t' UESCAPE '!');

--
-- PostgreSQL database dump complete
--
