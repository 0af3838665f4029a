-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is new in PostgreSQL 16; in addition to owner.sql.
CREATE TABLE round.since16 (a text STORAGE EXTERNAL, b jsonb CHECK (b IS JSON OBJECT WITH UNIQUE KEYS), n integer DEFAULT 0x1F, m bigint DEFAULT 1_000);
INSERT INTO round.since16 VALUES ('x', '{"a": 1}');
CREATE COLLATION round.ruled (provider = icu, locale = 'und', rules = '& V << w <<< W');
CREATE VIEW round.since16_view AS SELECT any_value(id) AS one, json_arrayagg(code ORDER BY id ABSENT ON NULL) AS codes FROM round.wards;
