// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpindex.h"

#include <QByteArray>
#include <QStringList>

#include <limits>

namespace mayday::tests {

/// How long the pieces are that bytes come in. A value that goes its way once.
class Cuts final {
public:
    /// All bytes at once.
    Cuts() = default;
    /// Any lengths up to the longest, the same ones for the same seed.
    Cuts(quint32 seed, qsizetype longest) : m_state(seed), m_longest(longest) {}

    [[nodiscard]] qsizetype next()
    {
        m_state = m_state * 1664525 + 1013904223;
        return m_longest == all ? all : 1 + static_cast<qsizetype>(m_state >> 8) % m_longest;
    }

private:
    static constexpr qsizetype all = std::numeric_limits<qsizetype>::max();
    quint32 m_state = 0;
    qsizetype m_longest = all;
};

/// A statement, or the rows behind one.
struct Told {
    QByteArray text = {};
    QString about = {}; ///< class and names of a statement; none of rows
    qint64 line = 0;    ///< of rows that stop too early, 0
    qint64 offset = -1; ///< none of rows
    qint64 rows = -1;   ///< none of a statement
    qint64 bytes = -1;
    bool escapes = false;
    [[nodiscard]] bool operator==(const Told &) const = default;
    [[nodiscard]] bool isRows() const { return about.isEmpty(); }
};

/// All that the reading of a text tells, and how it ended.
struct Story {
    QList<Told> told = {};
    QStringList facts = {};
    QString end = QStringLiteral("good");
    qint64 lines = 0;
    qint64 bytes = 0;
    bool isWhole = false; ///< and says so with its last line
    [[nodiscard]] bool operator==(const Story &) const = default;
};

/// Text of a dump as it comes out of its bytes, however they are encoded.
struct Decoded {
    QByteArray text = {};
    QString end = QStringLiteral("good");
    [[nodiscard]] bool operator==(const Decoded &) const = default;
};

[[nodiscard]] Decoded decoded(QByteArrayView bytes, Cuts cuts);

/// As DumpReader reads these parts of the text, but on this thread, and in pieces that end
/// anywhere, each in memory of its own, so that a look behind its end is found by a sanitizer.
[[nodiscard]] Story storyOf(QByteArrayView text, Cuts cuts,
                            const QList<dump::TextPart> &parts = {dump::TextPart()});
/// What an inspection notes for reading the text in parts later.
[[nodiscard]] dump::DumpIndex indexOf(QByteArrayView text);

/// Empty when they are the same; else the first thing in which they are not.
[[nodiscard]] QString difference(const Story &one, const Story &other);

} // namespace mayday::tests
