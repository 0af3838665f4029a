--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (id integer PRIMARY KEY, name text);
INSERT INTO public.t VALUES (1, 'one'),
 (2, 'two'),
 (1, 'three');

--
-- PostgreSQL database dump complete
--
