// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/rowscanner.h"

#include <cstring>

namespace mayday::dump {

namespace {

constexpr QByteArrayView unixMarker("\\.\n");
constexpr QByteArrayView windowsMarker("\\.\r\n");

/// Width of the "\." line that the text begins with, 0 when it does not.
qsizetype markerWidth(QByteArrayView text, bool isLast)
{
    if (text.startsWith(unixMarker))
        return unixMarker.size();
    if (text.startsWith(windowsMarker))
        return windowsMarker.size();
    const bool endsFile =
        isLast && (text == unixMarker.chopped(1) || text == windowsMarker.chopped(1));
    return endsFile ? text.size() : 0;
}

bool mayBecomeMarker(QByteArrayView text, bool isLast)
{
    return !isLast && text.size() < windowsMarker.size() && windowsMarker.startsWith(text);
}

} // namespace

RowScanner::Piece RowScanner::take(QByteArrayView text, qsizetype from, bool isLast)
{
    Piece piece{.end = from};
    while (piece.end < text.size()) {
        if (m_atLineStart && text[piece.end] == '\\') {
            const QByteArrayView rest = text.sliced(piece.end);
            piece.marker = markerWidth(rest, isLast);
            piece.isCut = mayBecomeMarker(rest, isLast);
            if (piece.marker > 0 || piece.isCut)
                return piece;
        }
        const auto left = static_cast<size_t>(text.size() - piece.end);
        const void *newline = std::memchr(text.data() + piece.end, '\n', left);
        m_atLineStart = newline != nullptr;
        piece.rows += m_atLineStart ? 1 : 0;
        piece.end =
            m_atLineStart ? static_cast<const char *>(newline) - text.data() + 1 : text.size();
    }
    return piece;
}

} // namespace mayday::dump
