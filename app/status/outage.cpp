// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/outage.h"

#include "status/verdictwords.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::status {

namespace {

bool isOutOfReach(const Watched &watched)
{
    const std::optional<Error> &error = watched.reading.error;
    return error && (error->kind == ErrorKind::Unreachable || error->kind == ErrorKind::Timeout);
}

/// Collects the facts of a board, then says which side they point to.
class Judge final {
public:
    explicit Judge(const BoardSnapshot &board) : m_board(board) {}

    [[nodiscard]] Verdict judge()
    {
        m_verdict.probesTotal = static_cast<int>(m_board.probes.size());
        for (const ProbeSnapshot &probe : m_board.probes)
            weighProbe(probe);
        for (const ProviderSnapshot &provider : m_board.providers)
            weighProvider(provider);
        m_verdict.side = side();
        wordVerdict(m_verdict, m_board);
        return std::move(m_verdict);
    }

private:
    void weighProbe(const ProbeSnapshot &probe)
    {
        const State state = probe.watched.trusted(m_board.now);
        if (state == State::Unknown) {
            ++m_silentProbes;
            add(Fact::Kind::NotFresh, probe);
            return;
        }
        if (probe.answers) {
            ++m_verdict.probesAnswering;
            weighRows(probe);
            // A certificate about to end: trouble ahead, not an outage.
            return;
        }
        noteSince(probe.watched.failingSince);
        Fact fact{.kind = isOutOfReach(probe.watched) ? Fact::Kind::ProbeSilent
                                                      : Fact::Kind::ProbeFailing,
                  .id = probe.id.text(),
                  .name = probe.name,
                  .words = probe.watched.reading.word,
                  .lasting = probe.watched.failingFor(m_board.now)};
        m_verdict.facts += fact;
        m_failing += &probe;
        weighVendorOf(probe);
    }

    void weighRows(const ProbeSnapshot &probe)
    {
        for (const TableRows &rows : probe.tables) {
            if (rows.sentence().isEmpty())
                continue;
            noteSince(rows.droppedAt);
            m_hasLoss = true;
            m_verdict.facts += Fact{.kind = Fact::Kind::RowsLost,
                                    .id = probe.id.text(),
                                    .name = probe.name,
                                    .words = rows.sentence(),
                                    .before = rows.before.value_or(0),
                                    .now = rows.now.value_or(0)};
        }
    }

    /// Which side a failing probe points to: the word of the vendor it stands on decides.
    void weighVendorOf(const ProbeSnapshot &probe)
    {
        const ProviderSnapshot *vendor = m_board.provider(probe.provider);
        if (!vendor) {
            m_pointsToUs = true;
            return;
        }
        switch (vendor->watched.trusted(m_board.now)) {
        case State::Operational:
            m_pointsToUs = true;
            addOnce(Fact::Kind::VendorUnaware, *vendor);
            break;
        case State::Unknown: addOnce(Fact::Kind::VendorUnknown, *vendor); break;
        default:
            m_pointsToThem = true;
            addOnce(Fact::Kind::VendorReports, *vendor);
            break;
        }
    }

    void weighProvider(const ProviderSnapshot &provider)
    {
        const State state = provider.watched.trusted(m_board.now);
        if (state == State::Unknown)
            ++m_silentProviders;
        if (state == State::Operational)
            ++m_wellProviders;
        if (state == State::Unknown || state == State::Operational || isBlamed(provider))
            return;
        if (state == State::Down)
            m_vendorDown = true;
        const bool hasProbes =
            std::ranges::contains(m_board.probes, provider.id, &ProbeSnapshot::provider);
        addOnce(hasProbes ? Fact::Kind::VendorUnfelt : Fact::Kind::VendorReports, provider);
    }

    [[nodiscard]] bool isBlamed(const ProviderSnapshot &provider) const
    {
        return std::ranges::any_of(
            m_failing, [&](const ProbeSnapshot *probe) { return probe->provider == provider.id; });
    }

    /// Nothing of ours and no page answers: more likely our own line than the whole world.
    [[nodiscard]] bool isCutOff() const
    {
        const auto probeOut = [](const ProbeSnapshot &p) {
            return isOutOfReach(p.watched);
        };
        const auto pageOut = [](const ProviderSnapshot &p) {
            return isOutOfReach(p.watched);
        };
        return !m_failing.isEmpty() && m_board.probes.size() + m_board.providers.size() >= 3 &&
               !m_board.providers.isEmpty() && std::ranges::all_of(m_board.probes, probeOut) &&
               std::ranges::all_of(m_board.providers, pageOut);
    }

    [[nodiscard]] Side side()
    {
        if (isCutOff()) {
            m_verdict.facts.prepend({.kind = Fact::Kind::NothingReachable, .id = {}, .name = {}});
            return Side::Unclear;
        }
        const bool us = m_pointsToUs || m_hasLoss;
        if (us && m_pointsToThem)
            return Side::Both;
        if (us)
            return Side::Us;
        if (m_pointsToThem)
            return Side::Them;
        if (!m_failing.isEmpty())
            return Side::Unclear;
        if (m_vendorDown)
            return Side::Them;
        if (m_silentProbes > 0)
            return Side::Unclear;
        if (m_board.probes.isEmpty())
            return m_wellProviders > 0 && m_silentProviders == 0 ? Side::AllWell : Side::Unclear;
        return Side::AllWell;
    }

    void add(Fact::Kind kind, const ProbeSnapshot &probe)
    {
        m_verdict.facts += Fact{.kind = kind, .id = probe.id.text(), .name = probe.name};
    }

    void addOnce(Fact::Kind kind, const ProviderSnapshot &vendor)
    {
        const QString &id = vendor.id.text();
        const bool isThere = std::ranges::any_of(
            m_verdict.facts, [&](const Fact &fact) { return fact.kind == kind && fact.id == id; });
        if (!isThere)
            m_verdict.facts += Fact{.kind = kind,
                                    .id = id,
                                    .name = vendor.name,
                                    .words = vendorWords(vendor),
                                    .lasting = vendor.watched.failingFor(m_board.now)};
    }

    void noteSince(const QDateTime &when)
    {
        if (when.isValid() && (!m_verdict.since.isValid() || when < m_verdict.since))
            m_verdict.since = when;
    }

    const BoardSnapshot &m_board;
    Verdict m_verdict;
    QList<const ProbeSnapshot *> m_failing;
    int m_silentProbes = 0;
    int m_silentProviders = 0;
    int m_wellProviders = 0;
    bool m_hasLoss = false;
    bool m_pointsToUs = false;
    bool m_pointsToThem = false;
    bool m_vendorDown = false;
};

} // namespace

QString sideKey(Side side)
{
    switch (side) {
    case Side::AllWell: return u"all-well"_s;
    case Side::Us: return u"us"_s;
    case Side::Them: return u"them"_s;
    case Side::Both: return u"both"_s;
    case Side::Unclear: break;
    }
    return u"unclear"_s;
}

Verdict judge(const BoardSnapshot &board, const QList<SuggestRule> &rules)
{
    Verdict verdict = Judge(board).judge();
    verdict.suggestions = suggestionsFor(rules, board);
    return verdict;
}

} // namespace mayday::status
