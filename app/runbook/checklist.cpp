// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/checklist.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::seconds unknownEstimate{60};

struct StateName {
    StepState state;
    QLatin1StringView key;
};

constexpr std::array stateNames{
    StateName{StepState::Open, "open"_L1},
    StateName{StepState::Done, "done"_L1},
    StateName{StepState::Sensed, "sensed"_L1},
    StateName{StepState::Overridden, "overridden"_L1},
    StateName{StepState::Deferred, "deferred"_L1},
};

bool isFinished(StepState state)
{
    return state == StepState::Done || state == StepState::Sensed || state == StepState::Overridden;
}

Error refused(const StepId &id, const QString &why)
{
    return Error{.kind = ErrorKind::Refused, .subject = id.value, .detail = why};
}

/// Why the outcome does not fit the step; nothing when it does.
std::optional<QString> objection(const Step &step, StepState before, const StepOutcome &outcome)
{
    switch (outcome.state) {
    case StepState::Open: return std::nullopt;
    case StepState::Done:
        if (step.isSensed())
            return u"a sensed step is ticked by its check, or overridden with a reason"_s;
        return std::nullopt;
    case StepState::Sensed:
        if (!step.isSensed())
            return u"this step has no check, a person ticks it"_s;
        return std::nullopt;
    case StepState::Overridden:
        if (outcome.reason.trimmed().isEmpty())
            return u"an override needs a reason"_s;
        return std::nullopt;
    case StepState::Deferred:
        if (isFinished(before))
            return u"a finished step cannot be deferred"_s;
        return std::nullopt;
    }
    return std::nullopt;
}

} // namespace

QString stepStateKey(StepState state)
{
    const auto found = std::ranges::find(stateNames, state, &StateName::state);
    return found == stateNames.end() ? QString() : QString(found->key);
}

std::optional<StepState> stepStateFromKey(QStringView key)
{
    for (const StateName &name : stateNames) {
        if (key == name.key)
            return name.state;
    }
    return std::nullopt;
}

Checklist::Checklist(Runbook runbook)
    : m_runbook(std::make_shared<const Runbook>(std::move(runbook)))
{
    for (int p = 0; p < m_runbook->phases.size(); ++p)
        addPhase(p);
    for (qsizetype i = 0; i < m_places.size(); ++i)
        m_index.insert(at(m_places.at(i)).id, i);
}

void Checklist::addPhase(int phaseIndex)
{
    const Phase &phase = m_runbook->phases.at(phaseIndex);
    int decision = -1;
    for (int g = 0; g < phase.groups.size(); ++g) {
        const Group &group = phase.groups.at(g);
        if (group.option.isEmpty())
            decision = -1;
        else
            decision = addOption(phase, group.option, decision);
        for (int s = 0; s < group.steps.size(); ++s)
            m_places.append({.phase = phaseIndex, .group = g, .step = s, .decision = decision});
    }
}

int Checklist::addOption(const Phase &phase, const QString &option, int decision)
{
    if (decision < 0) {
        const QString stem = phase.slug + u"/decision"_s;
        const auto before = std::ranges::count_if(
            m_decisions, [&stem](const Decision &known) { return known.id.startsWith(stem); });
        const QString id = before == 0 ? stem : stem + u'-' + QString::number(before + 1);
        m_decisions.append({.id = id, .options = {}});
        decision = int(m_decisions.size()) - 1;
    }
    m_decisions[decision].options += option;
    return decision;
}

const Step &Checklist::at(const Place &place) const
{
    return groupAt(place).steps.at(place.step);
}

const Group &Checklist::groupAt(const Place &place) const
{
    return m_runbook->phases.at(place.phase).groups.at(place.group);
}

const Checklist::Place *Checklist::find(const StepId &id) const
{
    const qsizetype index = m_index.value(id, -1);
    return index < 0 ? nullptr : &m_places.at(index);
}

bool Checklist::counts(const Place &place) const
{
    return place.decision < 0 || m_decisions.at(place.decision).chosen == groupAt(place).option;
}

Result<void> Checklist::apply(const StepId &id, const StepOutcome &outcome)
{
    const Place *place = find(id);
    if (!place)
        return failure({.kind = ErrorKind::NotFound,
                        .subject = id.value,
                        .detail = u"the runbook has no such step"_s});
    if (!counts(*place))
        return failure(refused(id, u"its option was not chosen"_s));
    if (const auto why = objection(at(*place), state(id), outcome))
        return failure(refused(id, *why));
    if (outcome.state == StepState::Open)
        m_outcomes.remove(id);
    else
        m_outcomes.insert(id, outcome);
    return {};
}

Result<void> Checklist::choose(const QString &decisionId, const QString &option)
{
    const auto decision = std::ranges::find(m_decisions, decisionId, &Decision::id);
    if (decision == m_decisions.end())
        return failure({.kind = ErrorKind::NotFound,
                        .subject = decisionId,
                        .detail = u"the runbook has no such decision"_s});
    if (!decision->options.contains(option))
        return failure({.kind = ErrorKind::NotFound,
                        .subject = option,
                        .detail = u"the decision has no such option"_s});
    decision->chosen = option;
    return {};
}

