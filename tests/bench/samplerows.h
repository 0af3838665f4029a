// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace mayday::bench {

/// Writes a plain dump of about that many bytes: text, JSON, numbers, times, as a marketplace has
/// them, so that gzip makes a quarter to an eighth of it. Returns how many rows it has; -1 when the
/// file cannot be written.
qint64 writeSampleDump(const QString &path, qint64 bytes);

} // namespace mayday::bench
