// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <QString>

#include <optional>

namespace mayday::postgres {

/// What a server said when it refused, field by field as the protocol carries it.
struct ServerReport {
    QString sqlState = {};
    QString primary = {};
    QString detail = {};
    QString context = {};
    /// Names the server itself gave; they may be quoted in the message without being row text.
    QString schema = {};
    QString table = {};
    QString column = {};
    QString constraint = {};
    QString dataType = {};
};

/// The Error for it. Text from rows never comes through: DETAIL and CONTEXT of errors about data
/// are dropped except "COPY products, line 17, column price", and quoted values leave the message.
[[nodiscard]] Error errorFromServer(const ServerReport &report, const QString &subject);
/// The Error for a connection that could not be made, from libpq's text (with verbose errors on,
/// the SQLSTATE stands in it).
[[nodiscard]] Error errorFromConnecting(const QString &libpqText, const QString &subject);

/// The line inside the COPY data (1-based) that an error of this module blames; none for others.
[[nodiscard]] std::optional<qint64> copyLineOf(const Error &error);
/// The table of that COPY; empty for others.
[[nodiscard]] QString copyTableOf(const Error &error);

} // namespace mayday::postgres
