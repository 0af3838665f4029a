-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is new in PostgreSQL 17 and needs a superuser; in addition to superuser.sql.
CREATE EVENT TRIGGER on_login ON login EXECUTE FUNCTION public.on_event();
ALTER EVENT TRIGGER on_login DISABLE;
CREATE TABLE round.default_heap (a integer) PARTITION BY LIST (a) USING "Heap ""q""";
