// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpstatement.h"
#include "dump/sqltokens.h"

#include <QList>

namespace mayday::dump {

/// The relation (table, view, sequence, index: they share their names) that a statement makes,
/// fills, changes, gives away or says something of; of an index that is made, of triggers,
/// policies, rules, constraints and statistics their table. Empty: it is about something else.
[[nodiscard]] QualifiedName relationOf(const DumpStatement &statement);

/// The table that a foreign key points to; empty for any other statement.
[[nodiscard]] QualifiedName referencedBy(const DumpStatement &statement);

/// The table, or index, that an ALTER ... ATTACH PARTITION makes a part of relationOf(); empty for
/// any other statement.
[[nodiscard]] QualifiedName attachedBy(const DumpStatement &statement);

/// The sequences whose next value is asked for: nextval('public.a_id_seq'::regclass).
[[nodiscard]] QList<QualifiedName> sequencesUsedBy(const DumpStatement &statement);

/// The table whose column owns a sequence, of ALTER SEQUENCE ... OWNED BY; otherwise empty.
[[nodiscard]] QualifiedName sequenceOwnerIn(const DumpStatement &statement);

/// A GRANT or REVOKE that names more than one thing; pg_dump writes none.
[[nodiscard]] bool isGrantOnSeveral(const DumpStatement &statement);

} // namespace mayday::dump
