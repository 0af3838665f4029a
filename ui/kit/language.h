// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QCoreApplication;

namespace mayday::ui {

/// Installs the words of translations/ for the user's language; English, with its own plurals,
/// where there are none. Once, before the first text is shown.
void installLanguage(QCoreApplication &application);

} // namespace mayday::ui