const Step *Checklist::current() const
{
    const Step *firstDeferred = nullptr;
    for (const Place &place : m_places) {
        if (place.decision >= 0 && m_decisions.at(place.decision).isOpen())
            return nullptr;
        if (!counts(place))
            continue;
        const StepState now = state(at(place).id);
        if (now == StepState::Open)
            return &at(place);
        if (now == StepState::Deferred && !firstDeferred)
            firstDeferred = &at(place);
    }
    return firstDeferred;
}

const Decision *Checklist::currentDecision() const
{
    for (const Place &place : m_places) {
        if (place.decision >= 0 && m_decisions.at(place.decision).isOpen())
            return &m_decisions.at(place.decision);
        if (counts(place) && state(at(place).id) == StepState::Open)
            return nullptr;
    }
    return nullptr;
}

const Step *Checklist::step(const StepId &id) const
{
    const Place *place = find(id);
    return place ? &at(*place) : nullptr;
}

const Step *Checklist::neighbour(const StepId &id, int direction) const
{
    const Place *place = find(id);
    if (!place || !counts(*place))
        return nullptr;
    for (qsizetype i = m_index.value(id) + direction; i >= 0 && i < m_places.size();
         i += direction) {
        if (counts(m_places.at(i)))
            return &at(m_places.at(i));
    }
    return nullptr;
}

const Step *Checklist::next(const StepId &id) const
{
    return neighbour(id, 1);
}

const Step *Checklist::previous(const StepId &id) const
{
    return neighbour(id, -1);
}

const Phase *Checklist::phaseOf(const StepId &id) const
{
    const Place *place = find(id);
    return place ? &m_runbook->phases.at(place->phase) : nullptr;
}

const Group *Checklist::groupOf(const StepId &id) const
{
    const Place *place = find(id);
    return place ? &groupAt(*place) : nullptr;
}

StepOutcome Checklist::outcome(const StepId &id) const
{
    return m_outcomes.value(id);
}

QList<Step> Checklist::order() const
{
    QList<Step> steps;
    for (const Place &place : m_places) {
        if (counts(place))
            steps.append(at(place));
    }
    return steps;
}

QList<StepId> Checklist::inState(StepState wanted) const
{
    QList<StepId> ids;
    for (const Place &place : m_places) {
        if (counts(place) && state(at(place).id) == wanted)
            ids.append(at(place).id);
    }
    return ids;
}

QList<StepId> Checklist::open() const
{
    return inState(StepState::Open);
}

QList<StepId> Checklist::deferred() const
{
    return inState(StepState::Deferred);
}

QList<StepId> Checklist::blocking() const
{
    QList<StepId> ids;
    for (const Place &place : m_places) {
        const Step &step = at(place);
        if (counts(place) && step.required && !isFinished(state(step.id)))
            ids.append(step.id);
    }
    return ids;
}

bool Checklist::canClose() const
{
    return blocking().isEmpty() && std::ranges::none_of(m_decisions, &Decision::isOpen);
}

int Checklist::doneIn(const QString &phaseSlug) const
{
    return int(std::ranges::count_if(m_places, [&](const Place &place) {
        return isIn(place, phaseSlug) && isFinished(state(at(place).id));
    }));
}

int Checklist::total(const QString &phaseSlug) const
{
    return int(std::ranges::count_if(m_places,
                                     [&](const Place &place) { return isIn(place, phaseSlug); }));
}

bool Checklist::isIn(const Place &place, const QString &phaseSlug) const
{
    return counts(place) &&
           (phaseSlug.isEmpty() || m_runbook->phases.at(place.phase).slug == phaseSlug);
}

std::chrono::seconds Checklist::remaining() const
{
    std::chrono::seconds sum{0};
    QHash<int, QHash<QString, std::chrono::seconds>> undecided;
    for (const Place &place : m_places) {
        const Step &step = at(place);
        if (isFinished(state(step.id)))
            continue;
        const auto length = step.estimate.value_or(unknownEstimate);
        if (counts(place))
            sum += length;
        else if (m_decisions.at(place.decision).isOpen())
            undecided[place.decision][groupAt(place).option] += length;
    }
    for (const auto &options : std::as_const(undecided))
        sum += std::ranges::max(options.values());
    return sum;
}

std::optional<PausePoint> Checklist::pauseAfter(const StepId &id) const
{
    const Place *place = find(id);
    if (!place || !counts(*place))
        return std::nullopt;
    const Phase &phase = m_runbook->phases.at(place->phase);
    const Step *following = next(id);
    const Place *after = following ? find(following->id) : nullptr;
    const bool endsPhase = !after || after->phase != place->phase;
    if (!endsPhase && after->group == place->group)
        return std::nullopt;
    return PausePoint{
        .groupTitle = groupAt(*place).title, .phaseTitle = phase.title, .endsPhase = endsPhase};
}

} // namespace mayday::runbook
