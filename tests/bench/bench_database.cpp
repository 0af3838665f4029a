// SPDX-License-Identifier: GPL-3.0-or-later
// Twelve tables: by Mayday beside the database over two connections, and by "pg_restore -j2" from
// the directory format, in turn, on the same server. Then one of the tables alone.
#include "backup/inspectionindex.h"
#include "bench/benchserver.h"
#include "bench/benchtable.h"
#include "core/clock.h"
#include "restore/restorerunner.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QTemporaryDir>

using namespace mayday;
using namespace mayday::bench;
using namespace Qt::StringLiterals;

namespace {

constexpr int rounds = 3;

void dumpTo(tests::TempPostgres &server, const QString &path, const QStringList &options)
{
    QProcess dump;
    prepare(dump, server);
    runOrDie(dump, u"pg_dump"_s,
             options + QStringList{u"--file="_s + path,
                                   u"--dbname="_s +
                                       server.connectionString(u"source"_s).withoutPassword()});
}

/// Until it is live, and until its statistics are full.
std::pair<double, double> restoreOnce(restore::RestorePlan plan,
                                      const dump::DumpInspection &inspection)
{
    const SystemClock clock;
    plan.id = restore::freshRestoreId(clock.now());
    plan.plannedAt = clock.now();
    TaskContext context;
    QElapsedTimer timer;
    timer.start();
    const auto receipt = restore::RestoreRunner(plan, clock, {}).run(inspection, context);
    if (receipt.verdict != restore::Verdict::Proven)
        qFatal("not proven: %s",
               receipt.error ? qPrintable(describe(*receipt.error)) : "differences");
    return {receipt.seconds, seconds(timer)};
}

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
    dumpTo(server, file, {u"--compress=gzip:6"_s});
    dumpTo(server, directory, {u"--format=directory"_s, u"--jobs=2"_s});
    server.dropDatabase(u"source"_s);
    TaskContext context;
    const auto inspection = backup::inspectAgain(file, context);
    if (!inspection || inspection->index.blocks.size() != 12)
        qFatal("the dump cannot be read");

    Series ours{u"Mayday beside the database, 2 connections"_s};
    Series full{u"the same until the statistics are full"_s};
    Series single{u"Mayday beside the schema, 1 connection"_s};
    Series table{u"Mayday: a copy of one table of the twelve"_s};
    Series peer{u"pg_restore -j2 (no proof, no ANALYZE)"_s};
    for (int round = 0; round < rounds; ++round) {
        restore::RestorePlan plan{.id = {},
                                  .file = file,
                                  .target = server.createDatabase(u"shop%1"_s.arg(round)),
                                  .environment = u"bench"_s,
                                  .mode = restore::RestoreMode::ReplaceDatabase,
                                  .connections = 2};
        const auto [live, refined] = restoreOnce(plan, *inspection);
        ours.seconds.push_back(live);
        full.seconds.push_back(refined);
        plan.mode = restore::RestoreMode::Copy;
        plan.tables = {{u"public"_s, u"products_7"_s}};
        table.seconds.push_back(restoreOnce(plan, *inspection).first);
        dropAll(server);
        plan.target = server.createDatabase(u"shop%1s"_s.arg(round));
        plan.mode = restore::RestoreMode::Replace;
        plan.tables.clear();
        single.seconds.push_back(restoreOnce(plan, *inspection).first);
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
    }
    report(u"Restore of twelve tables, local server"_s, {ours, full, single, table, peer},
           parser.value(json),
           {{u"plainBytes"_s, inspection->plainBytes}, {u"fileBytes"_s, QFileInfo(file).size()}});
    return 0;
}
