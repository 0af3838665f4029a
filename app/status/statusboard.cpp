// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/statusboard.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::status {

namespace {

constexpr qsizetype mostChanges = 200;

ProbeSnapshot snapshotOf(const stack::Service &service)
{
    return {.id = probeIdOf(service),
            .kind = ProbeKind::Health,
            .name = u"service "_s + service.name,
            .provider = service.provider,
            .watched = {},
            .certificateDays = {},
            .tables = {}};
}

ProbeSnapshot snapshotOf(const stack::Database &database)
{
    return {.id = probeIdOf(database),
            .kind = ProbeKind::Database,
            .name = u"database "_s + database.name,
            .provider = database.provider,
            .watched = {},
            .certificateDays = {},
            .tables = {}};
}

/// What lost rows make of a reading that was well.
void addRows(const QList<TableRows> &tables, Reading &reading)
{
    QStringList sentences;
    for (const TableRows &rows : tables) {
        const QString sentence = rows.sentence();
        if (sentence.isEmpty())
            continue;
        sentences += sentence;
        const bool allGone = rows.isDropped() && rows.isEmpty();
        reading.state = worseOf(reading.state, allGone ? State::Down : State::Degraded);
        reading.word = u"rows lost"_s;
    }
    if (!sentences.isEmpty())
        reading.detail = sentences.join(u"; "_s);
}

} // namespace

StatusBoard::StatusBoard(const Clock &clock, QObject *parent)
    : QObject(parent), m_clock(clock), m_verdict(judge(snapshot(), m_rules))
{
}

void StatusBoard::watch(const stack::Stack &stack)
{
    m_board = {};
    m_rowWatches.clear();
    for (const stack::Provider &provider : stack.providers) {
        if (!provider.statusUrl.isEmpty())
            m_board.providers.append({.id = provider.id,
                                      .name = provider.name,
                                      .pageUrl = provider.pageUrl,
                                      .watched = {},
                                      .feed = {}});
    }
    for (const stack::Service &service : stack.services)
        m_board.probes.append(snapshotOf(service));
    for (const stack::Database &database : stack.databases)
        m_board.probes.append(snapshotOf(database));
    Q_EMIT boardReset();
    reconsider();
}

void StatusBoard::useRules(QList<SuggestRule> rules)
{
    m_rules = std::move(rules);
    reconsider();
}

void StatusBoard::take(Watched &watched, const Reading &reading, std::chrono::milliseconds interval)
{
    watched.reading = reading;
    watched.interval = interval;
    if (reading.state == State::Unknown)
        return;
    if (!watched.lastKnown || watched.lastKnown->state != reading.state)
        watched.since = reading.at;
    if (!isTrouble(reading.state))
        watched.failingSince = {};
    else if (!watched.failingSince.isValid())
        watched.failingSince = reading.at;
    watched.lastKnown = reading;
}

void StatusBoard::note(const Watched &before, const Watched &after, const QString &id,
                       const QString &what)
{
    if (!after.lastKnown)
        return;
    const State from = before.lastKnown ? before.lastKnown->state : State::Unknown;
    const State to = after.lastKnown->state;
    // The first good reading after the start is no change.
    if (from == to || (from == State::Unknown && to == State::Operational))
        return;
    const Reading &reading = *after.lastKnown;
    record({.at = reading.at,
            .id = id,
            .what = what,
            .from = from,
            .to = to,
            .words = reading.detail.isEmpty() ? reading.word : reading.detail});
}

void StatusBoard::record(const StatusChange &change)
{
    m_board.changes.append(change);
    if (m_board.changes.size() > mostChanges)
        m_board.changes.removeFirst();
    Q_EMIT changeNoted(change);
}

void StatusBoard::applyProvider(const stack::ProviderId &id, const FeedReading &feed,
                                std::chrono::milliseconds interval)
{
    const auto found = std::ranges::find(m_board.providers, id, &ProviderSnapshot::id);
    if (found == m_board.providers.end())
        return;
    const Watched before = found->watched;
    take(found->watched, feed.reading, interval);
    if (feed.reading.state != State::Unknown)
        found->feed = feed;
    const QString name = found->name;
    const Watched after = found->watched;
    Q_EMIT providerChanged(id);
    note(before, after, id.text(), name);
    reconsider();
}

void StatusBoard::applyProbe(const ProbeId &id, const ProbeReading &probe,
                             std::chrono::milliseconds interval)
{
    const auto found = std::ranges::find(m_board.probes, id, &ProbeSnapshot::id);
    if (found == m_board.probes.end())
        return;
    const Watched before = found->watched;
    Reading reading = probe.reading;
    if (probe.answers) {
        found->tables = m_rowWatches[id].update(probe.counts, reading.at);
        addRows(found->tables, reading);
    }
    take(found->watched, reading, interval);
    found->answers = probe.answers;
    if (probe.certificateDays)
        found->certificateDays = probe.certificateDays;
    const QString name = found->name;
    const Watched after = found->watched;
    Q_EMIT probeChanged(id);
    note(before, after, id.text(), name);
    reconsider();
}

void StatusBoard::acceptRows(const ProbeId &id)
{
    m_rowWatches[id].accept();
}

void StatusBoard::reconsider()
{
    Verdict verdict = judge(snapshot(), m_rules);
    const bool differs = verdict.sentence != m_verdict.sentence ||
                         verdict.detail != m_verdict.detail ||
                         verdict.suggestions != m_verdict.suggestions;
    m_verdict = std::move(verdict);
    if (differs)
        Q_EMIT verdictChanged();
}

BoardSnapshot StatusBoard::snapshot() const
{
    BoardSnapshot board = m_board;
    board.now = m_clock.now();
    return board;
}

} // namespace mayday::status
