-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is new in PostgreSQL 14; in addition to owner.sql.
CREATE FUNCTION round.atomic(a integer, b text DEFAULT ';') RETURNS integer LANGUAGE sql
BEGIN ATOMIC
    SELECT CASE WHEN a > 1 THEN 'begin; end'::text ELSE b END;
    INSERT INTO round.not_valid (a) VALUES (a);
    SELECT round.twice(a) AS "end;";
END;
CREATE FUNCTION round.returns(a integer) RETURNS text LANGUAGE sql IMMUTABLE RETURN CASE WHEN a > 1 THEN 'x;y' ELSE 'end' END;
CREATE PROCEDURE round.atomic_procedure(OUT n bigint) LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM round.wards; END;
CREATE FUNCTION round.nothing_at_all() RETURNS void LANGUAGE sql BEGIN ATOMIC END;
CREATE TYPE round.tens AS RANGE (subtype = integer, multirange_type_name = round."tens ""all""");
CREATE TABLE round.since14 (many int4multirange, tens round."tens ""all""", squeezed text COMPRESSION pglz, lz text COMPRESSION lz4);
INSERT INTO round.since14 VALUES ('{[1,3),[5,9)}', '{}', repeat('x', 5000), repeat('y', 5000));
CREATE STATISTICS round.of_expression ON (a + 1), b FROM round.not_valid;
CREATE STATISTICS round.of_one_expression ON (lower(code)) FROM round.wards;
CREATE INDEX since14_brin ON round.wards USING brin (id int4_minmax_multi_ops (values_per_range = 16), code text_bloom_ops);
CREATE VIEW round.since14_view AS WITH RECURSIVE t(a, b) AS (SELECT 1, 2 UNION ALL SELECT a + 1, b FROM t WHERE a < 3) SEARCH DEPTH FIRST BY a SET o CYCLE a SET is_cycle USING way
    SELECT t.a, is_cycle, ids.id FROM t, round.wards w JOIN round.rooms r USING (id) AS ids;
