// SPDX-License-Identifier: GPL-3.0-or-later
// Restores the same dump by Mayday and by "gunzip -c | psql -1", in turn, on the same server.
#include "backup/dumpopener.h"
#include "bench/benchserver.h"
#include "bench/benchtable.h"
#include "bench/phaseclock.h"
#include "core/clock.h"
#include "postgres/session.h"
#include "restore/restorerunner.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QTemporaryDir>

using namespace mayday;
using namespace mayday::bench;
using namespace Qt::StringLiterals;

namespace {

constexpr int rounds = 3;
/// Over the peer, which neither proves nor analyses.
constexpr double goalRatio = 1.0;

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption json(u"json"_s, u"Where to write the figures"_s, u"FILE"_s);
    const QCommandLineOption size(u"megabytes"_s, u"Size of the plain dump"_s, u"MB"_s, u"1000"_s);
    parser.addOptions({json, size});
    parser.addHelpOption();
    parser.process(application);

    tests::TempPostgres server;
    QTemporaryDir folder;
    server.createDatabase(u"source"_s);
    fillShop(server, u"source"_s, parser.value(size).toLongLong() * 1'000'000);
    const QString file = folder.filePath(u"source.sql.gz"_s);
    dumpTo(server, u"source"_s, file, {u"--schema=public"_s, u"--compress=gzip:6"_s});
    server.dropDatabase(u"source"_s);

    TaskContext context;
    QElapsedTimer timer;
    timer.start();
    const auto inspection = backup::inspectDump(file, context);
    const double inspectSeconds = seconds(timer);
    if (!inspection || inspection->verdict != dump::DumpVerdict::Complete)
        qFatal("the dump cannot be read");
    std::printf("%lld MB plain, %lld MB compressed, %lld tables; inspected in %.2f s\n",
                inspection->plainBytes / 1'000'000, QFileInfo(file).size() / 1'000'000,
                static_cast<long long>(inspection->tables.size()), inspectSeconds);

    const SystemClock clock;
    bench::Series alone{u"Mayday until live, file inspected before"_s};
    bench::Series whole{u"Mayday until live, with the inspection"_s};
    bench::Series full{u"Mayday until the statistics are full"_s};
    bench::Series peer{u"gunzip -c | psql -1 (no proof, no ANALYZE)"_s};
    for (int round = 0; round < rounds; ++round) {
        for (const bool inspected : {true, false}) {
            const QString name = u"mayday%1%2"_s.arg(round).arg(inspected);
            restore::RestorePlan plan{.id = restore::freshRestoreId(clock.now()),
                                      .file = file,
                                      .target = server.createDatabase(name),
                                      .environment = u"bench"_s,
                                      .plannedAt = clock.now()};
            const Latest<restore::RestoreProgress> progress;
            PhaseClock phases(progress);
            timer.restart();
            const auto receipt =
                restore::RestoreRunner(plan, clock, progress)
                    .run(inspected ? std::optional(*inspection) : std::nullopt, context);
            (inspected ? alone : whole).seconds.push_back(receipt.seconds);
            if (inspected)
                full.seconds.push_back(seconds(timer));
            phases.print();
            if (receipt.verdict != restore::Verdict::Proven)
                qFatal("not proven: %s",
                       receipt.error ? qPrintable(describe(*receipt.error)) : "differences");
            server.dropDatabase(name);
        }
        const QString name = u"psql%1"_s.arg(round);
        const auto target = server.createDatabase(name);
        server.execute(name, "DROP SCHEMA public"); // psql has nowhere to put it aside
        QProcess gunzip, psql;
        gunzip.setStandardOutputProcess(&psql);
        prepare(psql, server);
        psql.setStandardOutputFile(QProcess::nullDevice());
        timer.restart();
        gunzip.start(u"gunzip"_s, {u"-c"_s, file});
        runOrDie(
            psql, u"psql"_s,
            {u"-X"_s, u"-q"_s, u"-1"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, target.withoutPassword()});
        peer.seconds.push_back(seconds(timer));
        gunzip.waitForFinished();
        server.dropDatabase(name);
    }
    bench::report(u"Restore of realistic rows, local server, one connection"_s,
                  {alone, whole, full, peer}, parser.value(json),
                  {{u"plainBytes"_s, inspection->plainBytes},
                   {u"fileBytes"_s, QFileInfo(file).size()},
                   {u"inspectSeconds"_s, inspectSeconds}},
                  {{.name = u"until live, file inspected before, against psql -1"_s,
                    .value = alone.median() / peer.median(),
                    .limit = goalRatio,
                    .unit = u" times"_s}});
    return 0;
}
