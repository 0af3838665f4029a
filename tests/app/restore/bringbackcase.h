// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/restore/restorefixture.h"
#include "restore/bringback.h"

#include <QTest>

namespace mayday::restore::test {

using namespace Qt::StringLiterals;

inline const TableComparison *find(const Comparison &comparison, const QString &name)
{
    const auto found = std::ranges::find_if(
        comparison.tables, [&name](const TableComparison &t) { return t.pair.name == name; });
    return found == comparison.tables.end() ? nullptr : &*found;
}

inline QString counts(const Comparison &comparison, const QString &name)
{
    const TableComparison *table = find(comparison, name);
    return table ? u"%1/%2/%3"_s.arg(table->onlyKept).arg(table->onlyLive).arg(table->different)
                 : u"no such table"_s;
}

inline Comparison compared(const Shop &shop)
{
    TaskContext context;
    auto comparison = compareWithKept(shop.target(), {}, context, {});
    if (!comparison)
        qFatal("%s", qPrintable(describe(comparison.error())));
    return *std::move(comparison);
}

inline BringBackReceipt brought(const postgres::ConnectionString &target,
                                const QList<QPair<QString, TableChoice>> &choices,
                                TaskContext context = {})
{
    QList<TableDecision> decisions;
    for (const auto &[name, choice] : choices)
        decisions.append({.schema = u"public"_s, .name = name, .choice = choice});
    return bringBack(target, {}, decisions, context);
}

inline void restoreAs(RestoreMode mode, const Shop &shop, const QString &file)
{
    RestorePlan plan = shop.plan(file);
    plan.mode = mode;
    const SystemClock clock;
    TaskContext context;
    const RestoreReceipt receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
}

/// From a dump taken now, after the SQL has changed the live data.
inline void restoreAs(RestoreMode mode, const Shop &shop, const QByteArray &sql)
{
    const QString file = shop.writeDump(shop.dump());
    shop.run(sql);
    restoreAs(mode, shop, file);
}

} // namespace mayday::restore::test
