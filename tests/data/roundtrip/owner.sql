-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a plain owner of a database can make, on PostgreSQL 13 and newer: run by round_owner.
CREATE SCHEMA round;
COMMENT ON SCHEMA round IS 'all there is; it''s said with a \ and
two lines -- and no comment';
CREATE SCHEMA "Odd.""Schema'é";
CREATE SCHEMA round_parts AUTHORIZATION round_team;
CREATE SCHEMA "new
line";
CREATE SCHEMA round_nothing;
GRANT USAGE, CREATE ON SCHEMA round TO round_team;

CREATE EXTENSION citext WITH SCHEMA round;
CREATE EXTENSION hstore WITH SCHEMA round;
CREATE EXTENSION btree_gist WITH SCHEMA round;
CREATE EXTENSION pg_trgm WITH SCHEMA round;
CREATE EXTENSION ltree WITH SCHEMA "Odd.""Schema'é";

-- types ------------------------------------------------------------------------------------------
CREATE TYPE round.mood AS ENUM ('sad', 'it''s "ok"', 'happy', 'ж', '');
CREATE TYPE "Odd.""Schema'é"."En""um.x" AS ENUM ();
CREATE DOMAIN round.positive AS numeric(12,2) DEFAULT 1.5 NOT NULL CONSTRAINT "must be > 0" CHECK (VALUE > 0);
ALTER DOMAIN round.positive ADD CONSTRAINT even_later CHECK (VALUE < 1e9) NOT VALID;
CREATE DOMAIN round.small_positive AS round.positive CHECK (VALUE < 100);
CREATE DOMAIN round.words AS text[] CHECK (array_length(VALUE, 1) < 10);
CREATE DOMAIN round.german AS text COLLATE "C" DEFAULT 'grüß'::text;
COMMENT ON DOMAIN round.positive IS 'more than nothing';
COMMENT ON CONSTRAINT "must be > 0" ON DOMAIN round.positive IS 'why not';
CREATE TYPE round.address AS (street text COLLATE "C", "zip ""code""" varchar(9), mood round.mood, at point);
COMMENT ON TYPE round.address IS 'where';
COMMENT ON COLUMN round.address.street IS 'and its column';
CREATE TYPE round.addresses AS (list round.address[], main round.address);
CREATE FUNCTION round.float8_difference(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1 - $2';
CREATE TYPE round.floats AS RANGE (subtype = float8, subtype_diff = round.float8_difference);
CREATE TYPE round.textrange AS RANGE (subtype = text, collation = "C");
COMMENT ON TYPE round.floats IS 'from, to';
ALTER TYPE round.addresses OWNER TO round_team;
CREATE COLLATION round.digits_last (provider = icu, locale = 'en-u-kn', deterministic = false);
CREATE COLLATION round."C too" FROM "C";
CREATE COLLATION round.posix (provider = libc, lc_collate = 'POSIX', lc_ctype = 'C');
COMMENT ON COLLATION round.digits_last IS 'a2 before a10';

-- functions --------------------------------------------------------------------------------------
CREATE FUNCTION round.twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 3 AS $f$ SELECT $1 * 2; $f$;
CREATE FUNCTION round.quoting(a text DEFAULT 'it''s; "$$" \ here'::text, VARIADIC b integer[] DEFAULT ARRAY[1, 2]) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'round', 'pg_temp', '"Odd.""Schema''é"'
    SET work_mem TO '5MB'
    AS $_X$
DECLARE said text := $$a ' quote; $_$ and $_$ more$$;
BEGIN
    -- COPY round.plain FROM stdin;
    /* a comment ; /* within */ another */
    EXECUTE 'SELECT ''x\y''' || E'\\.' INTO said;
    RETURN $q$
COPY round.plain (id) FROM stdin;
1
\.
--
-- PostgreSQL database dump complete
--
\connect elsewhere
$q$ || said;
END
$_X$;
CREATE FUNCTION round.single() RETURNS text LANGUAGE sql AS 'SELECT ''$$ $_$ $function$ \ '' || E''\\''''''::text';
CREATE FUNCTION round."Fn ""q"".;x"("Arg ""a""" integer, OUT "out" text, INOUT "both" round.mood) RETURNS SETOF record LANGUAGE sql ROWS 7 STABLE AS
    $$ SELECT 'x'::text, $2 $$;
CREATE FUNCTION round.as_table(integer) RETURNS TABLE(n integer, "t.x" text) LANGUAGE sql CALLED ON NULL INPUT PARALLEL RESTRICTED AS $$ SELECT $1, 'a' UNION SELECT 2, E'b\r\nc' $$;
CREATE FUNCTION round.anything(anyelement, anyarray DEFAULT NULL) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION round.with_crlf() RETURNS text LANGUAGE sql AS E' SELECT\r\n''one;''\r\n;';
CREATE FUNCTION round.without_search_path() RETURNS bigint LANGUAGE sql SET search_path TO '' AS 'SELECT 1::bigint';
CREATE PROCEDURE round.act(INOUT a integer, b text DEFAULT NULL) LANGUAGE plpgsql AS $$ BEGIN a := a + 1; COMMIT; END $$;
COMMENT ON FUNCTION round.quoting(text, integer[]) IS 'said; $$ "said"';
COMMENT ON PROCEDURE round.act(integer, text) IS 'acts';
ALTER FUNCTION round.twice(integer) OWNER TO round_team;
CREATE FUNCTION round.add_up(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT coalesce($1, 0) + coalesce($2, 0)';
CREATE FUNCTION round.add_final(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION round.take_away(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT coalesce($1, 0) - coalesce($2, 0)';
CREATE AGGREGATE round.sum_all(numeric) (SFUNC = round.add_up, STYPE = numeric, FINALFUNC = round.add_final, FINALFUNC_MODIFY = READ_WRITE,
    INITCOND = '0', COMBINEFUNC = round.add_up, MSFUNC = round.add_up, MINVFUNC = round.take_away, MSTYPE = numeric, MINITCOND = '0', PARALLEL = SAFE);
CREATE AGGREGATE round.counted(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
COMMENT ON AGGREGATE round.sum_all(numeric) IS 'all';
CREATE FUNCTION round.mood_less(round.mood, round.mood) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 < $2';
CREATE OPERATOR round.<<<< (LEFTARG = round.mood, RIGHTARG = round.mood, FUNCTION = round.mood_less, COMMUTATOR = OPERATOR(round.>>>>), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE FUNCTION round.mood_more(round.mood, round.mood) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > $2';
CREATE OPERATOR round.>>>> (LEFTARG = round.mood, RIGHTARG = round.mood, FUNCTION = round.mood_more, COMMUTATOR = OPERATOR(round.<<<<));
CREATE OPERATOR round.!~@ (RIGHTARG = integer, FUNCTION = round.twice);
COMMENT ON OPERATOR round.<<<< (round.mood, round.mood) IS 'sadder';
COMMENT ON OPERATOR round.!~@ (NONE, integer) IS 'double';
CREATE FUNCTION round.mood_number(round.mood) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE CAST (round.mood AS integer) WITH FUNCTION round.mood_number(round.mood) AS ASSIGNMENT;
CREATE CAST (round.address AS text) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (round.mood AS integer) IS 'in numbers';
CREATE CONVERSION round.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE DEFAULT CONVERSION "Odd.""Schema'é".latin2 FOR 'LATIN2' TO 'UTF8' FROM iso8859_to_utf8;
COMMENT ON CONVERSION round.latin IS 'from the west';

-- text search ------------------------------------------------------------------------------------
CREATE TEXT SEARCH DICTIONARY round.plainly (TEMPLATE = simple, stopwords = 'english', accept = 'false');
CREATE TEXT SEARCH DICTIONARY round.stems (TEMPLATE = snowball, language = german);
CREATE TEXT SEARCH CONFIGURATION round.ours (COPY = english);
ALTER TEXT SEARCH CONFIGURATION round.ours ALTER MAPPING FOR asciiword, word WITH round.plainly, round.stems, english_stem;
ALTER TEXT SEARCH CONFIGURATION round.ours DROP MAPPING FOR email;
COMMENT ON TEXT SEARCH DICTIONARY round.plainly IS 'simple';
COMMENT ON TEXT SEARCH CONFIGURATION round.ours IS 'how we search';
ALTER TEXT SEARCH CONFIGURATION round.ours OWNER TO round_team;

-- sequences --------------------------------------------------------------------------------------
CREATE SEQUENCE round.plain_seq;
CREATE SEQUENCE round.every_option AS smallint INCREMENT BY -3 MINVALUE -30000 MAXVALUE 20000 START WITH 15000 CACHE 7 CYCLE;
SELECT setval('round.every_option', 12);
CREATE SEQUENCE round.to_the_end MINVALUE 5 MAXVALUE 9223372036854775806 START 9;
SELECT setval('round.to_the_end', 9223372036854775806, false);
CREATE SEQUENCE "Odd.""Schema'é"."Seq ""q"".x" START 42;
COMMENT ON SEQUENCE round.plain_seq IS 'counts';
ALTER SEQUENCE round.plain_seq OWNER TO round_team;

-- tables -----------------------------------------------------------------------------------------
CREATE TABLE round.plain (
    id bigserial PRIMARY KEY,
    name text DEFAULT 'it''s; \ "x"' NOT NULL,
    mood round.mood DEFAULT 'it''s "ok"',
    price round.positive,
    address round.address,
    tags text[] DEFAULT '{a,"b c"}'::text[],
    doc jsonb CHECK (jsonb_typeof(doc) IN ('object', 'array')),
    raw bytea, span int4range, floats round.floats, at timestamptz DEFAULT now(), day date,
    bits bit(5), money money, net inet, xml xml, search tsvector, place box, ratio float8, num numeric,
    ci round.citext, h round.hstore, tree "Odd.""Schema'é".ltree, u uuid, i interval, c "char", x varchar(7) COLLATE "C",
    full_name text GENERATED ALWAYS AS (name || '; ' || coalesce(x, 'none')) STORED,
    CONSTRAINT "named ""check"";" CHECK (id > 0 AND name <> ';--' ) NO INHERIT
);
ALTER TABLE round.plain ADD COLUMN gone integer;
ALTER TABLE round.plain DROP COLUMN gone;
ALTER TABLE round.plain ADD COLUMN later smallint DEFAULT 7 NOT NULL;
ALTER TABLE round.plain ALTER COLUMN name SET STATISTICS 250, ALTER COLUMN name SET (n_distinct = -0.5, n_distinct_inherited = 3),
    ALTER COLUMN raw SET STORAGE EXTERNAL, ALTER COLUMN doc SET STORAGE MAIN, ALTER COLUMN x SET STORAGE PLAIN;
ALTER TABLE round.plain SET (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false, parallel_workers = 2);
COMMENT ON TABLE round.plain IS 'a table; with ''all'' types';
COMMENT ON COLUMN round.plain.name IS E'\\ and\ttab';
COMMENT ON CONSTRAINT "named ""check"";" ON round.plain IS 'named';
INSERT INTO round.plain (name, mood, price, address, tags, doc, raw, span, floats, at, day, bits, money, net, xml, search, place, ratio, num, ci, h, tree, u, i, c, x)
    VALUES (E'tab\t newline\n cr\r back\\slash \\. \\N quote'' "d" bell\b form\f vert\v é ж 漢 😀', 'ж', 99.99, ROW('a "street", (x)', E'1\\2', 'sad', '(1,2)'),
    ARRAY['a,b', NULL, 'NULL', '', E'\\', '"'], '{"a": "\u00e9\n\\", "b": [1, null]}', '\x00ff5c0a27'::bytea, '[1,10)', '(1.5,2.5]', '2026-02-28 23:59:59.999999+02', 'infinity',
    B'10101', 12.34, '10.0.0.1/24', '<a b="c">&lt;d/&gt;</a>', 'it''s:1A "quoted":2', '((1,1),(0,0))', 'NaN', '123456789012345678901234567890.123456789', 'CamelCase', 'a=>NULL, "b c"=>"d\"e"', 'a.b.c',
    '01234567-89ab-cdef-0123-456789abcdef', '1 year -2 days 03:04:05.6', 'x', 'seven'),
    ('\.', NULL, 1, NULL, '{}', '[]', '', 'empty', '(,)', '-infinity', '0044-03-15 BC', B'00000', -1, '::1', '', '', '((0,0),(0,0))', '-Infinity', 'NaN', '', '', '', NULL, '0', '', ''),
    ('\N', 'happy', 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0.1::float8 + 0.2::float8, 0.000, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO round.plain (name, price, doc, x) SELECT repeat('row ' || g || E'\n', 5), g / 10.0 + 0.01, '{}', g FROM generate_series(1, 2500) g;
INSERT INTO round.plain (name, price, raw) SELECT repeat(E'long\t', 60000), 3, decode(repeat('00ff0a5c', 50000), 'hex');
DELETE FROM round.plain WHERE id = 50;

CREATE TABLE round.zero ();
INSERT INTO round.zero DEFAULT VALUES; INSERT INTO round.zero DEFAULT VALUES;
CREATE TABLE round.only_generated (g integer GENERATED ALWAYS AS (1 + 1) STORED);
INSERT INTO round.only_generated DEFAULT VALUES;
CREATE UNLOGGED TABLE round.unlogged (a integer PRIMARY KEY, b text);
INSERT INTO round.unlogged VALUES (1, 'kept'), (2, NULL);
CREATE TABLE round.identities (
    a integer GENERATED ALWAYS AS IDENTITY,
    b smallint GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME round."id ""seq""" START WITH 10 INCREMENT BY 5 MAXVALUE 1000 CYCLE CACHE 3),
    c text);
INSERT INTO round.identities (c) SELECT 'row' || g FROM generate_series(1, 20) g;
CREATE TABLE "Odd.""Schema'é"."Tab ""le"".x;" ("Col ""umn"".y" integer PRIMARY KEY, "select" text, "with
newline" text, "é;--" integer, "tab	x" integer, "back\slash" integer, "$$" integer, "%s" integer);
INSERT INTO "Odd.""Schema'é"."Tab ""le"".x;" VALUES (1, 'x', 'y', 2, 3, 4, 5, 6);
COMMENT ON TABLE "Odd.""Schema'é"."Tab ""le"".x;" IS 'odd';
COMMENT ON COLUMN "Odd.""Schema'é"."Tab ""le"".x;"."with
newline" IS 'odd too';
CREATE TABLE "new
line"."table
-- Name: x; Type: TABLE; Schema: public
" (a integer);
INSERT INTO "new
line"."table
-- Name: x; Type: TABLE; Schema: public
" VALUES (1);
CREATE TABLE round."012345678901234567890123456789012345678901234567890123456789abc" (a int);
CREATE TABLE round.typed OF round.address (mood WITH OPTIONS DEFAULT 'sad' NOT NULL, PRIMARY KEY (street), CHECK (street <> ''));
INSERT INTO round.typed VALUES ('a', 'b', 'happy', '(0,0)');
CREATE TABLE round.parent (id integer NOT NULL, note text DEFAULT 'parent', CONSTRAINT parent_check CHECK (id <> 5), CONSTRAINT alone CHECK (id < 100) NO INHERIT);
CREATE TABLE round.parent_two (id integer, extra text);
CREATE TABLE round.child (note text DEFAULT 'child', own integer, CONSTRAINT parent_check CHECK (id <> 5)) INHERITS (round.parent, round.parent_two);
CREATE TABLE round.grandchild () INHERITS (round.child);
ALTER TABLE round.grandchild ALTER COLUMN note DROP DEFAULT, ALTER COLUMN id SET DEFAULT 3;
CREATE TABLE round.joined_later (id integer NOT NULL, note text, own integer, CONSTRAINT parent_check CHECK (id <> 5));
ALTER TABLE round.joined_later INHERIT round.parent;
INSERT INTO round.parent VALUES (1); INSERT INTO round.child (id, extra) VALUES (2, 'x'); INSERT INTO round.grandchild (extra) VALUES ('y');
CREATE TABLE round.not_valid (a integer, b integer, CONSTRAINT later CHECK (a > 0) NOT VALID);
ALTER TABLE round.not_valid DROP CONSTRAINT later;
INSERT INTO round.not_valid VALUES (-1, 77);
ALTER TABLE round.not_valid ADD CONSTRAINT later CHECK (a > 0) NOT VALID;
CREATE TABLE round.clustered (a integer, b integer NOT NULL);
CREATE INDEX clustered_on ON round.clustered (a);
ALTER TABLE round.clustered CLUSTER ON clustered_on;
CREATE UNIQUE INDEX clustered_replica ON round.clustered (b);
ALTER TABLE round.clustered REPLICA IDENTITY USING INDEX clustered_replica;
ALTER TABLE round.parent_two REPLICA IDENTITY FULL;
ALTER TABLE round.zero REPLICA IDENTITY NOTHING;
ALTER TABLE round.unlogged OWNER TO round_team;

-- partitions -------------------------------------------------------------------------------------
CREATE TABLE round.measured (id bigint GENERATED ALWAYS AS IDENTITY, day date NOT NULL, what text, value numeric DEFAULT 0, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE round_parts.measured_1 PARTITION OF round.measured FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
CREATE TABLE round_parts.measured_2 PARTITION OF round.measured FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (day);
CREATE TABLE round_parts.measured_2_a PARTITION OF round_parts.measured_2 (value DEFAULT 4, CONSTRAINT own CHECK (value < 1000)) FOR VALUES IN ('2026-01-01', '2026-02-28');
CREATE TABLE round_parts.measured_2_rest PARTITION OF round_parts.measured_2 DEFAULT;
CREATE TABLE round_parts.measured_3 (value numeric, gone integer, what text, day date NOT NULL, id bigint NOT NULL);
ALTER TABLE round_parts.measured_3 DROP COLUMN gone;
ALTER TABLE round.measured ATTACH PARTITION round_parts.measured_3 FOR VALUES FROM ('2027-01-01') TO (MAXVALUE);
CREATE INDEX measured_what ON round.measured (what, (value * 2) DESC);
CREATE INDEX measured_half ON ONLY round.measured (value);
CREATE INDEX measured_half_1 ON round_parts.measured_1 (value);
ALTER INDEX round.measured_half ATTACH PARTITION round_parts.measured_half_1;
COMMENT ON INDEX round.measured_what IS 'of all parts';
INSERT INTO round.measured (day, what, value) SELECT '2025-12-20'::date + g, CASE g % 3 WHEN 0 THEN 'a' WHEN 1 THEN 'b' END, g FROM generate_series(1, 400) g;
CREATE TABLE round.hashed (a integer, b text) PARTITION BY HASH (b COLLATE "C" text_pattern_ops, a);
CREATE TABLE round.hashed_0 PARTITION OF round.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE round.hashed_1 PARTITION OF round.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1) WITH (fillfactor = 50);
INSERT INTO round.hashed SELECT g, 'b' || g FROM generate_series(1, 50) g;
CREATE TABLE round.by_mood (m round.mood) PARTITION BY LIST (m);
CREATE TABLE round.by_mood_1 PARTITION OF round.by_mood FOR VALUES IN ('sad', 'happy');
INSERT INTO round.by_mood VALUES ('happy');
CREATE TABLE round.by_expression (a integer, b integer) PARTITION BY RANGE ((a + b), lower(a::text));
CREATE TABLE round.without_parts (a integer) PARTITION BY LIST (a);

-- constraints and indexes ------------------------------------------------------------------------
CREATE TABLE round.wards (id integer, code text, during tsrange, room integer, boss integer, "Weird ""col""" integer,
    PRIMARY KEY (id) INCLUDE (code) WITH (fillfactor = 60),
    CONSTRAINT "uniq ""q""" UNIQUE (code, room) DEFERRABLE INITIALLY DEFERRED,
    EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (room > 0),
    CONSTRAINT no_overlap EXCLUDE USING gist (room WITH <>, during WITH &&) INITIALLY DEFERRED);
INSERT INTO round.wards SELECT g, 'c' || g, tsrange('2026-01-01'::timestamp + g * interval '1 day', '2026-01-01'::timestamp + g * interval '1 day' + interval '1 hour'), 1, NULL, g FROM generate_series(1, 40) g;
ALTER TABLE round.wards ADD CONSTRAINT boss_of FOREIGN KEY (boss) REFERENCES round.wards (id) ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE round.rooms (id integer PRIMARY KEY, ward integer DEFAULT 1 REFERENCES round.wards ON DELETE SET DEFAULT, m_id bigint, m_day date,
    FOREIGN KEY (m_id, m_day) REFERENCES round.measured (id, day) MATCH FULL ON DELETE CASCADE ON UPDATE RESTRICT);
INSERT INTO round.rooms VALUES (1, 1, NULL, NULL), (2, 2, 1, '2025-12-21');
ALTER TABLE round.wards ADD COLUMN first_room integer;
ALTER TABLE round.wards ADD FOREIGN KEY (first_room) REFERENCES round.rooms DEFERRABLE;
UPDATE round.wards SET first_room = 2, boss = 2 WHERE id < 5;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE round.not_valid ADD CONSTRAINT b_of FOREIGN KEY (b) REFERENCES round.rooms NOT VALID;
COMMENT ON CONSTRAINT boss_of ON round.wards IS 'one of them';
CREATE INDEX wards_expr ON round.wards (lower(code) COLLATE "C" text_pattern_ops DESC NULLS LAST, (id + room)) INCLUDE (boss) WITH (fillfactor = 80) WHERE room IS NOT NULL AND code <> 'it''s';
CREATE UNIQUE INDEX "Idx ""q"".;" ON round.wards ("Weird ""col""" ASC NULLS FIRST);
CREATE INDEX wards_hash ON round.wards USING hash (code);
CREATE INDEX wards_brin ON round.wards USING brin (id) WITH (pages_per_range = 16, autosummarize = true);
CREATE INDEX plain_gin ON round.plain USING gin (doc jsonb_path_ops, tags) WITH (fastupdate = off);
CREATE INDEX plain_trgm ON round.plain USING gist (x round.gist_trgm_ops (siglen = 32));
CREATE INDEX plain_spgist ON round.plain USING spgist (x);
CREATE INDEX plain_search ON round.plain USING gin (to_tsvector('round.ours'::regconfig, x));
CREATE INDEX plain_stats ON round.plain ((num * 2), (ratio + 1));
ALTER INDEX round.plain_stats ALTER COLUMN 1 SET STATISTICS 400;
COMMENT ON INDEX round."Idx ""q"".;" IS 'odd';
CREATE STATISTICS round.both (ndistinct, dependencies, mcv) ON code, room FROM round.wards;
CREATE STATISTICS round."St ""q""" (dependencies) ON id, room FROM round.wards;
ALTER STATISTICS round.both SET STATISTICS 33;
COMMENT ON STATISTICS round.both IS 'belong together';

-- views ------------------------------------------------------------------------------------------
CREATE VIEW round.cheap AS SELECT p.id, p.name, round.twice(p.later::integer) AS twice FROM round.plain p WHERE p.price < 100 WITH LOCAL CHECK OPTION;
CREATE VIEW round.cheaper WITH (security_barrier = true) AS SELECT id, name FROM round.cheap WHERE id < 100 WITH CASCADED CHECK OPTION;
ALTER VIEW round.cheaper ALTER COLUMN name SET DEFAULT 'by the view';
CREATE RECURSIVE VIEW round.numbers (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 10;
CREATE VIEW round.grouped AS SELECT w.id, w.code, count(r.id) AS rooms FROM round.wards w LEFT JOIN round.rooms r ON r.ward = w.id GROUP BY w.id;
CREATE VIEW round.on_grouped AS SELECT * FROM round.grouped;
CREATE VIEW "Odd.""Schema'é"."View ""q""" AS SELECT "Col ""umn"".y" AS "a ""b""", 'x;''y' || E'\\' AS "?column?" FROM "Odd.""Schema'é"."Tab ""le"".x;";
CREATE MATERIALIZED VIEW round.counted_up AS SELECT mood, count(*) AS n FROM round.plain GROUP BY mood;
CREATE UNIQUE INDEX ON round.counted_up (mood);
CREATE MATERIALIZED VIEW round.over_it WITH (fillfactor = 90) AS SELECT sum(n) AS s FROM round.counted_up;
CREATE MATERIALIZED VIEW round.never_filled AS SELECT id FROM round.on_grouped WITH NO DATA;
CREATE MATERIALIZED VIEW round.of_grouped AS SELECT id, rooms FROM round.grouped;
CREATE INDEX of_grouped_index ON round.of_grouped (id);
ALTER MATERIALIZED VIEW round.over_it ALTER COLUMN s SET STATISTICS 10;
COMMENT ON VIEW round.cheap IS 'below a hundred';
COMMENT ON COLUMN round.cheap.twice IS 'two times';
COMMENT ON MATERIALIZED VIEW round.counted_up IS 'as of then';
ALTER VIEW round.cheaper OWNER TO round_team;
GRANT SELECT ON round.cheap TO round_team;
CREATE FUNCTION round.of_row(round.plain) RETURNS text LANGUAGE sql STABLE AS 'SELECT $1.name';
CREATE VIEW round.by_function AS SELECT round.of_row(p.*) AS said, p FROM round.plain p;

-- rules, triggers, policies ----------------------------------------------------------------------
CREATE RULE notify_all AS ON INSERT TO round.wards DO ALSO NOTIFY wards;
CREATE RULE "Rule ""q""" AS ON UPDATE TO round.cheaper DO INSTEAD (UPDATE round.plain SET name = new.name WHERE id = old.id; SELECT 'x;y'::text AS t);
CREATE RULE nothing AS ON DELETE TO round.rooms DO INSTEAD NOTHING;
ALTER TABLE round.rooms DISABLE RULE nothing;
ALTER TABLE round.wards ENABLE ALWAYS RULE notify_all;
COMMENT ON RULE nothing ON round.rooms IS 'off';
CREATE FUNCTION round.touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE FUNCTION round.counted_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER before_all BEFORE INSERT OR UPDATE OF name, price ON round.plain FOR EACH ROW WHEN (new.name <> 'x;''y') EXECUTE FUNCTION round.touched('a', 'it''s', E'\\', '');
CREATE TRIGGER by_statement AFTER UPDATE ON round.plain REFERENCING OLD TABLE AS "old ""x""" NEW TABLE AS newer FOR EACH STATEMENT EXECUTE FUNCTION round.counted_rows();
CREATE CONSTRAINT TRIGGER at_the_end AFTER INSERT ON round.rooms FROM round.wards DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION round.touched();
CREATE TRIGGER "Trig ""q"".;" AFTER DELETE OR TRUNCATE ON round.rooms EXECUTE FUNCTION round.counted_rows();
CREATE TRIGGER of_view INSTEAD OF INSERT ON round.grouped FOR EACH ROW EXECUTE FUNCTION round.touched();
CREATE TRIGGER of_parts AFTER INSERT ON round.measured FOR EACH ROW EXECUTE FUNCTION round.touched();
CREATE TRIGGER off AFTER INSERT ON round.rooms FOR EACH ROW EXECUTE FUNCTION round.touched();
CREATE TRIGGER on_replica AFTER INSERT ON round.rooms FOR EACH ROW EXECUTE FUNCTION round.touched();
CREATE TRIGGER on_always AFTER INSERT ON round.rooms FOR EACH ROW EXECUTE FUNCTION round.touched();
ALTER TABLE round.rooms DISABLE TRIGGER off, ENABLE REPLICA TRIGGER on_replica, ENABLE ALWAYS TRIGGER on_always;
ALTER TABLE round_parts.measured_1 DISABLE TRIGGER of_parts;
COMMENT ON TRIGGER off ON round.rooms IS 'switched off';
ALTER TABLE round.plain ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON round.plain USING (true);
CREATE POLICY "Pol ""q""" ON round.plain AS RESTRICTIVE FOR UPDATE TO round_team, "Round Reader's" USING (name <> 'it''s;') WITH CHECK (price > (SELECT min(c.id) FROM round.cheap c));
CREATE POLICY selects ON round.rooms FOR SELECT TO CURRENT_USER USING (id > 0);
CREATE POLICY inserts ON round.rooms FOR INSERT WITH CHECK (id > 0);
CREATE POLICY deletes ON round.rooms FOR DELETE USING (false);
COMMENT ON POLICY everything ON round.plain IS 'open';

-- rights -----------------------------------------------------------------------------------------
GRANT USAGE ON SCHEMA round TO "Round Reader's", round_team WITH GRANT OPTION;
GRANT CREATE ON SCHEMA "Odd.""Schema'é" TO "round ""writer"".x";
GRANT USAGE ON SCHEMA round TO "round ""writer"".x";
GRANT SELECT, INSERT ON round.plain TO "Round Reader's" WITH GRANT OPTION;
GRANT UPDATE (name, price), REFERENCES (id) ON round.plain TO "round ""writer"".x";
GRANT SELECT ("Col ""umn"".y", "é;--") ON "Odd.""Schema'é"."Tab ""le"".x;" TO "Round Reader's" WITH GRANT OPTION;
GRANT ALL ON round.rooms TO PUBLIC;
REVOKE DELETE, TRUNCATE ON round.wards FROM round_owner;
GRANT TRIGGER ON round.measured TO "round ""writer"".x";
GRANT USAGE, SELECT ON SEQUENCE round.to_the_end TO "Round Reader's";
GRANT EXECUTE ON FUNCTION round.quoting(text, integer[]) TO "Round Reader's" WITH GRANT OPTION;
REVOKE EXECUTE ON FUNCTION round."Fn ""q"".;x"(integer, round.mood) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE round.act(integer, text) TO round_team;
REVOKE ALL ON FUNCTION round.sum_all(numeric) FROM PUBLIC;
GRANT USAGE ON TYPE round.mood TO "Round Reader's";
REVOKE USAGE ON DOMAIN round.positive FROM PUBLIC;
GRANT SELECT ON round.counted_up TO PUBLIC;
GRANT SELECT ON round.wards TO "round ""writer"".x" WITH GRANT OPTION;
SET ROLE "round ""writer"".x";
GRANT SELECT ON round.wards TO "Round Reader's";
RESET ROLE;
ALTER DEFAULT PRIVILEGES IN SCHEMA round GRANT SELECT, INSERT ON TABLES TO "Round Reader's" WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE round_team IN SCHEMA round_parts GRANT EXECUTE ON FUNCTIONS TO "round ""writer"".x";
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO round_team;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT ALL ON TYPES TO "Round Reader's";
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO "Round Reader's";
REVOKE TRUNCATE ON round.unlogged FROM round_team;

-- large objects ----------------------------------------------------------------------------------
SELECT lo_from_bytea(770001, '\x00ff5c27');
SELECT lo_from_bytea(770002, decode(repeat('6c6f6e67', 100000), 'hex'));
SELECT lo_from_bytea(770003, '');
COMMENT ON LARGE OBJECT 770001 IS 'a picture';
GRANT SELECT ON LARGE OBJECT 770001 TO "Round Reader's";
ALTER LARGE OBJECT 770002 OWNER TO round_team;
