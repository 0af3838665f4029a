-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is new in PostgreSQL 15 and needs a superuser; in addition to superuser.sql.
CREATE PUBLICATION of_parts FOR TABLE round.wards WHERE (id > 10 AND code <> 'x;''y'), TABLES IN SCHEMA round_parts, "Odd.""Schema'é";
COMMENT ON PUBLICATION of_parts IS 'a part of it';
