--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public."Items" (id integer);
CREATE TABLE PUBLIC.ITEMS (id integer);
COPY public."Items" (id) FROM stdin;
1
2
\.
COPY Public.Items (ID) FROM stdin;
1
\.

--
-- PostgreSQL database dump complete
--
