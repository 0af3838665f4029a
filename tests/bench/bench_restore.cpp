// SPDX-License-Identifier: GPL-3.0-or-later
// Restores the same dump by Mayday and by "gunzip -c | psql -1", in turn, on the same server.
#include "backup/dumpopener.h"
#include "bench/benchserver.h"
#include "bench/benchtable.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QTemporaryDir>

using namespace mayday;
using namespace mayday::bench;
using namespace Qt::StringLiterals;

namespace {

/// One round is worth 5 % on a machine that others use, too; ten are worth less than 2.
constexpr int rounds = 10;
/// Over the peer, which neither proves nor analyses.
constexpr double goalRatio = 1.0;

RestoreTimes byMayday(tests::TempPostgres &server, const QString &file,
                      const std::optional<dump::DumpInspection> &inspection)
{
    const restore::RestorePlan plan{.id = {},
                                    .file = file,
                                    .target = server.createDatabase(u"mayday"_s),
                                    .environment = u"bench"_s};
    const RestoreTimes times = restoreProven(plan, inspection);
    server.dropDatabase(u"mayday"_s);
    return times;
}

double byPsql(tests::TempPostgres &server, const QString &file)
{
    const auto target = server.createDatabase(u"psql"_s);
    server.execute(u"psql"_s, "DROP SCHEMA public"); // psql has nowhere to put it aside
    QProcess gunzip, psql;
    gunzip.setStandardOutputProcess(&psql);
    prepare(psql, server);
    psql.setStandardOutputFile(QProcess::nullDevice());
    QElapsedTimer timer;
    timer.start();
    gunzip.start(u"gunzip"_s, {u"-c"_s, file});
    runOrDie(psql, u"psql"_s,
             {u"-X"_s, u"-q"_s, u"-1"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, target.withoutPassword()});
    const double taken = seconds(timer);
    gunzip.waitForFinished();
    server.dropDatabase(u"psql"_s);
    return taken;
}

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

    Series alone{u"Mayday until live, file inspected before"_s};
    Series whole{u"Mayday until live, with the inspection"_s};
    Series full{u"Mayday until the statistics are full"_s};
    Series peer{u"gunzip -c | psql -1 (no proof, no ANALYZE)"_s};
    const auto ours = [&] {
        const auto [live, refined] = byMayday(server, file, *inspection);
        alone.seconds.push_back(live);
        full.seconds.push_back(refined);
    };
    const auto theirs = [&] {
        peer.seconds.push_back(byPsql(server, file));
    };
    for (int round = 0; round < rounds; ++round) {
        // Each is first as often as second: a machine that changes its speed favours neither.
        round % 2 == 0 ? ours() : theirs();
        round % 2 == 0 ? theirs() : ours();
    }
    whole.seconds.push_back(byMayday(server, file, std::nullopt).untilLive);
    report(u"Restore of realistic rows, local server, one connection"_s, {alone, whole, full, peer},
           parser.value(json),
           {{u"plainBytes"_s, inspection->plainBytes},
            {u"fileBytes"_s, QFileInfo(file).size()},
            {u"inspectSeconds"_s, inspectSeconds}},
           {{.name = u"until live, file inspected before, against psql -1"_s,
             .value = medianRatio(alone, peer),
             .limit = goalRatio,
             .unit = u" times"_s}});
    return 0;
}
