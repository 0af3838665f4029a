// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/verdictwords.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::status {

namespace {

bool isOurFailure(const Fact &fact)
{
    return fact.kind == Fact::Kind::ProbeSilent || fact.kind == Fact::Kind::ProbeFailing;
}

QString capital(QString text)
{
    if (!text.isEmpty())
        text[0] = text.at(0).toUpper();
    return text;
}

QString listed(const QStringList &names)
{
    if (names.size() < 2)
        return names.join(QString());
    return names.first(names.size() - 1).join(u", "_s) + u" and "_s + names.last();
}

QList<Fact> factsOf(const Verdict &verdict, Fact::Kind kind)
{
    QList<Fact> some;
    std::ranges::copy_if(verdict.facts, std::back_inserter(some),
                         [&](const Fact &fact) { return fact.kind == kind; });
    return some;
}

QStringList namesOf(const QList<Fact> &facts)
{
    QStringList names;
    for (const Fact &fact : facts)
        names += fact.name;
    return names;
}

/// The failures of ours, the longest first; further ones are counted.
QString failureWords(const Verdict &verdict)
{
    QList<Fact> failures;
    std::ranges::copy_if(verdict.facts, std::back_inserter(failures), isOurFailure);
    if (failures.isEmpty())
        return {};
    std::ranges::stable_sort(failures, std::greater<>{}, &Fact::lasting);
    QString first = failures.first().sentence();
    if (failures.size() == 1)
        return first;
    return u"%1, and %2 more %3"_s.arg(first)
        .arg(failures.size() - 1)
        .arg(failures.size() == 2 ? u"probe fails"_s : u"probes fail"_s);
}

/// "database shop answers, and 3 of its 9 watched tables are empty"
QString lossWords(const Verdict &verdict, const BoardSnapshot &board)
{
    const QList<Fact> losses = factsOf(verdict, Fact::Kind::RowsLost);
    if (losses.isEmpty())
        return {};
    const QString &name = losses.first().name;
    const auto here = std::ranges::count(losses, losses.first().id, &Fact::id);
    if (here == 1)
        return u"%1 answers, but %2"_s.arg(name, losses.first().words);
    const auto probe = std::ranges::find(board.probes, losses.first().id,
                                         [](const ProbeSnapshot &p) { return p.id.text(); });
    const qsizetype watched = probe == board.probes.end() ? here : probe->tables.size();
    const bool areEmpty =
        std::ranges::all_of(losses, [](const Fact &fact) { return fact.now == 0; });
    return u"%1 answers, and %2 of its %3 watched tables %4"_s.arg(name).arg(here).arg(watched).arg(
        areEmpty ? u"are empty"_s : u"have lost rows"_s);
}

QString usWords(const Verdict &verdict, const BoardSnapshot &board)
{
    QStringList parts{lossWords(verdict, board), failureWords(verdict)};
    parts.removeAll(QString());
    return parts.join(u"; "_s);
}

QString themWords(const Verdict &verdict)
{
    QStringList names = namesOf(factsOf(verdict, Fact::Kind::VendorReports));
    if (names.isEmpty())
        names = namesOf(factsOf(verdict, Fact::Kind::VendorUnfelt));
    return listed(names);
}

QString themSentence(const Verdict &verdict)
{
    const QString ours = failureWords(verdict);
    if (ours.isEmpty())
        return u"It is them: %1. Our own probes answer: %2 of %3."_s.arg(themWords(verdict))
            .arg(verdict.probesAnswering)
            .arg(verdict.probesTotal);
    return u"It is them: %1. Our %2."_s.arg(themWords(verdict), ours);
}

QString unclearSentence(const Verdict &verdict)
{
    if (!factsOf(verdict, Fact::Kind::NothingReachable).isEmpty())
        return u"We cannot tell: nothing answers, perhaps our own network is down."_s;
    const QString ours = failureWords(verdict);
    if (!ours.isEmpty()) {
        const QStringList vendors = namesOf(factsOf(verdict, Fact::Kind::VendorUnknown));
        return u"We cannot tell whether it is us or %1: %2."_s.arg(listed(vendors), ours);
    }
    const auto silent = factsOf(verdict, Fact::Kind::NotFresh).size();
    if (verdict.probesAnswering == 0 || silent == verdict.probesTotal)
        return u"We cannot tell: no reading is fresh."_s;
    return u"We cannot tell: %1 of %2 probes answer, %3 without a fresh reading."_s
        .arg(verdict.probesAnswering)
        .arg(verdict.probesTotal)
        .arg(silent);
}

QString wellSentence(const Verdict &verdict, const BoardSnapshot &board)
{
    if (verdict.probesTotal == 0)
        return u"All is well: %1 of %1 status pages report no trouble; we have no probe of our own."_s
            .arg(board.providers.size());
    return u"All is well: %1 of %2 probes answer."_s.arg(verdict.probesAnswering)
        .arg(verdict.probesTotal);
}

QString mainSentence(const Verdict &verdict, const BoardSnapshot &board)
{
    switch (verdict.side) {
    case Side::AllWell: return wellSentence(verdict, board);
    case Side::Us: return u"It is us: %1."_s.arg(usWords(verdict, board));
    case Side::Them: return themSentence(verdict);
    case Side::Both:
        return u"It is both: %1, and us: %2."_s.arg(themWords(verdict), usWords(verdict, board));
    case Side::Unclear: break;
    }
    return unclearSentence(verdict);
}

} // namespace

QString vendorWords(const ProviderSnapshot &vendor)
{
    const QString &word = vendor.feed.reading.word;
    return word.isEmpty() ? impactKey(vendor.feed.impact) + u" trouble"_s : word;
}

QString Fact::sentence() const
{
    const bool isNew = lasting < std::chrono::seconds(1); // "for 0 seconds" says nothing
    switch (kind) {
    case Kind::ProbeSilent:
        return isNew ? u"%1 does not answer"_s.arg(name)
                     : u"%1 has not answered for %2"_s.arg(name, durationWords(lasting));
    case Kind::ProbeFailing:
        return isNew ? u"%1 answers “%2”"_s.arg(name, words)
                     : u"%1 has answered “%2” for %3"_s.arg(name, words, durationWords(lasting));
    case Kind::RowsLost: return u"in %1, %2"_s.arg(name, words);
    case Kind::VendorReports: return u"%1 reports “%2”"_s.arg(name, words);
    case Kind::VendorUnaware:
        return u"%1 reports no trouble, our probe there disagrees; status pages can lag by an hour"_s
            .arg(name);
    case Kind::VendorUnfelt:
        return u"%1 reports “%2”, our probes there disagree: they answer"_s.arg(name, words);
    case Kind::VendorUnknown: return u"the status page of %1 gives no fresh reading"_s.arg(name);
    case Kind::NotFresh: return u"%1 has no fresh reading"_s.arg(name);
    case Kind::NothingReachable: break;
    }
    return u"no probe and no status page can be reached from here"_s;
}

void wordVerdict(Verdict &verdict, const BoardSnapshot &board)
{
    verdict.sentence = mainSentence(verdict, board);
    QStringList parts;
    for (const Fact &fact : std::as_const(verdict.facts)) {
        // A single failure is in the sentence already.
        const bool isSaid =
            isOurFailure(fact) && std::ranges::count_if(verdict.facts, isOurFailure) == 1;
        if (!isSaid)
            parts += capital(fact.sentence()) + u'.';
    }
    verdict.detail = parts.join(u' ');
}

} // namespace mayday::status
