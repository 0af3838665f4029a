--
-- PostgreSQL database dump
--

\restrict qXvT2bM0aAq9cZkLw3

-- Dumped from database version 17.11 (Debian 17.11-0+deb13u1)
-- Dumped by pg_dump version 17.12 (Debian 17.12-0+deb13u1)

-- Started on 2026-11-20 03:15:00 UTC

SET statement_timeout = 0;
SET lock_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;

--
-- Name: billing; Type: SCHEMA; Schema: -; Owner: shop
--

CREATE SCHEMA billing;

ALTER SCHEMA billing OWNER TO shop;

--
-- Name: price(integer); Type: FUNCTION; Schema: public; Owner: shop
--

CREATE FUNCTION public.price(cents integer) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    AS $_$
begin
  -- PostgreSQL database dump complete; no, this is a comment in a body
  return 'EUR ' || $1 / 100.0;
end;
$_$;

CREATE FUNCTION public.stock(what bigint) RETURNS bigint
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (stock.what > 0) THEN stock.what
             ELSE NULL::bigint
         END AS "case";
END;

CREATE TABLE public.products (
    id bigint NOT NULL,
    title text,
    details jsonb DEFAULT '{"a": ";"}'::jsonb
);

CREATE SEQUENCE public.products_id_seq
    START WITH 1
    INCREMENT BY 1;

ALTER SEQUENCE public.products_id_seq OWNED BY public.products.id;

CREATE TABLE billing."Order; Lines" (
    id integer NOT NULL,
    product bigint
);

CREATE TABLE public.measures (
    at date NOT NULL
)
PARTITION BY RANGE (at);

CREATE TABLE public.empty_one (
    id integer
);

--
-- Data for Name: products; Type: TABLE DATA; Schema: public; Owner: shop
--

COPY public.products (id, title, details) FROM stdin;
1	It's a "quoted"; title	{"a": "x\\ny"}
2	\N	\N
3	\\.	{}
\.

COPY billing."Order; Lines" (id, product) FROM stdin;
10	1
11	1
\.

COPY public.empty_one (id) FROM stdin;
\.

SELECT pg_catalog.setval('public.products_id_seq', 3, true);

ALTER TABLE ONLY public.products
    ADD CONSTRAINT products_pkey PRIMARY KEY (id);

CREATE INDEX products_title ON public.products USING btree (title);

ALTER TABLE ONLY billing."Order; Lines"
    ADD CONSTRAINT order_product FOREIGN KEY (product) REFERENCES public.products(id) ON DELETE CASCADE;

ALTER TABLE public.products ENABLE ROW LEVEL SECURITY;

CREATE POLICY everybody ON public.products USING (true);

GRANT SELECT ON TABLE public.products TO reader;

-- Completed on 2026-11-20 03:15:01 UTC

--
-- PostgreSQL database dump complete
--

\unrestrict qXvT2bM0aAq9cZkLw3

