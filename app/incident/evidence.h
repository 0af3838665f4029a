// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/taskcontext.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QStringList>

namespace mayday::incident {

/// One text to keep, in UTF-8. It is stored without secrets.
struct EvidenceItem {
    QString fileName; ///< "readings.json"; a plain name, no folder
    QByteArray bytes;
};

/// Where evidence went.
struct EvidenceFolder {
    QString path;
    QStringList files;    ///< names, without manifest.json
    QString manifestHash; ///< SHA-256 of manifest.json, which holds those of the files
};

/// Writes the items into <root>/<incident>/<UTC time>/ and then manifest.json with the size and the
/// SHA-256 of each: a folder without a manifest was interrupted. Never overwrites; a
/// bad name or one given twice is refused before anything is written. Blocks on the disk; for
/// workers.
[[nodiscard]] Result<EvidenceFolder> keepEvidence(const QString &root, const QString &incident,
                                                  const QDateTime &now,
                                                  const QList<EvidenceItem> &items,
                                                  const TaskContext &context);
/// Reads a folder again and compares it with its manifest: the names of what is missing or was
/// changed; empty when all is as it was kept. Corrupt when the manifest itself cannot be read.
[[nodiscard]] Result<QStringList> verifyEvidence(const QString &folder);

} // namespace mayday::incident
