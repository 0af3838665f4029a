-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is new in PostgreSQL 18; in addition to owner.sql.
CREATE TABLE round.virtual (a integer, b integer GENERATED ALWAYS AS (a * 2) VIRTUAL, c integer GENERATED ALWAYS AS (a * 3) STORED,
    CONSTRAINT not_null_named NOT NULL a NO INHERIT, CONSTRAINT unforced CHECK (a > 10) NOT ENFORCED);
INSERT INTO round.virtual (a) VALUES (1), (2);
CREATE TABLE round.temporal (id integer, during tsrange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE round.temporal_of (id integer, during tsrange, of integer, FOREIGN KEY (of, PERIOD during) REFERENCES round.temporal (id, PERIOD during));
INSERT INTO round.temporal VALUES (1, '[2026-01-01,2027-01-01)');
INSERT INTO round.temporal_of VALUES (1, '[2026-02-01,2026-03-01)', 1);
CREATE TABLE round.unforced_key (a integer, CONSTRAINT unforced_of FOREIGN KEY (a) REFERENCES round.rooms NOT ENFORCED);
INSERT INTO round.unforced_key VALUES (999);
CREATE TABLE round.null_later (a integer);
INSERT INTO round.null_later VALUES (NULL);
ALTER TABLE round.null_later ADD CONSTRAINT null_later_a NOT NULL a NOT VALID;
COMMENT ON CONSTRAINT not_null_named ON round.virtual IS 'named since 18';
ALTER DEFAULT PRIVILEGES GRANT SELECT ON LARGE OBJECTS TO "Round Reader's";
