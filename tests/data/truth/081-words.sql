--
-- PostgreSQL database dump
--

-- Dumped from database version 17.2
-- Dumped by pg_dump version 17.2

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.words (
    id integer NOT NULL,
    word text
);

COPY public.words (id, word) FROM stdin;
1	Café crème
2	déjà vu
3	Größe s3cret
4	Überraschung
5	l’été
6	“naïve”
7	Łódź
8	smörgåsbord
\.

--
-- PostgreSQL database dump complete
--

