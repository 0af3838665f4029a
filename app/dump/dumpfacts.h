// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QStringList>

#include <optional>

namespace mayday::dump {

/// What a dump says about itself in pg_dump's comments and settings, as far as it was read. A
/// value.
struct DumpFacts {
    QString serverVersion = {};                        ///< "17.11", of the server that was dumped
    QString dumpVersion = {};                          ///< of pg_dump
    QString encoding = {};                             ///< SET client_encoding
    std::optional<QDateTime> startedAt = std::nullopt; ///< only in dumps made with --verbose
    bool headerSeen = false;
    bool completionSeen = false;
    bool isRestricted = false; ///< a \restrict whose \unrestrict has not come
    /// The line where a dump began although the one before had not ended; 0 for none.
    qint64 brokenOffAt = 0;
    qint64 statements = 0;
    qint64 sqlStatements = 0; ///< of them, those whose words are known
    QString lastTable = {};   ///< the last one whose rows began
    bool inRows = false;
    QStringList warnings = {};
    QString firstStray = {}; ///< the first line that belongs to a program's stderr
};

} // namespace mayday::dump
