// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/teamchecks.h"

#include "postgres/quoting.h"
#include "restore/sqlwords.h"

#include <array>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

CheckResult judged(const TeamCheck &check, const postgres::Rows &rows)
{
    CheckResult result{.name = check.name};
    if (rows.rowCount() != 1)
        result.detail = u"it answers %1 rows; one is wanted"_s.arg(rows.rowCount());
    else if (rows.isNull(0, 0))
        result.detail = u"it answers NULL"_s;
    else if (rows.text(0, 0) == "f"_L1)
        result.detail = u"it is false"_s;
    else if (rows.text(0, 0) != "t"_L1)
        result.detail = u"it answers %1; a condition is wanted, like count(*) > 0"_s.arg(
            rows.text(0, 0).left(40));
    else
        result.isTrue = true;
    return result;
}

} // namespace

bool isQuestion(const QString &sql)
{
    static const QStringList beginnings = {u"select"_s, u"with"_s, u"values"_s, u"table"_s};
    // ((SELECT ...)) is one too.
    for (const QString &word : leadingWords(sql.toUtf8(), 8)) {
        if (word != "("_L1)
            return beginnings.contains(word);
    }
    return false;
}

Result<QList<CheckResult>> runChecks(postgres::Session &session, const QList<TeamCheck> &checks,
                                     const QStringList &schemas, TaskContext &context)
{
    QStringList path;
    for (const QString &schema : schemas)
        path.append(postgres::quoteIdentifier(schema));
    const std::array<QByteArray, 4> before{"SAVEPOINT mayday_check",
                                           "SET LOCAL transaction_read_only = on",
                                           "SET LOCAL statement_timeout = '60s'",
                                           "SET LOCAL search_path = " + path.join(u", ").toUtf8()};
    const std::array<QByteArray, 2> after{"ROLLBACK TO SAVEPOINT mayday_check",
                                          "RELEASE SAVEPOINT mayday_check"};
    QList<CheckResult> results;
    for (const TeamCheck &check : checks) {
        if (!isQuestion(check.sql)) {
            results.append({.name = check.name, .detail = u"it is no SELECT, and was not run"_s});
            continue;
        }
        if (auto ready = session.executeBatch(before, context); !ready)
            return failure(ready.error());
        const auto rows = session.query(check.sql.toUtf8(), context);
        if (context.stopRequested() || (!rows && rows.error().sqlState.isEmpty()))
            return failure(rows ? TaskContext::cancelled(session.subject(), u"nothing changed"_s)
                                : rows.error());
        results.append(rows ? judged(check, *rows)
                            : CheckResult{.name = check.name, .detail = rows.error().detail});
        if (auto back = session.executeBatch(after, context); !back)
            return failure(back.error());
    }
    return results;
}

} // namespace mayday::restore
