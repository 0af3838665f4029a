// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/dumpobjects.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

constexpr qsizetype nobody = -1;

/// What shares its names.
QChar spaceOf(StatementClass kind)
{
    switch (kind) {
    case StatementClass::Table:
    case StatementClass::View:
    case StatementClass::Sequence:
    case StatementClass::Index: return u'r';
    case StatementClass::Constraint:
    case StatementClass::ForeignKey: return u'c';
    default: return QChar(u'A' + std::to_underlying(kind));
    }
}

QString keyOf(StatementClass kind, const QString &schema, const QString &name,
              const QString &table = {}, const QString &arguments = {})
{
    const QChar gap(u'\0'); // is in no name
    return spaceOf(kind) + schema + gap + name + gap + table + gap + arguments;
}

/// A relation is found by its own name, whatever it is part of.
QString tableIn(const DumpEntry &entry, StatementClass kind)
{
    return spaceOf(kind) == u'r' ? QString() : entry.table;
}

QString dotted(const QString &one, const QString &other)
{
    return one.isEmpty() ? other : one + u'.' + other;
}

/// "Old Shop"."it's": the name that it stands for; as it is when it is not all a name.
QString unquoted(const QString &text)
{
    if (!text.contains(u'"'))
        return text;
    const QByteArray utf8 = text.toUtf8();
    SqlTokens tokens{utf8};
    const QualifiedName name = takeName(tokens);
    return tokens.next().kind == SqlToken::Kind::End ? dotted(name.schema, name.name) : text;
}

bool isCalled(const DumpObject &object, const QString &name)
{
    const QString own = object.name + object.arguments;
    const QString behindTable = object.table.isEmpty() ? own : dotted(object.table, own);
    return name == object.name || name == own || name == dotted(object.schema, own) ||
           name == dotted(object.schema, object.name) || name == behindTable ||
           name == dotted(object.schema, behindTable);
}

} // namespace

QString DumpObject::title() const
{
    const QString own = name + arguments;
    if (table.isEmpty() || kind == StatementClass::Index)
        return dotted(schema, own);
    return own.isEmpty() ? dotted(schema, table) : own + u" on "_s + dotted(schema, table);
}

DumpObjects::DumpObjects(QList<DumpEntry> entries, bool isCut)
    : m_entries(std::move(entries)), m_isCut(isCut)
{
    makeObjects();
    giveEntries();
    giveParts();
}

qsizetype DumpObjects::append(const DumpEntry &entry, StatementClass kind)
{
    m_objects.append({.kind = kind,
                      .isMade = entry.role == EntryRole::Makes,
                      .schema = entry.schema,
                      .name = entry.name,
                      .arguments = entry.arguments,
                      .table = entry.table,
                      .line = entry.line});
    return m_objects.size() - 1;
}

/// Of a view that is made twice, first as a stub, there is one.
void DumpObjects::makeObjects()
{
    for (const DumpEntry &entry : std::as_const(m_entries)) {
        if (entry.role != EntryRole::Makes || entry.name.isEmpty())
            continue;
        const QString key = keyOf(entry.kind, entry.schema, entry.name, tableIn(entry, entry.kind),
                                  entry.arguments);
        if (m_places.contains(key))
            continue;
        const qsizetype object = append(entry, entry.kind);
        m_places.insert(key, object);
        if (entry.arguments.isEmpty())
            continue;
        const QString bare = keyOf(entry.kind, entry.schema, entry.name);
        m_routines.insert(bare, m_routines.contains(bare) ? nobody : object);
    }
}

qsizetype DumpObjects::relation(const QString &schema, const QString &name) const
{
    const auto place = [this, &name](const QString &in) {
        return m_places.value(keyOf(StatementClass::Table, in, name), nobody);
    };
    const qsizetype found = place(schema);
    return found == nobody && schema.isEmpty() ? place(m_schema) : found;
}

