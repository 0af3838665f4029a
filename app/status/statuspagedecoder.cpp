// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/statuspagedecoder.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::status {

namespace {

constexpr qsizetype mostListed = 50;
constexpr qsizetype longestText = 500;
constexpr qsizetype longestName = 200;

/// One line of plain text: tags shown as text elsewhere, control characters gone.
QString plain(const QJsonValue &value, qsizetype limit)
{
    QString text = value.toString().left(4 * limit).simplified();
    text.removeIf([](QChar c) { return c.category() == QChar::Other_Control; });
    return text.size() > limit ? text.left(limit - 1) + u'…' : text;
}

State componentState(const QString &word)
{
    if (word == "operational"_L1)
        return State::Operational;
    if (word == "degraded_performance"_L1 || word == "partial_outage"_L1)
        return State::Degraded;
    if (word == "major_outage"_L1 || word == "full_outage"_L1)
        return State::Down;
    if (word == "under_maintenance"_L1)
        return State::Maintenance;
    return State::Unknown;
}

Impact impactOf(const QString &word)
{
    if (word == "none"_L1)
        return Impact::None;
    if (word == "minor"_L1)
        return Impact::Minor;
    if (word == "major"_L1)
        return Impact::Major;
    if (word == "critical"_L1)
        return Impact::Critical;
    if (word == "maintenance"_L1)
        return Impact::Maintenance;
    return Impact::Unknown;
}

State stateOf(Impact impact)
{
    switch (impact) {
    case Impact::None: return State::Operational;
    case Impact::Maintenance: return State::Maintenance;
    case Impact::Minor: return State::Degraded;
    case Impact::Major:
    case Impact::Critical: return State::Down;
    case Impact::Unknown: break;
    }
    return State::Unknown;
}

Impact impactOfState(State state)
{
    switch (state) {
    case State::Operational: return Impact::None;
    case State::Degraded: return Impact::Minor;
    case State::Down: return Impact::Major;
    case State::Maintenance: return Impact::Maintenance;
    case State::Unknown: break;
    }
    return Impact::Unknown;
}

QString worded(QString word)
{
    return word.replace(u'_', u' ');
}

QDateTime timeOf(const QJsonObject &object, std::initializer_list<QLatin1StringView> keys)
{
    for (const QLatin1StringView key : keys) {
        const QDateTime time =
            QDateTime::fromString(object.value(key).toString().left(40), Qt::ISODateWithMs);
        if (time.isValid())
            return time.toUTC();
    }
    return {};
}

QUrl safeUrl(const QJsonValue &value)
{
    const QUrl url(value.toString().left(2000), QUrl::StrictMode);
    const bool isWeb = url.scheme() == "https"_L1 || url.scheme() == "http"_L1;
    return isWeb && !url.host().isEmpty() ? url : QUrl();
}

FeedIncident incidentOf(const QJsonObject &object)
{
    FeedIncident incident;
    incident.name = plain(object.value("name"_L1), longestName);
    incident.phase = worded(plain(object.value("status"_L1), longestName));
    incident.impact = impactOf(object.value("impact"_L1).toString());
    incident.startedAt = timeOf(object, {"started_at"_L1, "scheduled_for"_L1, "created_at"_L1});
    const QJsonArray updates = object.value("incident_updates"_L1).toArray();
    incident.latestText = plain(updates.first().toObject().value("body"_L1), longestText);
    incident.url = safeUrl(object.value("shortlink"_L1));
    return incident;
}

bool isOver(const QJsonObject &incident)
{
    const QString phase = incident.value("status"_L1).toString();
    return phase == "resolved"_L1 || phase == "postmortem"_L1 || phase == "completed"_L1;
}

bool isUnderWay(const QJsonObject &maintenance)
{
    const QString phase = maintenance.value("status"_L1).toString();
    return phase == "in_progress"_L1 || phase == "verifying"_L1;
}

QList<FeedComponent> componentsOf(const QJsonArray &rows, const QStringList &wanted)
{
    QList<FeedComponent> components;
    for (const auto &row : rows) {
        const QJsonObject object = row.toObject();
        const QString name = plain(object.value("name"_L1), longestName);
        const bool isGroup = object.value("group"_L1).toBool(false);
        if (isGroup || name.isEmpty() ||
            (!wanted.isEmpty() && !wanted.contains(name, Qt::CaseInsensitive)))
            continue;
        const QString word = plain(object.value("status"_L1), longestName);
        components.append({.name = name, .state = componentState(word), .word = worded(word)});
    }
    return components;
}

FeedReading refused(const QString &detail, const QDateTime &at)
{
    FeedReading feed;
    feed.reading.word = u"no status"_s;
    feed.reading.detail = detail;
    feed.reading.at = at;
    feed.reading.error = Error{.kind = ErrorKind::Corrupt,
                               .subject = u"status page"_s,
                               .detail = detail,
                               .advice = std::nullopt};
    return feed;
}

State worstOf(const QList<FeedComponent> &components)
{
    State worst = State::Operational;
    for (const FeedComponent &component : components)
        worst = worseOf(worst, component.state);
    return worst;
}

void takeIncidents(const QJsonObject &root, FeedReading &feed)
{
    const QJsonArray incidents = root.value("incidents"_L1).toArray();
    for (const auto &row : incidents) {
        if (!isOver(row.toObject()) && feed.incidents.size() < mostListed)
            feed.incidents.append(incidentOf(row.toObject()));
    }
    const QJsonArray maintenances = root.value("scheduled_maintenances"_L1).toArray();
    for (const auto &row : maintenances) {
        if (isUnderWay(row.toObject()) && feed.maintenances.size() < mostListed)
            feed.maintenances.append(incidentOf(row.toObject()));
    }
}

/// The page's own indicator, unless only some components count: then the worst of those.
void judge(const QJsonObject &status, const QStringList &wanted, FeedReading &feed)
{
    feed.impact = impactOf(status.value("indicator"_L1).toString());
    feed.reading.state = stateOf(feed.impact);
    feed.reading.word = plain(status.value("description"_L1), longestName);
    if (!wanted.isEmpty() && !feed.components.isEmpty()) {
        feed.reading.state = worstOf(feed.components);
        feed.impact = impactOfState(feed.reading.state);
    }
    if (feed.reading.state == State::Operational && wanted.isEmpty() &&
        !feed.maintenances.isEmpty()) {
        feed.reading.state = State::Maintenance;
        feed.impact = Impact::Maintenance;
    }
}

void describe(const QStringList &wanted, FeedReading &feed)
{
    QStringList parts;
    for (const FeedComponent &component : std::as_const(feed.components)) {
        if (component.state != State::Operational && parts.size() < 5)
            parts += component.name + u": "_s + component.word;
    }
    for (const FeedIncident &incident : feed.incidents + feed.maintenances) {
        if (parts.size() < 8)
            parts += incident.phase.isEmpty() ? incident.name
                                              : incident.name + u" ("_s + incident.phase + u')';
    }
    if (!wanted.isEmpty() && feed.components.isEmpty())
        parts += u"none of the components in stack.yaml is on the page"_s;
    feed.reading.detail = parts.join(u"; "_s);
}

} // namespace

