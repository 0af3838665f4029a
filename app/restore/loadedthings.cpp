// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/loadedthings.h"

#include "dump/sqltokens.h"
#include "restore/sqlwords.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using dump::SqlToken;
using dump::SqlTokens;
using dump::StatementClass;

/// The number in lo_create('77') or lo_open(77, ...).
QByteArray largeObjectOf(const dump::DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    SqlToken token = tokens.next();
    while (token.kind != SqlToken::Kind::End && !token.isSymbol('('))
        token = tokens.next();
    const SqlToken number = tokens.next();
    return number.kind == SqlToken::Kind::String ? number.value().toLatin1()
                                                 : number.text.toByteArray();
}

/// The number behind LARGE OBJECT in ALTER, COMMENT ON, GRANT ... ON; empty in all others.
QByteArray largeObjectNamed(const dump::DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    const bool givesRights = tokens.take("grant") || tokens.take("revoke");
    if (!givesRights && !tokens.take("alter") && !tokens.take({"comment", "on"}))
        return {};
    while (givesRights && !tokens.take("on")) {
        if (tokens.next().kind == SqlToken::Kind::End)
            return {};
    }
    return tokens.take({"large", "object"}) ? tokens.next().text.toByteArray() : QByteArray();
}

bool switchesChecksOff(const dump::DumpStatement &statement)
{
    if (statement.kind == StatementClass::Session)
        return statement.sql.contains("session_replication_role");
    return statement.kind == StatementClass::Trigger &&
           leadingWords(statement.sql, 12).contains("disable"_L1);
}

void insertIfExists(QByteArray &sql, const SqlTokens &at)
{
    SqlTokens ahead(at);
    if (ahead.take("if"))
        return;
    const SqlToken next = at.peek();
    if (next.kind != SqlToken::Kind::End)
        sql.insert(next.text.data() - sql.constData(), "IF EXISTS ");
}

/// Behind the words for the kind of object, which are known as words of SQL.
void skipKind(SqlTokens &tokens)
{
    if (tokens.take("operator")) {
        if (!tokens.take("class"))
            tokens.take("family");
        return;
    }
    tokens.take({"text", "search"});
    if (!tokens.take("materialized"))
        tokens.take("foreign");
    (void)tokens.next();
}

} // namespace

void LoadedThings::note(const dump::DumpStatement &statement)
{
    m_checksWereOff = m_checksWereOff || switchesChecksOff(statement);
    m_hasMade = m_hasMade || SqlTokens(statement.sql).take("create");
    if (statement.kind == StatementClass::LargeObject && statement.sql.contains("lo_create"))
        m_largeObjects.insert(largeObjectOf(statement));
}

std::optional<QByteArray> LoadedThings::harmless(const dump::DumpStatement &drop) const
{
    if (!m_hasMade || drop.objectSchema.isEmpty())
        return std::nullopt;
    QByteArray sql = drop.sql;
    SqlTokens tokens(sql, drop.plainStringsEscape);
    if (tokens.take("drop")) {
        skipKind(tokens);
        tokens.take("concurrently");
        insertIfExists(sql, tokens);
        return sql;
    }
    // From behind to the front, so that places stay what they are.
    SqlTokens inner(tokens);
    while (inner.peek().kind != SqlToken::Kind::End && !inner.take({"drop", "constraint"}))
        (void)inner.next();
    const bool dropsConstraint = inner.peek().kind != SqlToken::Kind::End;
    QByteArray safe = sql;
    if (dropsConstraint) {
        const qsizetype at = inner.peek().text.data() - sql.constData();
        SqlTokens ahead(inner);
        if (!ahead.take("if"))
            safe.insert(at, "IF EXISTS ");
    }
    tokens.take({"alter", "table"});
    const qsizetype table = tokens.peek().text.data() - sql.constData();
    if (!tokens.peek().is("if"))
        safe.insert(table, "IF EXISTS ");
    return safe;
}

bool LoadedThings::isAboutKept(const dump::DumpStatement &statement, const QSet<QByteArray> &kept)
{
    if (kept.isEmpty())
        return false;
    if (statement.kind != StatementClass::LargeObject || !SqlTokens(statement.sql).take("select"))
        return kept.contains(largeObjectNamed(statement));
    if (statement.sql.contains("lo_open"))
        m_isInKept = kept.contains(largeObjectOf(statement));
    const bool isOfOpened = statement.sql.contains("lo_open") ||
                            statement.sql.contains("lowrite") || statement.sql.contains("lo_close");
    if (!isOfOpened)
        return kept.contains(largeObjectOf(statement));
    return statement.sql.contains("lo_close") ? std::exchange(m_isInKept, false) : m_isInKept;
}

bool LoadedThings::mayWrite(const dump::DumpStatement &statement) const
{
    const bool opens =
        statement.kind == StatementClass::LargeObject && statement.sql.contains("lo_open");
    return !opens || m_largeObjects.contains(largeObjectOf(statement));
}

} // namespace mayday::restore
