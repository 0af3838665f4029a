// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/tablescope.h"

#include "dump/dumpneeds.h"
#include "dump/rightswords.h"
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
    do {
        const SqlToken value = tokens.next();
        const QString text = value.kind == SqlToken::Kind::String ? value.value() : value.name();
        if (!text.isEmpty() && text != "pg_catalog"_L1 && text != "default"_L1)
            return true;
        // In set_config() what follows is its last argument.
    } while (leadingWords(statement.sql, 1).value(0) == "set"_L1 && tokens.takeSymbol(','));
    return false;
}

enum class Speech { Setting, Transaction, Other };

/// pg_dump puts BEGIN and COMMIT around every large object.
Speech speechOf(const DumpStatement &statement)
{
    const QString first = leadingWords(statement.sql, 1).value(0);
    if (first == "set"_L1 || first == "reset"_L1 || first == "select"_L1)
        return Speech::Setting;
    const bool isHarmless =
        first == "begin"_L1 || first == "start"_L1 || first == "commit"_L1 || first == "end"_L1;
    return isHarmless ? Speech::Transaction : Speech::Other;
}

/// How long to wait for others is ours to say: they work on.
bool isAboutWaiting(const DumpStatement &statement)
{
    return dump::settingOf(statement) == "lock_timeout"_L1;
}

Error apart(const DumpStatement &statement, const QString &why)
{
    return {.kind = ErrorKind::Unsupported,
            .subject = u"statement at line %1"_s.arg(statement.line),
            .detail = why + u", so single tables cannot be taken out of it"_s,
            .advice = Advice::MakeBackupWithPgDump,
            .line = statement.line};
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

/// The relation that an index, a constraint or an identity makes; empty when it makes none, as a
/// CHECK.
TableName madeBy(const DumpStatement &statement)
{
    if (creates(statement))
        return {statement.objectSchema, statement.objectName};
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (token.is("add") && tokens.take("constraint")) {
            const QString name = tokens.next().name();
            const SqlToken kind = tokens.next();
            const bool hasIndex = kind.is("primary") || kind.is("unique") || kind.is("exclude");
            return hasIndex ? TableName(statement.objectSchema, name) : TableName();
        }
        if (token.is("sequence") && tokens.take("name"))
            return keyOf(dump::takeName(tokens));
    }
    return {};
}

/// setval('public.s', 5, true): the name is the whole first argument, or nobody knows what it is.
bool saysItsSequence(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    while (!tokens.take("setval")) {
        if (tokens.next().kind == SqlToken::Kind::End)
            return false;
    }
    tokens.takeSymbol('(');
    const SqlToken name = tokens.next();
    return name.kind == SqlToken::Kind::String && name.text.startsWith('\'') &&
           tokens.takeSymbol(',');
}

/// CREATE POLICY p ON t AS RESTRICTIVE ...
bool keepsOut(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (token.is("as"))
            return tokens.take("restrictive");
    }
    return false;
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

/// What decides of everything behind it. pg_dump gives rights in the names of their grantors; what
/// is made in somebody's name (--use-set-session-authorization) could not be made later.
Result<void> TableScope::checkSpeech(const DumpStatement &statement)
{
    if (speaksWithoutNames(statement))
        return failure(
            apart(statement, u"from there on the dump names things without their schema"_s));
    m_speaker = dump::newSpeaker(statement).value_or(m_speaker);
    if (!m_speaker.isEmpty() && creates(statement))
        return failure(apart(statement, u"the dump makes things in the names of several roles"_s));
    return {};
}

Result<QList<TableScope::Part>> TableScope::take(const DumpStatement &statement)
{
    if (auto clear = checkSpeech(statement); !clear)
        return failure(clear.error());
    if (leadingWords(statement.sql, 1).value(0) == "drop"_L1)
        return Parts{}; // there is nothing to drop
    if (statement.kind == StatementClass::Session || statement.kind == StatementClass::Other)
        return takeAction(statement);
    if (statement.kind == StatementClass::Grant && dump::grantedOn(statement).size() != 1)
        return takeGrant(statement);
    const TableName relation = keyOf(dump::relationOf(statement));
    if (auto clear = checkTable(statement, relation); !clear)
        return failure(clear.error());
    const TableName part = keyOf(dump::attachedBy(statement));
    if (!part.second.isEmpty())
        return takeAttach(statement, relation, part);
    if (m_ours.contains(relation))
        return takeAbout(statement, relation);
    if (dump::grantedOn(statement).value(0).name == "*"_L1)
        return takeGrant(statement);
    return takeOthers(statement, relation);
}

