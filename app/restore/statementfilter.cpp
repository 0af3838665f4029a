// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/statementfilter.h"

#include "dump/dumpneeds.h"
#include "dump/forbidden.h"
#include "dump/rightswords.h"
#include "dump/rolewords.h"
#include "dump/sqltokens.h"
#include "postgres/quoting.h"
#include "restore/databasething.h"
#include "restore/keptschema.h"
#include "restore/leftout.h"
#include "restore/outside.h"
#include "restore/sqlwords.h"

#include <array>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using Kind = StatementDecision::Kind;

StatementDecision skip(const QString &note, bool isDifference = false)
{
    return {.kind = Kind::Skip, .note = note, .isDifference = isDifference};
}

StatementDecision refuse(qint64 line, const QString &detail)
{
    return refusal(ErrorKind::Refused, line, detail);
}

bool startsWith(const QStringList &words, std::initializer_list<QLatin1StringView> expected)
{
    qsizetype i = 0;
    for (const QLatin1StringView word : expected) {
        if (i >= words.size() || words[i++] != word)
            return false;
    }
    return true;
}

/// BEGIN and COMMIT come from pg_restore --single-transaction and change nothing for us; the rest
/// would end or split the one transaction that protects the live data.
std::optional<StatementDecision> decideTransaction(const QStringList &words, qint64 line)
{
    if (words.isEmpty())
        return skip({});
    const QString &first = words.front();
    if (first == "begin"_L1 || first == "commit"_L1 || first == "end"_L1 ||
        startsWith(words, {"start"_L1, "transaction"_L1})) {
        if (words.contains("prepared"_L1))
            return refuse(line, u"a prepared transaction cannot be part of a restore"_s);
        // One note for all of them: pg_dump puts a pair around every large object.
        return skip(u"%1 left out: the restore is one transaction already"_s.arg(first.toUpper()));
    }
    static const std::array<QLatin1StringView, 6> forbidden = {
        "rollback"_L1, "abort"_L1, "savepoint"_L1, "release"_L1, "prepare"_L1, "vacuum"_L1};
    for (const QLatin1StringView word : forbidden) {
        if (first == word)
            return refuse(line, u"%1 cannot be part of a restore"_s.arg(first.toUpper()));
    }
    return std::nullopt;
}

/// Whether an ALTER TABLE does one thing only, and that is to drop a constraint or a default.
bool dropsOneThing(const QByteArray &sql)
{
    const QStringList words = allWords(sql);
    if (!startsWith(words, {"alter"_L1, "table"_L1}) || words.contains(","_L1))
        return false;
    const qsizetype drop = words.indexOf("drop"_L1);
    const QString what = drop > 0 ? words.value(drop + 1) : QString();
    return what == "constraint"_L1 || (what == "default"_L1 && drop + 2 == words.size());
}

/// What pg_dump --clean writes in front: DROPs, ALTER TABLE ... DROP CONSTRAINT and DROP DEFAULT,
/// lo_unlink(). The side schema is empty, and what is not in it must not go.
bool isDrop(const dump::DumpStatement &statement, const QStringList &words)
{
    if (words.front() == "drop"_L1)
        return true;
    if (words.front() == "alter"_L1)
        return dropsOneThing(statement.sql);
    return statement.kind == dump::StatementClass::LargeObject && words.contains("lo_unlink"_L1);
}

/// CREATE SCHEMA a; CREATE SCHEMA IF NOT EXISTS a AUTHORIZATION b; and no tables behind it.
bool isSchemaAlone(const QByteArray &sql)
{
    dump::SqlTokens tokens(sql);
    tokens.take({"create", "schema"});
    tokens.take({"if", "not", "exists"});
    (void)tokens.next();
    if (tokens.take("authorization"))
        (void)tokens.next();
    return tokens.next().kind == dump::SqlToken::Kind::End;
}

/// A dump with what earlier restores keep brings their marks with it, and any dump may say that a
/// schema is one of those: what is brought here is nothing that a restore here keeps.
std::optional<StatementDecision> decideMark(const dump::DumpStatement &statement)
{
    dump::SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (!tokens.take({"comment", "on"}))
        return std::nullopt;
    const bool isSchema = tokens.take("schema");
    if (!isSchema && !tokens.take("database"))
        return std::nullopt;
    const QString name = tokens.next().name();
    tokens.take("is");
    const dump::SqlToken said = tokens.next();
    // Written in a way that pg_dump never does, nobody here can tell what it says.
    const dump::SqlToken after = tokens.next();
    const bool isWhole = after.kind == dump::SqlToken::Kind::End || after.isSymbol(';');
    const bool hasEscapes = statement.plainStringsEscape && said.text.contains('\\');
    const bool isPlain = said.text.startsWith('\'') && !hasEscapes;
    const bool isClear = isWhole && (said.kind == dump::SqlToken::Kind::Word || isPlain);
    if (isClear && !keptFromComment(name, said.value().toUtf8()))
        return std::nullopt;
    return skip(
        u"the comment on %1 %2 left out: by it Mayday might take it for one that it keeps"_s.arg(
            isSchema ? u"schema"_s : u"database"_s, name));
}

