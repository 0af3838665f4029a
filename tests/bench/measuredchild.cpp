// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/measuredchild.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>

#include <algorithm>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace mayday::bench {

namespace {

constexpr int lookEvery = 3; ///< milliseconds

/// In kilobytes, so far; 0 once it has ended. What wait4() tells is never less than what this
/// process had when it started the other.
qint64 peakKilobytes(pid_t child)
{
    QFile status(u"/proc/%1/status"_s.arg(child));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmHWM:"))
            return line.mid(6).simplified().split(' ').value(0).toLongLong();
    }
    return 0;
}

} // namespace

QString besideThis(const QString &program)
{
    return QCoreApplication::applicationDirPath() + u'/' + program;
}

Spent measured(const QString &program, const QStringList &arguments, int highestCode)
{
    QByteArrayList texts{program.toUtf8()};
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
    QElapsedTimer timer;
    timer.start();
    const bool isStarted =
        ::posix_spawnp(&child, pointers.front(), &files, nullptr, pointers.data(), environ) == 0;
    ::posix_spawn_file_actions_destroy(&files);
    int status = 0;
    qint64 kilobytes = 0;
    while (isStarted && ::waitpid(child, &status, WNOHANG) == 0) {
        kilobytes = std::max(kilobytes, peakKilobytes(child));
        (void)::poll(nullptr, 0, lookEvery);
    }
    if (!isStarted || !WIFEXITED(status) || WEXITSTATUS(status) > highestCode)
        qFatal("%s %s failed", qPrintable(program), qPrintable(arguments.join(u' ')));
    return {.seconds = static_cast<double>(timer.nsecsElapsed()) / 1e9,
            .megabytes = static_cast<double>(kilobytes) / 1024.0};
}

} // namespace mayday::bench
