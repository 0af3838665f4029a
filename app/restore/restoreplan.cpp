// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/restoreplan.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// NAMEDATALEN - 1 of every stock PostgreSQL build.
constexpr qsizetype maxIdentifierBytes = 63;

} // namespace

QString RestorePlan::targetName(const QString &schema) const
{
    return u"schema %1 in %2 on %3:%4"_s.arg(schema, target.database(), target.host())
        .arg(target.port());
}

QString RestorePlan::keptSchemaName(const QString &schema) const
{
    const QString stamp = u"_before_"_s + plannedAt.toUTC().toString(u"yyyyMMdd_HHmmss"_s);
    QByteArray stem = schema.toUtf8();
    stem.truncate(maxIdentifierBytes - stamp.size());
    // A cut may have split a character; the server would refuse the half.
    while (!QUtf8StringView(stem).isValidUtf8())
        stem.chop(1);
    return QString::fromUtf8(stem) + stamp;
}

RestoreId freshRestoreId(const QDateTime &now)
{
    const QString text = u"restore-"_s + now.toUTC().toString(u"yyyyMMdd-HHmmss-zzz"_s);
    return RestoreId::parse(text).value_or(RestoreId{});
}

} // namespace mayday::restore
