// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/session.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QTest>

#include <array>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::postgres;

class TestAskAhead final : public QObject {
    Q_OBJECT

private:
    tests::TempPostgres m_server;
    TaskContext m_context;

    Session open() { return Session::connect(m_server.connectionString(), m_context).value(); }

private Q_SLOTS:
    void whatIsAskedAheadIsAnsweredOnceAndUntilSomethingChanges()
    {
        Session session = open();
        const Question clock{.sql = "SELECT pg_catalog.clock_timestamp()"};
        const Question named{.sql = "SELECT $1::text", .parameters = {"a"}};
        const std::vector<Question> questions{{.sql = "BEGIN"}, clock, named, clock};
        const auto ask = [&] {
            return session.query(clock, m_context)->text(0, 0);
        };
        QVERIFY(session.askAhead(questions, m_context));
        QVERIFY(session.inTransaction());
        QCOMPARE(
            session.query("SELECT $1::text", std::array<QByteArray, 1>{"b"}, m_context)->text(0, 0),
            u"b"_s); // other parameters, another question
        const QString first = ask();
        QCOMPARE(session.query(named, m_context)->text(0, 0), u"a"_s);
        const std::array<QByteArray, 1> batch{clock.sql};
        const auto second = session.queryBatch(batch, m_context);
        QVERIFY(second && second->front().text(0, 0) != first);
        QVERIFY(session.execute("SELECT 1", m_context)); // which takes time
        QVERIFY(ask() > second->front().text(0, 0));     // asked again: each answer counts once

        QVERIFY(session.askAhead(std::span(questions).subspan(1), m_context));
        const QString now = ask();
        QVERIFY(session.execute("ROLLBACK", m_context));
        const QString later = ask();
        QVERIFY(session.askAhead(std::span(questions).subspan(1), m_context));
        session.forgetAnswers();
        QVERIFY(now < later && later < ask());
    }

    void aQuestionAskedAheadFailsAtOnceAndAStopIsStillHeard()
    {
        Session session = open();
        const std::vector<Question> wrong{{.sql = "SELECT 1"}, {.sql = "SELECT no_such_thing"}};
        const auto failed = session.askAhead(wrong, m_context);
        QVERIFY(!failed);
        QCOMPARE(failed.error().sqlState, u"42703"_s);
        QCOMPARE(session.query("SELECT 2", m_context)->integer(0, 0), 2);

        std::stop_source source;
        TaskContext stopped(source.get_token(), {});
        QVERIFY(session.askAhead(std::span(wrong).first(1), stopped));
        source.request_stop();
        const auto answer = session.query("SELECT 1", stopped);
        QVERIFY(!answer && answer.error().kind == ErrorKind::Cancelled);
    }
};

MAYDAY_TEST(TestAskAhead);
#include "tst_askahead.moc"
