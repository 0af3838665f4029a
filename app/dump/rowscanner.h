// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace mayday::dump {

/// Finds where the rows of a COPY end: at a line that is "\." and nothing else. Looks only at the
/// beginnings of lines, so it runs at the speed of memory.
class RowScanner final {
public:
    /// What is in a piece of text.
    struct Piece {
        qsizetype end = 0;    ///< behind the rows, or behind as much of them as is sure
        qsizetype marker = 0; ///< width of the "\." line at the end, 0 when it is not there
        qint64 rows = 0;      ///< that end in it
        bool isCut = false;   ///< the piece stops where the "\." line may have begun
    };

    void begin() { m_atLineStart = true; }
    /// The rows of text from the place on. isLast: nothing comes behind the text.
    [[nodiscard]] Piece take(QByteArrayView text, qsizetype from, bool isLast);

private:
    bool m_atLineStart = true;
};

} // namespace mayday::dump
