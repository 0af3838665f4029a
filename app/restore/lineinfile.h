// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/taskcontext.h"

#include <QByteArray>
#include <QString>

namespace mayday::restore {

/// What stands at one line of a backup: a row, or a statement. It may hold personal data, so it is
/// for the screen of who asked, and is neither logged nor kept.
struct LineInFile {
    QString table = {};   ///< "public.products", of a row; empty of a statement
    QByteArray text = {}; ///< as it is in the file, the row or the whole statement
    bool isCut = false;   ///< it is longer; this is how it begins
};

/// Reads the backup anew, streaming, as far as that line; rows of other tables are passed over
/// where the file can be read in parts. line: of its text, from 1, as errors of a restore name it.
/// NotFound when there is neither there; Cancelled; or the file cannot be read. A blocking worker.
[[nodiscard]] Result<LineInFile> lineInFile(const QString &file, qint64 line, TaskContext &context);

} // namespace mayday::restore
