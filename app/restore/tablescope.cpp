// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/tablescope.h"

#include "restore/sqlwords.h"
#include "restore/thingnames.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using dump::DumpStatement;
using dump::QualifiedName;
using dump::SqlToken;
using dump::SqlTokens;
using dump::StatementClass;

TableName keyOf(const QualifiedName &name)
{
    return {name.schema, name.name};
}

QString inWords(const TableName &name)
{
    return name.first + u'.' + name.second;
}

bool creates(const DumpStatement &statement)
{
    return leadingWords(statement.sql, 1).value(0) == "create"_L1;
}

/// SET search_path = shop: what follows does not say its schema. pg_dump sets it to nothing since
/// 2018.
bool speaksWithoutNames(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (tokens.take("set")) {
        if (!tokens.take("local"))
            tokens.take("session");
        if (tokens.take("schema"))
            return true;
        if (!tokens.take("search_path"))
            return false;
        (void)tokens.next(); // "=", "TO"
    } else {
        if (!tokens.take("select"))
            return false;
        if (tokens.take("pg_catalog"))
            tokens.takeSymbol('.');
        if (!tokens.take("set_config") || !tokens.takeSymbol('(') ||
            tokens.next().value() != "search_path"_L1)
            return false;
        tokens.takeSymbol(',');
    }
    const SqlToken value = tokens.next();
    const QString text = value.kind == SqlToken::Kind::String ? value.value() : value.name();
    return !text.isEmpty() && text != "pg_catalog"_L1 && text != "default"_L1;
}

/// Not BEGIN and COMMIT, which pg_dump puts around every large object.
bool isSetting(const DumpStatement &statement)
{
    const QString first = leadingWords(statement.sql, 1).value(0);
    return first == "set"_L1 || first == "reset"_L1 || first == "select"_L1;
}

/// What a COMMENT ON CONSTRAINT is about, or a foreign key makes.
QString constraintIn(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (tokens.take({"comment", "on", "constraint"}))
        return tokens.next().name();
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (token.is("add") && tokens.take("constraint"))
            return tokens.next().name();
    }
    return {};
}

/// The name of a constraint or an identity's sequence that an ALTER TABLE makes: both are, or have,
/// a relation of that name.
TableName madeBy(const DumpStatement &statement)
{
    if (creates(statement))
        return {statement.objectSchema, statement.objectName};
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (token.is("add") && tokens.take("constraint"))
            return {statement.objectSchema, tokens.next().name()};
        if (token.is("sequence") && tokens.take("name"))
            return keyOf(dump::takeName(tokens));
    }
    return {};
}

bool isOfStatistics(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    return tokens.take({"alter", "statistics"}) || tokens.take({"comment", "on", "statistics"});
}

} // namespace

TableScope::TableScope(const QList<TableName> &tables, TablesThere there)
    : m_chosen(tables),
      m_tables(tables.begin(), tables.end()),
      m_there(std::move(there)),
      m_ours(m_tables)
{
}

Result<QList<TableScope::Part>> TableScope::take(const DumpStatement &statement)
{
    if (speaksWithoutNames(statement))
        return failure({.kind = ErrorKind::Unsupported,
                        .subject = u"statement at line %1"_s.arg(statement.line),
                        .detail = u"from there on the dump names things without their schema, so "
                                  "single tables cannot be taken out of it"_s,
                        .advice = Advice::MakeBackupWithPgDump,
                        .line = statement.line});
    if (statement.kind == StatementClass::Session)
        return isSetting(statement) ? Parts{{Use::Now, statement}} : Parts{};
    const TableName relation = keyOf(dump::relationOf(statement));
    const TableName part = keyOf(dump::attachedBy(statement));
    if (!part.second.isEmpty())
        return takeAttach(statement, relation, part);
    if (m_ours.contains(relation))
        return takeAbout(statement, relation);
    return takeOthers(statement, relation);
}

/// A part of the tables.
QList<TableScope::Part> TableScope::takeAbout(const DumpStatement &statement,
                                              const TableName &relation)
{
    if (dump::isGrantOnSeveral(statement)) {
        m_differences.append(u"rights on %1 left out: the dump gives them together with others, at "
                             "line %2"_s.arg(inWords(relation))
                                 .arg(statement.line));
        return {};
    }
    if (statement.kind == StatementClass::Publication) {
        m_differences.append(u"publication %1 does not publish %2: the dump adds it, a restore "
                             "does not"_s.arg(statement.objectName, inWords(relation)));
        return {};
    }
    Parts parts;
    for (const QualifiedName &sequence : dump::sequencesUsedBy(statement))
        parts += release(keyOf(sequence));
    switch (statement.kind) {
    case StatementClass::ForeignKey:
        m_keys.insert({inWords(relation), constraintIn(statement)});
        parts.append({Use::Last, statement});
        return parts;
    case StatementClass::Trigger:
        // A trigger of the whole comes to its parts when they are attached.
        parts.append({!creates(statement) && m_wholeOf.contains(relation) ? Use::Last : Use::Spare,
                      statement});
        return parts;
    case StatementClass::Policy:
    case StatementClass::Rule: parts.append({Use::Spare, statement}); return parts;
    case StatementClass::Comment:
        parts.append(
            {m_keys.contains({inWords(relation), constraintIn(statement)}) ? Use::Last : Use::Spare,
             statement});
        return parts;
    default: break;
    }
    noteMade(statement, relation);
    parts.append({Use::Now, statement});
    return parts;
}

