// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

namespace mayday::tests {

/// What a fuzzer asks of any bytes at all, and tst_fuzzcorpus of the kept ones at every change:
/// which promise was broken, or nothing.

/// Of a dump's text, from its first byte on. What is told may not hang on where the pieces end, nor
/// on UTF-16, a byte order mark or CRLF; statements, rows, lines and offsets have to be those of
/// the text; and what is read from a place in it, or without some of its rows, is what was read
/// there.
[[nodiscard]] QString scannerBreach(QByteArrayView bytes);

/// Of an archive: the header of -Fc or of a toc.dat, and the tar around it. More bytes may not
/// change what fewer said, and both readers of tar files have to agree on whether one is whole.
[[nodiscard]] QString archiveHeaderBreach(QByteArrayView bytes);

} // namespace mayday::tests
