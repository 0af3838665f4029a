// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/datatime.h"

#include <QFileInfo>
#include <QRegularExpression>
#include <QTimeZone>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

/// A date, and a time when one follows; no digit before or after, or it is a number.
const QRegularExpression &dateInName()
{
    static const QRegularExpression expression(
        uR"((?<!\d)(?<year>(?:19|20)\d\d)(?<mark>[-_.]?)(?<month>\d\d)\k<mark>(?<day>\d\d))"_s +
        uR"((?:[T_. -]?(?<hour>\d\d)[-_:.h]?(?<minute>\d\d)(?:[-_:.m]?(?<second>\d\d))?)?)"_s +
        uR"((?<zone>Z)?(?!\d))"_s);
    return expression;
}

} // namespace

std::optional<QDateTime> timeInName(const QString &fileName)
{
    std::optional<QDateTime> found;
    for (auto all = dateInName().globalMatch(fileName); all.hasNext();) {
        const QRegularExpressionMatch match = all.next();
        const auto number = [&match](QStringView name) {
            return match.capturedView(name).toInt();
        };
        const QDate day(number(u"year"), number(u"month"), number(u"day"));
        const QTime time(number(u"hour"), number(u"minute"), number(u"second"));
        if (!day.isValid() || !time.isValid())
            continue;
        const QDateTime there(day, time, QTimeZone::UTC);
        const QDateTime here = QDateTime(day, time, QTimeZone::LocalTime).toUTC();
        found = match.hasCaptured(u"zone"_s) ? there : std::min(there, here);
    }
    return found;
}

DataTime dataTimeOf(const QString &fileName, const QDateTime &modifiedAt,
                    const std::optional<dump::DumpInspection> &inspection,
                    const ManifestCheck &manifest)
{
    if (inspection && inspection->startedAt)
        return {.at = *inspection->startedAt, .source = DataTimeSource::Dump};
    if (manifest.isUsable && manifest.takenAt.isValid())
        return {.at = manifest.takenAt, .source = DataTimeSource::Manifest};
    if (const auto named = timeInName(fileName); named && *named <= modifiedAt)
        return {.at = *named, .source = DataTimeSource::FileName};
    return {.at = modifiedAt, .source = DataTimeSource::FileTime};
}

DataTime dataTimeOf(const QString &path, const dump::DumpInspection &inspection)
{
    const QFileInfo file(path);
    return dataTimeOf(file.fileName(), file.lastModified().toUTC(), inspection,
                      checkManifest(path, inspection));
}

} // namespace mayday::backup