/// CREATE, ALTER and COMMENT ON say it; a schema may have that name, too.
bool isAboutExtension(const QStringList &words)
{
    return words.value(words.front() == "comment"_L1 ? 2 : 1) == "extension"_L1;
}

} // namespace

StatementDecision refusal(ErrorKind kind, qint64 line, const QString &detail)
{
    return {.kind = Kind::Refuse,
            .error = Error{.kind = kind,
                           .subject = u"statement at line %1"_s.arg(line),
                           .detail = detail,
                           .advice = Advice::MakeBackupWithPgDump,
                           .line = line}};
}

StatementFilter::StatementFilter(TargetFacts facts, QSet<QString> schemas)
    : m_facts(std::move(facts)), m_schemas(std::move(schemas)), m_reach(m_schemas)
{
    if (m_facts.isOwnDatabase)
        m_reach += m_facts.schemasWeOwn;
}

StatementDecision StatementFilter::decide(const dump::DumpStatement &statement) const
{
    using dump::StatementClass;
    const QStringList words = leadingWords(statement.sql, 12);
    if (auto decided = decideTransaction(words, statement.line))
        return *decided;
    if (auto error = dump::forbidden(statement))
        return {.kind = Kind::Refuse, .error = std::move(error)};
    if (auto decided = decideLeftOut(statement, m_facts.leftOut, m_facts.databaseThings))
        return *decided;
    if (auto decided = decideMark(statement))
        return *decided;
    const QString &first = words.front();
    if (auto decided = decideOutside(statement, words, m_reach))
        return *decided;
    if (isDrop(statement, words))
        return {.kind = Kind::Skip, .isDrop = true};
    if (auto decided = decideDatabaseThing(statement, words))
        return *decided;
    if (const auto speaker = dump::newSpeaker(statement))
        return decideSpeaker(*speaker);
    if (first == "set"_L1)
        return decideSetting(statement);
    if (startsWith(words, {"create"_L1, "schema"_L1}) && !isSchemaAlone(statement.sql))
        return refuse(statement.line, u"CREATE SCHEMA with objects in it cannot be followed"_s);
    if (startsWith(words, {"create"_L1, "schema"_L1}) && m_schemas.contains(statement.objectName))
        return skip(words.contains("authorization"_L1) ? u"owner %1 of schema %2 left out"_s.arg(
                                                             words.last(), statement.objectName)
                                                       : QString());
    if (auto decided = decideSchemaItself(statement, words))
        return *decided;
    if (isAboutExtension(words))
        return decideExtension(statement, words);
    if (startsWith(words, {"create"_L1, "event"_L1, "trigger"_L1}) ||
        startsWith(words, {"alter"_L1, "event"_L1, "trigger"_L1}))
        return decideStanding(u"event trigger "_s + words.value(3),
                              first == "create"_L1 || statement.kind == StatementClass::Owner);
    if (words.value(1) == "publication"_L1 || words.value(1) == "subscription"_L1)
        return decideStanding(words[1] + u' ' + words.value(2),
                              first == "create"_L1 || statement.kind == StatementClass::Owner);
    if (statement.kind == StatementClass::Owner)
        return decideOwner(statement);
    if (first == "grant"_L1 || first == "revoke"_L1 ||
        startsWith(words, {"alter"_L1, "default"_L1, "privileges"_L1}))
        return decideGrant(statement);
    return {};
}

/// What is not switched on unasked. One of that name that is there stays as it is; whether it has
/// the tables that an ALTER PUBLICATION adds, nobody has looked.
StatementDecision StatementFilter::decideStanding(const QString &thing, bool isAboutItself) const
{
    if (isAboutItself && m_facts.standing.contains(thing))
        return skip(thing + u" stays as it is"_s);
    return skip(thing + u" left out"_s, true);
}

StatementDecision StatementFilter::decideSetting(const dump::DumpStatement &statement) const
{
    const QString name = dump::settingOf(statement);
    if (name.isEmpty() || m_facts.settings.contains(name))
        return {};
    return skip(u"%1 left out: this server does not know it"_s.arg(name));
}

/// So pg_dump says who has given a right, and older ones who makes a thing. Only a superuser may
/// say so; for anybody else SET ROLE does the same.
StatementDecision StatementFilter::decideSpeaker(const QString &role) const
{
    const QByteArray itself = m_facts.isSuperuser ? "RESET SESSION AUTHORIZATION" : "RESET ROLE";
    if (role.isEmpty())
        return {.isSpeaker = true, .instead = itself};
    if (m_facts.rolesWeMayUse.contains(role))
        return {.isSpeaker = true,
                .instead = (m_facts.isSuperuser ? "SET SESSION AUTHORIZATION " : "SET ROLE ") +
                           postgres::quoteIdentifier(role).toUtf8()};
    return {.note = u"what the dump does as %1 is done as the connected role: %2"_s.arg(
                role, m_facts.roles.contains(role) ? u"it may not act as that one"_s
                                                   : u"this server has no such role"_s),
            .isDifference = true,
            .isSpeaker = true,
            .instead = itself};
}

