// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "core/profile.h"
#include "core/result.h"

#include <QJsonObject>
#include <QStringList>

#include <optional>

namespace mayday::ctl {

/// What the caller of a script is told by a number. Documented in --help and the manual page.
enum class ExitCode : int {
    Done = 0, ///< done and proven
    DoneWithDifferences = 1,
    NotDone = 2,        ///< nothing changed
    NotDoneAndLeft = 3, ///< not done, and something is left; the text says what
    Usage = 64,         ///< the call's words are off (sysexits.h EX_USAGE)
};

/// Where a command speaks: one JSON document or text on stdout, everything else on stderr.
class Output final {
public:
    Output(bool json, bool progressJson) : m_json(json), m_progressJson(progressJson) {}

    [[nodiscard]] bool isJson() const { return m_json; }
    /// The answer. With --json the document, otherwise the text.
    void answer(const QJsonObject &document, const QString &text) const;
    /// A piece of a long answer that is no JSON, as it is.
    [[nodiscard]] Result<void> pass(QByteArrayView bytes) const;
    /// A failure before there was an answer, in the same shape every time.
    ExitCode fail(const Error &error, ExitCode code = ExitCode::NotDone) const;
    /// The same of a command whose document has its keys whatever happens; it holds the error.
    ExitCode fail(const Error &error, const QJsonObject &document) const;
    /// A line for people, on stderr; silent with --json.
    void say(const QString &line) const;
    /// A question to whoever sits at the terminal, on stderr; also with --json, since the answer is
    /// waited for.
    void ask(const QString &line) const;
    /// How far it is: JSON lines with --progress json, a line that rewrites itself on a terminal.
    void progress(const QString &phase, qint64 done, qint64 total) const;
    /// Takes the line that rewrites itself off the terminal, so that the answer begins a clean one.
    void endProgress() const;

private:
    bool m_json;
    bool m_progressJson;
};

/// What every command is given.
struct Call {
    Profile profile;
    const Clock &clock;
    Output output;
    QStringList arguments; ///< after the command's own name
};

/// One subcommand. run() parses its own arguments; bad ones are ExitCode::Usage with a reason.
struct Command {
    QString name;
    QString usage;   ///< "inspect FILE"
    QString summary; ///< one line
    QString options; ///< lines for its own --help; empty when it has none
    ExitCode (*run)(const Call &call);
};

[[nodiscard]] const QList<Command> &commands();

[[nodiscard]] ExitCode runInspect(const Call &call);
[[nodiscard]] ExitCode runDump(const Call &call);
[[nodiscard]] ExitCode runRestore(const Call &call);
[[nodiscard]] ExitCode runCopy(const Call &call);
[[nodiscard]] ExitCode runPutBack(const Call &call);
[[nodiscard]] ExitCode runDigest(const Call &call);
[[nodiscard]] ExitCode runCompare(const Call &call);
[[nodiscard]] ExitCode runBringBack(const Call &call);
[[nodiscard]] ExitCode runKept(const Call &call);
[[nodiscard]] ExitCode runDiscard(const Call &call);
[[nodiscard]] ExitCode runStatus(const Call &call);
[[nodiscard]] ExitCode runRunbook(const Call &call);

/// A number as people read it: "12,000".
[[nodiscard]] QString amount(qint64 value);
/// Says why the words are off and where the help is.
[[nodiscard]] ExitCode usageError(const Call &call, const QString &reason);
/// The value of --name VALUE or --name=VALUE taken out of the arguments; none when absent.
[[nodiscard]] std::optional<QString> takeOption(QStringList &arguments, const QString &name);
/// Of one that may be said again: all its values, in order.
[[nodiscard]] QStringList takeOptions(QStringList &arguments, const QString &name);
/// Whether the flag was there; it is taken out.
[[nodiscard]] bool takeFlag(QStringList &arguments, const QString &name);
/// What is still there and looks like an option: nobody knows it. A file of that name is ./-name.
[[nodiscard]] std::optional<QString> unknownOption(const QStringList &arguments);

} // namespace mayday::ctl
