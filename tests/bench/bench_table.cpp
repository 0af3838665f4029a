// SPDX-License-Identifier: GPL-3.0-or-later
// One table of twenty out of a dump, against all of them: its time is to be in proportion to its
// size, since nothing but its own part of the file is sent to the server.
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
constexpr int tables = 20;
/// The table's share of the time may be so many times its share of the rows: the file is read up to
/// it, and opening a restore costs the same for any size.
constexpr double goalShares = 2.0;

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
    fillShop(server, u"source"_s, parser.value(size).toLongLong() * 1'000'000, tables);
    const QString file = folder.filePath(u"source.sql.gz"_s);
    dumpTo(server, u"source"_s, file, {u"--compress=gzip:6"_s});
    server.dropDatabase(u"source"_s);
    TaskContext context;
    const auto inspection = backup::inspectAgain(file, context);
    if (!inspection || inspection->tables.size() != tables)
        qFatal("the dump cannot be read");

    Series first{u"Mayday: a copy of the first table of 20"_s};
    Series middle{u"Mayday: a copy of one in the middle"_s};
    Series all{u"Mayday: a copy of all 20"_s};
    const auto copyOf = [&](const QString &table) {
        const QString name = u"shop"_s;
        restore::RestorePlan plan{.id = {},
                                  .file = file,
                                  .target = server.createDatabase(name),
                                  .environment = u"bench"_s,
                                  .mode = restore::RestoreMode::Copy};
        if (!table.isEmpty())
            plan.tables = {{u"public"_s, table}};
        const double took = restoreProven(plan, *inspection).untilLive;
        server.dropDatabase(name);
        return took;
    };
    for (int round = 0; round < rounds; ++round) {
        first.seconds.push_back(copyOf(u"products_0"_s));
        middle.seconds.push_back(copyOf(u"products_7"_s));
        all.seconds.push_back(copyOf({}));
    }
    const double share = 1.0 / tables;
    const double ofTime = middle.median() / all.median();
    std::printf("one table of %d has %.1f %% of the rows and takes %.1f %% of the time\n", tables,
                100 * share, 100 * ofTime);
    report(u"A copy of one table of twenty, local server"_s, {first, middle, all},
           parser.value(json),
           {{u"tables"_s, tables},
            {u"plainBytes"_s, inspection->plainBytes},
            {u"fileBytes"_s, QFileInfo(file).size()},
            {u"shareOfRows"_s, share},
            {u"shareOfTime"_s, ofTime}},
           {{.name = u"the table's share of the time, in shares of the rows"_s,
             .value = ofTime / share,
             .limit = goalShares}});
    return 0;
}
