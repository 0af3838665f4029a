// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/timetext.h"

#include <QCoreApplication>
#include <QLocale>

#include <array>
#include <cmath>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace mayday::ui::timetext {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct TimeWords {
    Q_DECLARE_TR_FUNCTIONS(TimeText)
};

QString two(qint64 number)
{
    return u"%1"_s.arg(number, 2, 10, '0'_L1);
}

QString minutesOf(const QDateTime &when)
{
    return QLocale::c().toString(when.time(), u"HH:mm");
}

/// One digit behind the point below ten times ten, none above: "4.1", "11.4", "218".
QString shortNumber(double number)
{
    return QString::number(number, 'f', number < 99.95 ? 1 : 0);
}

QString withoutZero(double number)
{
    QString text = shortNumber(number);
    if (text.endsWith(".0"_L1))
        text.chop(2);
    return text;
}

constexpr std::array<const char *, 5> byteUnits{"B", "kB", "MB", "GB", "TB"};

/// The power of 1000 that leaves at most three digits before the point.
size_t unitOf(double number)
{
    size_t unit = 0;
    for (; number >= 999.5 && unit + 1 < byteUnits.size(); ++unit)
        number /= 1000;
    return unit;
}

QString inUnit(double number, size_t unit)
{
    return unit == 0 ? QString::number(number, 'f', 0)
                     : withoutZero(number / std::pow(1000.0, static_cast<double>(unit)));
}

QString unitName(size_t unit)
{
    return QString::fromLatin1(byteUnits.at(unit));
}

} // namespace

QString clock(const QDateTime &when, const QTimeZone &here)
{
    const QDateTime utc = when.toUTC();
    const QDateTime local = utc.toTimeZone(here);
    if (local.offsetFromUtc() == 0)
        return utcMinutes(utc);
    if (local.date() == utc.date())
        return TimeWords::tr("%1 UTC (%2 here)").arg(minutesOf(utc), minutesOf(local));
    return TimeWords::tr("%1 UTC (%2 here, %3)")
        .arg(minutesOf(utc), minutesOf(local), QLocale::c().dayName(local.date().dayOfWeek()));
}

QString utcSeconds(const QDateTime &when)
{
    return TimeWords::tr("%1 UTC").arg(QLocale::c().toString(when.toUTC().time(), u"HH:mm:ss"));
}

QString utcMinutes(const QDateTime &when)
{
    return TimeWords::tr("%1 UTC").arg(minutesOf(when.toUTC()));
}

QString dateClock(const QDateTime &when, const QTimeZone &here)
{
    return u"%1, %2"_s.arg(QLocale::c().toString(when.toUTC().date(), u"d MMMM yyyy"),
                           clock(when, here));
}

QString brief(const QDateTime &when, const QDateTime &now)
{
    const QDateTime utc = when.toUTC();
    const qint64 days = utc.date().daysTo(now.toUTC().date());
    if (days == 0)
        return minutesOf(utc);
    if (days > 0 && days < 7)
        return QLocale::c().toString(utc.date(), u"ddd ") + minutesOf(utc);
    if (utc.date().year() == now.toUTC().date().year())
        return QLocale::c().toString(utc.date(), u"d MMM");
    return QLocale::c().toString(utc.date(), u"d MMM yyyy");
}

QString age(milliseconds since)
{
    if (since < 1s)
        return TimeWords::tr("just now");
    const qint64 whole = std::chrono::duration_cast<seconds>(since).count();
    if (whole < 60)
        return TimeWords::tr("%1 s ago").arg(whole);
    if (whole < 3600)
        return TimeWords::tr("%1 min ago").arg(whole / 60);
    if (whole < 86400)
        return TimeWords::tr("%1 h %2 min ago").arg(whole / 3600).arg(two(whole % 3600 / 60));
    const qint64 days = whole / 86400;
    return days == 1 ? TimeWords::tr("1 day ago") : TimeWords::tr("%1 days ago").arg(days);
}

