--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (id integer, b bytea, j jsonb, x xml, i inet, n numeric, d double precision, ts timestamptz, iv interval, a text[], u uuid, bo boolean, ch character(4), bi bit(3), m money, v varchar(3), tm time(0));
COPY public.t (id, b, j, x, i, n, d, ts, iv, a, u, bo, ch, bi, m, v, tm) FROM stdin;
1	\\x00ff5c	{"a": "\\"\\n"}	<a>&amp;</a>	10.0.0.1/8	1e-20	NaN	2026-11-23 08:00:00.123456+02	1 year 2 mons 3 days 04:05:06	{"a,b",NULL,"\\""}	a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11	t	ab  	101	$1,000.50	abc   	08:00:00.6
2	\N	\N	\N	\N	Infinity	-Infinity	infinity	\N	{}	\N	f	\N	\N	\N	\N	\N
\.

--
-- PostgreSQL database dump complete
--
