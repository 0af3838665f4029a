// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/status/tilewords.h"

#include "ui/kit/timetext.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

using status::BoardSnapshot;
using status::Freshness;
using status::Impact;
using status::ProbeSnapshot;
using status::ProviderSnapshot;
using status::Reading;
using status::State;
using status::Watched;

struct TileText {
    Q_DECLARE_TR_FUNCTIONS(TileWords)
};

StateShape shapeOfState(State state)
{
    switch (state) {
    case State::Operational: return StateShape::Ok;
    case State::Degraded: return StateShape::Degraded;
    case State::Down: return StateShape::Down;
    case State::Maintenance: return StateShape::Maintenance;
    case State::Unknown: break;
    }
    return StateShape::Unknown;
}

QString joined(QStringList parts)
{
    parts.removeAll(QString());
    return parts.join(u" · "_s);
}

QString capital(QString text)
{
    if (!text.isEmpty())
        text[0] = text.at(0).toUpper();
    return text;
}

QString latencyWords(const Reading &reading)
{
    if (reading.latency.count() <= 0)
        return {};
    return TileText::tr("%1 ms").arg(timetext::count(reading.latency.count()));
}

QString rowsWords(const ProbeSnapshot &probe)
{
    QStringList lost;
    for (const status::TableRows &rows : probe.tables) {
        if (const QString sentence = rows.sentence(); !sentence.isEmpty())
            lost += sentence;
    }
    return capital(lost.join(u"; "_s));
}

QString watchedRows(const ProbeSnapshot &probe)
{
    qint64 rows = 0;
    int tables = 0;
    for (const status::TableRows &table : probe.tables) {
        rows += table.now.value_or(0);
        tables += table.now ? 1 : 0;
    }
    if (tables == 0)
        return {};
    return TileText::tr("%1 rows in %n watched tables", nullptr, tables).arg(timetext::count(rows));
}

QString certificateWords(const ProbeSnapshot &probe)
{
    if (!probe.certificateDays)
        return {};
    if (*probe.certificateDays < 0)
        return TileText::tr("certificate has ended");
    return TileText::tr("certificate %n days", nullptr, *probe.certificateDays);
}

/// What the newest reading found, whatever its age.
QString probeFindings(const ProbeSnapshot &probe)
{
    const Reading &reading = probe.watched.reading;
    if (const QString lost = rowsWords(probe); probe.answers && !lost.isEmpty())
        return lost;
    const bool isPlain = reading.state == State::Operational;
    const QString what = isPlain || reading.detail.isEmpty() ? reading.word : reading.detail;
    if (probe.kind == status::ProbeKind::Database)
        return joined(
            {capital(what), latencyWords(reading), isPlain ? watchedRows(probe) : QString()});
    return joined(
        {capital(what), latencyWords(reading), isPlain ? certificateWords(probe) : QString()});
}

QString ownWord(const ProbeSnapshot &probe)
{
    if (probe.answers && !rowsWords(probe).isEmpty())
        return TileText::tr("Rows missing");
    return capital(stateWord(probe.watched.reading.state));
}

/// "probed 6 s ago · down since 13:51 UTC", "read 55 s ago · last good 16 min ago"
QString ageLine(const Watched &watched, const QDateTime &now, const QString &asked)
{
    if (watched.freshness(now) == Freshness::None)
        return TileText::tr("no reading yet");
    QStringList parts{asked.arg(timetext::age(watched.reading.at, now))};
    if (watched.reading.state == State::Unknown && watched.lastKnown)
        parts += TileText::tr("last good %1").arg(timetext::age(watched.lastKnown->at, now));
    else if (watched.failingSince.isValid())
        parts += TileText::tr("since %1").arg(timetext::utcMinutes(watched.failingSince));
    return joined(parts);
}

/// Fills what is the same for everything that cannot be believed; false when the reading can.
bool isBeyondBelief(const Watched &watched, const QDateTime &now, const QString &said,
                    TileFacts &tile)
{
    switch (watched.freshness(now)) {
    case Freshness::None:
        tile.shape = StateShape::Unknown;
        tile.word = wordOf(StateShape::Unknown);
        tile.detail = TileText::tr("Not asked yet");
        return true;
    case Freshness::Stale:
        tile.shape = StateShape::Stale;
        tile.word = wordOf(StateShape::Stale);
        tile.detail = TileText::tr("Nothing newer has come. It said: %1").arg(said);
        return true;
    case Freshness::Fresh: break;
    }
    return false;
}

