// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/sevenzipheader.h"

namespace mayday::archive {

/// Why these steps cannot be gone back here, in words: "it is encrypted"; empty when they can.
[[nodiscard]] QString hindranceOf(const QList<SevenZipCoder> &coders);

} // namespace mayday::archive
