// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "status/reading.h"

namespace mayday::status {

/// One line of "What changed". A value.
struct StatusChange {
    QDateTime at;
    QString id;                  ///< "supabase", "database.main"
    QString what;                ///< "Supabase", "database shop"
    State from = State::Unknown; ///< the last state that was known
    State to = State::Unknown;
    QString words; ///< "major outage", "products fell from 60,012 to 0"
};

} // namespace mayday::status