/// What the statements of a person may do, and those of pg_dump do not.
Result<void> TableScope::checkTable(const DumpStatement &statement, const TableName &relation) const
{
    const bool hasNoSchema =
        relation.first.isEmpty() && std::ranges::any_of(m_tables, [&](const TableName &table) {
            return table.second == relation.second;
        });
    if (hasNoSchema)
        return failure(apart(statement, u"the dump names it without its schema"_s));
    if (statement.kind != StatementClass::Table || !creates(statement))
        return {};
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (token.is("references") && m_tables.contains(relation))
            return failure(apart(statement, u"the dump makes it together with a foreign key"_s));
        if (!token.is("partition") || !tokens.take("of"))
            continue;
        if (m_tables.contains(relation) || m_tables.contains(keyOf(dump::takeName(tokens))))
            return failure(apart(statement, u"the dump makes it as a part of another table"_s));
    }
    return {};
}

/// Settings, and whatever has no kind: UPDATE, DO, SELECT f().
Result<QList<TableScope::Part>> TableScope::takeAction(const DumpStatement &statement)
{
    if (statement.kind == StatementClass::Session) {
        if (speechOf(statement) == Speech::Other)
            return failure(apart(statement, u"the dump takes back what it has done before"_s));
        if (speechOf(statement) == Speech::Transaction || isAboutWaiting(statement))
            return Parts{};
        return Parts{{Use::Now, statement}};
    }
    const QString first = leadingWords(statement.sql, 1).value(0);
    const TableName changed{statement.objectSchema, statement.objectName};
    if (changesRows(first) && (m_tables.contains(changed) || mentionsOurs(statement)))
        return failure(
            apart(statement, u"the dump changes rows of them after it has brought them"_s));
    const bool isStatistics = first == "select"_L1 && statement.sql.contains("pg_restore_");
    const bool runsAnything = first == "do"_L1 || first == "call"_L1 || first == "with"_L1 ||
                              first == "execute"_L1 || (first == "select"_L1 && !isStatistics);
    if (runsAnything)
        m_differences.append(
            u"%1 at line %2 left out: nobody can say whether it is about the tables"_s
                .arg(first.toUpper())
                .arg(statement.line));
    return Parts{};
}

/// GRANT ON a, b, and ON ALL TABLES IN SCHEMA: they would change rights of what is live.
QList<TableScope::Part> TableScope::takeGrant(const DumpStatement &statement)
{
    for (const QualifiedName &name : dump::grantedOn(statement)) {
        const bool isOurs = std::ranges::any_of(m_tables, [&](const TableName &table) {
            return table == keyOf(name) || (name.name == "*"_L1 && table.first == name.schema);
        });
        if (!isOurs)
            continue;
        m_differences.append(u"rights left out: the dump gives them together with those of others, "
                             "at line %1"_s.arg(statement.line));
        break;
    }
    return {};
}

/// A part of the tables.
QList<TableScope::Part> TableScope::takeAbout(const DumpStatement &statement,
                                              const TableName &relation)
{
    if (statement.kind == StatementClass::Publication) {
        m_differences.append(u"publication %1 does not publish %2: the dump adds it, a restore "
                             "does not"_s.arg(statement.objectName, inWords(relation)));
        return {};
    }
    if (statement.kind == StatementClass::SequenceSet && !saysItsSequence(statement))
        return {}; // the proof tells what comes of it
    Parts parts;
    for (const QualifiedName &sequence : dump::sequencesUsedBy(statement)) {
        if (m_held.contains(keyOf(sequence)))
            m_loose.append(keyOf(sequence));
        parts += release(keyOf(sequence));
    }
    if (const TableName owner = keyOf(dump::sequenceOwnerIn(statement)); m_ours.contains(owner))
        m_loose.removeAll(relation);
    Use use = Use::Now;
    switch (statement.kind) {
    case StatementClass::ForeignKey:
        m_keys.insert({relation, constraintIn(statement)});
        use = Use::Last;
        break;
    case StatementClass::Trigger:
        // A trigger of the whole comes to its parts when they are attached.
        use = !creates(statement) && m_wholeOf.contains(relation) ? Use::Last : Use::Spare;
        break;
    case StatementClass::Comment:
        use = m_keys.contains({relation, constraintIn(statement)}) ? Use::Last : Use::Spare;
        break;
    case StatementClass::Policy:
        // Without one that only lets in, the table is closed further; without one that keeps out,
        // or with none looked at, it would be open.
        use = creates(statement) && !keepsOut(statement) ? Use::Spare : Use::Now;
        break;
    case StatementClass::Rule: use = Use::Spare; break;
    default: noteMade(statement, relation); break;
    }
    if (use == Use::Now && m_views.contains(relation))
        use = Use::Spare; // the tables are complete without what was made of them
    parts.append({use, statement});
    return parts;
}