QString impactKey(Impact impact)
{
    switch (impact) {
    case Impact::None: return u"none"_s;
    case Impact::Maintenance: return u"maintenance"_s;
    case Impact::Minor: return u"minor"_s;
    case Impact::Major: return u"major"_s;
    case Impact::Critical: return u"critical"_s;
    case Impact::Unknown: break;
    }
    return u"unknown"_s;
}

FeedReading decodeStatuspage(const QByteArray &body, const QStringList &components,
                             const QDateTime &at)
{
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(body, &problem);
    if (!document.isObject())
        return refused(problem.error == QJsonParseError::NoError
                           ? u"The page answered JSON of another form, not status"_s
                           : u"The page answered no readable JSON: "_s + problem.errorString(),
                       at);
    const QJsonObject root = document.object();
    const QJsonObject status = root.value("status"_L1).toObject();
    if (!status.value("indicator"_L1).isString())
        return refused(u"The page answered JSON of another form, not status"_s, at);

    FeedReading feed;
    feed.reading.at = at;
    feed.pageName = plain(root.value("page"_L1).toObject().value("name"_L1), longestName);
    feed.components = componentsOf(root.value("components"_L1).toArray(), components);
    takeIncidents(root, feed);
    judge(status, components, feed);
    describe(components, feed);
    return feed;
}

} // namespace mayday::status
