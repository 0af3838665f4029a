// SPDX-License-Identifier: GPL-3.0-or-later
// Inspects a .sql.gz of realistic rows by Mayday and inflates it to nowhere by gunzip, in turn.
#include "backup/dumpopener.h"
#include "backup/inspectionindex.h"
#include "bench/benchtable.h"
#include "bench/samplerows.h"
#include "dump/dumpinspection.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>

using namespace mayday;
using namespace Qt::StringLiterals;

namespace {

constexpr int rounds = 3;
/// On two cores the reading may not take longer than unpacking alone, and a tenth.
constexpr double goalRatio = 1.10;
constexpr double goalAgain = 0.050;

void runOrDie(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.setStandardOutputFile(QProcess::nullDevice());
    process.start(program, arguments);
    if (!process.waitForFinished(-1) || process.exitCode() != 0)
        qFatal("%s: %s", qPrintable(program), process.readAllStandardError().constData());
}

double secondsOf(const std::function<void()> &work)
{
    QElapsedTimer timer;
    timer.start();
    work();
    return static_cast<double>(timer.nsecsElapsed()) / 1e9;
}

void inspect(const QString &file, qint64 rows)
{
    TaskContext context;
    const auto found = backup::inspectDump(file, context);
    if (!found || found->verdict != dump::DumpVerdict::Complete ||
        found->tables.front().rows != rows)
        qFatal("the verdict is wrong");
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

    QTemporaryDir folder;
    const QString plain = folder.filePath(u"sample.sql"_s);
    const qint64 rows = bench::writeSampleDump(plain, parser.value(size).toLongLong() * 1'000'000);
    if (rows < 0)
        qFatal("the sample cannot be written");
    const qint64 plainBytes = QFileInfo(plain).size();
    runOrDie(u"gzip"_s, {u"-6"_s, plain});
    const QString file = plain + u".gz"_s;
    const qint64 fileBytes = QFileInfo(file).size();

    bench::Series ours{u"Mayday: inspect"_s};
    bench::Series peer{u"gunzip -c > /dev/null"_s};
    inspect(file, rows); // both find the file in the page cache
    for (int round = 0; round < rounds; ++round) {
        ours.seconds.push_back(secondsOf([&] { inspect(file, rows); }));
        peer.seconds.push_back(secondsOf([&] { runOrDie(u"gunzip"_s, {u"-c"_s, file}); }));
    }
    // As the window and maydayctl open it: the second time there is nothing to read.
    bench::Series again{u"Mayday: second opening"_s};
    TaskContext context;
    if (!backup::inspectAgain(file, context))
        qFatal("it cannot be read");
    for (int round = 0; round < rounds; ++round)
        again.seconds.push_back(secondsOf([&] {
            const auto known = backup::inspectUnlessKnown(file, context);
            if (!known || known->tables.front().rows != rows)
                qFatal("the second answer is wrong");
        }));
    const double ratio = static_cast<double>(plainBytes) / static_cast<double>(fileBytes);
    bench::report(u"Inspect %1 MB of rows, compressed %2 : 1"_s.arg(plainBytes / 1'000'000)
                      .arg(ratio, 0, 'f', 1),
                  {ours, again, peer}, parser.value(json),
                  {{u"plainBytes"_s, plainBytes}, {u"fileBytes"_s, fileBytes}, {u"rows"_s, rows}},
                  {{.name = u"inspect, against gunzip alone"_s,
                    .value = ours.median() / peer.median(),
                    .limit = goalRatio,
                    .unit = u" times"_s},
                   {.name = u"second opening"_s,
                    .value = again.median(),
                    .limit = goalAgain,
                    .unit = u" s"_s}});
    return 0;
}
