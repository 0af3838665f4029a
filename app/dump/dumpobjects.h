// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/objectentry.h"

#include <QHash>
#include <QList>

namespace mayday::dump {

/// One thing in a dump: what makes it, fills it and says something of it.
struct DumpObject {
    StatementClass kind = StatementClass::Other;
    bool isMade = false; ///< otherwise the dump takes for granted that it is there
    QString schema = {};
    QString name = {};      ///< may be empty: ALTER DEFAULT PRIVILEGES, a constraint without one
    QString arguments = {}; ///< of a function
    QString table = {};     ///< that has it; in schema
    qint64 line = 0;        ///< of its first statement
    qint64 bytes = 0;       ///< of its statements, without rows
    qint64 rows = 0;
    qint64 rowBytes = 0;           ///< in the text, with COPY and INSERT
    QList<qsizetype> entries = {}; ///< numbers among all of the dump, in its order
    QList<qsizetype> parts = {};   ///< numbers of objects: indexes, triggers, owned sequences

    /// "public.orders", "public.total(integer)", "audit on public.orders".
    [[nodiscard]] QString title() const;
};

/// The objects of a dump, put together of its statements. What the dump makes comes first, in its
/// order; then what it only fills, grants or speaks of. A value.
class DumpObjects final {
public:
    /// isCut: the dump has more statements than these.
    explicit DumpObjects(QList<DumpEntry> entries, bool isCut = false);

    [[nodiscard]] const QList<DumpObject> &all() const { return m_objects; }
    [[nodiscard]] bool isCut() const { return m_isCut; }

    enum class Rows { Without, With };
    /// The stretches of an object and of its parts, in the order of the file, each once. Nothing
    /// that drops it.
    [[nodiscard]] QList<DumpEntry> entriesOf(qsizetype object, Rows rows) const;

    /// Whose name it is: "orders", "public.orders", "total(integer)", "orders.audit" of a
    /// trigger; quoted as in SQL or bare; also with its kind in front, "table public.orders".
    [[nodiscard]] QList<qsizetype> find(const QString &name) const;

private:
    void makeObjects();
    void giveEntries();
    void giveParts();
    qsizetype append(const DumpEntry &entry, StatementClass kind);
    void give(qsizetype object, qsizetype entry);
    [[nodiscard]] qsizetype relation(const QString &schema, const QString &name) const;
    [[nodiscard]] qsizetype objectOf(const DumpEntry &entry) const;

    QList<DumpEntry> m_entries;
    QList<DumpObject> m_objects;
    QHash<QString, qsizetype> m_places;   ///< of objects, by what tells them apart
    QHash<QString, qsizetype> m_routines; ///< the same without arguments; -1 for several
    bool m_isCut;
    QString m_schema; ///< of the last thing made: where names without one are
};

} // namespace mayday::dump
