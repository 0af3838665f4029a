// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

namespace mayday::restore {

/// A digest of rows whatever their order: of each row's text the first 128 bits of its SHA-256,
/// added up in two sums, and how many rows. Two sets of rows that differ in one letter, or in how
/// often a row is there, have different ones.
class RowsDigest final {
public:
    /// row: one line as COPY writes it, without its end.
    void add(QByteArrayView row);

    [[nodiscard]] qint64 rows() const { return m_rows; }
    /// 32 hexadecimal digits.
    [[nodiscard]] QString text() const;
    [[nodiscard]] bool isSame(const RowsDigest &other) const
    {
        return m_rows == other.m_rows && m_first == other.m_first && m_second == other.m_second;
    }

private:
    qint64 m_rows = 0;
    quint64 m_first = 0;
    quint64 m_second = 0;
};

/// A timestamptz as PostgreSQL writes it (DateStyle ISO) in any time zone, as it writes it in UTC:
/// "2026-03-01 01:30:00.5+02" is "2026-02-28 23:30:00.5+00". What is none (NULL, infinity, a year
/// beyond the calendar) comes back as it is.
[[nodiscard]] QByteArray inUtc(QByteArrayView moment);

} // namespace mayday::restore
