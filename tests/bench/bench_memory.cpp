// SPDX-License-Identifier: GPL-3.0-or-later
// What maydayctl takes in memory to inspect and to restore dumps of different sizes: to be flat.
#include "bench/benchtable.h"
#include "bench/samplerows.h"
#include "support/temppostgres.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QTemporaryDir>

#include <array>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mayday;
using namespace Qt::StringLiterals;

namespace {

/// The most memory that one run of maydayctl had, in MB. Its answer is thrown away; a failure ends
/// the benchmark.
double peakOf(const QStringList &arguments)
{
    QByteArrayList texts{(QCoreApplication::applicationDirPath() + u"/maydayctl"_s).toUtf8()};
    for (const QString &argument : arguments)
        texts.append(argument.toUtf8());
    std::vector<char *> pointers;
    for (QByteArray &text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const bool isStarted =
        ::posix_spawn(&child, pointers.front(), &files, nullptr, pointers.data(), environ) == 0;
    ::posix_spawn_file_actions_destroy(&files);
    int status = 0;
    rusage used{};
    if (!isStarted || ::wait4(child, &status, 0, &used) != child || status != 0)
        qFatal("maydayctl %s failed", qPrintable(arguments.join(u' ')));
    return static_cast<double>(used.ru_maxrss) / 1024.0;
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
        rows.append(QJsonObject{{u"plainBytes"_s, QFileInfo(file).size()},
                                {u"inspectPeakMegabytes"_s, inspect},
                                {u"restorePeakMegabytes"_s, restore}});
    }
    if (QFile out(parser.value(json)); parser.isSet(json) && out.open(QIODevice::WriteOnly))
        out.write(QJsonDocument(QJsonObject{{u"title"_s, u"Memory of maydayctl"_s},
                                            {u"idleMegabytes"_s, idle},
                                            {u"rows"_s, rows}})
                      .toJson());
    return 0;
}
