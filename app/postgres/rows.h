// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <memory>
#include <optional>

struct pg_result;

namespace mayday::postgres {

/// One value as the server wrote it; empty when NULL.
using Cell = std::optional<QByteArray>;

/// The rows one query gave. Owns the server's answer; views die with it. Move-only; any one thread.
/// A row or column outside the counts is a programmer's error; reading one gives NULL.
class Rows final {
public:
    Rows() = default;
    explicit Rows(pg_result *result);

    [[nodiscard]] int rowCount() const;
    [[nodiscard]] int columnCount() const;
    [[nodiscard]] QString columnName(int column) const;

    [[nodiscard]] bool isNull(int row, int column) const;
    [[nodiscard]] QByteArrayView value(int row, int column) const;
    [[nodiscard]] Cell cell(int row, int column) const;
    [[nodiscard]] QString text(int row, int column) const;
    /// 0 for NULL and for what is no whole number.
    [[nodiscard]] qint64 integer(int row, int column) const;
    /// The server's "t".
    [[nodiscard]] bool isTrue(int row, int column) const;

private:
    struct Clear {
        void operator()(pg_result *result) const;
    };
    [[nodiscard]] bool holds(int row, int column) const;

    std::unique_ptr<pg_result, Clear> m_result;
};

} // namespace mayday::postgres
