// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/rowsdigest.h"

#include <QCryptographicHash>
#include <QtEndian>

#include <array>
#include <chrono>
#include <optional>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// Takes digits off the front, then the character that has to follow, if any is asked for.
std::optional<int> takeNumber(QByteArrayView &text, qsizetype atLeast, char then = '\0')
{
    int value = 0;
    qsizetype count = 0;
    while (count < text.size() && count < 6 && text[count] >= '0' && text[count] <= '9')
        value = value * 10 + (text[count++] - '0');
    const bool ends = then == '\0' || (count < text.size() && text[count] == then);
    if (count < atLeast || !ends)
        return std::nullopt;
    text = text.sliced(count + (then == '\0' ? 0 : 1));
    return value;
}

/// "+02", "-05:30", "+00:53:28": local time minus UTC.
std::optional<std::chrono::seconds> takeOffset(QByteArrayView &text)
{
    if (text.isEmpty() || (text[0] != '+' && text[0] != '-'))
        return std::nullopt;
    const int sign = text[0] == '-' ? -1 : 1;
    text = text.sliced(1);
    int seconds = 0;
    for (const int unit : {3600, 60, 1}) {
        const auto part = takeNumber(text, 2);
        if (!part)
            return std::nullopt;
        seconds += *part * unit;
        if (text.isEmpty() || text[0] != ':')
            break;
        text = text.sliced(1);
    }
    return std::chrono::seconds(sign * seconds);
}

QByteArray padded(qint64 value, int width)
{
    return QByteArray::number(value).rightJustified(width, '0');
}

} // namespace

void RowsDigest::add(QByteArrayView row)
{
    std::array<char, 32> room{};
    QCryptographicHash::hashInto(room, row, QCryptographicHash::Sha256);
    m_first += qFromLittleEndian<quint64>(room.data());
    m_second += qFromLittleEndian<quint64>(room.data() + sizeof(quint64));
    ++m_rows;
}

QString RowsDigest::text() const
{
    return u"%1%2"_s.arg(m_first, 16, 16, '0'_L1).arg(m_second, 16, 16, '0'_L1);
}

QByteArray inUtc(QByteArrayView moment)
{
    using namespace std::chrono;
    if (moment.endsWith("+00"))
        return moment.toByteArray();
    QByteArrayView rest = moment;
    const auto yearOfEra = takeNumber(rest, 4, '-');
    const auto month = yearOfEra ? takeNumber(rest, 2, '-') : std::nullopt;
    const auto day = month ? takeNumber(rest, 2, ' ') : std::nullopt;
    const auto hour = day ? takeNumber(rest, 2, ':') : std::nullopt;
    const auto minute = hour ? takeNumber(rest, 2, ':') : std::nullopt;
    const auto second = minute ? takeNumber(rest, 2) : std::nullopt;
    if (!second)
        return moment.toByteArray();
    qsizetype fraction = 0;
    if (rest.startsWith('.')) {
        ++fraction;
        while (fraction < rest.size() && rest[fraction] >= '0' && rest[fraction] <= '9')
            ++fraction;
    }
    const QByteArrayView subseconds = rest.first(fraction);
    rest = rest.sliced(fraction);
    const auto offset = takeOffset(rest);
    const bool isBc = rest == " BC";
    // The calendar of the library ends with the year 32767.
    if (!offset || (!rest.isEmpty() && !isBc) || *yearOfEra > 32000)
        return moment.toByteArray();
    const year_month_day local(year(isBc ? 1 - *yearOfEra : *yearOfEra),
                               std::chrono::month(static_cast<unsigned>(*month)),
                               std::chrono::day(static_cast<unsigned>(*day)));
    if (!local.ok())
        return moment.toByteArray();
    const sys_seconds utc =
        sys_days(local) + hours(*hour) + minutes(*minute) + seconds(*second) - *offset;
    const auto date = floor<days>(utc);
    const year_month_day calendar(date);
    const hh_mm_ss time(utc - date);
    const int utcYear = static_cast<int>(calendar.year());
    return padded(utcYear > 0 ? utcYear : 1 - utcYear, 4) + '-' +
           padded(static_cast<unsigned>(calendar.month()), 2) + '-' +
           padded(static_cast<unsigned>(calendar.day()), 2) + ' ' +
           padded(time.hours().count(), 2) + ':' + padded(time.minutes().count(), 2) + ':' +
           padded(time.seconds().count(), 2) + subseconds.toByteArray() + "+00" +
           (utcYear > 0 ? "" : " BC");
}

} // namespace mayday::restore
