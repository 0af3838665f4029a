// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/thinned.h"

#include <QRandomGenerator>
#include <QtEnvironmentVariables>
#include <QtLogging>

namespace mayday::tests {

/// Which of all pairs of a step and a harm a run takes: each time another third, with every step in
/// it and every harm, by a seed that it prints (MAYDAY_SEED); all of them, which takes half an hour
/// of a core, with MAYDAY_FAULTS=all. Under a sanitizer the same third each time.
class FaultShare final {
public:
    FaultShare()
    {
        bool isGiven = false;
        const int given = qEnvironmentVariableIntValue("MAYDAY_SEED", &isGiven);
        if (isGiven)
            m_at = given;
        else if (!isSanitized)
            m_at = static_cast<int>(QRandomGenerator::global()->bounded(1000));
        qInfo(m_isAll ? "all faults" : "a third of the faults: MAYDAY_SEED=%d", m_at);
    }

    [[nodiscard]] bool takes(qsizetype step, qsizetype harm = 0) const
    {
        return m_isAll || (step + harm + m_at) % 3 == 0;
    }

private:
    bool m_isAll = qgetenv("MAYDAY_FAULTS") == "all";
    int m_at = 0;
};

} // namespace mayday::tests
