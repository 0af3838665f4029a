// SPDX-License-Identifier: GPL-3.0-or-later
// What an application waits for while its schema is restored: six sessions read and write without a
// pause, first alone, then beside a restore.
#include "backup/inspectionindex.h"
#include "bench/benchserver.h"
#include "bench/benchtable.h"
#include "core/clock.h"
#include "postgres/quoting.h"
#include "restore/restorerunner.h"
#include "support/liveload.h"

#include <QCoreApplication>
#include <QTemporaryDir>

#include <condition_variable>
#include <mutex>
#include <thread>

using namespace mayday;
using namespace mayday::bench;
using namespace Qt::StringLiterals;
using tests::LiveLoad;
using tests::LiveUser;
using Moment = LiveUser::Clock::time_point;

namespace {

constexpr double goalDuring = 1.0;
constexpr double goalAtSwap = 0.2;

void insertOne(LiveUser &user)
{
    const QString value = user.freshValue();
    if (user.ask("INSERT INTO public.products_0 (sku, title) VALUES (gen_random_uuid(), '" +
                 value.toUtf8() + "')"))
        user.isCommitted(value);
}

void changeTwo(LiveUser &user)
{
    if (user.ask("BEGIN") &&
        user.ask("UPDATE public.products_1 SET stock = stock + 1 WHERE id = 7") &&
        user.ask("UPDATE public.products_2 SET stock = stock - 1 WHERE id = 7"))
        (void)user.ask("COMMIT");
}

void readByKey(LiveUser &user)
{
    (void)user.ask("SELECT title FROM public.products_3 WHERE id = 11");
}

void readARange(LiveUser &user)
{
    (void)user.ask("SELECT sum(price) FROM public.products_4 WHERE id BETWEEN 100 AND 400");
}

QList<LiveLoad::Part> users()
{
    return {{u"inserts"_s, insertOne},      {u"more inserts"_s, insertOne},
            {u"transactions"_s, changeTwo}, {u"keys"_s, readByKey},
            {u"ranges"_s, readARange},      {u"more ranges"_s, readARange}};
}

/// When the restore comes to its swap, and when that is over.
class SwapWatch final {
public:
    explicit SwapWatch(const Latest<restore::RestoreProgress> &progress)
        : m_thread([this, progress](const std::stop_token &over) {
              std::mutex mutex;
              std::condition_variable_any ended;
              std::unique_lock lock(mutex);
              while (!over.stop_requested()) {
                  const auto phase = progress.read().phase;
                  if (phase == restore::RestorePhase::Swapping && m_from == Moment())
                      m_from = LiveUser::Clock::now();
                  if (phase > restore::RestorePhase::Swapping && m_to == Moment())
                      m_to = LiveUser::Clock::now();
                  ended.wait_for(lock, over, std::chrono::milliseconds(1), [] { return false; });
              }
          })
    {
    }
    [[nodiscard]] std::pair<Moment, Moment> span()
    {
        m_thread.request_stop();
        m_thread.join();
        return {m_from, m_to};
    }

private:
    Moment m_from;
    Moment m_to;
    std::jthread m_thread; // last: it uses the rest
};

double longest(const LiveLoad &load, Moment from, Moment to, bool isOverlapping)
{
    const LiveUser::Wait wait = load.longest(from, to, isOverlapping);
    return std::chrono::duration<double>(wait.to - wait.from).count();
}

/// Every row that somebody was told is committed is in the live schema or in the one that is kept:
/// false and a word when not.
bool isEverythingThere(tests::TempPostgres &server, const QStringList &committed)
{
    const QString kept = server.scalar(
        u"shop"_s, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'public\\_before%'");
    const QString found = server.scalar(
        u"shop"_s,
        "SELECT count(DISTINCT title) FROM (SELECT title FROM public.products_0 UNION ALL"
        " SELECT title FROM " +
            postgres::quoteIdentifier(kept).toUtf8() + ".products_0) t WHERE title = ANY (" +
            postgres::quoteLiteral(postgres::arrayOf(committed)) + "::text[])");
    const bool isAll = found.toLongLong() == committed.size();
    if (!isAll)
        qCritical("%s of %lld committed rows are there", qPrintable(found),
                  qlonglong(committed.size()));
    return isAll;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption json(u"json"_s, u"Where to write the figures"_s, u"FILE"_s);
    const QCommandLineOption size(u"megabytes"_s, u"Size of the plain dump"_s, u"MB"_s, u"320"_s);
    parser.addOptions({json, size});
    parser.addHelpOption();
    parser.process(application);

    tests::TempPostgres server;
    const QTemporaryDir folder;
    server.createDatabase(u"shop"_s);
    fillShop(server, u"shop"_s, parser.value(size).toLongLong() * 1'000'000);
    const QString file = folder.filePath(u"shop.sql.gz"_s);
    dumpTo(server, u"shop"_s, file, {u"--compress=gzip:6"_s, u"--schema=public"_s});
    TaskContext context;
    const auto inspection = backup::inspectAgain(file, context);
    if (!inspection)
        qFatal("the dump cannot be read");

    const SystemClock clock;
    Latest<restore::RestoreProgress> progress;
    LiveLoad alone(server.connectionString(u"shop"_s), users());
    alone.awaitRounds(10'000);
    alone.stop();
    LiveLoad load(server.connectionString(u"shop"_s), users());
    SwapWatch watch(progress);
    QElapsedTimer timer;
    timer.start();
    const auto receipt = restore::RestoreRunner({.id = restore::freshRestoreId(clock.now()),
                                                 .file = file,
                                                 .target = server.connectionString(u"shop"_s),
                                                 .environment = u"bench"_s,
                                                 .plannedAt = clock.now()},
                                                clock, progress)
                             .run(*inspection, context);
    const double took = seconds(timer);
    const auto [from, to] = watch.span();
    load.stop();
    if (receipt.verdict != restore::Verdict::Proven)
        qFatal("not proven: %s",
               receipt.error ? qPrintable(describe(*receipt.error)) : "differences");
    const QStringList failures = alone.failures() + load.failures();
    if (!failures.isEmpty())
        qCritical("%lld statements failed: %s", qlonglong(failures.size()),
                  qPrintable(failures.front()));
    const bool isAll = isEverythingThere(server, load.committed());

    const double during = longest(load, from, to, false);
    const double atSwap = longest(load, from, to, true);
    std::printf(
        "%lld statements beside the restore of %.1f s, %lld failed; %lld rows committed, %s\n",
        qlonglong(load.statements()), took, qlonglong(failures.size()),
        qlonglong(load.committed().size()), isAll ? "all found" : "not all found");
    report(u"The longest wait for one statement (goals: 1 s, at the swap 0.2 s)"_s,
           {{u"while it loads"_s, {during}},
            {u"at the swap"_s, {atSwap}},
            {u"without a restore"_s, {longest(alone, {}, {}, false)}}},
           parser.value(json),
           {{u"statements"_s, qint64(load.statements())},
            {u"failures"_s, qint64(failures.size())},
            {u"committedRowsAreThere"_s, isAll},
            {u"restoreSeconds"_s, took}},
           {{.name = u"the longest wait while it loads"_s,
             .value = during,
             .limit = goalDuring,
             .unit = u" s"_s},
            {.name = u"the longest wait at the swap"_s,
             .value = atSwap,
             .limit = goalAtSwap,
             .unit = u" s"_s}});
    // A slow machine is no failure; a statement that failed or a row that is lost is one.
    return failures.isEmpty() && isAll ? 0 : 1;
}
