// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/suggestion.h"

#include "status/verdictwords.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::status {

using stack::Condition;

namespace {

Impact impactOf(Condition::Level level)
{
    switch (level) {
    case Condition::Level::Minor: return Impact::Minor;
    case Condition::Level::Major: return Impact::Major;
    case Condition::Level::Critical: return Impact::Critical;
    case Condition::Level::Maintenance: return Impact::Maintenance;
    }
    Q_UNREACHABLE_RETURN(Impact::Unknown);
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
            isAtLeast(provider.feed.impact, impactOf(condition.level)))
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
    case Condition::Kind::Deployment: break; // nothing on the board tells it
    }
    return {};
}

int rankOf(Condition::Kind kind)
{
    switch (kind) {
    case Condition::Kind::Rows: return 0;
    case Condition::Kind::Status: return 1;
    case Condition::Kind::Probe:
    case Condition::Kind::Deployment: break;
    }
    return 2;
}

} // namespace

bool matches(const Condition &condition, const BoardSnapshot &board)
{
    return !reasonFor(condition, board).isEmpty();
}

bool matches(QStringView condition, const BoardSnapshot &board)
{
    const auto parsed = stack::parseCondition(condition);
    return parsed && matches(*parsed, board);
}

QList<Suggestion> suggestionsFor(const QList<SuggestRule> &rules, const BoardSnapshot &board)
{
    QList<std::pair<int, Suggestion>> ranked;
    for (const SuggestRule &rule : rules) {
        const auto condition = stack::parseCondition(rule.condition);
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
