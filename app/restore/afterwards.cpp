// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/afterwards.h"

#include <QJsonArray>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// So that a record stays one that can be read; whoever shows them shows fewer.
constexpr qsizetype mostOfAKind = 500;

QStringList sentencesFrom(const QJsonValue &json)
{
    QStringList sentences;
    for (const auto &one : json.toArray())
        sentences.append(one.toString());
    return sentences;
}

QJsonArray toJson(const QList<JobOff> &jobs)
{
    QJsonArray array;
    for (const JobOff &job : jobs)
        array.append(
            QJsonObject{{u"job"_s, job.id},
                        {u"wasActive"_s, job.wasActive ? QJsonValue(*job.wasActive) : QJsonValue()},
                        {u"switchOn"_s, job.switchOn}});
    return array;
}

QList<JobOff> jobsFrom(const QJsonValue &json)
{
    QList<JobOff> jobs;
    for (const auto &one : json.toArray()) {
        const QJsonValue before = one["wasActive"_L1];
        jobs.append({.id = one["job"_L1].toInteger(),
                     .wasActive = before.isBool() ? std::optional(before.toBool()) : std::nullopt,
                     .switchOn = one["switchOn"_L1].toString()});
    }
    return jobs;
}

} // namespace

QJsonValue toJson(const std::optional<Afterwards> &afterwards)
{
    if (!afterwards)
        return {};
    return QJsonObject{{u"found"_s, QJsonArray::fromStringList(afterwards->found)},
                       {u"unseen"_s, QJsonArray::fromStringList(afterwards->unseen)},
                       {u"looked"_s, QJsonArray::fromStringList(afterwards->looked)},
                       {u"jobsOff"_s, toJson(afterwards->jobsOff)}};
}

std::optional<Afterwards> afterwardsFromJson(const QJsonValue &json)
{
    if (!json.isObject())
        return std::nullopt;
    return Afterwards{.found = sentencesFrom(json["found"_L1]),
                      .unseen = sentencesFrom(json["unseen"_L1]),
                      .looked = sentencesFrom(json["looked"_L1]),
                      .jobsOff = jobsFrom(json["jobsOff"_L1])};
}

QString jobsOffSentence(const QList<JobOff> &jobs)
{
    if (jobs.isEmpty())
        return {};
    if (jobs.size() == 1)
        return u"1 scheduled job of cron.job came with the backup, and is off until you switch it "
               "on"_s;
    return u"%1 scheduled jobs of cron.job came with the backup, and are off until you switch "
           "them on"_s.arg(jobs.size());
}

QString jobInWords(const JobOff &job)
{
    if (!job.wasActive)
        return u"job %1 (whether it was on before the restore is not known)"_s.arg(job.id);
    return (*job.wasActive ? u"job %1 (it was on before the restore)"_s
                           : u"job %1 (it was not on before the restore)"_s)
        .arg(job.id);
}

QStringList shortened(QStringList sentences)
{
    const qsizetype more = sentences.size() - mostOfAKind;
    if (more <= 0)
        return sentences;
    sentences.resize(mostOfAKind);
    sentences.append(u"and %1 more of this sort"_s.arg(more));
    return sentences;
}

} // namespace mayday::restore
