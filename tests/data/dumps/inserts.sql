--
-- PostgreSQL database dump
--

-- Dumped from database version 15.4
-- Dumped by pg_dump version 15.4

SET standard_conforming_strings = on;

CREATE TABLE public.a (
    id integer,
    t text
);

INSERT INTO public.a VALUES (1, 'x;y');
INSERT INTO public.a VALUES
	(2, 'it''s'),
	(3, '(');
SELECT pg_catalog.setval('public.a_id_seq', 1, false);

--
-- PostgreSQL database dump complete
--