void TableScope::noteMade(const DumpStatement &statement, const TableName &relation)
{
    switch (statement.kind) {
    case StatementClass::Index:
    case StatementClass::Constraint:
    case StatementClass::Sequence:
        if (const TableName made = madeBy(statement); !made.second.isEmpty())
            m_ours.insert(made);
        break;
    case StatementClass::Table:
        if (creates(statement))
            m_made.insert(relation);
        break;
    case StatementClass::Type:
        m_statistics.insert({statement.objectSchema, statement.objectName});
        break;
    default: break;
    }
}

/// A table, or an index, becomes a part of a partitioned one.
Result<QList<TableScope::Part>> TableScope::takeAttach(const DumpStatement &statement,
                                                       const TableName &whole,
                                                       const TableName &part)
{
    const bool isOurs = m_ours.contains(part);
    m_wholeOf.insert(part, whole);
    if (m_ours.contains(whole)) {
        if (isOurs)
            return Parts{{Use::Now, statement}};
        // Its rows are there, so that without it the whole would be another one.
        return failure({.kind = ErrorKind::Unsupported,
                        .subject = inWords(whole),
                        .detail = isThere(part) ? u"%1 is a part of it in the backup, and stands "
                                                  "alone now"_s.arg(inWords(part))
                                                : u"its rows are in %1, which is missing too; "
                                                  "choose that one as well"_s.arg(inWords(part)),
                        .line = statement.line});
    }
    if (!isOurs)
        return Parts{};
    if (isThere(whole))
        return Parts{{Use::Last, statement}};
    m_differences.append(u"%1 is no part of %2, as it is in the backup: that is missing"_s.arg(
        inWords(part), inWords(whole)));
    return Parts{};
}

/// What the dump has said of something that turns out to belong to the tables.
QList<TableScope::Part> TableScope::release(const TableName &relation)
{
    if (!m_held.contains(relation))
        return {};
    m_ours.insert(relation);
    Parts parts;
    for (const DumpStatement &statement : m_held.take(relation))
        parts += takeAbout(statement, relation);
    return parts;
}

/// A sequence comes before it is said whose it is.
QList<TableScope::Part> TableScope::takeSequence(const DumpStatement &statement,
                                                 const TableName &sequence)
{
    const TableName owner = keyOf(dump::sequenceOwnerIn(statement));
    if (isThere(sequence)) {
        if (m_ours.contains(owner))
            m_differences.append(
                u"sequence %1 stays as it is: it is there already"_s.arg(inWords(sequence)));
        return {};
    }
    if (creates(statement)) {
        m_held[sequence].append(statement);
        return {};
    }
    // One of a column's own kind (serial) is made with its table, unsaid.
    if (!m_held.contains(sequence))
        return {{Use::Spare, statement}};
    if (!m_ours.contains(owner)) {
        m_held[sequence].append(statement);
        return {};
    }
    Parts parts = release(sequence);
    parts.append({Use::Now, statement});
    return parts;
}

/// What is not about the tables, as far as anybody can see.
QList<TableScope::Part> TableScope::takeOthers(const DumpStatement &statement,
                                               const TableName &relation)
{
    const bool isSequence =
        statement.kind == StatementClass::Sequence || statement.kind == StatementClass::SequenceSet;
    const bool isTable = leadingWords(statement.sql, 2).value(1) == "table"_L1;
    if (isSequence && !isTable)
        return takeSequence(statement, relation);
    const bool makesView = statement.kind == StatementClass::View && creates(statement);
    if (m_held.contains(relation) && !makesView) {
        m_held[relation].append(statement);
        return {};
    }
    if (isOfStatistics(statement) &&
        m_statistics.contains({statement.objectSchema, statement.objectName}))
        return {{Use::Now, statement}};
    const QString thing = thingMadeBy(statement);
    const bool isMissing = !thing.isEmpty() && !m_there.things.contains(thing);
    if (isMissing && isThere(relation) && holdsOurs(keyOf(dump::referencedBy(statement))))
        return {{Use::Last, statement}};
    if (makesView && isMissing) {
        if (!m_held.contains(relation))
            m_held[relation] = {};
        m_missing.append(thing);
        return {{Use::Try, statement}};
    }
    if (statement.kind == StatementClass::Function || statement.kind == StatementClass::Owner ||
        statement.kind == StatementClass::Grant || statement.kind == StatementClass::Comment)
        return takeRoutine(statement);
    if (isMissing)
        noteMissing(statement, relation);
    return {};
}

/// Whether it is one of the tables, or one of them is a part of it.
bool TableScope::holdsOurs(const TableName &table) const
{
    return std::ranges::any_of(m_tables, [&](TableName one) {
        while (one != table && m_wholeOf.contains(one))
            one = m_wholeOf.value(one);
        return one == table;
    });
}

QList<TableScope::Part> TableScope::takeRoutine(const DumpStatement &statement)
{
    const QString thing = thingMadeBy(statement);
    if (thing.startsWith("function "_L1) || thing.startsWith("procedure "_L1)) {
        if (m_there.things.contains(thing))
            return {};
        m_missing.append(thing);
        return {{Use::Try, statement}};
    }
    const QString routine = routineNamedBy(statement);
    return m_routines.contains(routine) ? Parts{{Use::Now, statement}} : Parts{};
}

QList<TableScope::Part> TableScope::keep(const DumpStatement &tried)
{
    const QString thing = thingMadeBy(tried);
    m_missing.removeAll(thing);
    if (tried.kind != StatementClass::View) {
        m_routines.insert(thing);
        return {};
    }
    return release({tried.objectSchema, tried.objectName});
}

/// What stands on a table that is missing is missing with it.
void TableScope::noteMissing(const DumpStatement &statement, const TableName &relation)
{
    const bool standsAlone = relation.second.isEmpty() ||
                             (creates(statement) && statement.kind == StatementClass::Table);
    if (standsAlone || isThere(relation))
        m_missing.append(thingMadeBy(statement));
}

} // namespace mayday::restore
