// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QList>
#include <QStringList>

#include <optional>

namespace mayday::restore {

/// A scheduled job that came with the backup, and was switched off before it was live. A value; of
/// the job itself it holds the number only.
struct JobOff {
    qint64 id = 0;
    std::optional<bool> wasActive = std::nullopt; ///< in what was live before; nothing: not known
    QString switchOn = {};                        ///< the statement that switches it on again

    [[nodiscard]] bool operator==(const JobOff &) const = default;
};

/// What a restore has brought to life that was not alive before it: rights, triggers that call
/// out, jobs, people who can sign in. Nothing of it is a difference between backup and result, and
/// all of it is to be looked at before it does harm. A value; of rows it holds counts only.
struct Afterwards {
    QStringList found = {};     ///< a sentence each, the gravest kinds first
    QStringList unseen = {};    ///< what could not be looked at, and why
    QStringList looked = {};    ///< what was looked at in full, a few words each
    QList<JobOff> jobsOff = {}; ///< what stays off until somebody switches it on, by number

    [[nodiscard]] bool operator==(const Afterwards &) const = default;
};

/// Keys: found, unseen, looked, jobsOff (each with job, wasActive or null, and switchOn); null when
/// nobody looked.
[[nodiscard]] QJsonValue toJson(const std::optional<Afterwards> &afterwards);
[[nodiscard]] std::optional<Afterwards> afterwardsFromJson(const QJsonValue &json);

/// How many jobs are off, as a sentence without its stop; empty when none is.
[[nodiscard]] QString jobsOffSentence(const QList<JobOff> &jobs);
/// "job 5 (it was on before the restore)".
[[nodiscard]] QString jobInWords(const JobOff &job);

/// The first of the sentences, and how many more there are.
[[nodiscard]] QStringList shortened(QStringList sentences);

} // namespace mayday::restore
