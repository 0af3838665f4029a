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

/// What a GRANT or REVOKE ON [TABLE] names, one or several; pg_dump writes one. Those of all tables
/// of a schema are "schema.*".
[[nodiscard]] QList<QualifiedName> grantedOn(const DumpStatement &statement);

/// Whether an ALTER does one thing only: nothing follows behind a comma.
[[nodiscard]] bool doesOneThing(const DumpStatement &statement);

/// The relations, with their schema, that its words name, whatever it does with them.
[[nodiscard]] QList<QualifiedName> namesIn(const DumpStatement &statement);

} // namespace mayday::dump
