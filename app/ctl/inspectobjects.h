// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/command.h"
#include "dump/dumpinspection.h"

namespace mayday::ctl {

/// What inspect was asked for beside its verdict.
struct ObjectQuestion {
    bool wantsList = false; ///< --objects
    QString name = {};      ///< --show; empty: none
    bool wantsRows = false; ///< --with-rows

    [[nodiscard]] bool isAsked() const { return wantsList || !name.isEmpty(); }
};

/// All things in a backup, or the SQL of one of them. A file that is not whole is asked as far as
/// it was read, and the exit code says so.
[[nodiscard]] ExitCode answerAboutObjects(const Call &call, const QString &file,
                                          const dump::DumpInspection &inspection,
                                          const ObjectQuestion &question);

} // namespace mayday::ctl
