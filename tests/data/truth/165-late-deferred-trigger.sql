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
CREATE FUNCTION public.eat() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM public.t WHERE id = 2; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER eater AFTER INSERT ON public.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.eat();
COPY public.t (id, name) FROM stdin;
1	one
2	two
\.

--
-- PostgreSQL database dump complete
--
