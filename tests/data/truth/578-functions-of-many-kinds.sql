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
CREATE AGGREGATE public.product(numeric) (SFUNC = numeric_mul, STYPE = numeric);
CREATE FUNCTION public.same(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT $1 = $2';
CREATE OPERATOR public.=== (FUNCTION = public.same, LEFTARG = text, RIGHTARG = text);
CREATE TYPE public.pair AS (a integer);
CREATE CAST (public.pair AS text) WITH INOUT;
CREATE FUNCTION public.d() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
CREATE PROCEDURE public.p() LANGUAGE sql AS 'SELECT 1';

--
-- PostgreSQL database dump complete
--
