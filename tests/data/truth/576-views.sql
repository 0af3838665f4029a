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
CREATE VIEW public.v AS SELECT id FROM public.t;
CREATE RECURSIVE VIEW public.r (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3;
CREATE MATERIALIZED VIEW public.m AS SELECT count(*) AS c FROM public.t WITH NO DATA;
CREATE MATERIALIZED VIEW public.empty AS SELECT 1 WITH NO DATA;
REFRESH MATERIALIZED VIEW public.m;

--
-- PostgreSQL database dump complete
--
