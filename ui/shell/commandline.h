// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/profile.h"
#include "ui/kit/theme.h"

class QApplication;

namespace mayday::ui {

/// What the program was started with.
struct CommandLine {
    Profile profile;
};

/// Names the application and reads --profile, --help and --version; the last two end the program.
[[nodiscard]] CommandLine readCommandLine(QApplication &application);

/// The look the user chose, kept beside the window's state.
[[nodiscard]] ThemeMode storedThemeMode(const Profile &profile);
void storeThemeMode(const Profile &profile, ThemeMode mode);

} // namespace mayday::ui