/// The vendor's grades; a partial outage of a part we use counts as degraded.
QString vendorWord(const ProviderSnapshot &vendor)
{
    switch (vendor.watched.reading.state) {
    case State::Operational: return TileText::tr("Operational");
    case State::Degraded: return TileText::tr("Degraded");
    case State::Maintenance: return TileText::tr("Maintenance");
    case State::Down:
        return vendor.feed.impact == Impact::Critical ? TileText::tr("Critical outage")
                                                      : TileText::tr("Major outage");
    case State::Unknown: break;
    }
    return TileText::tr("Unknown");
}

QString vendorFindings(const ProviderSnapshot &vendor)
{
    const Reading &reading = vendor.watched.reading;
    if (!reading.detail.isEmpty())
        return capital(reading.detail);
    return capital(reading.word);
}

/// Our probes on this vendor, as far as they can be believed.
struct OwnView {
    int answering = 0;
    QStringList failing;
};

OwnView ownViewOf(const ProviderSnapshot &vendor, const BoardSnapshot &board)
{
    OwnView view;
    for (const ProbeSnapshot &probe : board.probes) {
        if (probe.provider != vendor.id || probe.watched.trusted(board.now) == State::Unknown)
            continue;
        if (probe.answers)
            ++view.answering;
        else
            view.failing += shownName(probe.name);
    }
    return view;
}

QString disagreement(const ProviderSnapshot &vendor, const BoardSnapshot &board)
{
    const State says = vendor.watched.trusted(board.now);
    const OwnView own = ownViewOf(vendor, board);
    if (says == State::Operational && !own.failing.isEmpty())
        return TileText::tr("Our probe disagrees: %1 fails").arg(own.failing.join(u", "_s));
    if (status::isTrouble(says) && own.failing.isEmpty() && own.answering > 0)
        return TileText::tr("Our probes there still answer");
    return {};
}

} // namespace

TileFacts tileFor(const ProbeSnapshot &probe, const BoardSnapshot &board)
{
    const Watched &watched = probe.watched;
    TileFacts tile{.name = shownName(probe.name),
                   .word = ownWord(probe),
                   .shape = shapeOfState(watched.reading.state),
                   .detail = probeFindings(probe),
                   .age = ageLine(watched, board.now, TileText::tr("probed %1"))};
    isBeyondBelief(watched, board.now, ownWord(probe), tile);
    return tile;
}

TileFacts tileFor(const ProviderSnapshot &vendor, const BoardSnapshot &board)
{
    const Watched &watched = vendor.watched;
    TileFacts tile{.name = vendor.name,
                   .word = vendorWord(vendor),
                   .shape = shapeOfState(watched.reading.state),
                   .detail = {},
                   .age = ageLine(watched, board.now, TileText::tr("read %1"))};
    if (!isBeyondBelief(watched, board.now, vendorWord(vendor), tile))
        tile.detail = joined({disagreement(vendor, board), vendorFindings(vendor)});
    return tile;
}

StateShape shapeOf(const status::Verdict &verdict, const BoardSnapshot &board)
{
    if (verdict.side == status::Side::AllWell)
        return StateShape::Ok;
    if (verdict.side == status::Side::Unclear)
        return StateShape::Unknown;
    const auto isDown = [&](const auto &one) {
        return one.watched.trusted(board.now) == State::Down;
    };
    return std::ranges::any_of(board.probes, isDown) || std::ranges::any_of(board.providers, isDown)
               ? StateShape::Down
               : StateShape::Degraded;
}

bool hasAnyReading(const BoardSnapshot &board)
{
    const auto wasAsked = [&](const auto &one) {
        return one.watched.freshness(board.now) != Freshness::None;
    };
    return std::ranges::any_of(board.probes, wasAsked) ||
           std::ranges::any_of(board.providers, wasAsked);
}

QString stateWord(State state)
{
    switch (state) {
    case State::Operational: return TileText::tr("works");
    case State::Degraded: return TileText::tr("degraded");
    case State::Down: return TileText::tr("down");
    case State::Maintenance: return TileText::tr("maintenance");
    case State::Unknown: break;
    }
    return TileText::tr("unknown");
}

QString changeWords(const status::StatusChange &change)
{
    const QString step =
        u"%1: %2 → %3"_s.arg(shownName(change.what), stateWord(change.from), stateWord(change.to));
    return change.words.isEmpty() ? step : u"%1, %2"_s.arg(step, change.words);
}

QString shownName(const QString &name)
{
    // The domain tells a service from a database in front of the name; on a tile the name alone is
    // clear for a service.
    constexpr QLatin1StringView service = "service "_L1;
    return capital(name.startsWith(service) ? name.sliced(service.size()) : name);
}

} // namespace mayday::ui
