// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace mayday::restore {

/// One thing the preflight found.
struct PreflightNote {
    enum class Weight {
        Fact,
        Warning,
        Alarm, ///< heads the plan, and stands again where somebody has to confirm it
    };
    Weight weight = Weight::Fact;
    QString text;
    bool isOfBeside = false; ///< it is so only when the old schema stays
};

} // namespace mayday::restore