void TableScope::noteMade(const DumpStatement &statement, const TableName &relation)
{
    switch (statement.kind) {
    case StatementClass::Index:
    case StatementClass::Constraint:
    case StatementClass::Sequence:
        if (const TableName made = madeBy(statement); !made.second.isEmpty() && !isThere(made))
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
    if (whole == part)
        return failure(apart(statement, u"the dump makes a table a part of itself"_s));
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
    if (!m_held.contains(sequence))
        return {};
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
    const bool isMissingKey =
        statement.kind == StatementClass::ForeignKey && (isMissing || thing.isEmpty());
    if (isMissingKey && isThere(relation) && holdsOurs(keyOf(dump::referencedBy(statement))))
        return takeKeyOfOthers(statement, relation);
    if (makesView && isMissing) {
        if (!m_held.contains(relation))
            m_held[relation] = {};
        return {{Use::Try, statement}};
    }
    if (statement.kind == StatementClass::Comment &&
        m_keys.contains({relation, constraintIn(statement)}))
        return {{Use::Last, statement}}; // on a key of others
    if (Parts parts = takeRoutine(statement); !parts.isEmpty())
        return parts;
    const auto used = dump::sequencesUsedBy(statement);
    const bool usesOurs = std::ranges::any_of(
        used, [&](const QualifiedName &sequence) { return m_ours.contains(keyOf(sequence)); });
    if (usesOurs && isThere(relation) && statement.kind == StatementClass::Table)
        m_differences.append(u"a column of %1 does not take its numbers from the sequence of these "
                             "tables, as in the dump at line %2"_s.arg(inWords(relation))
                                 .arg(statement.line));
    if (isMissing)
        noteMissing(statement, relation);
    return {};
}

/// A foreign key that points to the tables. It runs on what is live, so it may do nothing else.
QList<TableScope::Part> TableScope::takeKeyOfOthers(const DumpStatement &statement,
                                                    const TableName &relation)
{
    if (!dump::doesOneThing(statement) || constraintIn(statement).isEmpty()) {
        m_differences.append(u"the foreign key at line %1 left out: the dump does not name it, or "
                             "changes more of %2 with it"_s.arg(statement.line)
                                 .arg(inWords(relation)));
        return {};
    }
    m_keys.insert({relation, constraintIn(statement)});
    return {{Use::Last, statement}};
}

/// Whether it is one of the tables, or one of them is a part of it.
bool TableScope::holdsOurs(const TableName &table) const
{
    return std::ranges::any_of(m_tables, [&](TableName one) {
        for (qsizetype i = 0; i < m_wholeOf.size() && one != table && m_wholeOf.contains(one); ++i)
            one = m_wholeOf.value(one);
        return one == table;
    });
}

bool TableScope::mentionsOurs(const DumpStatement &statement) const
{
    return std::ranges::any_of(dump::namesIn(statement), [&](const QualifiedName &name) {
        return m_ours.contains(keyOf(name));
    });
}

QList<TableScope::Part> TableScope::takeRoutine(const DumpStatement &statement)
{
    const QString thing = thingMadeBy(statement);
    const bool isRoutine = thing.startsWith("function "_L1) || thing.startsWith("procedure "_L1);
    if (isRoutine && !m_there.things.contains(thing))
        return {{Use::Try, statement}};
    const bool isAbout = statement.kind == StatementClass::Owner ||
                         statement.kind == StatementClass::Grant ||
                         statement.kind == StatementClass::Comment;
    return isAbout && m_routines.contains(routineNamedBy(statement))
               ? Parts{{Use::Spare, statement}}
               : Parts{};
}

QList<TableScope::Part> TableScope::keep(const DumpStatement &tried)
{
    if (tried.kind != StatementClass::View) {
        m_routines.insert(thingMadeBy(tried));
        return {};
    }
    const TableName view{tried.objectSchema, tried.objectName};
    m_views.insert(view);
    return release(view);
}

void TableScope::giveUp(const DumpStatement &tried, const QString &why)
{
    const QString thing = thingMadeBy(tried);
    const TableName view{tried.objectSchema, tried.objectName};
    if (m_views.contains(view) || m_routines.contains(thing))
        return; // a later try has made it
    if (!why.isEmpty() && mentionsOurs(tried))
        m_differences.append(u"%1 is not made: %2"_s.arg(thing, why));
    else if (!m_missing.contains(thing))
        m_missing.append(thing);
}

/// What stands on a table that is missing is missing with it; what names the tables went with them.
void TableScope::noteMissing(const DumpStatement &statement, const TableName &relation)
{
    const QString thing = thingMadeBy(statement);
    const bool standsAlone = relation.second.isEmpty() ||
                             (creates(statement) && statement.kind == StatementClass::Table);
    if (!standsAlone && !isThere(relation))
        return;
    if (mentionsOurs(statement) && statement.kind != StatementClass::Table)
        m_differences.append(u"%1 is missing, and is not made: only what belongs to the tables "
                             "is"_s.arg(thing));
    else
        m_missing.append(thing);
}

} // namespace mayday::restore
