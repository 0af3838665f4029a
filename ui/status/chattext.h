// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "status/boardsnapshot.h"
#include "status/outage.h"

#include <QTimeZone>

namespace mayday::ui {

/// What the block for the chat begins with.
struct ChatHeading {
    QString stackName;
    bool isPractice = false;
};

/// The state of things as a short block for a chat: verdict, since when, what is not well, what the
/// vendors say. Secrets are taken out. Plain text.
[[nodiscard]] QString chatText(const ChatHeading &heading, const status::Verdict &verdict,
                               const status::BoardSnapshot &board, const QTimeZone &here);

} // namespace mayday::ui
