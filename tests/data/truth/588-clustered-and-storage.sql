--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.t (
    id integer NOT NULL,
    name text
);
COPY public.t (id, name) FROM stdin;
1	one
2	two
\.
ALTER TABLE public.t ALTER COLUMN name SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.t ALTER COLUMN name SET STATISTICS 500;
ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);
ALTER TABLE public.t CLUSTER ON t_pkey;
ALTER TABLE ONLY public.t REPLICA IDENTITY FULL;

--
-- PostgreSQL database dump complete
--
