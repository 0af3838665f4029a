// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/keptexpiry.h"

#include "restore/sidedatabase.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTimeZone>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// Of a login that may not see what others do, a session is taken for somebody's.
constexpr QByteArrayView expiryQuestion =
    "SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint,"
    " (SELECT coalesce(pg_catalog.json_agg(DISTINCT n.nspname), '[]') FROM pg_catalog.pg_class c"
    "  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')"
    "  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    "  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid"
    "   AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'e'))::text,"
    " (SELECT coalesce(pg_catalog.json_agg(DISTINCT datname), '[]')"
    "  FROM pg_catalog.pg_stat_activity WHERE datname <> pg_catalog.current_database()"
    "  AND coalesce(backend_type, 'client backend') = 'client backend')::text";

QSet<QString> namesFromJson(const QString &json)
{
    QSet<QString> names;
    for (const auto &name : QJsonDocument::fromJson(json.toUtf8()).array())
        names.insert(name.toString());
    return names;
}

/// When anything that this restore keeps was moved last; invalid when one of the marks says nothing
/// or is that of a backup that was never live, or that people may have switched to.
QDateTime lastMoved(const QString &restore, const QList<KeptSchema> &all)
{
    QDateTime last;
    for (const KeptSchema &kept : all) {
        if (kept.restore != restore)
            continue;
        const bool goesByHand = kept.state == KeptState::Loading || kept.state == KeptState::Copy ||
                                kept.state == KeptState::HandedOver;
        if (!kept.at.isValid() || goesByHand)
            return {};
        if (!last.isValid() || kept.at > last)
            last = kept.at;
    }
    return last;
}

/// The database that took the place of the live one brought along what is kept in it, and what is
/// kept in this one may have come back with a put-back.
QDateTime lastDatabaseMoved(const KeptLook &look)
{
    QDateTime last;
    for (const KeptSchema &kept : look.kept) {
        if (kept.isDatabase && kept.at.isValid() && (!last.isValid() || kept.at > last))
            last = kept.at;
    }
    return last;
}

bool isLive(const KeptSchema &kept, const KeptLook &look)
{
    if (!kept.isDatabase)
        return look.withTables.contains(kept.original);
    // The look was taken from the live one; what is kept in it is not live.
    return std::ranges::any_of(look.withTables, [&look](const QString &schema) {
        return !std::ranges::contains(look.kept, schema, &KeptSchema::name);
    });
}

KeptFate fateWhenPast(const QString &restore, const KeptLook &look, const ExpiryRules &rules)
{
    if (rules.isIncidentOpen)
        return KeptFate::IncidentOpen;
    for (const KeptSchema &kept : look.kept) {
        if (kept.restore != restore)
            continue;
        if (!isAside(kept))
            return KeptFate::Renamed;
        if (!isLive(kept, look))
            return KeptFate::OnlyCopy;
        const bool isUsed = look.inUse.contains(kept.name) || rules.inStack.contains(kept.name);
        if (kept.isDatabase && isUsed)
            return KeptFate::InUse;
    }
    return KeptFate::Due;
}

} // namespace

Result<KeptLook> lookAtKept(postgres::Session &session, TaskContext &context)
{
    const auto kept = allKept(session, context);
    if (!kept)
        return failure(kept.error());
    const auto rows = session.query(expiryQuestion, context);
    if (!rows)
        return failure(rows.error());
    return KeptLook{.kept = *kept,
                    .serverNow =
                        QDateTime::fromMSecsSinceEpoch(rows->integer(0, 0), QTimeZone::UTC),
                    .withTables = namesFromJson(rows->text(0, 1)),
                    .inUse = namesFromJson(rows->text(0, 2))};
}

KeptTerm termOf(const KeptSchema &kept, const KeptLook &look, const ExpiryRules &rules,
                const QDateTime &now)
{
    if (!isAside(kept))
        return {.fate = KeptFate::Renamed};
    if (rules.keepDays <= 0 || kept.restore.isEmpty())
        return {};
    QDateTime since = lastMoved(kept.restore, look.kept);
    if (!since.isValid())
        return {};
    // Nobody promises a day to what goes on none.
    const auto seen = rules.ended.constFind(kept.restore);
    if (seen == rules.ended.cend())
        return {.fate = KeptFate::Unsettled};
    since = std::max(since, *seen); // the mark may have come from elsewhere, with a time of its own
    if (const QDateTime moved = lastDatabaseMoved(look); !kept.isDatabase && moved.isValid())
        since = std::max(since, moved);
    const QDateTime goesAt = since.toUTC().addDays(rules.keepDays);
    const bool isQuiet = !rules.quietUntil.isValid() || rules.quietUntil <= now;
    const bool isPast = goesAt <= now && goesAt <= look.serverNow;
    if (isPast && !isQuiet && !rules.isIncidentOpen)
        return {.fate = KeptFate::Later, .goesAt = rules.quietUntil.toUTC()};
    return {.fate = isPast ? fateWhenPast(kept.restore, look, rules) : KeptFate::Later,
            .goesAt = goesAt};
}

QList<QList<KeptSchema>> dueOf(const KeptLook &look, const ExpiryRules &rules, const QDateTime &now)
{
    QList<QList<KeptSchema>> due;
    for (const KeptSchema &kept : look.kept) {
        if (termOf(kept, look, rules, now).fate != KeptFate::Due)
            continue;
        const auto together = std::ranges::find_if(due, [&kept](const QList<KeptSchema> &group) {
            return group.front().restore == kept.restore;
        });
        if (together == due.end())
            due.prepend({kept});
        else
            together->append(kept);
    }
    return due;
}

QHash<QString, QDateTime> endedOf(const QList<RestoreRecord> &records,
                                  const postgres::ConnectionString &target)
{
    QHash<QString, QDateTime> ended;
    for (const RestoreRecord &record : records) {
        const bool isOpen = record.isToBeAsked() || record.state == RestoreState::Running;
        const auto where = postgres::ConnectionString::parse(record.connection);
        const bool isHere = where && isSameDatabase(*where, target);
        if (isHere && !isOpen && !record.discardedAt && record.endedAt)
            ended.insert(record.id.text(),
                         std::max(*record.endedAt, record.putBackAt.value_or(*record.endedAt)));
    }
    return ended;
}

QDateTime quietUntilOf(const QList<store::JournalEvent> &events)
{
    static const QSet<QString> loud = {
        u"incident.opened"_s,         u"incident.closed"_s,         u"restore.started"_s,
        u"restore.finished"_s,        u"restore.settled"_s,         u"restore.putback"_s,
        u"restore.putback.started"_s, u"restore.putback.settled"_s, u"restore.broughtback"_s};
    QDateTime last;
    for (const store::JournalEvent &event : events) {
        if (loud.contains(event.kind) && (!last.isValid() || event.at > last))
            last = event.at;
    }
    return last.isValid() ? last.addDuration(quietAfter) : last;
}

QString fateKey(KeptFate fate)
{
    switch (fate) {
    case KeptFate::ByHand: return u"by-hand"_s;
    case KeptFate::Later: return u"later"_s;
    case KeptFate::Due: return u"due"_s;
    case KeptFate::Renamed: return u"renamed"_s;
    case KeptFate::IncidentOpen: return u"incident-open"_s;
    case KeptFate::Unsettled: return u"unsettled"_s;
    case KeptFate::OnlyCopy: return u"only-copy"_s;
    case KeptFate::InUse: return u"in-use"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace mayday::restore
