// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/outside.h"

#include "dump/rightswords.h"
#include "dump/schemaof.h"
#include "restore/sqlwords.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using dump::StatementClass;
using Decision = std::optional<StatementDecision>;

Decision leftOut(const QString &what, qint64 line, const QString &why)
{
    return StatementDecision{.kind = StatementDecision::Kind::Skip,
                             .note = u"%1 at line %2 left out: %3"_s.arg(what).arg(line).arg(why),
                             .isDifference = true};
}

Decision refused(qint64 line, const QString &detail)
{
    return refusal(ErrorKind::Refused, line, detail);
}

bool isOneOf(const QString &word, std::initializer_list<QLatin1StringView> words)
{
    return std::ranges::any_of(words, [&](QLatin1StringView one) { return word == one; });
}

/// Where the kind of object stands in CREATE ROLE, COMMENT ON ROLE, GRANT ... ON DATABASE; 0 in
/// statements that have none. In others, "on" begins the condition of a join.
qsizetype kindAt(const QStringList &words)
{
    if (isOneOf(words[0], {"create"_L1, "alter"_L1, "drop"_L1}))
        return 1;
    const bool saysOnWhat =
        isOneOf(words[0], {"comment"_L1, "security"_L1, "grant"_L1, "revoke"_L1});
    return saysOnWhat ? words.indexOf("on"_L1) + 1 : 0;
}

/// What belongs to the server or the whole database, and would not come back with a put-back.
Decision decideShared(const dump::DumpStatement &statement, const QStringList &words)
{
    const qsizetype at = kindAt(words);
    const QString kind = words.value(at);
    if (at == 0)
        return std::nullopt;
    if (kind == "database"_L1)
        return leftOut(u"%1 %2 %3"_s.arg(words[0].toUpper(), kind, statement.objectName),
                       statement.line, u"it is about the whole database"_s);
    const bool isShared = isOneOf(kind, {"role"_L1, "user"_L1, "group"_L1, "tablespace"_L1}) &&
                          words.value(at + 1) != "mapping"_L1;
    if (isShared)
        return leftOut(u"%1 %2 %3"_s.arg(words[0].toUpper(), kind, statement.objectName),
                       statement.line, u"it belongs to the server"_s);
    return std::nullopt;
}

/// Comments and labels on what is always left out.
bool isAboutNothing(const QStringList &words)
{
    const qsizetype at = kindAt(words);
    return isOneOf(words[0], {"comment"_L1, "security"_L1}) &&
           (isOneOf(words.value(at), {"publication"_L1, "subscription"_L1}) ||
            (words.value(at) == "event"_L1 && words.value(at + 1) == "trigger"_L1));
}

QString nameOf(const dump::DumpStatement &statement, const QString &schema)
{
    return statement.objectSchema.isEmpty() ? u"schema "_s + schema
                                            : schema + u'.' + statement.objectName;
}

Decision decideOtherSchema(const dump::DumpStatement &statement, const QStringList &words,
                           const QSet<QString> &schemas)
{
    const bool isChange = changesRows(words[0]);
    const bool isBeside = statement.kind == StatementClass::Comment ||
                          statement.kind == StatementClass::Grant ||
                          statement.kind == StatementClass::Owner || words[0] == "drop"_L1;
    if (!isChange && !isBeside)
        return std::nullopt;
    const QString schema = dump::schemaOf(statement);
    if (schema.isEmpty() || schemas.contains(schema))
        return std::nullopt;
    if (isChange)
        return refused(statement.line, u"it changes %1, which is no part of this restore"_s.arg(
                                           nameOf(statement, schema)));
    return leftOut(u"%1 %2"_s.arg(words[0].toUpper(), nameOf(statement, schema)), statement.line,
                   u"that is no part of this restore"_s);
}

} // namespace

Decision decideOutside(const dump::DumpStatement &statement, const QStringList &words,
                       const QSet<QString> &schemas)
{
    if (auto shared = decideShared(statement, words))
        return shared;
    if (isAboutNothing(words))
        return StatementDecision{.kind = StatementDecision::Kind::Skip};
    if (words[0] == "reassign"_L1)
        return refused(statement.line, u"REASSIGN OWNED changes the whole database"_s);
    const bool isGrant = words[0] == "grant"_L1 || words[0] == "revoke"_L1;
    if (isGrant && !dump::rightsWords(statement).hasObject)
        return leftOut(u"%1 %2"_s.arg(words[0].toUpper(), words.value(1)), statement.line,
                       u"who is a member of which role belongs to the server"_s);
    if (words[0] == "alter"_L1 && words.value(1) == "schema"_L1 &&
        statement.kind != StatementClass::Owner)
        return refused(statement.line, u"it gives a schema another name"_s);
    return decideOtherSchema(statement, words, schemas);
}

} // namespace mayday::restore
