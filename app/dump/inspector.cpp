// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/inspector.h"

#include "dump/relationof.h"

#include "dump/forbidden.h"
#include "dump/sqltokens.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

constexpr qint64 mostDangers = 50;
/// A dump has one for each table; tables in turn, as people write them, are read in full.
constexpr qsizetype mostInsertBlocks = 10'000;

bool begins(const DumpStatement &statement, const char *word)
{
    return SqlTokens(statement.sql).take(word);
}

/// Whether it is counted among what the dump brings into being.
bool makesObject(const DumpStatement &statement)
{
    return makesSomething(statement) || statement.kind == StatementClass::Comment ||
           statement.kind == StatementClass::Grant;
}

/// SELECT pg_catalog.setval('public.products_id_seq', 42, true). Nothing when a person has written
/// it in another way: then the server works out what it comes to.
std::optional<SequenceInDump> sequenceSetBy(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    while (!tokens.take("setval")) {
        if (tokens.next().kind == SqlToken::Kind::End)
            return std::nullopt;
    }
    const bool isNamed = tokens.takeSymbol('(') && tokens.next().kind == SqlToken::Kind::String;
    if (tokens.takeSymbol(':') && tokens.takeSymbol(':'))
        tokens.take("regclass");
    if (!isNamed || statement.objectSchema.isEmpty() || !tokens.takeSymbol(','))
        return std::nullopt;
    const bool isNegative = tokens.takeSymbol('-');
    bool isNumber = false;
    const qint64 value = tokens.next().text.toLongLong(&isNumber);
    const bool isCalled = !(tokens.takeSymbol(',') && tokens.take("false"));
    if (isCalled)
        tokens.take("true");
    if (!isNumber || !tokens.takeSymbol(')'))
        return std::nullopt;
    return SequenceInDump{.schema = statement.objectSchema,
                          .name = statement.objectName,
                          .value = isNegative ? -value : value,
                          .isCalled = isCalled};
}

} // namespace

bool holdsRows(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (!tokens.take("create") || tokens.take("foreign"))
        return false;
    int depth = 0;
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        if (depth == 0 && token.is("partition") && tokens.peek().is("by"))
            return false;
    }
    return true;
}

qint64 rowsOfInsert(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    int depth = 0;
    qint64 rows = 0;
    bool inValues = false;
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (depth == 0 && token.is("default") && tokens.take("values"))
            return 1;
        inValues = inValues || (depth == 0 && token.is("values"));
        if (depth == 0 && inValues && token.is("on"))
            return rows;
        rows += inValues && depth == 0 && token.isSymbol('(') ? 1 : 0;
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
    }
    return rows;
}

TableInDump &Inspector::table(const QString &schema, const QString &name)
{
    const auto known = m_indexOf.constFind({schema, name});
    m_current = known == m_indexOf.constEnd() ? m_inspection.tables.size() : *known;
    if (known == m_indexOf.constEnd()) {
        m_indexOf.insert({schema, name}, m_current);
        m_inspection.tables.append({.schema = schema, .name = name});
    }
    return m_inspection.tables[m_current];
}

void Inspector::noteSchema(const DumpStatement &statement)
{
    const bool isSchema = statement.kind == StatementClass::Schema;
    const QString &schema = isSchema ? statement.objectName : statement.objectSchema;
    if (schema.isEmpty() || schema == "pg_catalog"_L1 || schema == "information_schema"_L1 ||
        m_schemas.contains(schema))
        return;
    switch (statement.kind) {
    case StatementClass::Owner:
    case StatementClass::Comment:
    case StatementClass::Grant:
    case StatementClass::Extension:
    case StatementClass::EventTrigger:
    case StatementClass::Publication:
    case StatementClass::Platform:
    case StatementClass::Other:
    case StatementClass::Session: return;
    default: break;
    }
    if (begins(statement, "drop") || (isSchema && !begins(statement, "create")))
        return;
    m_schemas.insert(schema);
    m_inspection.schemas.append(schema);
}

void Inspector::noteTable(const DumpStatement &statement)
{
    const QualifiedName name{.schema = statement.objectSchema, .name = statement.objectName};
    if (name.name.isEmpty())
        return;
    if (holdsRows(statement))
        (void)table(name.schema, name.name);
    else if (begins(statement, "create") && !SqlTokens(statement.sql).take({"create", "foreign"}))
        m_inspection.partitioned.append({.table = name});
    const QualifiedName part = attachedBy(statement);
    for (PartitionedInDump &whole : m_inspection.partitioned) {
        if (whole.table == name && !part.name.isEmpty())
            whole.parts.append(part);
    }
}

void Inspector::noteInsert(const DumpStatement &statement)
{
    TableInDump &filled = table(statement.objectSchema, statement.objectName);
    const qint64 rows = rowsOfInsert(statement);
    filled.rows += rows;
    filled.bytes += statement.sql.size();
    if (filled.copyLine == 0)
        filled.copyLine = statement.line;
    noteInsertPlace(statement, rows);
    if (m_objects.extendInserts(statement, rows))
        return;
    DumpEntry entry = entryOf(statement);
    entry.rows = rows;
    m_objects.add(entry);
}

