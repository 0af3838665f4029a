--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public."Straße" ("größe" integer);
CREATE TABLE public.таблица (№ integer);
COPY public."Straße" ("größe") FROM stdin;
1
\.
INSERT INTO public.таблица VALUES (1);

--
-- PostgreSQL database dump complete
--
