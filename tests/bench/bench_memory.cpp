// SPDX-License-Identifier: GPL-3.0-or-later
// What maydayctl takes in memory to inspect and to restore dumps of different sizes: to be flat.
#include "bench/benchtable.h"
#include "bench/measuredchild.h"
#include "bench/samplerows.h"
#include "support/temppostgres.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QTemporaryDir>

#include <algorithm>

using namespace mayday;
using namespace Qt::StringLiterals;

namespace {

/// More than this between the smallest and the largest dump is not flat, in MB.
constexpr double goalGrowth = 8;
constexpr double goalAboveIdle = 64;

double peakOf(const QStringList &arguments)
{
    return bench::measured(bench::besideThis(u"maydayctl"_s), arguments).megabytes;
}

/// How much more the largest took than the smallest.
double growthOf(const std::vector<double> &peaks)
{
    const auto [low, high] = std::ranges::minmax(peaks);
    return high - low;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption json(u"json"_s, u"Where to write the figures"_s, u"FILE"_s);
    const QCommandLineOption size(u"megabytes"_s, u"Sizes of the plain dump, with commas"_s,
                                  u"MB"_s, u"100,1000,4000"_s);
    parser.addOptions({json, size});
    parser.addHelpOption();
    parser.process(application);

    tests::TempPostgres server;
    qputenv("PGPASSWORD", server.password().reveal());
    QTemporaryDir folder;
    const QString profile = folder.filePath(u"profile"_s);
    const double idle = peakOf({u"--version"_s});
    std::printf("\nMemory of maydayctl, peak, MB; idle %.1f\n%-14s %12s %12s\n", idle, "plain dump",
                "inspect", "restore");
    QJsonArray rows;
    std::vector<double> inspections;
    std::vector<double> restores;
    for (const QString &megabytes : parser.value(size).split(u',')) {
        const QString file = folder.filePath(u"sample.sql"_s);
        if (bench::writeSampleDump(file, megabytes.toLongLong() * 1'000'000) < 0)
            qFatal("the sample cannot be written");
        const double inspect = peakOf({u"inspect"_s, file, u"--again"_s, u"--profile"_s, profile});
        const auto target = server.createDatabase(u"memory"_s + megabytes);
        const double restore = peakOf({u"restore"_s, file, u"--target"_s, target.withoutPassword(),
                                       u"--yes"_s, u"--profile"_s, profile});
        server.dropDatabase(u"memory"_s + megabytes);
        std::printf("%10s MB %12.1f %12.1f\n", qPrintable(megabytes), inspect, restore);
        std::fflush(stdout);
        inspections.push_back(inspect);
        restores.push_back(restore);
        rows.append(QJsonObject{{u"plainBytes"_s, QFileInfo(file).size()},
                                {u"inspectPeakMegabytes"_s, inspect},
                                {u"restorePeakMegabytes"_s, restore}});
    }
    const QJsonArray aims = bench::report(
        {{.name = u"inspect: the largest over the smallest"_s,
          .value = growthOf(inspections),
          .limit = goalGrowth,
          .unit = u" MB"_s},
         {.name = u"restore: the largest over the smallest"_s,
          .value = growthOf(restores),
          .limit = goalGrowth,
          .unit = u" MB"_s},
         {.name = u"the most of all above idle"_s,
          .value = std::max(std::ranges::max(inspections), std::ranges::max(restores)) - idle,
          .limit = goalAboveIdle,
          .unit = u" MB"_s}});
    const QJsonObject figures{{u"title"_s, u"Memory of maydayctl"_s},
                              {u"idleMegabytes"_s, idle},
                              {u"sizes"_s, rows},
                              {u"aims"_s, aims}};
    return bench::writeFigures(parser.value(json), figures) ? 0 : 1;
}