/// One that follows closely on another into the same table belongs to the same block.
void Inspector::noteInsertPlace(const DumpStatement &statement, qint64 rows)
{
    m_insertsEscape = m_insertsEscape || statement.plainStringsEscape;
    const bool isMore = m_isInsertLast && !m_inserts.isEmpty() &&
                        m_inserts.last().table == statement.objectName &&
                        m_inserts.last().schema == statement.objectSchema &&
                        statement.offset - m_inserts.last().end <= ObjectIndex::mostBetween;
    m_insertsAreMany = m_insertsAreMany || (!isMore && m_inserts.size() >= mostInsertBlocks);
    m_isInsertLast = true;
    if (m_insertsAreMany)
        return;
    if (!isMore)
        m_inserts.append({.schema = statement.objectSchema,
                          .table = statement.objectName,
                          .offset = statement.offset,
                          .line = statement.line,
                          .isInserts = true});
    DataBlock &block = m_inserts.last();
    block.end = statement.end;
    block.endLine = statement.endLine;
    block.rows += rows;
    block.bytes += statement.sql.size();
}

/// The last word on a sequence counts.
void Inspector::noteSequence(const DumpStatement &statement)
{
    m_inspection.sequences.removeIf([&](const SequenceInDump &known) {
        return known.schema == statement.objectSchema && known.name == statement.objectName;
    });
    if (const auto set = sequenceSetBy(statement))
        m_inspection.sequences.append(*set);
}

void Inspector::noteDanger(const DumpStatement &statement)
{
    const QString text = danger(statement);
    if (text.isEmpty() || ++m_dangers > mostDangers)
        return;
    const QString name = statement.objectSchema.isEmpty()
                             ? statement.objectName
                             : statement.objectSchema + u'.' + statement.objectName;
    m_inspection.warnings.append(name.isEmpty()
                                     ? u"line %1: %2"_s.arg(statement.line).arg(text)
                                     : u"line %1: %2: %3"_s.arg(statement.line).arg(text, name));
}

/// CREATE PUBLICATION, SUBSCRIPTION, EVENT TRIGGER.
void Inspector::noteSwitch(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (!tokens.take("create"))
        return;
    const QString kind = tokens.take("event")          ? u"event trigger "_s
                         : tokens.take("subscription") ? u"subscription "_s
                                                       : u"publication "_s;
    m_inspection.switches.append(kind + statement.objectName);
}

void Inspector::noteExtensionComment(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (!tokens.take({"comment", "on", "extension"}))
        return;
    const QString name = tokens.next().name();
    if (tokens.take("is"))
        m_inspection.extensionComments.insert(name, tokens.next().value());
}

void Inspector::endBlock()
{
    if (std::exchange(m_isBlockOpen, false))
        m_blocks.last().end = m_blockEnd;
}

Result<void> Inspector::statement(const DumpStatement &statement)
{
    endBlock();
    if (makesObject(statement))
        ++m_inspection.objects[kindWord(statement.kind)];
    noteSchema(statement);
    noteDanger(statement);
    m_needs.hear(statement);
    if (statement.kind == StatementClass::Publication ||
        statement.kind == StatementClass::EventTrigger)
        noteSwitch(statement);
    else if (statement.kind == StatementClass::Comment &&
             statement.about == StatementClass::Extension)
        noteExtensionComment(statement);
    if (statement.kind == StatementClass::Data && begins(statement, "insert")) {
        noteInsert(statement);
        return {};
    }
    m_isInsertLast = false;
    m_objects.add(entryOf(statement));
    if (statement.kind == StatementClass::Table)
        noteTable(statement);
    else if (statement.kind == StatementClass::SequenceSet)
        noteSequence(statement);
    return {};
}

Result<void> Inspector::copyBegin(const CopyHeader &header)
{
    endBlock();
    noteSchema(header.statement);
    ++m_inspection.copyBlocks;
    m_isInsertLast = false;
    m_copy = entryOf(header.statement);
    m_copy.role = EntryRole::Copies;
    m_escapes = m_escapes || header.statement.plainStringsEscape;
    m_blocks.append({.schema = header.schema,
                     .table = header.table,
                     .offset = header.statement.offset,
                     .line = header.statement.line});
    m_sieve.stretchBegins(header.statement.offset);
    TableInDump &filled = table(header.schema, header.table);
    if (filled.copyLine == 0)
        filled.copyLine = header.statement.line;
    return {};
}

Result<void> Inspector::copyEnd(qint64 rows, qint64 bytes, qint64 line)
{
    TableInDump &filled = m_inspection.tables[m_current];
    filled.rows += rows;
    filled.bytes += bytes;
    m_blocks.last().rows = rows;
    m_blocks.last().bytes = bytes;
    m_blocks.last().endLine = line + 1;
    m_isBlockOpen = true;
    m_sieve.stretchEnds(m_blockEnd);
    m_copy.end = m_blockEnd;
    m_copy.rows = rows;
    m_objects.add(m_copy);
    return {};
}

void Inspector::finish()
{
    m_inspection.needs = m_needs.needs();
    if (m_dangers > mostDangers)
        m_inspection.warnings.append(u"and %1 more of this sort"_s.arg(m_dangers - mostDangers));
}

} // namespace mayday::dump
