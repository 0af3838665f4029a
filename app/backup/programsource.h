// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/bytesource.h"
#include "process/commandline.h"

#include <QByteArray>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace mayday::backup {

/// What a program writes, as a source: pg_restore turning an archive into SQL text. The program
/// runs a quarter of a megabyte ahead at most. An exit code other than 0 is Corrupt, after all that
/// was written before; so is two minutes without reading or writing a byte, where that can be seen.
///
/// Owns the program; the destructor ends it.
class ProgramSource final : public archive::ByteSource {
public:
    struct Options {
        QString subject;      ///< the archive, for errors
        QString format;       ///< "custom"
        qint64 total = 0;     ///< bytes of the file it came in
        qint64 unpacked = 0;  ///< bytes of the archive the program reads
        std::stop_token stop; ///< ends the program as well
    };

    ProgramSource(process::CommandLine command, Options options);
    ~ProgramSource() override;

    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    /// As far as the system tells what the program has read; at most total().
    [[nodiscard]] qint64 consumed() const override { return m_consumed; }
    [[nodiscard]] qint64 total() const override { return m_options.total; }
    [[nodiscard]] QString format() const override { return m_options.format; }
    [[nodiscard]] bool endedEarly() const override;

private:
    void run(const std::stop_token &stop);
    [[nodiscard]] Result<void> take(QByteArrayView piece, const std::stop_token &stop);
    [[nodiscard]] std::optional<Error> runProgram(const std::stop_token &stop);
    void noteReading(qint64 bytes);

    const process::CommandLine m_command;
    const Options m_options;
    std::atomic<qint64> m_consumed = 0;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    QByteArray m_ready;                               ///< written and not taken
    std::chrono::steady_clock::time_point m_lastSign; ///< of life; the program's thread only
    qint64 m_bytesRead = 0;
    bool m_isStuck = false;
    bool m_hasEnded = false;
    bool m_endedEarly = false;
    std::optional<Error> m_error;
    QByteArray m_given; ///< the reader's own, with how much of it is used
    qsizetype m_used = 0;
    std::jthread m_thread;
    std::stop_callback<std::function<void()>> m_onStop; // last: gone before the thread is joined
};

} // namespace mayday::backup
