// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "runbook/runbook.h"

#include <QDateTime>
#include <QHash>

#include <memory>

namespace mayday::runbook {

enum class StepState {
    Open,
    Done,       ///< a person ticked it
    Sensed,     ///< Mayday looked and it was so
    Overridden, ///< a person decided to go on without it; the reason is kept
    Deferred,   ///< later; comes back before the end
};
/// "open", "done", "sensed", "overridden", "deferred": for the journal.
[[nodiscard]] QString stepStateKey(StepState state);
[[nodiscard]] std::optional<StepState> stepStateFromKey(QStringView key);

struct StepOutcome {
    StepState state = StepState::Open;
    QDateTime at = {};
    QString by = {};
    QString reason = {};
};

/// Groups "Option: ..." side by side in one phase: one of them is to be chosen.
struct Decision {
    QString id;          ///< "<phase-slug>/decision[-n]"
    QStringList options; ///< in the order of the file
    QString chosen = {}; ///< empty while it is open

    [[nodiscard]] bool isOpen() const { return chosen.isEmpty(); }
};

/// The end of a group or phase: a place to breathe, look at the whole and be relieved.
struct PausePoint {
    QString groupTitle;
    QString phaseTitle;
    bool endsPhase = false;
};

/// A runbook being worked through: what was done with each step and which options were chosen. A
/// value and a pure state machine: no clock, no disk; replaying the same calls gives the same
/// state. Pointers it returns stay valid as long as any copy of it lives.
///
/// Steps of options that were not chosen do not count. A decision hides what comes after it until
/// it is made. Choosing again is allowed; outcomes of steps survive, in case the choice comes back.
class Checklist final {
public:
    explicit Checklist(Runbook runbook);

    [[nodiscard]] const Runbook &runbook() const { return *m_runbook; }

    /// Refused when the step is of an option not chosen, when an override has no reason, when a
    /// person ticks a sensed step (Sensed by its check, or Overridden with a reason), when a human
    /// step is to be Sensed, or when a finished step is deferred. StepState::Open takes a tick
    /// back.
    Result<void> apply(const StepId &id, const StepOutcome &outcome);
    Result<void> choose(const QString &decisionId, const QString &option);

    /// The one step to do now: the first open one; when none is left, the first deferred one.
    /// nullptr when a decision comes first, or nothing is left.
    [[nodiscard]] const Step *current() const;
    /// The decision to make now; nullptr when a step comes first, or nothing is left.
    [[nodiscard]] const Decision *currentDecision() const;

    [[nodiscard]] const Step *step(const StepId &id) const;
    /// For browsing, in order(); nullptr at the ends and for a step that does not count.
    [[nodiscard]] const Step *next(const StepId &id) const;
    [[nodiscard]] const Step *previous(const StepId &id) const;
    [[nodiscard]] const Phase *phaseOf(const StepId &id) const;
    [[nodiscard]] const Group *groupOf(const StepId &id) const;

    [[nodiscard]] StepState state(const StepId &id) const { return outcome(id).state; }
    [[nodiscard]] StepOutcome outcome(const StepId &id) const;

    /// The steps that count now: those of every phase, without options that were not chosen.
    [[nodiscard]] QList<Step> order() const;
    [[nodiscard]] const QList<Decision> &decisions() const { return m_decisions; }
    /// Required steps that are open or deferred, and so stand in the way of closing.
    [[nodiscard]] QList<StepId> blocking() const;
    [[nodiscard]] QList<StepId> open() const;
    [[nodiscard]] QList<StepId> deferred() const;
    /// Every decision made and every required step done, sensed or overridden.
    [[nodiscard]] bool canClose() const;

    /// By phase slug; an empty slug counts all.
    [[nodiscard]] int doneIn(const QString &phaseSlug) const;
    [[nodiscard]] int total(const QString &phaseSlug) const;
    /// Of the steps still to do; those without an estimate count as a minute. An open decision
    /// counts its longest option.
    [[nodiscard]] std::chrono::seconds remaining() const;
    /// Whether a pause point follows the step.
    [[nodiscard]] std::optional<PausePoint> pauseAfter(const StepId &id) const;

private:
    struct Place {
        int phase = 0;
        int group = 0;
        int step = 0;
        int decision = -1; ///< index in m_decisions; -1 outside options
    };
    [[nodiscard]] const Step &at(const Place &place) const;
    [[nodiscard]] const Group &groupAt(const Place &place) const;
    [[nodiscard]] const Place *find(const StepId &id) const;
    [[nodiscard]] bool counts(const Place &place) const;
    [[nodiscard]] QList<StepId> inState(StepState state) const;
    [[nodiscard]] const Step *neighbour(const StepId &id, int direction) const;
    [[nodiscard]] bool isIn(const Place &place, const QString &phaseSlug) const;
    void addPhase(int phaseIndex);
    [[nodiscard]] int addOption(const Phase &phase, const QString &option, int decision);

    std::shared_ptr<const Runbook> m_runbook;
    QList<Place> m_places; ///< every step, also of options, in the order of the file
    QHash<StepId, qsizetype> m_index;
    QList<Decision> m_decisions;
    QHash<StepId, StepOutcome> m_outcomes;
};

} // namespace mayday::runbook
