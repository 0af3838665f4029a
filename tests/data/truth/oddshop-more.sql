-- What tst_truthcorpus adds to the odd shop: one of every kind of object pg_dump writes.
CREATE TYPE mood AS ENUM ('sad', 'it''s; fine');
CREATE TYPE pair AS (a integer, b text);
CREATE TYPE span AS RANGE (subtype = numeric);
CREATE DOMAIN positive AS integer DEFAULT 1 CONSTRAINT above_zero CHECK (VALUE > 0);
CREATE COLLATION german (provider = icu, locale = 'de-u-ks-level2', deterministic = false);
CREATE TABLE customers (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, m mood,
    p pair, s span, n positive, g text COLLATE german);
CREATE TABLE orders (id serial PRIMARY KEY, customer integer REFERENCES customers DEFERRABLE,
    total numeric CHECK (total >= 0), CONSTRAINT small CHECK (total < 1000) NO INHERIT);
INSERT INTO customers (name, m, p, s, n, g)
    SELECT 'c' || i, 'sad', (i, 'x')::pair, '[1,2)', i, 'ß' FROM generate_series(1, 20) i;
INSERT INTO orders (customer, total) SELECT 1 + i % 20, i FROM generate_series(1, 100) i;
ALTER TABLE orders ADD CONSTRAINT never_checked CHECK (total < 50) NOT VALID;
CREATE VIEW spenders AS SELECT c.id, c.name, count(*) AS orders FROM customers c JOIN orders o ON o.customer = c.id GROUP BY c.id;
CREATE MATERIALIZED VIEW not_filled AS SELECT * FROM spenders WITH NO DATA;
CREATE TABLE ruled (a integer);
INSERT INTO ruled VALUES (1), (2), (3);
CREATE RULE swallow AS ON INSERT TO ruled DO INSTEAD NOTHING;
CREATE TABLE logged (a integer);
CREATE TABLE log (a integer);
INSERT INTO logged VALUES (1), (2);
CREATE RULE also AS ON INSERT TO logged DO ALSO INSERT INTO log VALUES (new.a);
CREATE TABLE touched (a integer, b text);
INSERT INTO touched VALUES (1, 'as it was');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN new.b := 'changed'; RETURN new; END $f$;
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON touched FOR EACH ROW EXECUTE FUNCTION touch();
CREATE FUNCTION eat() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN NULL; END $f$;
CREATE TABLE eaten (a integer);
INSERT INTO eaten VALUES (1), (2);
CREATE TRIGGER eat BEFORE INSERT ON eaten FOR EACH ROW EXECUTE FUNCTION eat();
CREATE TABLE secrets (owner name, what text);
INSERT INTO secrets VALUES ('app', 'a'), ('reader', 'b');
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON secrets USING (owner = current_user);
GRANT SELECT ON secrets TO app, PUBLIC;
GRANT UPDATE (what) ON secrets TO reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader;
CREATE TABLE by_list (k text, v integer) PARTITION BY LIST (k);
CREATE TABLE by_list_ab PARTITION OF by_list FOR VALUES IN ('a', 'b') PARTITION BY HASH (v);
CREATE TABLE by_list_ab_0 PARTITION OF by_list_ab FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_list_ab_1 PARTITION OF by_list_ab FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE by_list_rest PARTITION OF by_list DEFAULT;
INSERT INTO by_list SELECT chr(97 + i % 4), i FROM generate_series(1, 40) i;
CREATE INDEX ON by_list (v);
CREATE FUNCTION graded(n integer) RETURNS text LANGUAGE sql BEGIN ATOMIC
    SELECT CASE WHEN n > 1 THEN CASE n WHEN 2 THEN 'two; end' ELSE 'more' END ELSE 'few' END;
END;
CREATE PROCEDURE nothing() LANGUAGE sql BEGIN ATOMIC END;
CREATE FUNCTION quoting() RETURNS text LANGUAGE plpgsql AS $outer$
BEGIN RETURN $inner$ $$ ; $$ $inner$ || E'\'' || '''' || $$x$$; END; -- $in$
$outer$;
CREATE FUNCTION definer() RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1; -- it''s';
CREATE AGGREGATE product_of(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1');
CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq);
CREATE CAST (pair AS text) WITH INOUT;
CREATE STATISTICS both_columns (dependencies) ON a, b FROM touched;
CREATE TEXT SEARCH DICTIONARY plain_words (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION words ALTER MAPPING FOR word WITH plain_words;
CREATE CONVERSION mine FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE TABLE "we ird
na""me'; --" ("col; umn" integer, "ü\" text);
INSERT INTO "we ird
na""me'; --" VALUES (1, '\'), (2, ';');
CREATE INDEX "in dex;" ON "we ird
na""me'; --" ("col; umn") WHERE "ü\" <> ';';
CREATE SCHEMA "Other's";
CREATE VIEW "Other's".looks AS SELECT * FROM customers;
CREATE SCHEMA outside;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER far FOREIGN DATA WRAPPER nowhere OPTIONS (host 'x');
CREATE FOREIGN TABLE outside.distant (a integer) SERVER far;
CREATE PUBLICATION everything FOR TABLE customers;
COMMENT ON PUBLICATION everything IS 'left out, and this with it';
CREATE FUNCTION outside.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watcher ON ddl_command_end EXECUTE FUNCTION outside.watch();
ALTER EVENT TRIGGER watcher DISABLE;
COMMENT ON EVENT TRIGGER watcher IS 'left out, and this with it';
COMMENT ON SCHEMA outside IS 'it''s; --';
COMMENT ON DATABASE oddshop IS 'a shop';
GRANT CONNECT ON DATABASE oddshop TO app;
ALTER DATABASE oddshop SET work_mem = '5MB';
COMMENT ON FUNCTION graded(integer) IS 'it''s; fine';
