// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace mayday {

/// Where the user's files are. A value. Without a folder: the XDG places; with --profile DIR:
/// everything below DIR (portable use, tests, practice).
struct Profile {
    QString configFolder; ///< stack.yaml, runbooks/
    QString dataFolder;   ///< journal.sqlite, backups/, evidence/, status-sheet.html
    QString stateFolder;  ///< log/, window state

    [[nodiscard]] static Profile standard();
    [[nodiscard]] static Profile under(const QString &folder);

    [[nodiscard]] QString stackFile() const;
    [[nodiscard]] QString runbookFolder() const;
    [[nodiscard]] QString journalFile() const;
    [[nodiscard]] QString backupFolder() const;
    [[nodiscard]] QString evidenceFolder() const;
    [[nodiscard]] QString statusSheetFile() const;
    [[nodiscard]] QString logFolder() const;
    [[nodiscard]] QString practiceFolder() const;
    [[nodiscard]] QString windowStateFile() const;
};

} // namespace mayday
