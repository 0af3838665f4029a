// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace mayday::tests {

/// The bytes as one whole gzip member, with its checksum and length.
[[nodiscard]] QByteArray gzipped(const QByteArray &bytes);

} // namespace mayday::tests
