// SPDX-License-Identifier: GPL-3.0-or-later
// PreflightReport: what it sums up, and how it is written.
#include "restore/preflight.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

QJsonValue errorOrNull(const std::optional<Error> &error)
{
    return error ? QJsonValue(toJson(*error)) : QJsonValue();
}

QJsonArray schemasOf(const QList<SchemaFacts> &schemas)
{
    QJsonArray all;
    for (const SchemaFacts &schema : schemas)
        all.append(QJsonObject{{u"name"_s, schema.name},
                               {u"exists"_s, schema.exists},
                               {u"owner"_s, schema.owner},
                               {u"tables"_s, schema.tables},
                               {u"rows"_s, schema.rows},
                               {u"bytes"_s, schema.bytes}});
    return all;
}

QJsonArray limitsOf(const QList<LimitInForce> &limits)
{
    QJsonArray all;
    for (const LimitInForce &limit : limits)
        all.append(QJsonObject{
            {u"name"_s, limit.name}, {u"value"_s, limit.value}, {u"whose"_s, limit.whose}});
    return all;
}

/// By name; those too of which nothing is known.
QJsonObject extensionsOf(const MissingNeeds &missing)
{
    dump::ExtensionUses uses;
    for (const QString &extension : missing.extensions)
        uses.insert(extension, missing.uses.value(extension));
    return dump::toJson(uses);
}

QJsonArray notesAsJson(const QList<PreflightNote> &notes)
{
    QJsonArray all;
    for (const PreflightNote &note : notes)
        all.append(QJsonObject{{u"isWarning"_s, note.weight != PreflightNote::Weight::Fact},
                               {u"isOfBeside"_s, note.isOfBeside},
                               {u"text"_s, note.text}});
    return all;
}

QJsonObject liveDataOf(const PreflightReport &report)
{
    QJsonObject json{{u"bytes"_s, report.liveBytes()}};
    if (report.loss && report.loss->newest) {
        const NewestRow &newest = *report.loss->newest;
        json.insert(u"newestRow"_s, QJsonObject{{u"at"_s, newest.at.toString(Qt::ISODateWithMs)},
                                                {u"secondsAgo"_s, qint64(newest.age.count())},
                                                {u"table"_s, newest.table},
                                                {u"column"_s, newest.column},
                                                {u"isWithoutZone"_s, newest.isWithoutZone}});
    } else {
        json.insert(u"newestRow"_s, QJsonValue());
    }
    const bool isKnown = report.loss && report.loss->sinceLastCommit;
    json.insert(u"secondsSinceLastCommitOnServer"_s,
                isKnown ? QJsonValue(qint64(report.loss->sinceLastCommit->count())) : QJsonValue());
    return json;
}

} // namespace

qint64 PreflightReport::liveRows() const
{
    qint64 sum = 0;
    for (const SchemaFacts &schema : schemas)
        sum += schema.rows;
    return sum;
}

qint64 PreflightReport::liveBytes() const
{
    qint64 sum = 0;
    for (const SchemaFacts &schema : schemas)
        sum += schema.bytes;
    return sum;
}

QString sessionsInWords(const PreflightReport &report)
{
    const ServerLimits &limits = report.limits;
    if (limits.most == 0)
        return {};
    QString text = u"%1 of %2 in use, %3 of them in this database"_s.arg(limits.sessions)
                       .arg(limits.most)
                       .arg(limits.sessionsHere);
    if (report.isPoolerExcluded)
        text += u"; no transaction pooler found in between"_s;
    return text;
}

QJsonObject toJson(const PreflightReport &report)
{
    const ServerLimits &limits = report.limits;
    return {{u"target"_s, report.target},
            {u"serverVersion"_s, report.serverVersion},
            {u"host"_s, report.host.name.isEmpty() ? QJsonValue() : toJson(report.host)},
            {u"schemas"_s, schemasOf(report.schemas)},
            {u"liveData"_s, liveDataOf(report)},
            {u"loss"_s, report.loss ? QJsonValue(toJson(*report.loss)) : QJsonValue()},
            {u"proposed"_s, modeKey(report.way.proposed)},
            {u"sessions"_s, QJsonObject{{u"inUse"_s, limits.sessions},
                                        {u"inDatabase"_s, limits.sessionsHere},
                                        {u"most"_s, limits.most},
                                        {u"poolerExcluded"_s, report.isPoolerExcluded}}},
            {u"limits"_s, limitsOf(limits.limits)},
            {u"missingRoles"_s, QJsonArray::fromStringList(report.missing.roles)},
            {u"missingExtensions"_s, extensionsOf(report.missing)},
            {u"reservedRoles"_s, QJsonArray::fromStringList(report.missing.reserved)},
            {u"canMakeRoles"_s, report.canMakeRoles},
            {u"leftOut"_s, QJsonArray::fromStringList(report.leftOut)},
            {u"notMade"_s, toJson(report.notMade)},
            {u"notes"_s, notesAsJson(report.notes)},
            {u"blocker"_s, errorOrNull(report.blocker)},
            {u"hindrance"_s, errorOrNull(report.hindrance)}};
}

} // namespace mayday::restore
