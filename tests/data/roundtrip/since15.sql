-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is new in PostgreSQL 15; in addition to owner.sql.
CREATE UNLOGGED SEQUENCE round.unlogged_seq START 4;
CREATE UNLOGGED TABLE round.unlogged_identity (a integer GENERATED ALWAYS AS IDENTITY, b integer);
INSERT INTO round.unlogged_identity (b) VALUES (1), (2);
CREATE VIEW round.invoked WITH (security_invoker = true) AS SELECT 1 AS one;
CREATE TABLE round.since15 (a integer, b integer REFERENCES round.rooms, CONSTRAINT nulls_alike UNIQUE NULLS NOT DISTINCT (a, b),
    FOREIGN KEY (a, b) REFERENCES round.since15 (a, b) ON DELETE SET NULL (b));
INSERT INTO round.since15 VALUES (1, NULL);
CREATE UNIQUE INDEX since15_index ON round.since15 (b, a) NULLS NOT DISTINCT;
CREATE COLLATION round.no_locale (provider = icu, locale = 'de');
