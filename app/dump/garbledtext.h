// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

#include <array>
#include <bitset>
#include <optional>

namespace mayday::dump {

/// A place where the letters look like UTF-8 that was taken for another code page: "fÃ©s" for
/// "fés". Out of a row, and goes into records and logs like any Error, and a word may be a
/// password: so it is one letter, and what that became, "Ã©" and "é".
struct GarbledWord {
    QString is;
    QString was; ///< probably
    qint64 line = 0;
};

/// That a text holds such words.
struct GarbledFinding {
    QString codePage;         ///< what the bytes were taken for, as iconv names it
    bool isOfConsole = false; ///< one of those that windows for text have, and nothing else today
    bool isMuch = false;      ///< so many words that it is no old mistake in an honest text
    bool isWhole = false;     ///< nearly every word with letters beyond ASCII, not only some
    qint64 garbled = 0;
    qint64 words = 0; ///< different ones that were looked at
    GarbledWord example;
};

/// Looks for text whose bytes were UTF-8, were read as something else and written again: by
/// PowerShell's ">", by an editor, or long before by the application that stored it.
///
/// A word counts as garbled in a code page when its letters, as bytes of that, are UTF-8 and say
/// something people write. What is honest hardly ever is: "é" alone is no UTF-8 in any of them,
/// and Greek or Chinese is in none. What maps back to something nobody writes counts as neither.
/// Each word counts once however often it comes, so that one label in a million rows is one.
///
/// Memory is fixed. Costs nothing to speak of: ASCII is passed over many bytes at a time, of other
/// text a sample is looked at, and of a large file each fourth piece.
class GarbledText final {
public:
    /// The next piece, of UTF-8. What is new in it begins at from; line: of its first byte.
    void look(QByteArrayView text, qsizetype from, qint64 line);

    /// Nothing unless there are enough such words to say it.
    [[nodiscard]] std::optional<GarbledFinding> finding() const;
    /// How many different words with letters beyond ASCII were looked at.
    [[nodiscard]] qint64 words() const { return m_words; }

private:
    struct Count {
        qint64 garbled = 0;
        qint64 unclear = 0;
        GarbledWord example;
    };

    /// Whether the word is another one than those before; a few are taken for known wrongly.
    [[nodiscard]] bool isNew(QByteArrayView word);

    static constexpr size_t pages = 12;
    std::bitset<65536> m_seen; ///< by hash
    qint64 m_pieces = 0;
    qint64 m_words = 0;
    std::array<Count, pages> m_counts;
};

} // namespace mayday::dump
