// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/deskfixture.h"
#include "support/testmain.h"

#include <algorithm>

using namespace mayday;
using namespace mayday::desk;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// From what breaks in the practice world to what the first screen answers: all by real HTTP and
/// a real database, nothing put into the board by hand.
class TestDeskOutage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aProviderThatIsDownIsThem();
    void lostRowsAreUs();
    void cleanupTestCase() { m_fixture.reset(); }

private:
    [[nodiscard]] const status::Verdict &verdict() const
    {
        return m_fixture->desk->board().verdict();
    }
    [[nodiscard]] status::State supabase() const
    {
        const status::BoardSnapshot board = m_fixture->desk->board().snapshot();
        const auto *found = board.provider(stack::ProviderId::parse(u"supabase"_s).value());
        return found ? found->watched.reading.state : status::State::Unknown;
    }
    [[nodiscard]] QStringList offered() const
    {
        QStringList ids;
        for (const status::Suggestion &one : verdict().suggestions)
            ids.append(one.runbook);
        return ids;
    }
    void putRight() const
    {
        m_fixture->desk->practice().putRight();
        QTRY_COMPARE_WITH_TIMEOUT(verdict().side, status::Side::AllWell, 60000);
        QTRY_VERIFY(offered().isEmpty());
    }

    std::unique_ptr<TempPostgres> m_server;
    std::unique_ptr<DeskFixture> m_fixture;
};

void TestDeskOutage::initTestCase()
{
    m_server = std::make_unique<TempPostgres>();
    m_fixture = std::make_unique<DeskFixture>(*m_server);
    m_fixture->open();
    m_fixture->desk->start();
    QTRY_COMPARE_WITH_TIMEOUT(m_fixture->desk->practice().phase(), PracticePhase::Ready, 120000);
    QTRY_COMPARE_WITH_TIMEOUT(verdict().side, status::Side::AllWell, 60000);
    QVERIFY(offered().isEmpty());
}

void TestDeskOutage::aProviderThatIsDownIsThem()
{
    m_fixture->desk->practice().breakSupabase();
    QTRY_COMPARE_WITH_TIMEOUT(supabase(), status::State::Down, 60000);
    QTRY_COMPARE(verdict().side, status::Side::Them);
    QVERIFY2(verdict().sentence.startsWith(u"It is them: Supabase"_s),
             qPrintable(verdict().sentence));
    QVERIFY(offered().contains(u"supabase-outage"_s));
    QVERIFY(offered().contains(u"database-corruption"_s));
    putRight();
    QCOMPARE(supabase(), status::State::Operational);
}

void TestDeskOutage::lostRowsAreUs()
{
    m_fixture->desk->practice().deleteProducts();
    QTRY_COMPARE_WITH_TIMEOUT(verdict().side, status::Side::Us, 60000);
    QTRY_VERIFY(!offered().isEmpty());
    QCOMPARE(offered().first(), u"database-corruption"_s);
    QVERIFY2(verdict().suggestions.first().because.contains(u"products fell from "_s),
             qPrintable(verdict().suggestions.first().because));
    putRight();
}

MAYDAY_TEST(TestDeskOutage);
#include "tst_deskoutage.moc"
