// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/restorerecord.h"
#include "ui/kit/stateglyph.h"

#include <optional>

namespace mayday::ui {

/// What a verdict says once a restore was put back, or taken again after that. Pure functions;
/// translated.
namespace putbacktexts {

struct PutBackVerdict {
    QString sentence;
    QString detail;
    StateShape shape = StateShape::Ok;
};

/// Nothing when what the restore came to is still all there is to say.
[[nodiscard]] std::optional<PutBackVerdict> verdict(const restore::RestoreRecord &record);
/// The last put-back that did not take place; nothing after one that did.
[[nodiscard]] std::optional<Error> failed(const restore::RestoreRecord &record);
/// For the team's chat: the verdict, where, why not, and what is to be known of it.
[[nodiscard]] QString forChat(const restore::RestoreRecord &record);

} // namespace putbacktexts

} // namespace mayday::ui
