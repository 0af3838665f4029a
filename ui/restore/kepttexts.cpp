// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/kepttexts.h"

#include "ui/kit/timetext.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui::kepttexts {

using restore::KeptFate;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("kepttexts", text);
}

QString days(qint64 count)
{
    return count == 1 ? tr("1 day") : tr("%1 days").arg(count);
}

/// "6 days", "5 h", "less than an hour"
QString until(const QDateTime &then, const QDateTime &now)
{
    const qint64 hours = std::max<qint64>(now.secsTo(then), 0) / 3600;
    if (hours >= 48)
        return days(now.toUTC().date().daysTo(then.toUTC().date()));
    return hours > 0 ? tr("%1 h").arg(hours) : tr("less than an hour");
}

bool isUnknown(const restore::ExpiryReport::Trouble &trouble)
{
    return trouble.why.sqlState == restore::outcomeUnknown;
}

} // namespace

QString goes(const restore::KeptTerm &term, const QDateTime &now)
{
    switch (term.fate) {
    case KeptFate::ByHand: return tr("By hand alone");
    case KeptFate::Later:
        return tr("%1, in %2").arg(timetext::brief(term.goesAt, now), until(term.goesAt, now));
    case KeptFate::Due: return tr("Due");
    case KeptFate::Renamed: return tr("Renamed by hand, stays");
    case KeptFate::Unsettled: return tr("Stays: its end was not seen");
    case KeptFate::IncidentOpen:
    case KeptFate::OnlyCopy:
    case KeptFate::InUse: return tr("Due, but stays");
    }
    Q_UNREACHABLE_RETURN({});
}

QString whyThen(const restore::KeptTerm &term)
{
    switch (term.fate) {
    case KeptFate::ByHand: return tr("It stays until somebody discards it.");
    case KeptFate::Later:
        return tr("It goes by itself at %1.")
            .arg(timetext::dateClock(term.goesAt, QTimeZone::systemTimeZone()));
    case KeptFate::Due:
        return tr("Its days have passed: it goes by itself once Mayday has run for an hour and the "
                  "database is well, or with maydayctl discard --expired.");
    case KeptFate::Renamed:
        return tr("Somebody has renamed it, so it may be in use: it stays. Drop it by hand if "
                  "nobody needs it.");
    case KeptFate::IncidentOpen:
        return tr("Its days have passed. It stays while an incident is open.");
    case KeptFate::Unsettled:
        return tr("It stays until somebody discards it: Mayday on this machine has not seen how "
                  "its restore or put-back ended.");
    case KeptFate::OnlyCopy:
        return tr("Its days have passed. It stays: nothing is live under its name, so it may be "
                  "the only copy.");
    case KeptFate::InUse:
        return tr("Its days have passed. It stays while somebody is connected to it or stack.yaml "
                  "names it.");
    }
    Q_UNREACHABLE_RETURN({});
}

QString rule(int keepDays)
{
    if (keepDays <= 0)
        return tr("Each can be put back or compared until you discard it; after that there is no "
                  "way back to it. Nothing goes by itself: stack.yaml has no keep-days for this "
                  "database.");
    return tr("Each can be put back or compared until it goes by itself, after %1 (keep-days in "
              "stack.yaml), or until you discard it; after that there is no way back to it.")
        .arg(days(keepDays));
}

QString names(const QList<restore::KeptSchema> &kept)
{
    QStringList parts;
    for (const restore::KeptSchema &one : kept)
        parts.append(tr("%1 (%2)").arg(one.name, timetext::bytes(one.bytes)));
    return parts.join(u", "_s);
}

QString discarded(const QList<restore::KeptSchema> &gone)
{
    return tr("Discarded: %1.").arg(names(gone));
}

QString past(const restore::DiscardedKept &gone)
{
    const QString when = timetext::dateClock(gone.at, QTimeZone::utc());
    return (gone.keepDays > 0 ? tr("%1: %2 (%3), by itself after %4") : tr("%1: %2 (%3), by hand"))
        .arg(when, gone.name, timetext::bytes(gone.bytes), days(gone.keepDays));
}

QString expirySentence(const restore::ExpiryReport &report)
{
    if (!report.gone.isEmpty())
        return tr("Discarded after %1 in %2: %3.")
            .arg(days(report.keepDays), report.target.database(), names(report.gone));
    const QString after = days(report.keepDays);
    const QString database = report.target.database();
    if (std::ranges::any_of(report.troubles, isUnknown))
        return tr("Nobody knows whether what was to go after %1 in %2 is gone.")
            .arg(after, database);
    if (report.troubles.isEmpty())
        return {};
    const bool hasLooked = std::ranges::any_of(
        report.troubles, [](const auto &trouble) { return !trouble.names.isEmpty(); });
    return (hasLooked ? tr("What was to go after %1 in %2 is still there.")
                      : tr("What is to go after %1 in %2 could not be looked for."))
        .arg(after, database);
}

QString expiryDetail(const restore::ExpiryReport &report)
{
    QStringList lines;
    if (!report.gone.isEmpty())
        lines.append(tr("At %1, as keep-days in stack.yaml says.")
                         .arg(timetext::dateClock(report.at, QTimeZone::systemTimeZone())));
    for (const restore::ExpiryReport::Trouble &trouble : report.troubles) {
        if (trouble.names.isEmpty())
            lines.append(tr("Tried again tomorrow. %1").arg(describe(trouble.why)));
        else
            lines.append((isUnknown(trouble)
                              ? tr("Nobody knows whether it is gone: %1. %2")
                              : tr("Not discarded, and tried again tomorrow: %1. %2"))
                             .arg(trouble.names.join(u", "_s), describe(trouble.why)));
    }
    return lines.join(u'\n');
}

} // namespace mayday::ui::kepttexts
