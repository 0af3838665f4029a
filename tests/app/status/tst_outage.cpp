// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/outage.h"
#include "support/testmain.h"

#include "boards.h"

#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace mayday {

using status::Fact;
using status::Impact;
using status::judge;
using status::Side;
using status::State;
using status::Verdict;
using tests::BoardBuilder;

namespace {

bool has(const Verdict &verdict, Fact::Kind kind, const QString &id)
{
    return std::ranges::any_of(
        verdict.facts, [&](const Fact &fact) { return fact.kind == kind && fact.id == id; });
}

} // namespace

/// "Us or them", as a table of situations.
class TestOutage final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void allWell();
    void allWellByPagesAlone();
    void nothingKnown();
    void staleIsNeverWell();
    void oneSilentProbeIsNamed();
    void vendorAndProbeAgree();
    void aFailureOfThisSecondHasNoLength();
    void vendorSaysNothing();
    void vendorUnreadable();
    void noVendorIsUs();
    void vendorDownWeStand();
    void vendorSlightlyIllWeStand();
    void vendorOnNobodyCounts();
    void maintenanceExplainsAFailure();
    void both();
    void oneTableLost();
    void manyTablesEmpty();
    void tablesOfASilentDatabaseDoNotCount();
    void wholeWorldSilentIsOurNetwork();
    void severalFailuresAreCounted();
    void suggestionsComeAlong();
    void sameBoardSameVerdict();
};

void TestOutage::allWell()
{
    const Verdict verdict =
        judge(BoardBuilder()
                  .provider(u"vercel"_s, u"Vercel"_s, Impact::None)
                  .probe(u"service.api"_s, u"service API"_s, u"vercel"_s, State::Operational)
                  .probe(u"database.main"_s, u"database shop"_s, {}, State::Operational)
                  .build());
    QCOMPARE(verdict.side, Side::AllWell);
    QCOMPARE(verdict.sentence, u"All is well: 2 of 2 probes answer."_s);
    QVERIFY(verdict.detail.isEmpty());
    QVERIFY(!verdict.since.isValid());
}

void TestOutage::allWellByPagesAlone()
{
    BoardBuilder builder;
    builder.provider(u"vercel"_s, u"Vercel"_s, Impact::None);
    QCOMPARE(judge(builder.build()).side, Side::AllWell);
    builder.provider(u"groq"_s, u"Groq"_s, Impact::Unknown);
    QCOMPARE(judge(builder.build()).side, Side::Unclear);
}

void TestOutage::nothingKnown()
{
    QCOMPARE(judge({}).side, Side::Unclear);
    const Verdict verdict =
        judge(BoardBuilder().probe(u"service.api"_s, u"service API"_s, {}, State::Unknown).build());
    QCOMPARE(verdict.side, Side::Unclear);
    QCOMPARE(verdict.sentence, u"We cannot tell: no reading is fresh."_s);
}

void TestOutage::staleIsNeverWell()
{
    const Verdict verdict =
        judge(BoardBuilder()
                  .probe(u"service.api"_s, u"service API"_s, {}, State::Operational, 0s, 181s)
                  .build());
    QCOMPARE(verdict.side, Side::Unclear);
    QCOMPARE(verdict.sentence, u"We cannot tell: no reading is fresh."_s);
    QVERIFY(has(verdict, Fact::Kind::NotFresh, u"service.api"_s));
}

void TestOutage::oneSilentProbeIsNamed()
{
    const Verdict verdict =
        judge(BoardBuilder()
                  .probe(u"service.api"_s, u"service API"_s, {}, State::Operational)
                  .probe(u"database.main"_s, u"database shop"_s, {}, State::Unknown)
                  .build());
    QCOMPARE(verdict.side, Side::Unclear);
    QCOMPARE(verdict.sentence,
             u"We cannot tell: 1 of 2 probes answer, 1 without a fresh reading."_s);
    QVERIFY(verdict.detail.contains(u"Database shop has no fresh reading."_s));
}

void TestOutage::vendorAndProbeAgree()
{
    const Verdict verdict = judge(
        BoardBuilder()
            .provider(u"supabase"_s, u"Supabase"_s, Impact::Major, u"Partial System Outage"_s)
            .probe(u"service.web"_s, u"service web"_s, {}, State::Operational)
            .probe(u"database.main"_s, u"database shop"_s, u"supabase"_s, State::Down, 14min + 30s)
            .because(ErrorKind::Timeout)
            .build());
    QCOMPARE(verdict.side, Side::Them);
    QCOMPARE(verdict.sentence,
             u"It is them: Supabase. Our database shop has not answered for 14 minutes."_s);
    QCOMPARE(verdict.detail, u"Supabase reports “Partial System Outage”."_s);
    QCOMPARE(verdict.since, BoardBuilder::now().addSecs(-14 * 60 - 30));
    QCOMPARE(verdict.probesAnswering, 1);
    QCOMPARE(verdict.probesTotal, 2);
}

