// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/restoredesk.h"

namespace mayday::ui {

/// What the screens say of what restores keep, and of what is gone. Pure functions; translated.
namespace kepttexts {

/// "14 Dec, in 6 days", "By hand alone", "Due"
[[nodiscard]] QString goes(const restore::KeptTerm &term, const QDateTime &now);
/// The same in full, and why it stays although its days have passed.
[[nodiscard]] QString whyThen(const restore::KeptTerm &term);
/// What holds for all of them.
[[nodiscard]] QString rule(int keepDays);
/// "public_before_20261123_081500 (1.2 GB), ..."
[[nodiscard]] QString names(const QList<restore::KeptSchema> &kept);
/// "Discarded: public_before_20261123_081500 (1.2 GB)."
[[nodiscard]] QString discarded(const QList<restore::KeptSchema> &gone);
/// "30 Nov 2026, 03:02 UTC: public_before_20261123_081500 (1.2 GB), by itself after 14 days"
[[nodiscard]] QString past(const restore::DiscardedKept &gone);

/// What went by itself, or could not go; empty when there is nothing to tell.
[[nodiscard]] QString expirySentence(const restore::ExpiryReport &report);
[[nodiscard]] QString expiryDetail(const restore::ExpiryReport &report);

} // namespace kepttexts

} // namespace mayday::ui
