// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <QMetaType>

#include <optional>

namespace mayday::ui {

/// How far the practice world is. A value.
struct PracticeState {
    enum class Phase {
        Off,      ///< a real stack is configured
        Starting, ///< database and providers are being set up
        Ready,
        Failed,
    };
    Phase phase = Phase::Off;
    QString doing = {};                        ///< of Starting, in words: "Filling in 60,000 rows"
    std::optional<Error> error = std::nullopt; ///< of Failed
};

/// What can be broken in the practice world.
enum class Mishap { ProductsDeleted, SupabaseOutage };

} // namespace mayday::ui