void TestOutage::aFailureOfThisSecondHasNoLength()
{
    const auto sentence = [](const QString &word, std::chrono::milliseconds lasting) {
        return judge(BoardBuilder()
                         .probe(u"service.api"_s, u"service API"_s, {}, State::Down, lasting)
                         .word(word)
                         .build())
            .sentence;
    };
    QCOMPARE(sentence(u"503"_s, 0ms), u"It is us: service API answers “503”."_s);
    QCOMPARE(sentence(u"503"_s, 2s), u"It is us: service API has answered “503” for 2 seconds."_s);
}

void TestOutage::vendorSaysNothing()
{
    const Verdict verdict =
        judge(BoardBuilder()
                  .provider(u"railway"_s, u"Railway"_s, Impact::None)
                  .probe(u"service.api"_s, u"service API"_s, u"railway"_s, State::Down, 3min)
                  .word(u"500"_s)
                  .build());
    QCOMPARE(verdict.side, Side::Us);
    QCOMPARE(verdict.sentence, u"It is us: service API has answered “500” for 3 minutes."_s);
    QVERIFY(has(verdict, Fact::Kind::VendorUnaware, u"railway"_s));
    QVERIFY(verdict.detail.contains(u"Railway reports no trouble, our probe there disagrees"_s));
}

void TestOutage::vendorUnreadable()
{
    const Verdict verdict =
        judge(BoardBuilder()
                  .provider(u"railway"_s, u"Railway"_s, Impact::Unknown)
                  .pageError(ErrorKind::Corrupt)
                  .probe(u"service.api"_s, u"service API"_s, u"railway"_s, State::Down, 40s)
                  .because(ErrorKind::Unreachable)
                  .build());
    QCOMPARE(verdict.side, Side::Unclear);
    QCOMPARE(
        verdict.sentence,
        u"We cannot tell whether it is us or Railway: service API has not answered for 40 seconds."_s);
}

void TestOutage::noVendorIsUs()
{
    const Verdict verdict =
        judge(BoardBuilder()
                  .probe(u"service.api"_s, u"service API"_s, {}, State::Down, 1min)
                  .because(ErrorKind::Unreachable)
                  .build());
    QCOMPARE(verdict.side, Side::Us);
}

void TestOutage::vendorDownWeStand()
{
    const Verdict verdict =
        judge(BoardBuilder()
                  .provider(u"supabase"_s, u"Supabase"_s, Impact::Critical, u"Major outage"_s)
                  .probe(u"database.main"_s, u"database shop"_s, u"supabase"_s, State::Operational)
                  .build());
    QCOMPARE(verdict.side, Side::Them);
    QCOMPARE(verdict.sentence, u"It is them: Supabase. Our own probes answer: 1 of 1."_s);
    QVERIFY(verdict.detail.contains(u"our probes there disagree"_s));
}

void TestOutage::vendorSlightlyIllWeStand()
{
    const Verdict verdict =
        judge(BoardBuilder()
                  .provider(u"vercel"_s, u"Vercel"_s, Impact::Minor, u"Slow builds"_s)
                  .probe(u"service.web"_s, u"service web"_s, u"vercel"_s, State::Operational)
                  .build());
    QCOMPARE(verdict.side, Side::AllWell);
    QVERIFY(has(verdict, Fact::Kind::VendorUnfelt, u"vercel"_s));
    QVERIFY(verdict.detail.contains(u"Vercel reports “Slow builds”"_s));
}

void TestOutage::vendorOnNobodyCounts()
{
    const Verdict verdict =
        judge(BoardBuilder()
                  .provider(u"groq"_s, u"Groq"_s, Impact::Major)
                  .probe(u"service.web"_s, u"service web"_s, {}, State::Operational)
                  .build());
    QCOMPARE(verdict.side, Side::Them);
    QVERIFY(verdict.sentence.startsWith(u"It is them: Groq."_s));
    QVERIFY2(verdict.detail.contains(u"Groq reports “major trouble”."_s),
             qPrintable(verdict.detail));
}

void TestOutage::maintenanceExplainsAFailure()
{
    const Verdict verdict =
        judge(BoardBuilder()
                  .provider(u"supabase"_s, u"Supabase"_s, Impact::Maintenance, u"Upgrade"_s)
                  .probe(u"database.main"_s, u"database shop"_s, u"supabase"_s, State::Down, 2min)
                  .build());
    QCOMPARE(verdict.side, Side::Them);
}

void TestOutage::both()
{
    const Verdict verdict =
        judge(BoardBuilder()
                  .provider(u"supabase"_s, u"Supabase"_s, Impact::Major, u"Outage"_s)
                  .provider(u"railway"_s, u"Railway"_s, Impact::None)
                  .probe(u"database.main"_s, u"database shop"_s, u"supabase"_s, State::Down, 5min)
                  .because(ErrorKind::Timeout)
                  .probe(u"service.api"_s, u"service API"_s, u"railway"_s, State::Down, 3min)
                  .word(u"500"_s)
                  .build());
    QCOMPARE(verdict.side, Side::Both);
    QCOMPARE(verdict.sentence, u"It is both: Supabase, and us: database shop has not answered for "
                               "5 minutes, and 1 more probe fails."_s);
}

