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
CREATE FUNCTION public.f(n integer) RETURNS text
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT CASE WHEN (n > 1) THEN CASE n WHEN 2 THEN 'two;' ELSE 'end' END ELSE (CASE WHEN true THEN 'few' END) END AS "case";
 SELECT ( SELECT 'last; END'::text) AS "end";
END;
CREATE PROCEDURE public.p() BEGIN ATOMIC INSERT INTO public.t VALUES (3, ';'); DELETE FROM public.t WHERE id = 3; END;

--
-- PostgreSQL database dump complete
--
