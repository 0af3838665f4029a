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
CREATE FUNCTION public.eat() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER eat BEFORE INSERT ON public.t FOR EACH ROW WHEN (new.id = 2) EXECUTE FUNCTION public.eat();
INSERT INTO public.t VALUES (1, 'one');
INSERT INTO public.t VALUES (2, 'two');

--
-- PostgreSQL database dump complete
--
