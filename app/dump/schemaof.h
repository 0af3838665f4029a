// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpstatement.h"

namespace mayday::dump {

/// The schema that a statement is in or about, by its own words: of CREATE SCHEMA a, GRANT ... ON
/// SCHEMA a, ALTER DEFAULT PRIVILEGES IN SCHEMA a and CREATE EXTENSION b WITH SCHEMA a as well as
/// of CREATE TABLE a.b. Empty when they do not tell. statement: classified.
[[nodiscard]] QString schemaOf(const DumpStatement &statement);

} // namespace mayday::dump
