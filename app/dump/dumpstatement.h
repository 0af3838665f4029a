// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace mayday::dump {

/// What a statement of a dump is about, as far as its own words tell.
enum class StatementClass {
    Session, ///< SET, set_config, BEGIN, COMMIT
    Schema,
    Type,     ///< also domains, collations, casts, text search, statistics
    Function, ///< also procedures, aggregates, operators, languages
    Table,
    Data, ///< COPY and INSERT
    Sequence,
    SequenceSet, ///< SELECT setval(...)
    Index,
    Constraint,
    ForeignKey,
    Trigger,
    Policy, ///< also switching row level security on
    Grant,
    Owner,
    Comment, ///< security labels too: something said about what is there
    Extension,
    EventTrigger,
    Publication, ///< also subscriptions
    Rule,
    View,
    LargeObject,
    Platform, ///< databases, roles, tablespaces, foreign servers: outside of a schema
    Other,
};

/// Stable lower-case word for JSON and screens' keys: "foreign-key", "large-object".
[[nodiscard]] QString kindWord(StatementClass kind);

/// One SQL statement outside the rows of a COPY.
struct DumpStatement {
    QByteArray sql;    ///< exact bytes from its first token on, without the ending ';'
    qint64 line = 0;   ///< 1-based line of its first token
    qint64 offset = 0; ///< of its first token, in the uncompressed text
    qint64 end = 0;    ///< behind its ';', in the uncompressed text
    qint64 endLine = 0;
    StatementClass kind = StatementClass::Other;
    /// What sort of thing it makes, changes or says something of: of COMMENT ON FUNCTION a
    /// function, of ALTER TABLE ... ADD CONSTRAINT a table.
    StatementClass about = StatementClass::Other;
    QString objectSchema = {}; ///< best effort; of what it is about ("ALTER TABLE a.b ..." : a)
    QString objectName = {};
    /// Of an index, trigger, policy, rule or constraint that is made, altered or commented on: the
    /// name of its table, in objectSchema.
    QString objectTable = {};
    bool plainStringsEscape = false; ///< standard_conforming_strings was off when it came
};

/// A statement after which rows follow in the file: "COPY public.products (id, name) FROM stdin".
struct CopyHeader {
    DumpStatement statement;
    QString schema;
    QString table;
};

} // namespace mayday::dump
