// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpstatement.h"
#include "dump/sqltokens.h"

namespace mayday::dump {

/// What a statement does with the thing that it names.
enum class EntryRole {
    Settings, ///< none: SET, BEGIN
    Makes,
    Changes, ///< also says something of it, grants it, gives it away
    Drops,
    Copies,  ///< brings its rows: COPY and the rows
    Inserts, ///< the same as INSERT, one or many in a row
};

/// A stretch of the text of a dump and what it is about: one statement, with its rows where it has
/// some; or the INSERTs into one table that follow each other. A value.
struct DumpEntry {
    StatementClass kind = StatementClass::Other;
    StatementClass about = StatementClass::Other;
    EntryRole role = EntryRole::Settings;
    bool escapes = false; ///< backslashes count in its plain strings
    QString schema = {};
    QString name = {};
    QString arguments = {}; ///< of a function, as it is told from others: "(a integer)"
    QString table = {};     ///< that has it (an index, a trigger, a constraint); in schema
    /// Who it belongs to as well: the table whose column owns the sequence, the part that is
    /// attached.
    QualifiedName other = {};
    qint64 offset = 0; ///< in the uncompressed text
    qint64 end = 0;    ///< behind its ';', or behind the "\." line
    qint64 line = 0;
    qint64 rows = 0;

    [[nodiscard]] bool hasRows() const
    {
        return role == EntryRole::Copies || role == EntryRole::Inserts;
    }
};

/// What a statement is, by its own words. statement: classified. Rows are not in it yet.
[[nodiscard]] DumpEntry entryOf(const DumpStatement &statement);

/// Whether the statement brings something of its kind into being.
[[nodiscard]] bool makesSomething(const DumpStatement &statement);

} // namespace mayday::dump
