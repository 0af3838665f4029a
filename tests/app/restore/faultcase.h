// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/restore/faults.h"
#include "app/restore/restorefixture.h"
#include "restore/putback.h"
#include "restore/restorerecord.h"
#include "restore/settlement.h"
#include "restore/sidedatabase.h"
#include "support/faultshare.h"
#include "support/steprelay.h"

#include <QElapsedTimer>
#include <QTest>

#include <span>
#include <stop_token>
#include <thread>

namespace mayday::restore::test {

using namespace Qt::StringLiterals;

/// A server whose disk can be full, and work that goes to it through a relay that strikes at one
/// of its steps.
class FaultCase {
protected:
    using Work = std::function<void(const postgres::ConnectionString &, TaskContext &)>;

    static void addColumns();
    [[nodiscard]] static bool takesAll() { return share().isAll(); }
    [[nodiscard]] static bool takesOfTwo(bool isSecond) { return share().takesOfTwo(0, isSecond); }
    /// Of all pairs a run takes each harm once, each time at another step.
    static void addRows(std::span<const FaultStep> steps, std::span<const Fault> harms,
                        RestoreMode mode);
    /// Of two kinds of work that are alike: each harm is met once, at a step of one of both.
    static void addRowsOfTwo(std::span<const FaultStep> ofSchema,
                             std::span<const FaultStep> ofDatabase);
    void startServer();
    /// Does the work through a relay that strikes at the step; the time it took from then on.
    std::chrono::milliseconds struck(const Shop &shop, const QByteArray &step, Fault harm,
                                     const Work &work);
    static void verifyNobodyIsConnected(const Shop &shop);
    /// What the next start asks of a restore whose end nobody has written down, and writes down.
    static void verifyNextStart(const Shop &shop, RestorePlan plan, bool isLive,
                                const QString &unfinished = {});
    /// And that there is one of them.
    static void discardKeptOf(const Shop &shop);

