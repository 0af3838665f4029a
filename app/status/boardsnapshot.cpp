// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/boardsnapshot.h"

#include <algorithm>

namespace mayday::status {

Freshness Watched::freshness(const QDateTime &now) const
{
    return freshnessOf(reading, interval, now);
}

State Watched::trusted(const QDateTime &now) const
{
    return trustedState(reading, interval, now);
}

std::chrono::milliseconds Watched::failingFor(const QDateTime &now) const
{
    if (!failingSince.isValid())
        return std::chrono::milliseconds(0);
    return std::chrono::milliseconds(std::max<qint64>(0, failingSince.msecsTo(now)));
}

const ProviderSnapshot *BoardSnapshot::provider(const stack::ProviderId &id) const
{
    const auto found = std::ranges::find(providers, id, &ProviderSnapshot::id);
    return found == providers.end() ? nullptr : &*found;
}

const ProbeSnapshot *BoardSnapshot::probe(const ProbeId &id) const
{
    const auto found = std::ranges::find(probes, id, &ProbeSnapshot::id);
    return found == probes.end() ? nullptr : &*found;
}

} // namespace mayday::status
