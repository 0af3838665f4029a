// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/quoting.h"
#include "restore/restorerecord.h"
#include "store/journal.h"
#include "support/fakeclock.h"
#include "support/temppostgres.h"

namespace mayday::restore::test {

/// As a restore of so many days ago would have marked it.
[[nodiscard]] inline KeptSchema keptMark(const QString &name, const QString &restore, double days)
{
    const auto age = std::chrono::seconds(static_cast<qint64>(days * 86400));
    return {.name = name,
            .original = QStringLiteral("public"),
            .restore = restore,
            .at = QDateTime::currentDateTimeUtc().addDuration(-age),
            .file = QStringLiteral("/backups/shop.sql.gz")};
}

/// A schema with one table, kept like that.
inline void keepSchema(tests::TempPostgres &server, const QString &database, const KeptSchema &mark)
{
    const QByteArray name = postgres::quoteIdentifier(mark.name).toUtf8();
    server.execute(database, "CREATE SCHEMA " + name + "; CREATE TABLE " + name +
                                 ".products AS SELECT g AS id FROM pg_catalog.generate_series(1, "
                                 "5) g; COMMENT ON SCHEMA " +
                                 name + " IS " + postgres::quoteLiteral(commentOf(mark)));
}

/// That the record has seen the end of such a restore into target, so many days ago.
inline void noteEnd(store::Journal &journal, tests::FakeClock &clock, const QString &restore,
                    double days, const postgres::ConnectionString &target)
{
    RestorePlan plan;
    plan.target = target;
    plan.id = RestoreId::parse(restore).value();
    RestoreReceipt receipt;
    receipt.verdict = Verdict::Proven;
    const auto back = std::chrono::milliseconds(
        clock.now().msecsTo(QDateTime::currentDateTimeUtc()) - static_cast<qint64>(days * 86400e3));
    clock.advance(back);
    if (!journal.appendNow(startedDraft(plan)) || !journal.appendNow(finishedDraft(plan, receipt)))
        qFatal("the record cannot be written");
    clock.advance(-back);
}

} // namespace mayday::restore::test
