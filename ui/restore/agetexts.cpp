// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/agetexts.h"

#include "ui/kit/timetext.h"

#include <QCoreApplication>

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
    const QString known =
        timetext::duration(std::chrono::seconds(std::max<qint64>(0, time.at.secsTo(now))));
    switch (time.source) {
    case DataTimeSource::FileTime: return tr("at least %1").arg(known);
    case DataTimeSource::FileName: return tr("at most %1").arg(known);
    case DataTimeSource::Dump:
    case DataTimeSource::Manifest: break;
    }
    return known;
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
        return tr("of %1 by its name").arg(timetext::utcMinutes(time.at));
    case DataTimeSource::Dump:
    case DataTimeSource::Manifest: break;
    }
    return tr("taken %1").arg(age);
}

QString doubt(const backup::DataTime &time)
{
    switch (time.source) {
    case DataTimeSource::FileTime:
        return tr("The backup does not say when its data was taken. The file may have been copied "
                  "since, and the data be older.");
    case DataTimeSource::FileName:
        return tr("The backup does not say when its data was taken, its name does: the earliest "
                  "moment which that can mean.");
    case DataTimeSource::Dump:
    case DataTimeSource::Manifest: break;
    }
    return {};
}

} // namespace mayday::ui::agetexts
