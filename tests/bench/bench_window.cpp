// SPDX-License-Identifier: GPL-3.0-or-later
// How long the window stands still while it restores a hundred megabytes of rows: the tour, as far
// as its restore, in the real window with real keys and clicks.
#include "bench/benchtable.h"
#include "bench/measuredchild.h"

#include <QCoreApplication>
#include <QTemporaryDir>

using namespace mayday;
using namespace mayday::bench;
using namespace Qt::StringLiterals;

namespace {

constexpr int rounds = 3;
constexpr double goalSeconds = 0.050;

QJsonObject figuresOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s: %s", qPrintable(path), qPrintable(file.errorString()));
    return QJsonDocument::fromJson(file.readAll()).object();
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption json(u"json"_s, u"Where to write the figures"_s, u"FILE"_s);
    const QCommandLineOption size(u"megabytes"_s, u"Size of the plain dump"_s, u"MB"_s, u"100"_s);
    parser.addOptions({json, size});
    parser.addHelpOption();
    parser.process(application);

    const QTemporaryDir folder;
    const QString figures = folder.filePath(u"figures.json"_s);
    Series before{u"until it loads"_s};
    Series during{u"while it loads, proves and swaps"_s};
    QJsonArray runs;
    for (int round = 0; round < rounds; ++round) {
        (void)measured(besideThis(u"mayday_tour"_s),
                       {u"--pictures"_s, folder.path(), u"--megabytes"_s, parser.value(size),
                        u"--figures"_s, figures});
        const QJsonObject run = figuresOf(figures);
        before.seconds.push_back(run[u"before"_s][u"longest"_s].toDouble() / 1000.0);
        during.seconds.push_back(run[u"during"_s][u"longest"_s].toDouble() / 1000.0);
        runs.append(run);
    }
    report(u"The longest stall of the window around a restore"_s,
           {before, during, {u"goal"_s, {goalSeconds}}}, parser.value(json), {{u"runs"_s, runs}},
           {{.name = u"the longest stall until it loads"_s,
             .value = std::ranges::max(before.seconds),
             .limit = goalSeconds,
             .unit = u" s"_s},
            {.name = u"the longest stall while it restores"_s,
             .value = std::ranges::max(during.seconds),
             .limit = goalSeconds,
             .unit = u" s"_s}});
    return 0;
}
