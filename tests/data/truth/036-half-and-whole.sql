--
-- PostgreSQL database dump
--

\restrict abcDEF123

-- Dumped from database version 17.2
-- Dumped by pg_dump version 17.2

SET statement_timeout = 0;
SET lock_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET row_security = off;

--
-- Name: kind; Type: TYPE; Schema: public; Owner: app
--

CREATE TYPE public.kind AS ENUM (
    'plain',
    'rare'
);

CREATE TABLE public.products (
    id bigint NOT NULL,
    name text NOT NULL,
    kind public.kind
);

ALTER TABLE public.products OWNER TO app;

CREATE SEQUENCE public.products_id_seq
    START WITH 1
    INCREMENT BY 1;

ALTER SEQUENCE public.products_id_seq OWNER TO app;

ALTER SEQUENCE public.products_id_seq OWNED BY public.products.id;

CREATE TABLE public.listings (
    id integer NOT NULL,
    product_id bigint,
    price numeric(10,2)
);

ALTER TABLE ONLY public.products ALTER COLUMN id SET DEFAULT nextval('public.products_id_seq'::regclass);

--
-- Data for Name: listings; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.listings (id, product_id, price) FROM stdin;
1	1	9.90
2	2	\N
\.


--
-- Data for Name: products; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.products (id, name, kind) FROM stdin;
1	Chair	plain
2	Tâble	rare
3	a\\b\tc	\N
\.


--
-- Name: products_id_seq; Type: SEQUENCE SET; Schema: public; Owner: app
--

SELECT pg_catalog.setval('public.products_id_seq', 3, true);

--
-- PostgreSQL database dump
--

\restrict xyzDEF123

-- Dumped from database version 17.2
-- Dumped by pg_dump version 17.2

SET statement_timeout = 0;
SET lock_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET row_security = off;

--
-- Name: kind; Type: TYPE; Schema: public; Owner: app
--

CREATE TYPE public.kind AS ENUM (
    'plain',
    'rare'
);

CREATE TABLE public.products (
    id bigint NOT NULL,
    name text NOT NULL,
    kind public.kind
);

ALTER TABLE public.products OWNER TO app;

CREATE SEQUENCE public.products_id_seq
    START WITH 1
    INCREMENT BY 1;

ALTER SEQUENCE public.products_id_seq OWNER TO app;

ALTER SEQUENCE public.products_id_seq OWNED BY public.products.id;

CREATE TABLE public.listings (
    id integer NOT NULL,
    product_id bigint,
    price numeric(10,2)
);

ALTER TABLE ONLY public.products ALTER COLUMN id SET DEFAULT nextval('public.products_id_seq'::regclass);

--
-- Data for Name: listings; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.listings (id, product_id, price) FROM stdin;
1	1	9.90
2	2	\N
\.


--
-- Data for Name: products; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.products (id, name, kind) FROM stdin;
1	Chair	plain
2	Tâble	rare
3	a\\b\tc	\N
\.


--
-- Name: products_id_seq; Type: SEQUENCE SET; Schema: public; Owner: app
--

SELECT pg_catalog.setval('public.products_id_seq', 3, true);

ALTER TABLE ONLY public.products
    ADD CONSTRAINT products_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.listings
    ADD CONSTRAINT listings_fk FOREIGN KEY (product_id) REFERENCES public.products(id);

COMMENT ON TABLE public.products IS 'the goods';

--
-- PostgreSQL database dump complete
--

\unrestrict xyzDEF123

