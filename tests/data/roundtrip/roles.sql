-- SPDX-License-Identifier: GPL-3.0-or-later
-- Once a server: who owns things and who gets rights.
CREATE ROLE round_owner LOGIN CREATEDB PASSWORD 'only-in-tests';
CREATE ROLE round_team;
GRANT round_team TO round_owner;
CREATE ROLE shop_readonly; -- of the marketplace
CREATE ROLE "Round Reader's";
CREATE ROLE "round ""writer"".x";
GRANT "round ""writer"".x" TO round_owner;
