// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpstatement.h"

namespace mayday::dump {

/// Fills kind, about, objectSchema and objectName from the statement's own words (never from
/// comments). Cheap: looks at its first tokens, of ALTER TABLE at all. A statement about a schema
/// has it as objectName; what is in no schema but named with a table (a trigger, a rule) has the
/// table's.
void classify(DumpStatement &statement);

} // namespace mayday::dump
