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
CREATE FUNCTION public.w() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER w ON ddl_command_end EXECUTE FUNCTION public.w();
ALTER EVENT TRIGGER w OWNER TO postgres;
COMMENT ON EVENT TRIGGER w IS 'x';

--
-- PostgreSQL database dump complete
--
