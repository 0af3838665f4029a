// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace mayday::postgres {

/// The name as it must stand in SQL: always in double quotes, inner ones doubled. Needs no server.
[[nodiscard]] QString quoteIdentifier(const QString &name);
/// The value as it must stand in SQL, in single quotes; E'' when it has backslashes, so that it
/// means the same whatever standard_conforming_strings says. The bytes must be UTF-8.
[[nodiscard]] QByteArray quoteLiteral(QByteArrayView value);
/// The values as a parameter of the type text[].
[[nodiscard]] QByteArray arrayOf(const QStringList &values);

} // namespace mayday::postgres
