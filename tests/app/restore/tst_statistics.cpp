// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/statistics.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QTest>

#include <stop_token>

using namespace mayday;
using namespace mayday::restore;
using namespace Qt::StringLiterals;

/// Small samples before, full ones after, and no failure of these is anybody else's.
class TestStatistics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<tests::TempPostgres>();
        m_server->createDatabase(u"shop"_s);
    }
    void init()
    {
        m_server->execute(u"shop"_s,
                          "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
                          "CREATE TABLE public.a AS SELECT g AS id FROM generate_series(1, 500) g;"
                          "CREATE TABLE public.\"B c\" AS TABLE public.a;"
                          "CREATE TABLE public.d AS TABLE public.a");
    }
    void comeFromSmallSamplesFirst()
    {
        auto session = open();
        const Statistics statistics = all(session);
        QVERIFY(session.execute("BEGIN", m_context));
        QList<qsizetype> rounds;
        const auto onRound = [&](qsizetype done) {
            rounds.append(done);
        };
        QVERIFY(statistics.gather(session, Statistics::smallSamples(true), m_context, onRound));
        QVERIFY(session.execute("COMMIT", m_context));
        QCOMPARE(rounds, QList<qsizetype>{3});
        QCOMPARE(stepsOf("a"), u"4"_s);
        QCOMPARE(stepsOf("B c"), u"4"_s);

        QCOMPARE(statistics.refine(session, m_context, onRound), QStringList());
        QCOMPARE(stepsOf("a"), u"101"_s);
        QCOMPARE(stepsOf("d"), u"101"_s);
    }
    void aServerThatWantsLessGetsLess()
    {
        auto session = open();
        QVERIFY(session.execute("SET default_statistics_target = 2", m_context));
        QVERIFY(all(session).gather(session, Statistics::smallSamples(false), m_context,
                                    [](qsizetype) {}));
        QCOMPARE(stepsOf("a"), u"3"_s);
    }
    void goOnBehindWhatFails()
    {
        auto session = open();
        const Statistics statistics = all(session);
        m_server->execute(u"shop"_s, "DROP TABLE public.\"B c\"");

        const QStringList notes = statistics.refine(session, m_context, [](qsizetype) {});

        QCOMPARE(notes.size(), 1);
        QVERIFY2(notes[0].contains(u"public.B c"_s) && notes[0].contains(u"does not exist"_s),
                 qPrintable(notes[0]));
        QCOMPARE(stepsOf("a"), u"101"_s);
        QCOMPARE(stepsOf("d"), u"101"_s);
    }
    void aStopEndsThem()
    {
        auto session = open();
        const Statistics statistics = all(session);
        std::stop_source stop;
        stop.request_stop();
        TaskContext stopped(stop.get_token());

        const QStringList notes = statistics.refine(session, stopped, [](qsizetype) {});

        QCOMPARE(notes.size(), 1);
        QVERIFY2(notes[0].contains(u"3 of 3 tables"_s), qPrintable(notes[0]));
        QVERIFY2(notes[0].contains(u"ANALYZE makes them"_s), qPrintable(notes[0]));
    }

private:
    postgres::Session open()
    {
        auto session = postgres::Session::connect(m_server->connectionString(u"shop"_s), m_context);
        if (!session)
            qFatal("%s", qPrintable(describe(session.error())));
        return *std::move(session);
    }
    Statistics all(postgres::Session &session)
    {
        const auto named = [](const QString &name) {
            return TableTally{.schema = u"public"_s, .name = name, .rows = 500};
        };
        return Statistics::of(session, {named(u"a"_s), named(u"B c"_s), named(u"d"_s)}, m_context)
            .value();
    }
    /// How many bounds the histogram of a table's ids has.
    QString stepsOf(const QByteArray &table)
    {
        return m_server->scalar(u"shop"_s,
                                "SELECT cardinality(histogram_bounds::text::bigint[]) FROM pg_stats"
                                " WHERE tablename = '" +
                                    table + "'");
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    TaskContext m_context;
};

MAYDAY_TEST(TestStatistics);
#include "tst_statistics.moc"
