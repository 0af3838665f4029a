// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/filedigests.h"

#include "dump/sqltokens.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// The columns of "COPY public.t (a, "b c") FROM stdin"; none when it is said in another way.
QStringList columnsOf(const dump::DumpStatement &copy)
{
    dump::SqlTokens tokens(copy.sql);
    if (!tokens.take("copy") || dump::takeName(tokens).name.isEmpty() || !tokens.takeSymbol('('))
        return {};
    QStringList columns;
    do {
        const dump::SqlToken column = tokens.next();
        if (!column.isName() || column.isEscapedName())
            return {};
        columns.append(column.name());
    } while (tokens.takeSymbol(','));
    bool isPlain = tokens.takeSymbol(')') && tokens.take({"from", "stdin"});
    tokens.takeSymbol(';');
    isPlain = isPlain && tokens.next().kind == dump::SqlToken::Kind::End;
    return isPlain ? columns : QStringList();
}

} // namespace

Result<void> FileDigests::statement(const dump::DumpStatement &statement)
{
    if (statement.kind != dump::StatementClass::Data || statement.objectName.isEmpty() ||
        !counts(statement.objectSchema, statement.objectName))
        return {};
    Entry &entry = entryOf(statement.objectSchema, statement.objectName);
    entry.content.why = u"its rows come as INSERT"_s;
    return {};
}

Result<void> FileDigests::copyBegin(const dump::CopyHeader &header)
{
    m_rest.clear();
    m_entry = counts(header.schema, header.table) ? &entryOf(header.schema, header.table) : nullptr;
    if (m_entry == nullptr)
        return {};
    const QStringList columns = columnsOf(header.statement);
    const bool isFirst = m_entry->columns.isEmpty();
    if (columns.isEmpty() || (!isFirst && columns != m_entry->columns))
        m_entry->content.why = u"its rows are not written as pg_dump does"_s;
    else if (isFirst)
        settleColumns(*m_entry, columns);
    return {};
}

Result<void> FileDigests::copyData(QByteArrayView rows)
{
    if (m_entry == nullptr || !m_entry->content.why.isEmpty())
        return {};
    for (;;) {
        const qsizetype end = rows.indexOf('\n');
        if (end < 0)
            break;
        if (m_rest.isEmpty()) {
            addRow(rows.first(end));
        } else {
            m_rest.append(rows.first(end));
            addRow(m_rest);
            m_rest.clear();
        }
        rows = rows.sliced(end + 1);
    }
    m_rest.append(rows);
    return {};
}

FileDigests::Entry &FileDigests::entryOf(const QString &schema, const QString &name)
{
    const auto known = m_places.constFind({schema, name});
    if (known != m_places.constEnd())
        return m_entries[*known];
    m_places.insert({schema, name}, m_entries.size());
    m_entries.append({.content = {.schema = schema, .name = name}});
    return m_entries.last();
}

void FileDigests::settleColumns(Entry &entry, const QStringList &columns)
{
    entry.columns = columns;
    const auto live = m_live.constFind({entry.content.schema, entry.content.name});
    if (live == m_live.constEnd()) {
        entry.content.verdict = ContentVerdict::Different;
        entry.content.why = u"the database has no such table"_s;
        return;
    }
    for (const QString &column : columns) {
        const auto rule = live->columns.constFind(column);
        if (rule == live->columns.constEnd()) {
            entry.content.verdict = ContentVerdict::Different;
            entry.content.why = u"the table has no column %1"_s.arg(column);
            return;
        }
        entry.rules.append(*rule);
        if (*rule == ColumnRule::LeaveOut)
            entry.content.leftOut.append(column);
    }
    entry.isAsItIs = std::ranges::all_of(entry.rules, [](ColumnRule rule) {
        return rule == ColumnRule::AsItIs || rule == ColumnRule::Float;
    });
    if (entry.content.leftOut.size() == columns.size())
        entry.content.why = u"the text of its columns depends on the server"_s;
}

/// In a file with CR LF the rows end so too; a CR of the data is written as "\r".
void FileDigests::addRow(QByteArrayView row)
{
    if (row.endsWith('\r'))
        row.chop(1);
    if (m_entry->isAsItIs) {
        m_entry->content.inFile.add(row);
        return;
    }
    m_row.clear();
    bool isFirst = true;
    for (const ColumnRule rule : std::as_const(m_entry->rules)) {
        const qsizetype tab = row.indexOf('\t');
        const QByteArrayView value = tab < 0 ? row : row.first(tab);
        if (rule != ColumnRule::LeaveOut) {
            if (!isFirst)
                m_row += '\t';
            isFirst = false;
            m_row += rule == ColumnRule::InUtc ? inUtc(value) : value.toByteArray();
        }
        row = tab < 0 ? QByteArrayView() : row.sliced(tab + 1);
    }
    m_entry->content.inFile.add(m_row);
}

} // namespace mayday::restore
