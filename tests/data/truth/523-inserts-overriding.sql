--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (id integer GENERATED ALWAYS AS IDENTITY, name text);
INSERT INTO public.t (id, name) OVERRIDING SYSTEM VALUE VALUES (7, 'x'), (9, 'y');
SELECT pg_catalog.setval('public.t_id_seq', 9, true);

--
-- PostgreSQL database dump complete
--
