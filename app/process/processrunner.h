// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/taskcontext.h"
#include "process/commandline.h"

#include <QByteArray>

#include <chrono>
#include <functional>
#include <optional>

namespace mayday::process {

/// Where the output of a program goes and how long it may take.
struct RunOptions {
    /// Takes standard output piece by piece instead of ProcessOutcome::output; an Error from it
    /// ends the program and is returned.
    std::function<Result<void>(QByteArrayView)> onOutput = {};
    /// Kept of each captured stream: the beginning of the output, the end of the complaints.
    qint64 captureLimit = 1024 * 1024;
    /// Told now and then how many bytes the program has read from disks and pipes so far, its
    /// libraries among them, where the system says so (Linux).
    std::function<void(qint64)> onBytesRead = {};
    QByteArray input = {}; ///< given as standard input, which is then closed
    std::optional<std::chrono::milliseconds> timeLimit = std::nullopt;
};

/// How a program ended. A non-zero exit code is an outcome, not an Error: the caller knows what it
/// means.
struct ProcessOutcome {
    int exitCode = 0;
    QByteArray output = {};
    QByteArray complaints = {}; ///< standard error
    bool outputCut = false;
    std::chrono::milliseconds duration{0};
};

/// Runs programs (a port, so that tests can answer for them). Blocks; any worker thread;
/// thread-safe.
class ProcessRunner {
public:
    virtual ~ProcessRunner() = default;
    /// NotFound when the program cannot be started, Cancelled and Timeout when it was ended by us,
    /// Internal when it crashed.
    [[nodiscard]] virtual Result<ProcessOutcome>
    run(const CommandLine &command, const RunOptions &options, TaskContext &context) = 0;
    [[nodiscard]] Result<ProcessOutcome> run(const CommandLine &command, TaskContext &context)
    {
        return run(command, RunOptions{}, context);
    }
};

/// The real thing. A program and all it started end together: after a stop, a time limit or a
/// failing sink the whole group gets two seconds to end by itself, then it is killed.
class SystemProcessRunner final : public ProcessRunner {
public:
    using ProcessRunner::run;
    [[nodiscard]] Result<ProcessOutcome> run(const CommandLine &command, const RunOptions &options,
                                             TaskContext &context) override;
};

/// The outcome when the exit code is 0; else Refused with the last line of the complaints,
/// redacted.
[[nodiscard]] Result<ProcessOutcome> succeeded(Result<ProcessOutcome> outcome,
                                               const CommandLine &command);

} // namespace mayday::process
