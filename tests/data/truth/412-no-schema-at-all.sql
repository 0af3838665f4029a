--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE t (id integer);
INSERT INTO t VALUES (1);

--
-- PostgreSQL database dump complete
--
