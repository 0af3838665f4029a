// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "restore/preflight.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// What a role, a database or the server holds sessions to is told, with whose it is, and holds no
/// session of Mayday's.
class TestServerLimits : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<tests::TempPostgres>();
        m_server->execute(u"postgres"_s, "CREATE ROLE slow LOGIN PASSWORD 'pw'");
    }
    void whereNothingIsInForceNothingIsSaid();
    void theMostSpecialOneIsTold();
    void theyHoldNoSessionOfOurs();
    void eachIsSaidInASentence();
    void timesAreReadable_data();
    void timesAreReadable();
    void sessionsAreCounted();

private:
    Result<postgres::Session> asSlow(const Shop &shop, TaskContext &context)
    {
        const auto login = postgres::ConnectionString::parse(
                               u"host=127.0.0.1 port=%1 dbname=%2 user=slow"_s.arg(m_server->port())
                                   .arg(shop.database()))
                               ->withPassword(Secret("pw"));
        // As the preflight does, whose own limit is nobody's business.
        return postgres::Session::connect(login, context, {.lockTimeout = std::chrono::seconds(2)});
    }
    ServerLimits limits(const Shop &shop)
    {
        TaskContext context;
        auto session = asSlow(shop, context);
        if (!session)
            qFatal("%s", qPrintable(describe(session.error())));
        auto found = serverLimits(*session, context);
        if (!found)
            qFatal("%s", qPrintable(describe(found.error())));
        return *std::move(found);
    }

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestServerLimits::whereNothingIsInForceNothingIsSaid()
{
    const Shop shop(*m_server, 5);
    QVERIFY(limits(shop).limits.isEmpty());
}

void TestServerLimits::theMostSpecialOneIsTold()
{
    const Shop shop(*m_server, 5);
    const QByteArray name = shop.database().toUtf8();
    shop.run("ALTER DATABASE " + name +
             " SET statement_timeout = '1h';"
             "ALTER ROLE slow SET statement_timeout = '120s';"
             "ALTER ROLE slow IN DATABASE " +
             name +
             " SET lock_timeout = '3s';"
             "ALTER ROLE slow SET lock_timeout = '9s';"
             "ALTER ROLE slow SET tcp_keepalives_idle = 300;"
             "ALTER ROLE ALL SET idle_session_timeout = '500ms';"
             "ALTER DATABASE " +
             name + " SET idle_in_transaction_session_timeout = '15min'");
    const QString database = shop.database();
    const QList<LimitInForce> found = limits(shop).limits;
    shop.run("ALTER ROLE slow RESET ALL; ALTER ROLE ALL RESET ALL");
    QCOMPARE(found, (QList<LimitInForce>{
                        {u"idle_in_transaction_session_timeout"_s, u"15 min"_s,
                         u"of database "_s + database},
                        {u"idle_session_timeout"_s, u"500 ms"_s, u"of all roles"_s},
                        {u"lock_timeout"_s, u"3 s"_s, u"of role slow in database "_s + database},
                        {u"statement_timeout"_s, u"120 s"_s, u"of role slow"_s},
                        {u"tcp_keepalives_idle"_s, u"300 s"_s, u"of role slow"_s}}));
}

void TestServerLimits::theyHoldNoSessionOfOurs()
{
    const Shop shop(*m_server, 5);
    shop.run("ALTER ROLE slow SET statement_timeout = '120s'");
    TaskContext context;
    auto session = asSlow(shop, context);
    QVERIFY(session);
    const auto now = session->query("SHOW statement_timeout", context);
    const auto found = serverLimits(*session, context);
    RestorePlan plan = shop.plan(u"shop.sql"_s);
    plan.target = postgres::ConnectionString::parse(
                      u"host=127.0.0.1 port=%1 dbname=%2 user=slow"_s.arg(m_server->port())
                          .arg(shop.database()))
                      ->withPassword(Secret("pw"));
    dump::DumpInspection inspection;
    inspection.verdict = dump::DumpVerdict::Complete;
    inspection.schemas = {u"public"_s};
    const auto report = runPreflight(plan, inspection, {plan.plannedAt}, context);
    shop.run("ALTER ROLE slow RESET ALL");
    QCOMPARE(now->text(0, 0), u"0"_s);
    QCOMPARE(found->limits.size(), 1);
    QVERIFY2(report, report ? "" : qPrintable(describe(report.error())));
    QCOMPARE(report->limits.limits, found->limits);
    QVERIFY(report->isPoolerExcluded);
    QStringList said;
    for (const PreflightNote &note : report->notes)
        said.append(note.text);
    QCOMPARE(said.filter(u"statement_timeout"_s),
             QStringList{u"statement_timeout of role slow is 120 s; Mayday switches it off for its "
                         "own connections and has checked that it is off."_s});
}

void TestServerLimits::eachIsSaidInASentence()
{
    QVERIFY(notesOf(QList<LimitInForce>()).isEmpty());
    const auto notes =
        notesOf(QList<LimitInForce>{{u"transaction_timeout"_s, u"30 s"_s, u"of this server"_s},
                                    {u"lock_timeout"_s, u"3 s"_s, u"of role app"_s}});
    QCOMPARE(notes.size(), 2);
    QCOMPARE(notes[0].text,
             u"transaction_timeout of this server is 30 s; Mayday switches it off for its own "
             "connections and has checked that it is off."_s);
    QCOMPARE(notes[1].text, u"lock_timeout of role app is 3 s; Mayday sets its own for its own "
                            "connections."_s);
}

void TestServerLimits::timesAreReadable_data()
{
    QTest::addColumn<qint64>("value");
    QTest::addColumn<QString>("unit");
    QTest::addColumn<QString>("text");
    QTest::newRow("seconds") << qint64(120000) << u"ms"_s << u"120 s"_s;
    QTest::newRow("less") << qint64(1500) << u"ms"_s << u"1500 ms"_s;
    QTest::newRow("minutes") << qint64(900000) << u"ms"_s << u"15 min"_s;
    QTest::newRow("in seconds") << qint64(300) << u"s"_s << u"300 s"_s;
    QTest::newRow("in minutes") << qint64(2) << u"min"_s << u"120 s"_s;
    QTest::newRow("a number") << qint64(6) << QString() << u"6"_s;
}

void TestServerLimits::timesAreReadable()
{
    QFETCH(qint64, value);
    QFETCH(QString, unit);
    QFETCH(QString, text);
    QCOMPARE(limitText(value, unit), text);
}

void TestServerLimits::sessionsAreCounted()
{
    const Shop shop(*m_server, 5);
    TaskContext context;
    const auto elsewhere = postgres::Session::connect(m_server->connectionString(), context, {});
    m_server->forgetSessions();
    const auto here = asSlow(shop, context);
    QVERIFY(elsewhere && here);
    const ServerLimits found = limits(shop);
    QVERIFY2(found.sessions >= 2 && found.sessionsHere >= 1 && found.sessionsHere < found.sessions,
             qPrintable(u"%1 %2"_s.arg(found.sessions).arg(found.sessionsHere)));
    QCOMPARE(found.most, m_server->scalar(u"postgres"_s, "SHOW max_connections").toLongLong());
    PreflightReport report;
    QCOMPARE(sessionsInWords(report), QString());
    report.limits = found;
    report.isPoolerExcluded = true;
    QCOMPARE(
        sessionsInWords(report),
        u"%1 of %2 in use, %3 of them in this database; no transaction pooler found in between"_s
            .arg(found.sessions)
            .arg(found.most)
            .arg(found.sessionsHere));
}

MAYDAY_TEST(TestServerLimits);
#include "tst_serverlimits.moc"
