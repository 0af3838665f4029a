--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public."table" ("select" integer, "from" text, "drop" integer);
COPY public."table" ("select", "from", "drop") FROM stdin;
1	x	2
\.
ALTER TABLE public."table" ADD CONSTRAINT "drop" PRIMARY KEY ("drop");

--
-- PostgreSQL database dump complete
--
