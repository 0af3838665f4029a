--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public."a;b""c
d e" ("x;y" integer, "from stdin" text);
COPY public."a;b""c
d e" ("x;y", "from stdin") FROM stdin;
1	(
\.

--
-- PostgreSQL database dump complete
--
