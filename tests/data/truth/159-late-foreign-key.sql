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
CREATE TABLE public.c (t integer);
COPY public.t (id, name) FROM stdin;
1	one
2	two
\.
COPY public.c (t) FROM stdin;
1
7
\.
ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.c ADD CONSTRAINT c_fk FOREIGN KEY (t) REFERENCES public.t(id);

--
-- PostgreSQL database dump complete
--
