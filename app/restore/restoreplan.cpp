// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/restoreplan.h"

#include <QFileInfo>
#include <QRandomGenerator>

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
    QString stamp = u"_before_"_s;
    if (mode == RestoreMode::Copy)
        stamp = u"_copy_"_s;
    else if (mode == RestoreMode::ReplaceDatabase)
        stamp = u"_restoring_"_s;
    else if (mode == RestoreMode::NewDatabase)
        stamp = u"_restored_"_s;
    stamp += plannedAt.toUTC().toString(u"yyyyMMdd_HHmmss"_s);
    QByteArray stem = schema.toUtf8();
    stem.truncate(maxIdentifierBytes - stamp.size());
    // A cut may have split a character; the server would refuse the half.
    while (!QUtf8StringView(stem).isValidUtf8())
        stem.chop(1);
    return QString::fromUtf8(stem) + stamp;
}

QString RestorePlan::safetyCopyFile() const
{
    QString stem = target.database();
    for (QChar &letter : stem) {
        const bool isPlain = letter.isLetterOrNumber() || letter == u'_' || letter == u'-';
        if (!isPlain)
            letter = u'_';
    }
    const QString folder = safetyFolder.isEmpty() ? QFileInfo(file).absolutePath() : safetyFolder;
    return u"%1/%2_before_%3.sql.gz"_s.arg(folder, stem,
                                           plannedAt.toUTC().toString(u"yyyyMMdd_HHmmss"_s));
}

RestoreId freshRestoreId(const QDateTime &now)
{
    // The time is for people; two of one moment, here or on a colleague's machine, still differ.
    constexpr int digits = 6;
    const quint32 tail = QRandomGenerator::global()->bounded(1U << (digits * 4));
    const QString text = now.toUTC().toString(u"'restore-'yyyyMMdd-HHmmss-zzz-"_s) +
                         u"%1"_s.arg(tail, digits, 16, QChar(u'0'));
    return RestoreId::parse(text).value_or(RestoreId{});
}

QDateTime plannedAtOf(const RestoreId &restore)
{
    constexpr auto stamp = "yyyyMMdd-HHmmss"_L1;
    QDateTime at =
        QDateTime::fromString(restore.text().section(u'-', 1, 2).left(stamp.size()), stamp);
    at.setTimeZone(QTimeZone::UTC);
    return at;
}

QString modeKey(RestoreMode mode)
{
    switch (mode) {
    case RestoreMode::Copy: return u"copy"_s;
    case RestoreMode::ReplaceDatabase: return u"beside-database"_s;
    case RestoreMode::InPlace: return u"in-place"_s;
    case RestoreMode::Tables: return u"tables"_s;
    case RestoreMode::NewDatabase: return u"new-database"_s;
    case RestoreMode::Replace: break;
    }
    return u"beside-schema"_s;
}

RestoreMode modeFromKey(const QString &key)
{
    for (const RestoreMode mode :
         {RestoreMode::Copy, RestoreMode::ReplaceDatabase, RestoreMode::InPlace,
          RestoreMode::Tables, RestoreMode::NewDatabase}) {
        if (key == modeKey(mode))
            return mode;
    }
    return RestoreMode::Replace;
}

} // namespace mayday::restore