StatementDecision StatementFilter::decideExtension(const dump::DumpStatement &statement,
                                                   const QStringList &words) const
{
    if (words.front() == "comment"_L1)
        return decideExtensionComment(statement);
    if (!startsWith(words, {"create"_L1, "extension"_L1}))
        return {};
    const bool hasIf = words.value(2) == "if"_L1;
    const QString name = words.value(hasIf ? 5 : 2);
    if (m_facts.extensions.contains(name))
        return skip({});
    if (m_facts.availableExtensions.contains(name))
        return {};
    return {.kind = Kind::Refuse,
            .error = Error{.kind = ErrorKind::Unsupported,
                           .subject = u"extension "_s + name,
                           .detail = u"the dump needs it and this server does not offer it"_s,
                           .advice = Advice::InstallExtension,
                           .line = statement.line}};
}

/// pg_dump writes one for each extension, nearly always what CREATE EXTENSION has said already; and
/// where extensions are made by the platform only their owner may repeat it.
StatementDecision
StatementFilter::decideExtensionComment(const dump::DumpStatement &statement) const
{
    dump::SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    tokens.take({"comment", "on", "extension"});
    const QString name = tokens.next().name();
    tokens.take("is");
    if (tokens.next().value() == m_facts.comments.value(name))
        return skip({});
    const bool isOurs = m_facts.isOwnDatabase || !m_facts.extensions.contains(name);
    if (isOurs && m_facts.isSuperuser)
        return {};
    return skip(u"the comment on extension %1 stays as it is"_s.arg(name));
}

StatementDecision StatementFilter::decideOwner(const dump::DumpStatement &statement) const
{
    const QString role = dump::newOwner(statement);
    if (role.isEmpty() || m_facts.rolesWeMayUse.contains(role))
        return {};
    return skip(m_facts.roles.contains(role)
                    ? u"owner %1 left out: the connected role may not act as it"_s.arg(role)
                    : u"owner %1 left out: this server has no such role"_s.arg(role));
}

/// A put-back would not bring the old one back, so what is there stays as it is.
std::optional<StatementDecision>
StatementFilter::decideDatabaseThing(const dump::DumpStatement &statement,
                                     const QStringList &words) const
{
    const QString thing = databaseThing(statement);
    if (thing.isEmpty())
        return std::nullopt;
    const bool creates = words.front() == "create"_L1;
    const bool mayChange = m_facts.isOwnDatabase && m_facts.isSuperuser && !creates;
    if (m_facts.databaseThings.contains(thing) && !mayChange)
        return skip(thing + u" is there already and stays as it is"_s);
    if (thing.startsWith("user mapping "_L1)) {
        for (const dump::RoleWord &role : dump::roleWords(statement)) {
            if (role.isSomebody && !m_facts.roles.contains(role.name))
                return skip(thing + u" left out: this server has no such role"_s, true);
        }
    }
    if (!creates || m_facts.isOwnDatabase)
        return std::nullopt;
    return StatementDecision{
        .note = thing + u" belongs to the whole database: a put-back does not take it away"_s};
}

/// In place, where only what is in the schema is ours.
std::optional<StatementDecision>
StatementFilter::decideSchemaItself(const dump::DumpStatement &statement,
                                    const QStringList &words) const
{
    if (m_facts.schemasThatStay.isEmpty())
        return std::nullopt;
    QStringList about;
    if (statement.kind == dump::StatementClass::Grant && !dump::rightsWords(statement).isDefault)
        about = dump::rightsWords(statement).schemas;
    else if (startsWith(words, {"alter"_L1, "schema"_L1}) ||
             startsWith(words, {"comment"_L1, "on"_L1, "schema"_L1}))
        about = {statement.objectName};
    for (const QString &schema : std::as_const(about)) {
        if (m_facts.schemasThatStay.contains(schema))
            return skip(u"owner, rights and comment of schema %1 stay as they are: it belongs to "
                        "somebody else"_s.arg(schema),
                        statement.kind == dump::StatementClass::Grant);
    }
    return std::nullopt;
}

StatementDecision StatementFilter::decideGrant(const dump::DumpStatement &statement) const
{
    const dump::RightsWords rights = dump::rightsWords(statement);
    if (!rights.creator.isEmpty() && !m_facts.rolesWeMayUse.contains(rights.creator))
        return skip(u"default privileges of %1 left out"_s.arg(rights.creator), true);
    for (const QString &role : rights.grantees) {
        if (!m_facts.roles.contains(role))
            return skip(u"rights of %1 left out: this server has no such role"_s.arg(role), true);
    }
    return {};
}

} // namespace mayday::restore