    QTemporaryDir m_folder;
    std::unique_ptr<tests::TempPostgres> m_server;

private:
    using Takes = std::function<bool(qsizetype)>;
    static void addRows(std::span<const FaultStep> steps, std::span<const Fault> harms,
                        RestoreMode mode, const Takes &takesHarm);
    static const tests::FaultShare &share()
    {
        static const tests::FaultShare the;
        return the;
    }
    void withFullDisk(const std::function<void()> &start);
};

inline void FaultCase::addColumns()
{
    QTest::addColumn<RestoreMode>("mode");
    QTest::addColumn<QByteArray>("step");
    QTest::addColumn<Fault>("harm");
    QTest::addColumn<bool>("isLate");
}

inline void FaultCase::addRows(std::span<const FaultStep> steps, std::span<const Fault> harms,
                               RestoreMode mode)
{
    addRows(steps, harms, mode, [](qsizetype) { return true; });
}

inline void FaultCase::addRowsOfTwo(std::span<const FaultStep> ofSchema,
                                    std::span<const FaultStep> ofDatabase)
{
    addRows(ofSchema, everyFault, RestoreMode::Replace,
            [](qsizetype harm) { return share().takesOfTwo(harm, false); });
    addRows(ofDatabase, everyFault, RestoreMode::ReplaceDatabase,
            [](qsizetype harm) { return share().takesOfTwo(harm, true); });
}

inline void FaultCase::addRows(std::span<const FaultStep> steps, std::span<const Fault> harms,
                               RestoreMode mode, const Takes &takesHarm)
{
    tests::Thinned thinned(6);
    for (qsizetype harm = 0; harm < std::ssize(harms); ++harm) {
        if (!takesHarm(harm))
            continue;
        const Fault what = harms[harm];
        // Ten seconds until nobody waits for the answer any more: for who wants all of them.
        const auto isFor = [what](const FaultStep &step) {
            return takesAll() || !step.isLate || !isSilent(what);
        };
        const qsizetype some = std::ranges::count_if(steps, isFor);
        qsizetype number = 0;
        for (const FaultStep &at : steps) {
            if (isFor(at) && share().takes(number++, harm, some) && thinned.takesNext())
                QTest::addRow("%s, %s: %s", qPrintable(modeKey(mode)), at.name, wordFor(what))
                    << mode << QByteArray(at.text) << what << at.isLate;
        }
    }
}

inline void FaultCase::withFullDisk(const std::function<void()> &start)
{
    qputenv("LD_PRELOAD", MAYDAY_FULLDISK);
    qputenv("MAYDAY_DISK_FULL", m_folder.filePath(u"full"_s).toUtf8());
    start();
    qunsetenv("LD_PRELOAD");
}

inline void FaultCase::startServer()
{
    withFullDisk([this] { m_server = std::make_unique<tests::TempPostgres>(); });
}

inline std::chrono::milliseconds FaultCase::struck(const Shop &shop, const QByteArray &step,
                                                   Fault harm, const Work &work)
{
    using namespace std::chrono_literals;
    const QString full = m_folder.filePath(u"full"_s);
    std::optional<FullDisk> ours;
    std::stop_source stop;
    StepRelay *held = nullptr;
    std::jthread later;
    QElapsedTimer since;
    StepRelay relay(shop.target(), step, [&] {
        since.start();
        switch (harm) {
        case Fault::Stalls:
            later = std::jthread([&held] {
                TaskContext().pause(stallTime());
                held->release();
            });
            return StepRelay::Then::Hold;
        case Fault::FallsSilent:
        case Fault::HalfOpen:
            later = std::jthread([&stop] {
                TaskContext().pause(300ms);
                stop.request_stop();
            });
            return harm == Fault::HalfOpen ? StepRelay::Then::HoldOpen : StepRelay::Then::Hold;
        case Fault::DiskFull:
            (void)QFile(full).open(QIODevice::WriteOnly | QIODevice::NewOnly);
            break;
        case Fault::OursIsFull: ours.emplace(); break;
        case Fault::LineCut: return StepRelay::Then::Cut;
        case Fault::ServerDies: m_server->stop(); break;
        case Fault::UserStops: stop.request_stop(); break;
        }
        return StepRelay::Then::GoOn;
    });
    held = &relay;
    TaskContext context(stop.get_token());
    work(relay.connectionString(), context);
    const auto took = std::chrono::ceil<std::chrono::milliseconds>(since.durationElapsed());
    if (!relay.hasStruck())
        qFatal("the work never came to %s", step.constData());
    later = {};
    QFile::remove(full);
    if (harm == Fault::ServerDies)
        withFullDisk([this] { m_server->restart(); });
    return took;
}

inline void FaultCase::verifyNobodyIsConnected(const Shop &shop)
{
    QTRY_COMPARE_WITH_TIMEOUT(shop.ask("SELECT count(*) FROM pg_stat_activity"
                                       " WHERE application_name LIKE 'mayday %'"
                                       " OR application_name = 'pg_dump'"),
                              u"0"_s, 30000);
}

inline void FaultCase::verifyNextStart(const Shop &shop, RestorePlan plan, bool isLive,
                                       const QString &unfinished)
{
    plan.target = shop.target();
    QList<RestoreRecord> records;
    const auto apply = [&](const store::JournalDraft &draft) {
        applyEvent(records, {.at = SystemClock().now(),
                             .kind = draft.kind,
                             .subject = draft.subject,
                             .data = draft.data});
    };
    apply(startedDraft(plan));
    QVERIFY(records[0].isToBeAsked());
    TaskContext context;
    const auto answer = keepsNothing(plan.mode)
                            ? settlementByNote(plan.target, plan.id, records[0].safetyCopy, context)
                            : settlementOf(plan.target, plan.id, context);
    QVERIFY2(answer, answer ? "" : qPrintable(describe(answer.error())));
    QCOMPARE(answer->committed, isLive);
    QCOMPARE(answer->unfinished, unfinished);
    apply(settledDraft(records[0], *answer));
    QVERIFY(!records[0].isToBeAsked());
    QCOMPARE(records[0].isInEffect(), isLive && plan.mode != RestoreMode::Copy);
}

inline void FaultCase::discardKeptOf(const Shop &shop)
{
    TaskContext context;
    auto session = postgres::Session::connect(shop.target(), context);
    const auto kept = allKept(*session, context);
    QVERIFY2(kept, kept ? "" : qPrintable(describe(kept.error())));
    QCOMPARE(kept->size(), 1);
    session->close();
    const auto gone = discardKept(shop.target(), kept->front().name, context);
    QVERIFY2(gone, gone ? "" : qPrintable(describe(gone.error())));
}

} // namespace mayday::restore::test
