// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/runbookreader.h"

#include <QHash>

namespace mayday::runbook {

/// All runbooks at hand: the shipped ones and those of the user's folder, which replace a shipped
/// one of the same id. A value; load() again to see changes. A bad file costs only itself: its
/// findings are kept, and a shipped runbook it would have replaced stays.
class RunbookLibrary final {
public:
    struct Entry {
        QString fileName; ///< full path, or ":/runbooks/..."
        bool shipped = false;
        bool shared = false; ///< phases for others to include, not a scenario of its own
        RunbookReading reading;
    };

    /// userFolder may be empty or missing. Blocks on the disk; at most 500 files of 1 MiB.
    [[nodiscard]] static RunbookLibrary load(const QString &userFolder, const VerbRegistry &verbs);

    /// Usable scenarios by tier (critical first), then title.
    [[nodiscard]] const QList<Runbook> &list() const { return m_runbooks; }
    /// nullptr when there is none. Valid as long as the library.
    [[nodiscard]] const Runbook *find(const RunbookId &id) const;
    /// Every file that was read, also unusable and shared ones.
    [[nodiscard]] const QList<Entry> &files() const { return m_files; }
    /// Findings of one file as named in files().
    [[nodiscard]] QList<Finding> findings(const QString &fileName) const;

private:
    QList<Runbook> m_runbooks;
    QList<Entry> m_files;
};

} // namespace mayday::runbook
