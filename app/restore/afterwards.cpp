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

} // namespace

QJsonValue toJson(const std::optional<Afterwards> &afterwards)
{
    if (!afterwards)
        return {};
    return QJsonObject{{u"found"_s, QJsonArray::fromStringList(afterwards->found)},
                       {u"unseen"_s, QJsonArray::fromStringList(afterwards->unseen)},
                       {u"looked"_s, QJsonArray::fromStringList(afterwards->looked)}};
}

std::optional<Afterwards> afterwardsFromJson(const QJsonValue &json)
{
    if (!json.isObject())
        return std::nullopt;
    return Afterwards{.found = sentencesFrom(json["found"_L1]),
                      .unseen = sentencesFrom(json["unseen"_L1]),
                      .looked = sentencesFrom(json["looked"_L1])};
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
