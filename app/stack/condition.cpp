// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/condition.h"

#include "stack/duration.h"
#include "stack/nearestname.h"

#include <QStringList>

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::stack {

namespace {

using Reading = std::expected<Condition, ConditionFault>;

std::unexpected<ConditionFault> fault(const QString &why, const QString &word = {},
                                      const QStringList &known = {})
{
    return std::unexpected(ConditionFault{.why = why, .nearest = nearestName(word, known)});
}

Reading parseProbe(const QStringList &words)
{
    if (words.size() < 3)
        return fault(u"after the probe comes \"failing\" and a time, such as 60 s"_s);
    if (words.at(2) != "failing"_L1)
        return fault(u"after the probe comes \"failing\" and a time, such as 60 s"_s, words.at(2),
                     {u"failing"_s});
    Condition condition{.kind = Condition::Kind::Probe, .target = words.at(1)};
    if (words.size() > 3) {
        const auto lasting = parseDuration(words.sliced(3).join(u' '));
        if (!lasting)
            return fault(u"a time is a number and s, min or h, such as 60 s"_s);
        condition.lasting = *lasting;
    }
    return condition;
}

Reading parseStatus(const QStringList &words)
{
    using Level = Condition::Level;
    static constexpr std::array levels = {
        std::pair("minor"_L1, Level::Minor), std::pair("major"_L1, Level::Major),
        std::pair("critical"_L1, Level::Critical), std::pair("maintenance"_L1, Level::Maintenance)};
    if (words.size() != 3)
        return fault(u"status wants a provider and a level, such as supabase major"_s);
    QStringList known;
    for (const auto &[name, level] : levels) {
        if (name == words.at(2))
            return Condition{
                .kind = Condition::Kind::Status, .target = words.at(1), .level = level};
        known += name;
    }
    return fault(u"unknown level "_s + words.at(2), words.at(2), known);
}

Reading parseRows(const QStringList &words)
{
    static const QStringList known{u"dropped"_s, u"drop"_s, u"empty"_s};
    if (words.size() != 3)
        return fault(u"rows wants a table and \"dropped\" or \"empty\""_s);
    if (!known.contains(words.at(2)))
        return fault(u"unknown word "_s + words.at(2), words.at(2), known);
    return Condition{.kind = Condition::Kind::Rows,
                     .target = words.at(1),
                     .onlyEmpty = words.at(2) == "empty"_L1};
}

Reading parseDeployment(const QStringList &words)
{
    if (words.size() != 3)
        return fault(u"deployment wants a service and \"failed\""_s);
    if (words.at(2) != "failed"_L1)
        return fault(u"unknown word "_s + words.at(2), words.at(2), {u"failed"_s});
    return Condition{.kind = Condition::Kind::Deployment, .target = words.at(1)};
}

} // namespace

Reading parseCondition(QStringView line)
{
    static const QStringList known{u"probe"_s, u"status"_s, u"rows"_s, u"deployment"_s};
    const QStringList words = line.toString().simplified().split(u' ', Qt::SkipEmptyParts);
    const QString verb = words.value(0);
    if (verb == "probe"_L1)
        return parseProbe(words);
    if (verb == "status"_L1)
        return parseStatus(words);
    if (verb == "rows"_L1)
        return parseRows(words);
    if (verb == "deployment"_L1)
        return parseDeployment(words);
    return fault(u"a suggestion begins with probe, status, rows or deployment"_s, verb, known);
}

} // namespace mayday::stack
