// SPDX-License-Identifier: GPL-3.0-or-later
// Twelve tables: by Mayday beside the database over two connections, and by "pg_restore -j2" from
// the directory format, in turn, on the same server.
#include "backup/inspectionindex.h"
#include "bench/benchserver.h"
#include "bench/benchtable.h"

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

void dropAll(tests::TempPostgres &server)
{
    const QString names = server.scalar(
        u"postgres"_s, "SELECT coalesce(string_agg(datname, ' '), '') FROM pg_database WHERE"
                       " datname ~ '^(shop|peer)'");
    for (const QString &name : names.split(u' ', Qt::SkipEmptyParts))
        server.dropDatabase(name);
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
    const QTemporaryDir folder;
    server.createDatabase(u"source"_s);
    fillShop(server, u"source"_s, parser.value(size).toLongLong() * 1'000'000);
    const QString file = folder.filePath(u"source.sql.gz"_s);
    const QString directory = folder.filePath(u"source.dir"_s);
    dumpTo(server, u"source"_s, file, {u"--compress=gzip:6"_s});
    dumpTo(server, u"source"_s, directory, {u"--format=directory"_s, u"--jobs=2"_s});
    server.dropDatabase(u"source"_s);
    TaskContext context;
    const auto inspection = backup::inspectAgain(file, context);
    if (!inspection || inspection->index.blocks.size() != 12)
        qFatal("the dump cannot be read");

    Series ours{u"Mayday beside the database, 2 connections"_s};
    Series full{u"the same until the statistics are full"_s};
    Series single{u"Mayday beside the schema, 1 connection"_s};
    Series peer{u"pg_restore -j2 (no proof, no ANALYZE)"_s};
    for (int round = 0; round < rounds; ++round) {
        restore::RestorePlan plan{.id = {},
                                  .file = file,
                                  .target = server.createDatabase(u"shop%1"_s.arg(round)),
                                  .environment = u"bench"_s,
                                  .mode = restore::RestoreMode::ReplaceDatabase,
                                  .connections = 2};
        const auto [live, refined] = restoreProven(plan, *inspection);
        ours.seconds.push_back(live);
        full.seconds.push_back(refined);
        dropAll(server);

        const auto target = server.createDatabase(u"peer%1"_s.arg(round));
        QProcess pgRestore;
        prepare(pgRestore, server);
        QElapsedTimer timer;
        timer.start();
        runOrDie(pgRestore, u"pg_restore"_s,
                 {u"-j2"_s, u"--dbname="_s + target.withoutPassword(), directory});
        peer.seconds.push_back(seconds(timer));
        dropAll(server);

        plan.target = server.createDatabase(u"shop%1s"_s.arg(round));
        plan.mode = restore::RestoreMode::Replace;
        single.seconds.push_back(restoreProven(plan, *inspection).untilLive);
        dropAll(server);
    }
    report(u"Restore of twelve tables, local server"_s, {ours, full, single, peer},
           parser.value(json),
           {{u"plainBytes"_s, inspection->plainBytes}, {u"fileBytes"_s, QFileInfo(file).size()}},
           {{.name = u"beside the database until live, against pg_restore -j2"_s,
             .value = ours.median() / peer.median(),
             .limit = goalRatio,
             .unit = u" times"_s}});
    return 0;
}
