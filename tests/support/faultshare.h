// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/thinned.h"

#include <QRandomGenerator>
#include <QtEnvironmentVariables>
#include <QtLogging>

namespace mayday::tests {

/// Which of all pairs of a step and a harm a run takes: each time another third, or another share,
/// with every harm in it, by a seed that it prints (MAYDAY_SEED); all of them, which takes half an
/// hour of a core, with MAYDAY_FAULTS=all. Under a sanitizer the same ones each time.
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
        qInfo(m_isAll ? "all faults" : "a share of the faults: MAYDAY_SEED=%d", m_at);
    }

    [[nodiscard]] bool isAll() const { return m_isAll; }
    /// oneOf: so many pairs, of which one is taken; of as many steps each harm meets one at least.
    [[nodiscard]] bool takes(qsizetype step, qsizetype harm = 0, qsizetype oneOf = 3) const
    {
        return m_isAll || (step + harm + m_at) % oneOf == 0;
    }
    /// Which harms come to one of two kinds of work that are alike; the others come to the other.
    /// Over time each comes to each step of both.
    [[nodiscard]] bool takesOfTwo(qsizetype harm, bool isSecond) const
    {
        return m_isAll || (harm + m_at / 16) % 2 == (isSecond ? 1 : 0);
    }

private:
    bool m_isAll = qgetenv("MAYDAY_FAULTS") == "all";
    int m_at = 0;
};

} // namespace mayday::tests
