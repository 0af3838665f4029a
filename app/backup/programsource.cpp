// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/programsource.h"

#include "core/redactor.h"
#include "process/processrunner.h"

#include <QFileInfo>

#include <algorithm>
#include <cstring>

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

constexpr qsizetype mostAhead = 256 * 1024;
constexpr std::chrono::minutes mostSilence{2};

/// "pg_restore: error: could not read from input file: end of file" -> what stands behind "error: "
QString complaintOf(const process::ProcessOutcome &outcome)
{
    const QString last =
        QString::fromUtf8(outcome.complaints).trimmed().section(u'\n', -1).trimmed();
    return redacted(last.section(u"error: "_s, -1));
}

} // namespace

ProgramSource::ProgramSource(process::CommandLine command, Options options)
    : m_command(std::move(command)),
      m_options(std::move(options)),
      m_thread([this](const std::stop_token &stop) { run(stop); }),
      m_onStop(m_options.stop, [this] { m_thread.request_stop(); })
{
}

ProgramSource::~ProgramSource() = default;

Result<void> ProgramSource::take(QByteArrayView piece, const std::stop_token &stop)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, stop, [this] { return m_ready.size() < mostAhead; });
    if (stop.stop_requested())
        return failure(TaskContext::cancelled(m_options.subject, u"reading stopped"_s));
    m_lastSign = std::chrono::steady_clock::now(); // also after a wait for the reader
    m_ready.append(piece);
    m_changed.notify_all();
    return {};
}

void ProgramSource::noteReading(qint64 bytes)
{
    const double part =
        static_cast<double>(bytes) / static_cast<double>(std::max<qint64>(1, m_options.unpacked));
    m_consumed =
        std::min(m_options.total, static_cast<qint64>(part * static_cast<double>(m_options.total)));
    const auto now = std::chrono::steady_clock::now();
    if (bytes != m_bytesRead)
        m_lastSign = now;
    m_bytesRead = bytes;
    if (now - m_lastSign < mostSilence)
        return;
    m_isStuck = true;
    m_thread.request_stop();
}

std::optional<Error> ProgramSource::runProgram(const std::stop_token &stop)
{
    process::SystemProcessRunner runner;
    TaskContext context(stop);
    const process::RunOptions options{
        .onOutput = [this, &stop](QByteArrayView piece) { return take(piece, stop); },
        .onBytesRead =
            [this](qint64 bytes) {
                noteReading(bytes);
            }};
    m_lastSign = std::chrono::steady_clock::now();
    const auto outcome = runner.run(m_command, options, context);
    const QString program = QFileInfo(m_command.program).fileName();
    if (m_isStuck)
        return Error{.kind = ErrorKind::Corrupt,
                     .subject = m_options.subject,
                     .detail = u"%1 cannot get through it: it neither read nor wrote a byte for "
                               "two minutes"_s.arg(program),
                     .advice = Advice::DownloadAgain};
    if (!outcome)
        return outcome.error();
    m_consumed = m_options.total;
    if (outcome->exitCode == 0)
        return std::nullopt;
    m_endedEarly = outcome->complaints.contains("end of file");
    return Error{.kind = ErrorKind::Corrupt,
                 .subject = m_options.subject,
                 .detail = u"%1 cannot read it: %2"_s.arg(program, complaintOf(*outcome)),
                 .advice = Advice::DownloadAgain};
}

void ProgramSource::run(const std::stop_token &stop)
{
    std::optional<Error> error = runProgram(stop);
    const std::scoped_lock lock(m_mutex);
    m_error = std::move(error);
    m_hasEnded = true;
    m_changed.notify_all();
}

bool ProgramSource::endedEarly() const
{
    const std::scoped_lock lock(m_mutex);
    return m_hasEnded && m_endedEarly;
}

Result<qsizetype> ProgramSource::read(std::span<char> buffer)
{
    if (m_used == m_given.size()) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_hasEnded || !m_ready.isEmpty(); });
        if (m_ready.isEmpty())
            return m_error ? Result<qsizetype>(failure(*m_error)) : 0;
        m_given.clear();
        m_used = 0;
        m_given.swap(m_ready);
        m_changed.notify_all();
    }
    const qsizetype size = std::min(m_given.size() - m_used, static_cast<qsizetype>(buffer.size()));
    std::memcpy(buffer.data(), m_given.constData() + m_used, static_cast<size_t>(size));
    m_used += size;
    return size;
}

} // namespace mayday::backup
