// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/agetexts.h"

#include "ui/kit/timetext.h"

#include <QCoreApplication>
#include <QTimeZone>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui::agetexts {

namespace {

using backup::DataTimeSource;

QString tr(const char *text)
{
    return QCoreApplication::translate("agetexts", text);
}

} // namespace

QString length(const backup::DataTime &time, const QDateTime &now)
{
    QString known =
        timetext::duration(std::chrono::seconds(std::max<qint64>(0, time.at.secsTo(now))));
    switch (time.source) {
    case DataTimeSource::FileTime: return tr("at least %1").arg(known);
    case DataTimeSource::FileName: return tr("at most %1").arg(known);
    case DataTimeSource::Dump:
    case DataTimeSource::Manifest: break;
    }
    return known;
}

QString sentence(const backup::DataTime &newest, const QDateTime &now)
{
    if (newest.source == DataTimeSource::FileTime)
        return tr("The newest complete backup is a file of %1.").arg(timetext::age(newest.at, now));
    return tr("The newest complete backup is %1 old.").arg(length(newest, now));
}

QString cell(const backup::DataTime &time, const QDateTime &now)
{
    const QString age = timetext::age(time.at, now);
    return time.source == DataTimeSource::FileTime ? tr("file %1").arg(age) : age;
}

QString taken(const backup::DataTime &time, const QDateTime &now)
{
    const QString age = timetext::age(time.at, now);
    switch (time.source) {
    case DataTimeSource::FileTime: return tr("file written %1").arg(age);
    case DataTimeSource::FileName:
        return tr("of %1 by its name").arg(timetext::dateClock(time.at, QTimeZone::utc()));
    case DataTimeSource::Dump:
    case DataTimeSource::Manifest: break;
    }
    return tr("taken %1").arg(age);
}

QString doubt(const backup::DataTime &time)
{
    switch (time.source) {
    case DataTimeSource::FileTime:
        return tr("unknown: the backup does not say, and the file may be a copy of an older one");
    case DataTimeSource::FileName:
        return tr("by the file's name: the earliest moment which that can mean");
    case DataTimeSource::Dump:
    case DataTimeSource::Manifest: break;
    }
    return {};
}

} // namespace mayday::ui::agetexts
