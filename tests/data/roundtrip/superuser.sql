-- SPDX-License-Identifier: GPL-3.0-or-later
-- What only a superuser can make, on PostgreSQL 13 and newer; in addition to owner.sql.
CREATE EXTENSION file_fdw;
CREATE EXTENSION postgres_fdw WITH SCHEMA round;
CREATE EXTENSION intarray;
COMMENT ON EXTENSION citext IS 'words of our own';
CREATE EXTENSION pg_stat_statements WITH SCHEMA "Odd.""Schema'é";
GRANT EXECUTE ON FUNCTION public.sort(integer[]) TO "Round Reader's";
REVOKE EXECUTE ON FUNCTION public.sort(integer[]) FROM PUBLIC;

-- base types, operator classes, casts ------------------------------------------------------------
CREATE TYPE public.shell;
COMMENT ON TYPE public.shell IS 'nothing yet';
CREATE TYPE public.number;
CREATE FUNCTION public.number_in(cstring) RETURNS public.number LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION public.number_out(public.number) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE public.number (INPUT = public.number_in, OUTPUT = public.number_out, INTERNALLENGTH = 4, PASSEDBYVALUE, ALIGNMENT = int4, STORAGE = plain, CATEGORY = 'N', DEFAULT = '42', COLLATABLE = false);
ALTER TYPE public.number OWNER TO round_owner;
CREATE CAST (public.number AS integer) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (timestamptz AS interval) WITH FUNCTION age(timestamptz) AS ASSIGNMENT;
COMMENT ON CAST (timestamptz AS interval) IS 'how old';
CREATE TABLE public.numbers (n public.number, m public.number DEFAULT '7'::public.number);
INSERT INTO public.numbers VALUES ('1'), ('2');
CREATE FUNCTION public.number_equal(public.number, public.number) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT LEAKPROOF AS 'int4eq';
CREATE FUNCTION public.number_less(public.number, public.number) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
CREATE FUNCTION public.number_compare(public.number, public.number) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE OPERATOR public.=== (LEFTARG = public.number, RIGHTARG = public.number, FUNCTION = public.number_equal, COMMUTATOR = OPERATOR(public.===), NEGATOR = OPERATOR(public.!===), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE FUNCTION public.number_differs(public.number, public.number) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4ne';
CREATE OPERATOR public.!=== (LEFTARG = public.number, RIGHTARG = public.number, FUNCTION = public.number_differs, NEGATOR = OPERATOR(public.===));
CREATE OPERATOR public.<<< (LEFTARG = public.number, RIGHTARG = public.number, FUNCTION = public.number_less);
CREATE OPERATOR FAMILY public.number_family USING btree;
CREATE OPERATOR FAMILY public.loose USING hash;
CREATE OPERATOR CLASS public.number_class DEFAULT FOR TYPE public.number USING btree FAMILY public.number_family AS
    OPERATOR 1 public.<<<, OPERATOR 3 public.===, FUNCTION 1 public.number_compare(public.number, public.number);
ALTER OPERATOR FAMILY public.number_family USING btree ADD OPERATOR 3 pg_catalog.= (integer, bigint), FUNCTION 1 (integer, bigint) btint48cmp(integer, bigint);
CREATE OPERATOR CLASS public.alone FOR TYPE integer USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);
COMMENT ON OPERATOR CLASS public.number_class USING btree IS 'for numbers';
COMMENT ON OPERATOR FAMILY public.loose USING hash IS 'empty';
ALTER OPERATOR FAMILY public.loose USING hash OWNER TO round_owner;
CREATE INDEX numbers_class ON public.numbers (n DESC);
CREATE INDEX numbers_alone ON public.numbers ((n::integer) public.alone);
CREATE AGGREGATE public.ordered(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE public.hypothetical(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
CREATE AGGREGATE public.average(bigint) (SFUNC = int8_avg_accum, STYPE = internal, SSPACE = 64, FINALFUNC = numeric_poly_avg, COMBINEFUNC = int8_avg_combine, SERIALFUNC = int8_avg_serialize, DESERIALFUNC = int8_avg_deserialize);
CREATE FUNCTION public.windowed() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE PARALLEL SAFE AS 'window_row_number';
CREATE FUNCTION public.supported(integer, integer) RETURNS SETOF integer LANGUAGE internal STRICT IMMUTABLE ROWS 1000 SUPPORT generate_series_int4_support AS 'generate_series_int4';
CREATE FUNCTION public.with_setting() RETURNS integer LANGUAGE sql LEAKPROOF SET round.setting TO 'x''y, "z"' AS 'SELECT 1';

-- languages, access methods, transforms ----------------------------------------------------------
CREATE FUNCTION round.handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION round.validator(oid) RETURNS void LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE FUNCTION round.inliner(internal) RETURNS void LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE TRUSTED LANGUAGE "Pl ""round""" HANDLER round.handler INLINE round.inliner VALIDATOR round.validator;
CREATE LANGUAGE pluntrusted HANDLER round.handler;
COMMENT ON LANGUAGE "Pl ""round""" IS 'as spoken here';
GRANT USAGE ON LANGUAGE "Pl ""round""" TO "Round Reader's" WITH GRANT OPTION;
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO round_owner;
CREATE FUNCTION round.spoken(integer) RETURNS integer LANGUAGE "Pl ""round""" AS $$ BEGIN RETURN $1; END $$;
CREATE ACCESS METHOD round_gist TYPE INDEX HANDLER gisthandler;
CREATE ACCESS METHOD "Heap ""q""" TYPE TABLE HANDLER heap_tableam_handler;
COMMENT ON ACCESS METHOD round_gist IS 'another gist';
CREATE OPERATOR CLASS public.boxes FOR TYPE box USING round_gist AS STORAGE box,
    OPERATOR 3 &&, OPERATOR 15 <-> (box, point) FOR ORDER BY float_ops,
    FUNCTION 1 gist_box_consistent(internal, box, smallint, oid, internal), FUNCTION 2 gist_box_union(internal, internal),
    FUNCTION 5 gist_box_penalty(internal, internal, internal), FUNCTION 6 gist_box_picksplit(internal, internal), FUNCTION 7 gist_box_same(box, box, internal);
CREATE TABLE round.other_heap (a integer, place box) USING "Heap ""q""";
CREATE INDEX other_gist ON round.other_heap USING round_gist (place public.boxes);
INSERT INTO round.other_heap VALUES (1, '((1,1),(0,0))');
CREATE MATERIALIZED VIEW round.other_view USING "Heap ""q""" AS SELECT a FROM round.other_heap;
CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal));
CREATE FUNCTION public.transformed(integer) RETURNS integer LANGUAGE sql TRANSFORM FOR TYPE integer AS 'SELECT 1';
COMMENT ON TRANSFORM FOR integer LANGUAGE sql IS 'changes nothing';
CREATE TEXT SEARCH PARSER round.parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, HEADLINE = prsd_headline, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE round.template (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY round.of_template (TEMPLATE = round.template);
CREATE TEXT SEARCH CONFIGURATION round.of_parser (PARSER = round.parser);
ALTER TEXT SEARCH CONFIGURATION round.of_parser ADD MAPPING FOR asciiword WITH round.of_template;
COMMENT ON TEXT SEARCH PARSER round.parser IS 'reads';
COMMENT ON TEXT SEARCH TEMPLATE round.template IS 'shapes';

-- foreign data -----------------------------------------------------------------------------------
CREATE FOREIGN DATA WRAPPER "Wrap ""q""" OPTIONS (debug 'it''s', "Opt x" '\');
CREATE FOREIGN DATA WRAPPER validated HANDLER round.postgres_fdw_handler VALIDATOR round.postgres_fdw_validator;
CREATE SERVER far TYPE 'round' VERSION '1.2' FOREIGN DATA WRAPPER "Wrap ""q""" OPTIONS (host 'no''where', "Port x" '1');
CREATE SERVER "Far ""q""" FOREIGN DATA WRAPPER validated OPTIONS (host 'far.invalid');
CREATE USER MAPPING FOR round_owner SERVER far OPTIONS ("user" 'x', password 'not a secret; ''really');
CREATE USER MAPPING FOR PUBLIC SERVER "Far ""q""";
CREATE USER MAPPING FOR "Round Reader's" SERVER "Far ""q""" OPTIONS ("user" 'y');
CREATE FOREIGN TABLE round.far_away (a integer OPTIONS (column_name 'a''b') NOT NULL, b text DEFAULT 'x', CONSTRAINT far_check CHECK (a > 0)) SERVER far OPTIONS (table 'x;''y');
CREATE FOREIGN TABLE round.far_part PARTITION OF round.by_mood FOR VALUES IN ('ж') SERVER "Far ""q""";
COMMENT ON FOREIGN DATA WRAPPER "Wrap ""q""" IS 'wraps';
COMMENT ON SERVER far IS 'far away';
COMMENT ON FOREIGN TABLE round.far_away IS 'not here';
COMMENT ON COLUMN round.far_away.a IS 'a';
GRANT USAGE ON FOREIGN DATA WRAPPER "Wrap ""q""" TO round_owner;
GRANT USAGE ON FOREIGN SERVER far TO "Round Reader's" WITH GRANT OPTION;
GRANT SELECT (a) ON round.far_away TO "Round Reader's";
ALTER SERVER far OWNER TO round_owner;

-- event triggers, publications, subscriptions ----------------------------------------------------
CREATE FUNCTION public.on_event() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'seen'; END $$;
CREATE EVENT TRIGGER "Ev ""q""" ON ddl_command_start WHEN TAG IN ('DROP FUNCTION', 'CREATE TABLE') EXECUTE FUNCTION public.on_event();
CREATE EVENT TRIGGER on_drop ON sql_drop EXECUTE FUNCTION public.on_event();
ALTER EVENT TRIGGER on_drop DISABLE;
ALTER EVENT TRIGGER "Ev ""q""" ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER on_drop IS 'when things go';
CREATE PUBLICATION "Pub ""q""" FOR TABLE round.wards, ONLY round.parent WITH (publish = 'insert, truncate');
CREATE PUBLICATION everything FOR ALL TABLES WITH (publish_via_partition_root = true);
COMMENT ON PUBLICATION everything IS 'all of it';
ALTER PUBLICATION everything OWNER TO postgres;
CREATE SUBSCRIPTION "Sub ""q""" CONNECTION 'dbname=''nowhere'' host=far.invalid' PUBLICATION one, "two ""q""" WITH (connect = false, slot_name = NONE);
COMMENT ON SUBSCRIPTION "Sub ""q""" IS 'to be told';

-- the rest ---------------------------------------------------------------------------------------
CREATE TABLE public.forced (a integer);
ALTER TABLE public.forced ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
INSERT INTO public.forced VALUES (1);
ALTER TABLE public.forced OWNER TO round_owner;
CREATE TABLE public.of_postgres (a integer PRIMARY KEY);
CREATE VIEW public.at_home WITH (security_barrier = true) AS SELECT * FROM public.of_postgres;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_waldir() TO round_team;
GRANT SELECT (rolpassword) ON pg_catalog.pg_authid TO round_team;
COMMENT ON SCHEMA public IS 'ours now';
GRANT ALL ON SCHEMA public TO round_team;
ALTER DEFAULT PRIVILEGES FOR ROLE round_owner IN SCHEMA public REVOKE ALL ON TABLES FROM round_owner;
