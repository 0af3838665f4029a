// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/statistics.h"

#include "postgres/quoting.h"
#include "restore/partitions.h"

#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// Rows whose tables are analysed in one round trip; more would delay a stop.
constexpr qint64 rowsOfRound = 100'000;
const QByteArray patience = QByteArrayLiteral("SET lock_timeout = '5s'");

} // namespace

Result<Statistics> Statistics::of(postgres::Session &session, const QList<TableTally> &tables,
                                  TaskContext &context)
{
    const auto elsewhere = tablesAboveForeign(session, context);
    if (!elsewhere)
        return failure(elsewhere.error());
    Statistics statistics;
    for (const TableTally &table : tables) {
        if (elsewhere->contains({table.schema, table.name}))
            statistics.m_notes.append(u"no statistics of %1.%2 as a whole: a part of it is on "
                                      "another server"_s.arg(table.schema, table.name));
        else
            statistics.m_tables.append(table);
    }
    return statistics;
}

QString Statistics::missing(const QString &tables, const Error &error)
{
    return u"the statistics of %1 are from small samples, the full ones did not come (%2); ANALYZE "
           "makes them"_s.arg(tables, error.detail);
}

QByteArray Statistics::statementFor(const TableTally &table)
{
    return u"ANALYZE %1.%2"_s
        .arg(postgres::quoteIdentifier(table.schema), postgres::quoteIdentifier(table.name))
        .toUtf8();
}

/// Between the first (1) and the second (10) of vacuumdb's three stages: 900 rows of each table, a
/// third of the time that 3,000 take (12 tables of 89 MB: 0.15 s against 0.48 s), and still a list
/// of the most frequent values. A server that wants less gets less.
QByteArray Statistics::smallSamples(bool isForTransaction)
{
    return "SELECT pg_catalog.set_config('default_statistics_target', least(3,"
           " pg_catalog.current_setting('default_statistics_target')::integer)::text, " +
           QByteArray(isForTransaction ? "true)" : "false)");
}

/// Behind the last of the tables, from this one on, that share a round trip.
qsizetype Statistics::endOfRound(qsizetype from) const
{
    qint64 rows = 0;
    while (from < m_tables.size() && rows < rowsOfRound)
        rows += m_tables[from++].rows;
    return from;
}

Result<void> Statistics::gather(postgres::Session &session, const QByteArray &before,
                                TaskContext &context, const OnRound &onRound) const
{
    for (qsizetype done = 0; done < m_tables.size();) {
        const qsizetype end = endOfRound(done);
        std::vector<QByteArray> statements;
        if (done == 0 && !before.isEmpty())
            statements.push_back(before);
        for (; done < end; ++done)
            statements.push_back(statementFor(m_tables[done]));
        if (auto sent = session.executeBatch(statements, context); !sent)
            return sent;
        onRound(done);
    }
    return {};
}

QStringList Statistics::refine(postgres::Session &session, TaskContext &context,
                               const OnRound &onRound) const
{
    QStringList notes;
    for (qsizetype done = 0; done < m_tables.size();) {
        const qsizetype end = endOfRound(done);
        std::vector<QByteArray> statements{patience};
        for (qsizetype i = done; i < end; ++i)
            statements.push_back(statementFor(m_tables[i]));
        if (const auto sent = session.executeBatch(statements, context); sent)
            done = end;
        // A round is one transaction, so what stood before the culprit comes again.
        for (; done < end; ++done) {
            const auto one =
                session.execute(patience + "; " + statementFor(m_tables[done]), context);
            if (one)
                continue;
            if (context.stopRequested() || !session.isOpen()) {
                notes.append(
                    missing(u"%1 of %2 tables"_s.arg(m_tables.size() - done).arg(m_tables.size()),
                            one.error()));
                return notes;
            }
            notes.append(missing(m_tables[done].schema + u'.' + m_tables[done].name, one.error()));
        }
        onRound(done);
    }
    return notes;
}

} // namespace mayday::restore
