--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE SCHEMA shop;
CREATE TABLE shop.t (id integer);
COPY shop.t (id) FROM stdin;
1
\.

--
-- PostgreSQL database dump complete
--
