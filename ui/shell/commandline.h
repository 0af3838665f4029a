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
/// The id of the database that was restored into last, of the stack of that name; empty when none
/// was chosen yet.
[[nodiscard]] QString storedTarget(const Profile &profile, const QString &stack);
void storeTarget(const Profile &profile, const QString &stack, const QString &database);
void storeThemeMode(const Profile &profile, ThemeMode mode);

} // namespace mayday::ui
