// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/catalog.h"
#include "postgres/session.h"
#include "support/temppooler.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::postgres;
using namespace std::chrono_literals;

class TestPooler final : public QObject {
    Q_OBJECT

private:
    tests::TempPostgres m_server;
    tests::TempPooler m_pooler{m_server.connectionString()};
    TaskContext m_context;

private Q_SLOTS:
    void settingsThatDoNotHoldAreRefused()
    {
        // What a managed host sets for its roles; a pooler brings it back after each transaction.
        m_server.execute(u"postgres"_s, "ALTER ROLE postgres SET statement_timeout = '120s'");
        const auto session = Session::connect(m_pooler.connectionString(), m_context);
        QVERIFY(!session);
        QCOMPARE(session.error().kind, ErrorKind::Refused);
        QCOMPARE(session.error().advice, Advice::UseSessionPort);
        QVERIFY2(session.error().detail.contains("statement_timeout is 2min"_L1),
                 qUtf8Printable(session.error().detail));
        m_server.execute(u"postgres"_s, "ALTER ROLE postgres RESET ALL");
    }

    void aProbeMayPassAndRecognisesIt()
    {
        ConnectOptions options;
        options.requireSettings = false;
        auto session = Session::connect(m_pooler.connectionString(), m_context, options);
        QVERIFY2(session.has_value(), session ? "" : qUtf8Printable(describe(session.error())));
        QVERIFY(isTransactionPooler(*session, m_context).value());
        QCOMPARE(session->query("SELECT 6 * 7", m_context)->integer(0, 0), 42);
    }

    void aMarkTellsOneBackendFromAnother()
    {
        auto session = Session::connect(m_server.connectionString(), m_context);
        QVERIFY(session && !isMarked(*session, m_context).value());
        QVERIFY(session->query(markSessionQuestion(*session), m_context));
        QVERIFY(isMarked(*session, m_context).value());
        QVERIFY(session->execute("DISCARD ALL", m_context));
        QVERIFY(!isMarked(*session, m_context).value());
    }

    void isRecognisedWithoutAnySettingOfTheRole()
    {
        auto session = Session::connect(m_pooler.connectionString(), m_context);
        QVERIFY(session.has_value());
        QVERIFY(isTransactionPooler(*session, m_context).value());
    }
};

MAYDAY_TEST(TestPooler);
#include "tst_pooler.moc"
