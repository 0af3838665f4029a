// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QTimeZone>

#include <chrono>

/// Times, ages, durations, amounts and sizes as people read them. Pure functions; the decimal point
/// and the thousands comma never depend on the desktop's locale, so that what two people read aloud
/// is the same.
namespace mayday::ui::timetext {

/// "14:02 UTC (15:02 here)"; "14:02 UTC" when here is UTC; the other day is named when it differs:
/// "23:40 UTC (00:40 here, Tuesday)".
[[nodiscard]] QString clock(const QDateTime &when, const QTimeZone &here);
/// "14:05:12 UTC"
[[nodiscard]] QString utcSeconds(const QDateTime &when);
/// "14:02 UTC"
[[nodiscard]] QString utcMinutes(const QDateTime &when);
/// "22 November 2026, 14:02 UTC (15:02 here)"
[[nodiscard]] QString dateClock(const QDateTime &when, const QTimeZone &here);
/// "13:51" today, "Sat 11:40" within a week, "3 Nov" within the year, "3 Nov 2025"; all UTC.
[[nodiscard]] QString brief(const QDateTime &when, const QDateTime &now);

/// "just now" under a second, "6 s ago", "11 min ago", "3 h 12 min ago", "2 days ago".
[[nodiscard]] QString age(std::chrono::milliseconds since);
[[nodiscard]] QString age(const QDateTime &when, const QDateTime &now);
/// "0.2 s", "6 s", "6 min 40 s", "12 h 05 min", "3 days 4 h".
[[nodiscard]] QString duration(std::chrono::milliseconds length);
/// What somebody has promised, without a show of precision: "15 min", "90 min", "4 h".
[[nodiscard]] QString promise(std::chrono::minutes length);
/// "06:12", "1:02:09", and "-00:30" when it is overdue. For clocks that run.
[[nodiscard]] QString countdown(std::chrono::milliseconds left);
/// "40 to 55 s", "4 to 6 min", "50 s to 2 min", or one value when both ends read the same.
[[nodiscard]] QString range(std::chrono::seconds low, std::chrono::seconds high);

/// "60,012"
[[nodiscard]] QString count(qint64 number);
/// "812", "60,012", then "1.9 M", "2.4 G" from one million on.
[[nodiscard]] QString shortCount(qint64 number);
/// Decimal units: "312 B", "4.1 kB", "218 MB", "1.2 GB".
[[nodiscard]] QString bytes(qint64 number);
/// "218 of 292 MB"; both in the unit of the total.
[[nodiscard]] QString bytesOf(qint64 done, qint64 total);
/// "11.4 MB/s"
[[nodiscard]] QString rate(double bytesPerSecond);

} // namespace mayday::ui::timetext
