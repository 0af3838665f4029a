SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.products (
    id bigint NOT NULL
);

COPY public.products (id) FROM stdin;
1
\.

RESET ALL;
