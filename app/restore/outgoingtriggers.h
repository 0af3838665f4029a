// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/rows.h"

#include <QHash>
#include <QList>
#include <QStringList>

namespace mayday::restore {

/// A trigger, and whether it reaches beyond its database: a webhook, a queue, another server.
struct OutgoingTrigger {
    QString table; ///< "public.orders", by its live name
    QString name;
    QString way;    ///< "HTTP", "NOTIFY", "dblink", "a foreign table"; empty: it does not call out
    QString digest; ///< of its arguments and its function's text, which may hold keys
    bool isOn = false;
};

/// All triggers of these schemas.
[[nodiscard]] QByteArray triggersQuestion(const QStringList &schemas);
/// What the server answered, of the schemas that stand for these.
[[nodiscard]] QList<OutgoingTrigger> triggersFrom(const postgres::Rows &rows,
                                                  const QHash<QString, QString> &liveNameOf);

/// A sentence for each that calls out now and did not before, or does otherwise. How a function
/// calls out is read from its own text, so what it has others do for it is not seen.
[[nodiscard]] QStringList awakened(const QList<OutgoingTrigger> &before,
                                   const QList<OutgoingTrigger> &now);
/// The same where nobody knows what was before.
[[nodiscard]] QStringList switchedOn(const QList<OutgoingTrigger> &now);

} // namespace mayday::restore
