// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "practice/cluster.h"

namespace mayday::practice {

/// The PostgreSQL of practice mode: made on the first start in the profile's practice folder, used
/// again afterwards. It survives a killed application and is found by the next start; a folder that
/// is damaged, or whose password was lost, is made anew, since nothing in it is precious.
/// Blocking functions for a worker; one thread at a time. The runner must outlive it.
class PracticeDatabase final {
public:
    PracticeDatabase(process::ProcessRunner &runner, const QString &practiceFolder);

    struct Started {
        postgres::ConnectionString server; ///< database "postgres" as the superuser, with password
        Secret password;    ///< to be kept in the keychain and given to the next start
        bool fresh = false; ///< made just now, so nothing is in it yet
    };
    /// known: what the last start returned; empty when there was none.
    [[nodiscard]] Result<Started> start(const Secret &known, TaskContext &context);
    [[nodiscard]] Result<void> stop(TaskContext &context);

private:
    Cluster m_cluster;
};

/// 24 random bytes in letters, digits, '-' and '_'.
[[nodiscard]] Secret randomPassword();

} // namespace mayday::practice
