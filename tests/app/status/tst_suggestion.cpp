// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/suggestion.h"
#include "support/testmain.h"

#include "boards.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace mayday {

using status::Impact;
using status::matches;
using status::State;
using status::Suggestion;
using status::suggestionsFor;
using tests::BoardBuilder;

/// When a runbook offers itself.
class TestSuggestion final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matching_data();
    void matching();
    void staleReadingsDoNotCount();
    void aSilentDatabaseLosesNoRows();
    void ordersByTellingReason();

private:
    static status::BoardSnapshot board()
    {
        return BoardBuilder()
            .provider(u"supabase"_s, u"Supabase"_s, Impact::Major, u"Outage"_s)
            .provider(u"vercel"_s, u"Vercel"_s, Impact::Minor, u"Slow"_s)
            .provider(u"github"_s, u"GitHub"_s, Impact::None)
            .provider(u"render"_s, u"Render"_s, Impact::Maintenance, u"Upgrade"_s)
            .provider(u"groq"_s, u"Groq"_s, Impact::Unknown)
            .probe(u"service.backend"_s, u"service API"_s, u"railway"_s, State::Down, 90s)
            .probe(u"service.web"_s, u"service web"_s, u"vercel"_s, State::Operational)
            .probe(u"database.main"_s, u"database shop"_s, u"supabase"_s, State::Operational)
            .table(u"products"_s, 60012, 0)
            .table(u"listings"_s, 1000, 400)
            .table(u"users"_s, 500, 500)
            .build();
    }
};

void TestSuggestion::matching_data()
{
    QTest::addColumn<QString>("condition");
    QTest::addColumn<bool>("holds");
    const auto row = [](const char *condition, bool holds) {
        QTest::newRow(condition) << QString::fromLatin1(condition) << holds;
    };
    row("probe backend failing", true);
    row("probe backend failing 60 s", true);
    row("probe backend failing 60s", true);
    row("probe service.backend failing 90 s", true);
    row("probe backend failing 91 s", false);
    row("probe backend failing 2 min", false);
    row("probe service failing 1 min", true);
    row("probe any failing", true);
    row("probe web failing", false);
    row("probe nobody failing", false);
    row("probe database failing", true); // it answers, and its rows are gone
    row("status supabase major", true);
    row("status supabase minor", true);
    row("status supabase critical", false);
    row("status vercel minor", true);
    row("status vercel major", false);
    row("status github minor", false);
    row("status groq minor", false);
    row("status render maintenance", true);
    row("status render minor", false);
    row("status supabase maintenance", false);
    row("status any major", true);
    row("status any critical", false);
    row("rows products dropped", true);
    row("rows products empty", true);
    row("rows listings dropped", true);
    row("rows listings empty", false);
    row("rows users dropped", false);
    row("rows any dropped", true);
    row("rows nothing dropped", false);
    row("  rows   products\tdropped ", true);
    row("", false);
    row("rows products", false);
    row("rows listings drop", true);
    row("probe backend failing 1-2 min", false); // of a range the longer end
    row("probe backend failing 80 seconds", true);
    row("deployment backend failed", false); // no reading tells it
}

void TestSuggestion::matching()
{
    QFETCH(QString, condition);
    QTEST(matches(condition, board()), "holds");
}

void TestSuggestion::staleReadingsDoNotCount()
{
    const status::BoardSnapshot old =
        BoardBuilder()
            .provider(u"supabase"_s, u"Supabase"_s, Impact::Major, {}, 16min)
            .probe(u"service.api"_s, u"service API"_s, {}, State::Down, 10min, 4min)
            .build();
    QVERIFY(!matches(u"status supabase major", old));
    QVERIFY(!matches(u"probe api failing", old));
}

void TestSuggestion::aSilentDatabaseLosesNoRows()
{
    const status::BoardSnapshot silent =
        BoardBuilder()
            .probe(u"database.main"_s, u"database shop"_s, {}, State::Down, 1min)
            .table(u"products"_s, 60012, 0)
            .build();
    QVERIFY(!matches(u"rows products dropped", silent));
    QVERIFY(matches(u"probe database failing", silent));
}

void TestSuggestion::ordersByTellingReason()
{
    const QList<Suggestion> offered =
        suggestionsFor({{u"deployment"_s, u"probe service failing 60 s"_s},
                        {u"supabase"_s, u"status supabase major"_s},
                        {u"github"_s, u"status github minor"_s},
                        {u"corruption"_s, u"probe database failing"_s},
                        {u"corruption"_s, u"rows products dropped"_s},
                        {u"broken"_s, u"rows"_s}},
                       board());
    QCOMPARE(offered.size(), 3);
    QCOMPARE(offered.at(0), (Suggestion{.runbook = u"corruption"_s,
                                        .condition = u"rows products dropped"_s,
                                        .because = u"products fell from 60,012 to 0"_s}));
    QCOMPARE(offered.at(1).because, u"Supabase reports Outage"_s);
    QCOMPARE(offered.at(2).because, u"service API failing for 1 minute"_s);
}

} // namespace mayday

MAYDAY_TEST(mayday::TestSuggestion);
#include "tst_suggestion.moc"