QString age(const QDateTime &when, const QDateTime &now)
{
    return age(milliseconds(when.msecsTo(now)));
}

QString duration(milliseconds length)
{
    if (length < 0s)
        return u"-"_s + duration(-length);
    if (length > 0ms && length < 9950ms && length % 1000 != 0ms)
        return TimeWords::tr("%1 s").arg(static_cast<double>(length.count()) / 1000, 0, 'f', 1);
    const qint64 whole = std::chrono::round<seconds>(length).count();
    if (whole < 60)
        return TimeWords::tr("%1 s").arg(whole);
    if (whole < 3600)
        return TimeWords::tr("%1 min %2 s").arg(whole / 60).arg(two(whole % 60));
    if (whole < 2 * 86400)
        return TimeWords::tr("%1 h %2 min").arg(whole / 3600).arg(two(whole % 3600 / 60));
    return TimeWords::tr("%1 days %2 h").arg(whole / 86400).arg(whole % 86400 / 3600);
}

QString promise(std::chrono::minutes length)
{
    const qint64 whole = length.count();
    return whole > 0 && whole % 60 == 0 ? TimeWords::tr("%1 h").arg(whole / 60)
                                        : TimeWords::tr("%1 min").arg(whole);
}

QString countdown(milliseconds left)
{
    const qint64 whole = std::chrono::floor<seconds>(std::chrono::abs(left)).count();
    const QString sign = left <= -1s ? u"-"_s : QString();
    if (whole < 3600)
        return sign + u"%1:%2"_s.arg(two(whole / 60), two(whole % 60));
    return sign + u"%1:%2:%3"_s.arg(whole / 3600).arg(two(whole % 3600 / 60), two(whole % 60));
}

QString range(seconds low, seconds high)
{
    const auto minutes = [](seconds length) {
        return (length.count() + 30) / 60;
    };
    const auto one = [&](seconds length) {
        return length < 90s ? TimeWords::tr("%1 s").arg(length.count())
                            : TimeWords::tr("%1 min").arg(minutes(length));
    };
    if (high < low)
        std::swap(low, high);
    if (one(low) == one(high))
        return one(high);
    if (high < 90s)
        return TimeWords::tr("%1 to %2 s").arg(low.count()).arg(high.count());
    if (low >= 90s)
        return TimeWords::tr("%1 to %2 min").arg(minutes(low)).arg(minutes(high));
    return TimeWords::tr("%1 to %2").arg(one(low), one(high));
}

QString count(qint64 number)
{
    QString text = QString::number(number);
    const qsizetype first = number < 0 ? 1 : 0;
    for (qsizetype place = text.size() - 3; place > first; place -= 3)
        text.insert(place, u',');
    return text;
}

QString shortCount(qint64 number)
{
    if (number < 1'000'000)
        return count(number);
    if (number < 999'950'000)
        return TimeWords::tr("%1 M").arg(shortNumber(static_cast<double>(number) / 1e6));
    return TimeWords::tr("%1 G").arg(shortNumber(static_cast<double>(number) / 1e9));
}

QString bytes(qint64 number)
{
    const auto amount = static_cast<double>(number);
    const size_t unit = unitOf(amount);
    return u"%1 %2"_s.arg(inUnit(amount, unit), unitName(unit));
}

QString bytesOf(qint64 done, qint64 total)
{
    const size_t unit = unitOf(static_cast<double>(total));
    return TimeWords::tr("%1 of %2 %3")
        .arg(inUnit(static_cast<double>(done), unit), inUnit(static_cast<double>(total), unit),
             unitName(unit));
}

QString rate(double bytesPerSecond)
{
    const size_t unit = unitOf(bytesPerSecond);
    return u"%1 %2/s"_s.arg(inUnit(bytesPerSecond, unit), unitName(unit));
}

} // namespace mayday::ui::timetext
