// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/runbook.h"

#include <array>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

struct TierName {
    Tier tier;
    QLatin1StringView key;
};

constexpr std::array tierNames{
    TierName{Tier::Critical, "critical"_L1},
    TierName{Tier::Major, "major"_L1},
    TierName{Tier::Catastrophic, "catastrophic"_L1},
};

} // namespace

QString VerbCall::parameter(const QString &name) const
{
    for (const auto &[key, value] : parameters) {
        if (key == name)
            return value;
    }
    return {};
}

QString tierKey(Tier tier)
{
    for (const TierName &name : tierNames) {
        if (name.tier == tier)
            return name.key;
    }
    return {};
}

std::optional<Tier> tierFromKey(QStringView key)
{
    for (const TierName &name : tierNames) {
        if (key == name.key)
            return name.tier;
    }
    return std::nullopt;
}

const Step *Runbook::step(const StepId &wanted) const
{
    for (const Phase &phase : phases) {
        for (const Group &group : phase.groups) {
            for (const Step &step : group.steps) {
                if (step.id == wanted)
                    return &step;
            }
        }
    }
    return nullptr;
}

const MessageTemplate *Runbook::messageTemplate(const QString &name) const
{
    for (const MessageTemplate &message : templates) {
        if (message.name == name)
            return &message;
    }
    return nullptr;
}

int Runbook::stepCount() const
{
    int count = 0;
    for (const Phase &phase : phases) {
        for (const Group &group : phase.groups)
            count += int(group.steps.size());
    }
    return count;
}

} // namespace mayday::runbook
