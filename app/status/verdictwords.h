// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "status/outage.h"

namespace mayday::status {

/// "major outage": the vendor's own word for how it is, never empty.
[[nodiscard]] QString vendorWords(const ProviderSnapshot &vendor);
/// Fills the sentence and the detail from the side and the facts.
void wordVerdict(Verdict &verdict, const BoardSnapshot &board);

} // namespace mayday::status
