// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/runbook.h"

namespace mayday::runbook::test {

inline StepId id(const char *text)
{
    return StepId{QString::fromLatin1(text)};
}

inline QStringList idsOf(const QList<Step> &steps)
{
    QStringList ids;
    for (const Step &step : steps)
        ids += step.id.value;
    return ids;
}

} // namespace mayday::runbook::test