/// Dumps before 2018 say the schema by SET search_path, which not every statement is completed by.
qsizetype DumpObjects::objectOf(const DumpEntry &entry) const
{
    const StatementClass kind = entry.role == EntryRole::Makes ? entry.kind : entry.about;
    const auto place = [&](const QString &schema) {
        return m_places.value(
            keyOf(kind, schema, entry.name, tableIn(entry, kind), entry.arguments), nobody);
    };
    qsizetype found = place(entry.schema);
    if (found == nobody && entry.schema.isEmpty())
        found = place(m_schema);
    return found == nobody ? m_routines.value(keyOf(kind, entry.schema, entry.name), nobody)
                           : found;
}

void DumpObjects::give(qsizetype object, qsizetype entry)
{
    const DumpEntry &given = m_entries[entry];
    const qint64 size = given.end - given.offset;
    DumpObject &to = m_objects[object];
    to.entries.append(entry);
    to.rows += given.rows;
    (given.hasRows() ? to.rowBytes : to.bytes) += size;
}

void DumpObjects::giveEntries()
{
    m_schema.clear();
    for (qsizetype i = 0; i < m_entries.size(); ++i) {
        const DumpEntry &entry = m_entries[i];
        if (entry.role == EntryRole::Settings || entry.role == EntryRole::Drops)
            continue;
        if (entry.role == EntryRole::Makes && !entry.schema.isEmpty())
            m_schema = entry.schema;
        qsizetype object = entry.name.isEmpty() ? nobody : objectOf(entry);
        if (object == nobody) {
            const bool isSelf = entry.role == EntryRole::Makes ||
                                entry.about == StatementClass::Other || entry.name.isEmpty();
            const StatementClass kind = isSelf ? entry.kind : entry.about;
            object = append(entry, kind);
            if (!entry.name.isEmpty())
                m_places.insert(
                    keyOf(kind, entry.schema, entry.name, tableIn(entry, kind), entry.arguments),
                    object);
        }
        give(object, i);
        if (entry.schema.isEmpty() && !entry.table.isEmpty() &&
            relation(m_schema, entry.table) != nobody)
            m_objects[object].schema = m_schema;
        const qsizetype other =
            entry.other.name.isEmpty() ? nobody : relation(entry.other.schema, entry.other.name);
        if (other == nobody || other == object)
            continue;
        if (entry.about == StatementClass::Sequence)
            m_objects[other].parts.append(object);
        else
            give(other, i);
    }
}

void DumpObjects::giveParts()
{
    for (qsizetype i = 0; i < m_objects.size(); ++i) {
        const QString &table = m_objects[i].table;
        const qsizetype whole = table.isEmpty() ? nobody : relation(m_objects[i].schema, table);
        if (whole != nobody && whole != i)
            m_objects[whole].parts.append(i);
    }
}

QList<DumpEntry> DumpObjects::entriesOf(qsizetype object, Rows rows) const
{
    QList<qsizetype> numbers = m_objects[object].entries;
    for (const qsizetype part : m_objects[object].parts)
        numbers += m_objects[part].entries;
    std::ranges::sort(numbers);
    const auto twice = std::ranges::unique(numbers);
    numbers.erase(twice.begin(), twice.end());
    QList<DumpEntry> entries;
    for (const qsizetype number : std::as_const(numbers)) {
        if (rows == Rows::With || !m_entries[number].hasRows())
            entries.append(m_entries[number]);
    }
    return entries;
}

QList<qsizetype> DumpObjects::find(const QString &name) const
{
    const QString bare = unquoted(name.trimmed());
    QList<qsizetype> found;
    for (qsizetype i = 0; i < m_objects.size(); ++i) {
        const DumpObject &object = m_objects[i];
        if (object.name.isEmpty())
            continue;
        const QString kind = kindWord(object.kind) + u' ';
        const bool isOfKind = name.startsWith(kind);
        const QString behind = isOfKind ? unquoted(name.sliced(kind.size()).trimmed()) : QString();
        if (isCalled(object, bare) || name == object.title() ||
            (isOfKind && (isCalled(object, behind) || behind == object.title())))
            found.append(i);
    }
    return found;
}

} // namespace mayday::dump