void TestOutage::oneTableLost()
{
    const Verdict verdict =
        judge(BoardBuilder()
                  .provider(u"supabase"_s, u"Supabase"_s, Impact::None)
                  .probe(u"database.main"_s, u"database main"_s, u"supabase"_s, State::Operational)
                  .table(u"products"_s, 60012, 0)
                  .table(u"users"_s, 500, 500)
                  .build());
    QCOMPARE(verdict.side, Side::Us);
    QCOMPARE(verdict.sentence,
             u"It is us: database main answers, but products fell from 60,012 to 0."_s);
    QCOMPARE(verdict.facts.first().before, 60012);
    QCOMPARE(verdict.facts.first().now, 0);
    QVERIFY(verdict.since.isValid());
}

void TestOutage::manyTablesEmpty()
{
    BoardBuilder builder;
    builder.probe(u"database.main"_s, u"database main"_s, {}, State::Operational);
    for (int i = 0; i < 6; ++i)
        builder.table(u"full%1"_s.arg(i), 100, 100);
    builder.table(u"products"_s, 60012, 0).table(u"listings"_s, 1000, 0).table(u"jobs"_s, {}, 0);
    const Verdict verdict = judge(builder.build());
    QCOMPARE(verdict.side, Side::Us);
    QCOMPARE(verdict.sentence,
             u"It is us: database main answers, and 3 of its 9 watched tables are empty."_s);
    QVERIFY(verdict.detail.contains(u"products fell from 60,012 to 0"_s));
    QVERIFY(verdict.detail.contains(u"jobs is empty"_s));
}

void TestOutage::tablesOfASilentDatabaseDoNotCount()
{
    const Verdict verdict =
        judge(BoardBuilder()
                  .probe(u"database.main"_s, u"database main"_s, {}, State::Down, 1min)
                  .because(ErrorKind::Timeout)
                  .table(u"products"_s, 60012, 0)
                  .build());
    QVERIFY(!has(verdict, Fact::Kind::RowsLost, u"database.main"_s));
    QVERIFY(has(verdict, Fact::Kind::ProbeSilent, u"database.main"_s));
}

void TestOutage::wholeWorldSilentIsOurNetwork()
{
    BoardBuilder builder;
    builder.provider(u"vercel"_s, u"Vercel"_s, Impact::Unknown)
        .pageError(ErrorKind::Unreachable)
        .probe(u"service.api"_s, u"service API"_s, u"vercel"_s, State::Down, 1min)
        .because(ErrorKind::Unreachable)
        .probe(u"database.main"_s, u"database shop"_s, {}, State::Down, 1min)
        .because(ErrorKind::Timeout);
    const Verdict cut = judge(builder.build());
    QCOMPARE(cut.side, Side::Unclear);
    QCOMPARE(cut.sentence, u"We cannot tell: nothing answers, perhaps our own network is down."_s);

    builder.provider(u"github"_s, u"GitHub"_s, Impact::None); // the line works after all
    QCOMPARE(judge(builder.build()).side, Side::Us);
}

void TestOutage::severalFailuresAreCounted()
{
    BoardBuilder builder;
    for (int i = 0; i < 3; ++i)
        builder
            .probe(u"service.s%1"_s.arg(i), u"service S%1"_s.arg(i), {}, State::Down,
                   (i + 1) * 1min)
            .because(ErrorKind::Refused)
            .word(u"503"_s);
    const Verdict verdict = judge(builder.build());
    QCOMPARE(verdict.sentence,
             u"It is us: service S2 has answered “503” for 3 minutes, and 2 more probes fail."_s);
    QVERIFY(verdict.detail.contains(u"Service S0 has answered"_s));
}

void TestOutage::suggestionsComeAlong()
{
    const Verdict verdict =
        judge(BoardBuilder()
                  .probe(u"database.main"_s, u"database main"_s, {}, State::Operational)
                  .table(u"products"_s, 60012, 0)
                  .build(),
              {{u"buggy-deployment"_s, u"probe service failing"_s},
               {u"database-corruption"_s, u"rows products dropped"_s}});
    QCOMPARE(verdict.suggestions.size(), 1);
    QCOMPARE(verdict.suggestions.first().runbook, u"database-corruption"_s);
}

void TestOutage::sameBoardSameVerdict()
{
    const status::BoardSnapshot board =
        BoardBuilder().probe(u"service.api"_s, u"x"_s, {}, State::Down, 3min).build();
    QCOMPARE(judge(board).sentence, judge(board).sentence);
    QCOMPARE(status::sideKey(judge(board).side), u"us"_s);
}

} // namespace mayday

MAYDAY_TEST(mayday::TestOutage);
#include "tst_outage.moc"
