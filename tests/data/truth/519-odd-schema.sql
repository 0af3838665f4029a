--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE SCHEMA "Odd; 'Schema";
CREATE TABLE "Odd; 'Schema".t (id integer);
COPY "Odd; 'Schema".t (id) FROM stdin;
1
\.

--
-- PostgreSQL database dump complete
--
