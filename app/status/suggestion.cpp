// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/suggestion.h"

#include "stack/nearestname.h"
#include "status/verdictwords.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mayday::status {

namespace {

std::unexpected<Error> notUnderstood(QStringView line, const QString &why,
                                     const QString &nearest = {})
{
    const QString hint = nearest.isEmpty() ? QString() : u"; did you mean "_s + nearest + u'?';
    return failure({.kind = ErrorKind::Refused, .subject = line.toString(), .detail = why + hint});
}

std::optional<std::chrono::milliseconds> durationOf(const QString &text)
{
    static const QRegularExpression form(u"^(\\d{1,5})\\s*(s|sec|min|m|h)$"_s);
    const QRegularExpressionMatch match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const int amount = match.captured(1).toInt();
    switch (match.captured(2).at(0).unicode()) {
    case u's': return std::chrono::seconds(amount);
    case u'm': return std::chrono::minutes(amount);
    default: return std::chrono::hours(amount);
    }
}

Result<Condition> parseProbe(QStringView line, const QStringList &words)
{
    if (words.size() < 3 || words.at(2) != "failing"_L1)
        return notUnderstood(line, u"after the probe comes \"failing\" and a time, such as 60 s"_s);
    Condition condition{.kind = Condition::Kind::Probe, .target = words.at(1)};
    if (words.size() > 3) {
        const auto lasting = durationOf(words.sliced(3).join(u' '));
        if (!lasting)
            return notUnderstood(line, u"a time is a number and s, min or h, such as 60 s"_s);
        condition.lasting = *lasting;
    }
    return condition;
}

Result<Condition> parseStatus(QStringView line, const QStringList &words)
{
    static constexpr std::array levels = {Impact::Minor, Impact::Major, Impact::Critical,
                                          Impact::Maintenance};
    if (words.size() != 3)
        return notUnderstood(line,
                             u"status wants a provider and a level, such as supabase major"_s);
    QStringList known;
    for (const Impact level : levels) {
        if (impactKey(level) == words.at(2))
            return Condition{
                .kind = Condition::Kind::Status, .target = words.at(1), .impact = level};
        known += impactKey(level);
    }
    return notUnderstood(line, u"unknown level "_s + words.at(2),
                         stack::nearestName(words.at(2), known));
}

Result<Condition> parseRows(QStringView line, const QStringList &words)
{
    const QStringList known{u"dropped"_s, u"drop"_s, u"empty"_s};
    if (words.size() != 3)
        return notUnderstood(line, u"rows wants a table and \"dropped\" or \"empty\""_s);
    if (!known.contains(words.at(2)))
        return notUnderstood(line, u"unknown word "_s + words.at(2),
                             stack::nearestName(words.at(2), known));
    return Condition{.kind = Condition::Kind::Rows,
                     .target = words.at(1),
                     .onlyEmpty = words.at(2) == "empty"_L1};
}

bool isMeant(const ProbeSnapshot &probe, const QString &target)
{
    const QString &id = probe.id.text();
    const QString kind = probe.kind == ProbeKind::Database ? u"database"_s : u"service"_s;
    return target == "any"_L1 || target == kind || target == id ||
           target == id.sliced(id.indexOf(u'.') + 1);
}

bool isAtLeast(Impact actual, Impact wanted)
{
    if (wanted == Impact::Maintenance || actual == Impact::Maintenance)
        return actual == wanted;
    return actual != Impact::Unknown && actual >= wanted;
}

QString probeReason(const Condition &condition, const BoardSnapshot &board)
{
    for (const ProbeSnapshot &probe : board.probes) {
        if (isMeant(probe, condition.target) && isTrouble(probe.watched.trusted(board.now)) &&
            probe.watched.failingFor(board.now) >= condition.lasting)
            return u"%1 failing for %2"_s.arg(probe.name,
                                              durationWords(probe.watched.failingFor(board.now)));
    }
    return {};
}

QString statusReason(const Condition &condition, const BoardSnapshot &board)
{
    for (const ProviderSnapshot &provider : board.providers) {
        const bool isMeantHere =
            condition.target == "any"_L1 || condition.target == provider.id.text();
        if (isMeantHere && provider.watched.trusted(board.now) != State::Unknown &&
            isAtLeast(provider.feed.impact, condition.impact))
            return u"%1 reports %2"_s.arg(provider.name, vendorWords(provider));
    }
    return {};
}

QString rowsReason(const Condition &condition, const BoardSnapshot &board)
{
    for (const ProbeSnapshot &probe : board.probes) {
        if (!probe.answers || probe.watched.trusted(board.now) == State::Unknown)
            continue;
        for (const TableRows &rows : probe.tables) {
            const bool isMeantHere = condition.target == "any"_L1 || condition.target == rows.table;
            const bool isWrong = condition.onlyEmpty ? rows.isEmpty() : rows.isDropped();
            if (isMeantHere && (isWrong || rows.isEmpty()))
                return rows.sentence();
        }
    }
    return {};
}

/// Empty: the condition does not hold.
QString reasonFor(const Condition &condition, const BoardSnapshot &board)
{
    switch (condition.kind) {
    case Condition::Kind::Probe: return probeReason(condition, board);
    case Condition::Kind::Status: return statusReason(condition, board);
    case Condition::Kind::Rows: return rowsReason(condition, board);
    }
    return {};
}

int rankOf(Condition::Kind kind)
{
    switch (kind) {
    case Condition::Kind::Rows: return 0;
    case Condition::Kind::Status: return 1;
    case Condition::Kind::Probe: break;
    }
    return 2;
}

} // namespace

Result<Condition> parseCondition(QStringView text)
{
    const QStringList words = text.toString().simplified().split(u' ', Qt::SkipEmptyParts);
    const QString verb = words.value(0);
    if (verb == "probe"_L1)
        return parseProbe(text, words);
    if (verb == "status"_L1)
        return parseStatus(text, words);
    if (verb == "rows"_L1)
        return parseRows(text, words);
    return notUnderstood(text, u"a suggestion begins with probe, status or rows"_s,
                         stack::nearestName(verb, {u"probe"_s, u"status"_s, u"rows"_s}));
}

bool matches(const Condition &condition, const BoardSnapshot &board)
{
    return !reasonFor(condition, board).isEmpty();
}

bool matches(QStringView condition, const BoardSnapshot &board)
{
    const Result<Condition> parsed = parseCondition(condition);
    return parsed && matches(*parsed, board);
}

QList<Suggestion> suggestionsFor(const QList<SuggestRule> &rules, const BoardSnapshot &board)
{
    QList<std::pair<int, Suggestion>> ranked;
    for (const SuggestRule &rule : rules) {
        const Result<Condition> condition = parseCondition(rule.condition);
        const QString because = condition ? reasonFor(*condition, board) : QString();
        if (!because.isEmpty())
            ranked.append(
                {rankOf(condition->kind),
                 {.runbook = rule.runbook, .condition = rule.condition, .because = because}});
    }
    std::ranges::stable_sort(ranked, {}, &std::pair<int, Suggestion>::first);
    QList<Suggestion> suggestions;
    for (const auto &[rank, suggestion] : std::as_const(ranked)) {
        if (!std::ranges::contains(suggestions, suggestion.runbook, &Suggestion::runbook))
            suggestions.append(suggestion);
    }
    return suggestions;
}

} // namespace mayday::status
