// SPDX-License-Identifier: GPL-3.0-or-later
#include "practice/practicepages.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace mayday::practice {

namespace {

struct Words {
    QLatin1StringView indicator;
    QLatin1StringView description;
    QLatin1StringView component;
};

Words wordsOf(PageState state)
{
    switch (state) {
    case PageState::Fine:
    case PageState::BadPage:
    case PageState::Broken: return {"none"_L1, "All Systems Operational"_L1, "operational"_L1};
    case PageState::Minor:
        return {"minor"_L1, "Minor Service Outage"_L1, "degraded_performance"_L1};
    case PageState::Major: return {"major"_L1, "Partial System Outage"_L1, "partial_outage"_L1};
    case PageState::Critical: return {"critical"_L1, "Major Service Outage"_L1, "major_outage"_L1};
    case PageState::Maintenance:
        return {"maintenance"_L1, "Service Under Maintenance"_L1, "under_maintenance"_L1};
    }
    Q_UNREACHABLE_RETURN({});
}

/// Twelve characters, as Statuspage's are, and the same every time.
QString idOf(const QString &text)
{
    const QByteArray digest = QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha256);
    return QString::fromLatin1(digest.toHex().first(12));
}

QString timeText(const QDateTime &time)
{
    return time.toUTC().toString(Qt::ISODateWithMs);
}

QJsonObject component(const PracticePage &page, qsizetype index)
{
    const bool hit = index == 0;
    return {{u"id"_s, idOf(page.id + page.components.at(index))},
            {u"name"_s, page.components.at(index)},
            {u"status"_s, hit ? wordsOf(page.state).component : "operational"_L1},
            {u"created_at"_s, u"2024-01-15T09:00:00.000Z"_s},
            {u"updated_at"_s, timeText(page.since)},
            {u"position"_s, qint64(index + 1)},
            {u"description"_s, QJsonValue::Null},
            {u"showcase"_s, true},
            {u"start_date"_s, u"2024-01-15"_s},
            {u"group_id"_s, QJsonValue::Null},
            {u"page_id"_s, idOf(page.id)},
            {u"group"_s, false},
            {u"only_show_if_degraded"_s, false}};
}

QJsonObject update(const PracticePage &page, const QString &incidentId, const QString &status)
{
    return {{u"id"_s, idOf(incidentId + status)},
            {u"status"_s, status},
            {u"body"_s,
             u"We are looking into problems with %1. (Practice: nothing is really down.)"_s.arg(
                 page.components.first())},
            {u"incident_id"_s, incidentId},
            {u"created_at"_s, timeText(page.since)},
            {u"updated_at"_s, timeText(page.since)},
            {u"display_at"_s, timeText(page.since)},
            {u"affected_components"_s,
             QJsonArray{QJsonObject{{u"code"_s, idOf(page.id + page.components.first())},
                                    {u"name"_s, page.components.first()},
                                    {u"old_status"_s, u"operational"_s},
                                    {u"new_status"_s, wordsOf(page.state).component}}}},
            {u"deliver_notifications"_s, true},
            {u"custom_tweet"_s, QJsonValue::Null},
            {u"tweet_id"_s, QJsonValue::Null}};
}

QJsonObject incident(const PracticePage &page, const QString &status)
{
    const QString id = idOf(page.id + timeText(page.since));
    return {{u"id"_s, id},
            {u"name"_s, u"%1: elevated errors"_s.arg(page.components.first())},
            {u"status"_s, status},
            {u"impact"_s, wordsOf(page.state).indicator},
            {u"created_at"_s, timeText(page.since)},
            {u"updated_at"_s, timeText(page.since)},
            {u"started_at"_s, timeText(page.since)},
            {u"monitoring_at"_s, QJsonValue::Null},
            {u"resolved_at"_s, QJsonValue::Null},
            {u"shortlink"_s, u"https://stspg.io/"_s + id},
            {u"page_id"_s, idOf(page.id)},
            {u"incident_updates"_s, QJsonArray{update(page, id, status)}},
            {u"components"_s, QJsonArray{component(page, 0)}},
            {u"reminder_intervals"_s, QJsonValue::Null}};
}

QJsonObject maintenance(const PracticePage &page)
{
    QJsonObject work = incident(page, u"in_progress"_s);
    work[u"name"_s] = u"Scheduled maintenance of %1"_s.arg(page.components.first());
    work[u"scheduled_for"_s] = timeText(page.since);
    work[u"scheduled_until"_s] = timeText(page.since.addSecs(3600));
    return work;
}

} // namespace

QList<PracticePage> practicePages()
{
    return {
        {.id = u"vercel"_s,
         .name = u"Vercel"_s,
         .components = {u"Edge Network"_s, u"Builds"_s, u"Serverless Functions"_s, u"Dashboard"_s}},
        {.id = u"supabase"_s,
         .name = u"Supabase"_s,
         .components = {u"Database"_s, u"API Gateway"_s, u"Auth"_s, u"Storage"_s,
                        u"Connection Pooler"_s}},
        {.id = u"github"_s,
         .name = u"GitHub"_s,
         .components = {u"Git Operations"_s, u"Actions"_s, u"API Requests"_s, u"Pull Requests"_s}}};
}

QByteArray summaryJson(const PracticePage &page, const QDateTime &now)
{
    const Words words = wordsOf(page.state);
    QJsonArray components;
    for (qsizetype index = 0; index < page.components.size(); ++index)
        components.append(component(page, index));
    QJsonArray incidents;
    QJsonArray maintenances;
    if (page.state == PageState::Maintenance)
        maintenances.append(maintenance(page));
    else if (words.indicator != "none"_L1)
        incidents.append(incident(page, u"investigating"_s));
    const QJsonObject body{
        {u"page"_s, QJsonObject{{u"id"_s, idOf(page.id)},
                                {u"name"_s, page.name},
                                {u"url"_s, u"https://status.%1.example"_s.arg(page.id)},
                                {u"time_zone"_s, u"Etc/UTC"_s},
                                {u"updated_at"_s, timeText(now)}}},
        {u"components"_s, components},
        {u"incidents"_s, incidents},
        {u"scheduled_maintenances"_s, maintenances},
        {u"status"_s,
         QJsonObject{{u"indicator"_s, words.indicator}, {u"description"_s, words.description}}}};
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

} // namespace mayday::practice
