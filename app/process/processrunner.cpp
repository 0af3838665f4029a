// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/processrunner.h"

#include "core/redactor.h"

#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QProcessEnvironment>

#ifndef Q_OS_WIN
#include <csignal>
#endif

using namespace Qt::StringLiterals;

namespace mayday::process {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A stop or a time limit is seen within this time.
constexpr int slice = 50;
constexpr milliseconds patience{2000};
constexpr milliseconds readingEvery{100};

/// From /proc/PID/io, as proc(5) describes it.
std::optional<qint64> bytesReadBy(qint64 pid)
{
    QFile file(u"/proc/%1/io"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith("rchar: "))
            return line.sliced(7).toLongLong();
    }
    return std::nullopt;
}

/// One running program. Lives in one blocking call on one worker.
class Run final {
public:
    Run(const CommandLine &command, const RunOptions &options, TaskContext &context)
        : m_command(command), m_options(options), m_context(context)
    {
    }

    Result<ProcessOutcome> toTheEnd();

private:
    [[nodiscard]] Result<void> start();
    [[nodiscard]] Result<void> takeOutput();
    void tellReading();
    [[nodiscard]] std::optional<Error> reasonToEnd() const;
    void endGroup();
    void tellGroup(bool kill);
    [[nodiscard]] QString subject() const { return QFileInfo(m_command.program).fileName(); }

    const CommandLine &m_command;
    const RunOptions &m_options;
    TaskContext &m_context;
    QProcess m_process;
    qint64 m_pid = 0;
    ProcessOutcome m_outcome;
    steady_clock::time_point m_began = steady_clock::now();
    steady_clock::time_point m_told = m_began;
};

Result<void> Run::start()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const auto &[name, value] : m_command.environment)
        environment.insert(name, QString::fromUtf8(value.reveal()));
    m_process.setProcessEnvironment(environment);
    if (!m_command.workingFolder.isEmpty())
        m_process.setWorkingDirectory(m_command.workingFolder);
#ifndef Q_OS_WIN
    // A group of its own, so that what the program starts ends with it.
    m_process.setUnixProcessParameters(QProcess::UnixProcessFlag::CreateNewSession |
                                       QProcess::UnixProcessFlag::ResetSignalHandlers);
#endif
    if (m_options.input.isEmpty())
        m_process.setStandardInputFile(QProcess::nullDevice());
    m_process.start(m_command.program, m_command.arguments);
    if (!m_process.waitForStarted(-1)) {
        return failure({.kind = ErrorKind::NotFound,
                        .subject = subject(),
                        .detail = u"it could not be started: "_s + m_process.errorString()});
    }
    m_pid = m_process.processId();
    if (!m_options.input.isEmpty()) {
        m_process.write(m_options.input);
        m_process.closeWriteChannel();
    }
    return {};
}

Result<void> Run::takeOutput()
{
    m_outcome.complaints += m_process.readAllStandardError();
    if (m_outcome.complaints.size() > m_options.captureLimit)
        m_outcome.complaints = m_outcome.complaints.last(m_options.captureLimit);
    const QByteArray piece = m_process.readAllStandardOutput();
    if (m_options.onOutput)
        return piece.isEmpty() ? Result<void>() : m_options.onOutput(piece);
    const qint64 room = std::max<qint64>(0, m_options.captureLimit - m_outcome.output.size());
    m_outcome.output += piece.first(std::min<qint64>(room, piece.size()));
    m_outcome.outputCut = m_outcome.outputCut || piece.size() > room;
    return {};
}

void Run::tellReading()
{
    const auto now = steady_clock::now();
    if (!m_options.onBytesRead || now - m_told < readingEvery)
        return;
    m_told = now;
    if (const auto bytes = bytesReadBy(m_pid))
        m_options.onBytesRead(*bytes);
}

std::optional<Error> Run::reasonToEnd() const
{
    if (m_context.stopRequested())
        return TaskContext::cancelled(subject(), u"the program was ended"_s);
    if (m_options.timeLimit && steady_clock::now() - m_began > *m_options.timeLimit) {
        return Error{.kind = ErrorKind::Timeout,
                     .subject = subject(),
                     .detail =
                         u"it was ended after %1 s"_s.arg(m_options.timeLimit->count() / 1000.0)};
    }
    return std::nullopt;
}

void Run::tellGroup(bool kill)
{
#ifdef Q_OS_WIN
    kill ? m_process.kill() : m_process.terminate();
#else
    ::kill(static_cast<pid_t>(-m_pid), kill ? SIGKILL : SIGTERM);
#endif
}

void Run::endGroup()
{
    tellGroup(false);
    const auto limit = steady_clock::now() + patience;
    while (m_process.state() != QProcess::NotRunning && steady_clock::now() < limit) {
        m_process.waitForFinished(slice);
        // Unread output would keep a program that flushes before it ends.
        m_process.readAllStandardOutput();
    }
    // The program may have ended before those it started.
    tellGroup(true);
    m_process.waitForFinished(-1);
}

Result<ProcessOutcome> Run::toTheEnd()
{
    if (const Result<void> started = start(); !started)
        return failure(started.error());
    while (m_process.state() != QProcess::NotRunning) {
        m_process.waitForReadyRead(slice);
        tellReading();
        std::optional<Error> end = reasonToEnd();
        if (const Result<void> taken = takeOutput(); !taken && !end)
            end = taken.error();
        if (end) {
            endGroup();
            return failure(*end);
        }
    }
    if (const Result<void> taken = takeOutput(); !taken)
        return failure(taken.error());
    if (m_process.exitStatus() == QProcess::CrashExit) {
        return failure({.kind = ErrorKind::Internal,
                        .subject = subject(),
                        .detail = u"the program crashed or was killed"_s});
    }
    m_outcome.exitCode = m_process.exitCode();
    m_outcome.duration = std::chrono::duration_cast<milliseconds>(steady_clock::now() - m_began);
    return std::move(m_outcome);
}

} // namespace

Result<ProcessOutcome> SystemProcessRunner::run(const CommandLine &command,
                                                const RunOptions &options, TaskContext &context)
{
    if (context.stopRequested())
        return failure(TaskContext::cancelled(command.program, u"the program was not started"_s));
    return Run(command, options, context).toTheEnd();
}

Result<ProcessOutcome> succeeded(Result<ProcessOutcome> outcome, const CommandLine &command)
{
    if (!outcome || outcome->exitCode == 0)
        return outcome;
    const QString complaints = QString::fromUtf8(outcome->complaints).trimmed();
    return failure({.kind = ErrorKind::Refused,
                    .subject = QFileInfo(command.program).fileName(),
                    .detail = u"exit code %1: %2"_s.arg(outcome->exitCode)
                                  .arg(redacted(complaints.section(u'\n', -1)))});
}

} // namespace mayday::process
