// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/id.h"

#include <QByteArray>
#include <QDate>
#include <QHashFunctions>
#include <QList>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>
#include <utility>

namespace mayday::runbook {

using RunbookId = Id<struct RunbookTag>;

/// Names a step inside its runbook: "<phase-slug>/<step-slug>[-n]". It comes from the words of the
/// step, so it survives reordering and edits elsewhere in the file. A value; empty means "none".
struct StepId {
    QString value;

    [[nodiscard]] auto operator<=>(const StepId &) const = default;
    [[nodiscard]] bool operator==(const StepId &) const = default;
    friend size_t qHash(const StepId &id, size_t seed = 0) { return qHash(id.value, seed); }
};

/// A fenced block of a step, as written: shown, copied, run only when a person asks.
struct CommandBlock {
    QString language; ///< lower case: "bash", "sh", "sql", "http"; empty when not named
    QString text;     ///< without the last newline; {{variables}} not yet filled
    bool write = false;
    bool danger = false; ///< wants a typed confirmation
    std::optional<std::chrono::seconds> timeout = std::nullopt;
    QString expect = {}; ///< from {expect="..."}; empty when not asked for
    qint64 line = 0;

    [[nodiscard]] bool operator==(const CommandBlock &) const = default;
};

/// A link `do:rollback?service=backend` or `check:http?...`: only known verbs with known parameters
/// become one (see VerbRegistry).
struct VerbCall {
    QString verb;
    QList<std::pair<QString, QString>> parameters; ///< decoded, in the order written
    QString label;                                 ///< the words of the link
    qint64 line = 0;

    /// The first value of that name; empty when absent.
    [[nodiscard]] QString parameter(const QString &name) const;
    [[nodiscard]] bool operator==(const VerbCall &) const = default;
};

/// An ordinary link (https, http, mailto): opened only after a click.
struct WebLink {
    QString label;
    QString url;
    qint64 line = 0;

    [[nodiscard]] bool operator==(const WebLink &) const = default;
};

/// One item of a checklist. All text is plain text, never markup: show it as such. Lists, tables
/// and HTML inside a step arrive as lines of text.
struct Step {
    StepId id;
    QString action; ///< the first sentence, without its full stop
    QString body;   ///< the rest; paragraphs parted by an empty line
    QString expect;
    QString check;
    QString ifNot;
    QString undo;
    QString why;
    QList<CommandBlock> commands;
    QList<VerbCall> actions; ///< buttons
    QList<VerbCall> checks;  ///< all must hold for the step to tick itself
    QList<WebLink> links;
    std::optional<std::chrono::seconds> estimate; ///< from "(2 min)" at the end of the action
    bool required = true;                         ///< false when the action began with "Optional:"
    qint64 line = 0;                              ///< in the file the step was written in

    /// Mayday can look for itself whether this is so.
    [[nodiscard]] bool isSensed() const { return !checks.isEmpty(); }
    [[nodiscard]] bool operator==(const Step &) const = default;
};

/// 5 to 9 steps that end in a pause point. With an option it is one way of several: see Decision.
struct Group {
    QString title;  ///< empty for steps that stand directly under the phase
    QString option; ///< non-empty when the heading was "Option: name"
    QString note;   ///< prose between the heading and the first step
    QList<Step> steps;

    [[nodiscard]] bool operator==(const Group &) const = default;
};

struct Phase {
    QString title; ///< as written: "Immediate (0-15 min)"
    QString slug;  ///< "immediate": without what stands in brackets
    QList<Group> groups;

    [[nodiscard]] bool operator==(const Phase &) const = default;
};

/// Text to send to people, with [placeholders] in it.
struct MessageTemplate {
    QString name; ///< "initial", from the heading "Initial message"
    QString text;
    QStringList placeholders; ///< without brackets, each once, in order

    [[nodiscard]] bool operator==(const MessageTemplate &) const = default;
};

/// Where the phases of a file that others include belong: around their own ones.
enum class SharedPlace { None, Before, After };

enum class Tier { Critical, Major, Catastrophic };
/// "critical", "major", "catastrophic".
[[nodiscard]] QString tierKey(Tier tier);
[[nodiscard]] std::optional<Tier> tierFromKey(QStringView key);

/// One scenario: what to do in one disaster. A plain value, made by readRunbook(); any thread.
struct Runbook {
    RunbookId id;
    QString title;
    QString summary; ///< prose before the first phase
    Tier tier = Tier::Major;
    std::optional<std::chrono::minutes> rto;
    QString estimate;    ///< as written: "10-30 min"
    QStringList suggest; ///< "probe database failing 60 s"; see stack/condition.h
    QStringList include;
    std::optional<QDate> reviewed;
    SharedPlace place =
        SharedPlace::None; ///< from `place: before|after`: not a scenario of its own
    QList<Phase> phases;   ///< shared phases merged in
    QList<MessageTemplate> templates;
    QByteArray source;
    QString fileName;

    [[nodiscard]] const Step *step(const StepId &id) const;
    [[nodiscard]] const MessageTemplate *messageTemplate(const QString &name) const;
    [[nodiscard]] int stepCount() const;
};

} // namespace mayday::runbook
