--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TYPE public.kind AS ENUM ('a', 'b''s');
CREATE DOMAIN public.pos AS integer CHECK (VALUE > 0);
CREATE TYPE public.pair AS (a public.pos, k public.kind);
CREATE TYPE public.span AS RANGE (subtype = numeric);
CREATE TABLE public.t (k public.kind[], p public.pair, s public.span);
COPY public.t (k, p, s) FROM stdin;
{a,"b's"}	(1,a)	[1.5,2)
\N	(,)	empty
\.

--
-- PostgreSQL database dump complete
--
