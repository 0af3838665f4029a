// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/secret.h"

#include <QString>
#include <QStringList>

#include <utility>
#include <vector>

namespace mayday::process {

/// A program and what it is given, as a list: no shell ever reads it. Secrets travel in the
/// environment or in a file, never in the arguments, which every user of the machine can read. A
/// value.
struct CommandLine {
    QString program; ///< a full path, from the Toolbox
    QStringList arguments;
    /// Added to the environment of this process; shown by name only.
    std::vector<std::pair<QString, Secret>> environment = {};
    QString workingFolder = {};
};

/// For the log and the screen: program and arguments, redacted, and the names of the environment
/// additions. Not meant to be run.
[[nodiscard]] QString display(const CommandLine &command);

} // namespace mayday::process
