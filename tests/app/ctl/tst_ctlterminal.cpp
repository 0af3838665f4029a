// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/terminal.h"
#include "core/profile.h"
#include "postgres/session.h"
#include "store/journalreader.h"
#include "support/testmain.h"

#include <csignal>

using namespace mayday;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

namespace {

/// Asks for a long nap in the middle of the load.
QByteArray slowDump()
{
    return QByteArray(smallDump).replace("COPY public",
                                         "SELECT pg_catalog.pg_sleep(600);\n\nCOPY public");
}

} // namespace

/// At the terminal: the name is typed, Ctrl+C is obeyed, and neither touches the live data.
class TestCtlTerminal : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theNameOfTheDatabaseIsTheKey();
    void anythingElseChangesNothing_data();
    void anythingElseChangesNothing();
    void aNameInAnotherScript();
    void theQuestionIsAskedWithJsonToo();
    void theQuestionNamesWhatTheEnvironmentMeans();
    void ctrlCAtTheQuestionEndsIt();
    void aPutBackIsConfirmedToo();
    void ctrlCInTheMiddleOfARestore();
    void aStopInTheMiddleOfARestore_data();
    void aStopInTheMiddleOfARestore();
    void aKillInTheMiddleOfARestore();
    void ctrlCInTheMiddleOfAPutBack();
    void theAnswerBeginsACleanLine();

private:
    [[nodiscard]] bool isNapping(const QString &database)
    {
        return m_ctl.server().scalar(database, "SELECT count(*) FROM pg_stat_activity WHERE query "
                                               "LIKE '%pg_sleep(600)%' AND state = 'active' AND "
                                               "application_name = 'mayday restore'") == "1"_L1;
    }
    [[nodiscard]] QList<store::JournalEvent> events(const QString &kind) const
    {
        return store::readJournal(Profile::under(m_ctl.profile()).journalFile(),
                                  {.kindPrefix = kind})
            .value();
    }

    Ctl m_ctl;
};

void TestCtlTerminal::theNameOfTheDatabaseIsTheKey()
{
    const QString target = m_ctl.liveDatabase(u"typed"_s);
    Terminal terminal(m_ctl,
                      {u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump), u"--target"_s, target});
    QTRY_VERIFY2_WITH_TIMEOUT(terminal.shows("Type the name of the database (typed) to go on:"),
                              terminal.screen().constData(), 20000);
    QVERIFY(terminal.shows("This replaces the data in database typed on 127.0.0.1:"));
    QCOMPARE(m_ctl.products(u"typed"_s), u"99"_s);
    terminal.type("typed\n");
    const Answer answer = terminal.finished();
    QVERIFY2(answer.code == 0, answer.all());
    QVERIFY2(answer.out.startsWith("Proven: 1 tables, 3 rows, in "), answer.all());
    QCOMPARE(m_ctl.products(u"typed"_s), u"1 2 3"_s);
}

void TestCtlTerminal::anythingElseChangesNothing_data()
{
    QTest::addColumn<QByteArray>("keys");
    QTest::newRow("Enter alone") << QByteArray("\n");
    QTest::newRow("yes") << QByteArray("yes\n");
    QTest::newRow("y") << QByteArray("y\n");
    QTest::newRow("another case") << QByteArray("PRECIOUS\n");
    QTest::newRow("another database") << QByteArray("precious2\n");
    QTest::newRow("half of it") << QByteArray("prec\n");
    QTest::newRow("the end of the input") << QByteArray("\x04");
}

void TestCtlTerminal::anythingElseChangesNothing()
{
    QFETCH(QByteArray, keys);
    static const QString target = m_ctl.liveDatabase(u"precious"_s);
    Terminal terminal(m_ctl,
                      {u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump), u"--target"_s, target});
    QTRY_VERIFY_WITH_TIMEOUT(terminal.shows("to go on:"), 20000);
    terminal.type(keys);
    const Answer answer = terminal.finished();
    QVERIFY2(answer.code == 2, answer.all());
    QVERIFY2(answer.err.contains("not confirmed"), answer.all());
    QCOMPARE(m_ctl.products(u"precious"_s), u"99"_s);
    QCOMPARE(m_ctl.keptSchemas(u"precious"_s), u"0"_s);
}

void TestCtlTerminal::aNameInAnotherScript()
{
    const QString target = m_ctl.liveDatabase(u"Läden"_s);
    Terminal terminal(m_ctl,
                      {u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump), u"--target"_s, target});
    QTRY_VERIFY_WITH_TIMEOUT(terminal.shows("(Läden) to go on:"), 20000);
    terminal.type("  Läden \n"); // spaces around it are nobody's intention
    const Answer answer = terminal.finished();
    QVERIFY2(answer.code == 0, answer.all());
}

void TestCtlTerminal::theQuestionIsAskedWithJsonToo()
{
    const QString target = m_ctl.liveDatabase(u"asked"_s);
    Terminal terminal(m_ctl, {u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump), u"--target"_s,
                              target, u"--json"_s});
    QTRY_VERIFY2_WITH_TIMEOUT(terminal.shows("Type the name of the database (asked)"),
                              "it waits without saying for what", 20000);
    terminal.type("asked\n");
    const Answer answer = terminal.finished();
    QVERIFY2(answer.code == 0, answer.all());
    QCOMPARE(answer.json()["verdict"_L1].toString(), u"proven"_s); // stdout holds JSON alone
}

void TestCtlTerminal::theQuestionNamesWhatTheEnvironmentMeans()
{
    const auto server = m_ctl.server().connectionString();
    QVERIFY(!m_ctl.liveDatabase(u"postgres_shop"_s).isEmpty());
    QProcess process;
    m_ctl.start(process,
                {u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump), u"--target"_s,
                 u"user="_s + server.user(), u"--json"_s},
                {{u"PGHOST"_s, u"127.0.0.1"_s},
                 {u"PGPORT"_s, QString::number(server.port())},
                 {u"PGDATABASE"_s, u"postgres_shop"_s}});
    const Answer answer = Ctl::answerOf(process);
    QCOMPARE(answer.code, 2);
    QCOMPARE(answer.error()["subject"_L1].toString(),
             u"database postgres_shop on 127.0.0.1:%1 as postgres"_s.arg(server.port()));
    const Answer done = m_ctl.run({u"restore"_s, m_ctl.path(u"ok.sql"_s), u"--target"_s,
                                   u"user="_s + server.user(), u"--yes"_s},
                                  {{u"PGHOST"_s, u"127.0.0.1"_s},
                                   {u"PGPORT"_s, QString::number(server.port())},
                                   {u"PGDATABASE"_s, u"postgres_shop"_s}});
    QVERIFY2(done.code == 0, done.all());
    QCOMPARE(m_ctl.products(u"postgres_shop"_s), u"1 2 3"_s);
}

void TestCtlTerminal::ctrlCAtTheQuestionEndsIt()
{
    const QString target = m_ctl.liveDatabase(u"hesitated"_s);
    Terminal terminal(m_ctl,
                      {u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump), u"--target"_s, target});
    QTRY_VERIFY_WITH_TIMEOUT(terminal.shows("to go on:"), 20000);
    terminal.pressCtrlC();
    const Answer answer = terminal.finished();
    QVERIFY2(answer.code == -1, answer.all()); // ended by the signal, as a shell expects
    QVERIFY(answer.out.isEmpty());
    QCOMPARE(m_ctl.products(u"hesitated"_s), u"99"_s);
}

void TestCtlTerminal::aPutBackIsConfirmedToo()
{
    const QString target = m_ctl.liveDatabase(u"undone"_s);
    QCOMPARE(m_ctl
                 .run({u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump), u"--target"_s, target,
                       u"--yes"_s})
                 .code,
             0);
    {
        Terminal terminal(m_ctl, {u"put-back"_s, u"--target"_s, target});
        QTRY_VERIFY_WITH_TIMEOUT(terminal.shows("This puts the kept data back in database undone"),
                                 20000);
        terminal.type("\n");
        QCOMPARE(terminal.finished().code, 2);
        QCOMPARE(m_ctl.products(u"undone"_s), u"1 2 3"_s);
    }
    Terminal terminal(m_ctl, {u"put-back"_s, u"--target"_s, target});
    QTRY_VERIFY_WITH_TIMEOUT(terminal.shows("to go on:"), 20000);
    terminal.type("undone\n");
    const Answer answer = terminal.finished();
    QVERIFY2(answer.code == 0, answer.all());
    QVERIFY2(answer.out.startsWith("Put back: public.\n"), answer.all());
    QCOMPARE(m_ctl.products(u"undone"_s), u"99"_s);
}

void TestCtlTerminal::ctrlCInTheMiddleOfARestore()
{
    const QString target = m_ctl.liveDatabase(u"interrupted"_s);
    Terminal terminal(m_ctl, {u"restore"_s, m_ctl.write(u"slow.sql"_s, slowDump()), u"--target"_s,
                              target, u"--yes"_s});
    QTRY_VERIFY2_WITH_TIMEOUT(isNapping(u"interrupted"_s), terminal.screen().constData(), 20000);
    terminal.pressCtrlC();
    const Answer answer = terminal.finished();
    QVERIFY2(answer.code == 2, answer.all());
    QVERIFY2(answer.out.startsWith("Not restored. Nothing changed.\ncancelled"), answer.all());
    QCOMPARE(m_ctl.products(u"interrupted"_s), u"99"_s);
    QCOMPARE(m_ctl.keptSchemas(u"interrupted"_s), u"0"_s);
    QVERIFY(!isNapping(u"interrupted"_s)); // the server has let go of it, too
    const auto finished = events(u"restore.finished"_s);
    QCOMPARE(finished.size(), events(u"restore.started"_s).size());
    // And nothing stands in the way of the next one.
    QCOMPARE(m_ctl
                 .run({u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump), u"--target"_s, target,
                       u"--yes"_s})
                 .code,
             0);
}

void TestCtlTerminal::aStopInTheMiddleOfARestore_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("a timer's end") << SIGTERM;
    QTest::newRow("an interrupt of a script") << SIGINT;
}

void TestCtlTerminal::aStopInTheMiddleOfARestore()
{
    QFETCH(int, signal);
    const QString name = u"stopped_%1"_s.arg(signal);
    const QString target = m_ctl.liveDatabase(name);
    QProcess process;
    m_ctl.start(process, {u"restore"_s, m_ctl.write(u"slow.sql"_s, slowDump()), u"--target"_s,
                          target, u"--yes"_s, u"--json"_s});
    QTRY_VERIFY_WITH_TIMEOUT(isNapping(name), 20000);
    QCOMPARE(::kill(pid_t(process.processId()), signal), 0);
    const Answer answer = Ctl::answerOf(process);
    QVERIFY2(answer.code == 2, answer.all());
    QCOMPARE(answer.json()["verdict"_L1].toString(), u"not-restored"_s);
    QCOMPARE(answer.error()["kind"_L1].toString(), u"cancelled"_s);
    QVERIFY(answer.json()["left"_L1].toArray().isEmpty());
    QCOMPARE(m_ctl.products(name), u"99"_s);
}

void TestCtlTerminal::aKillInTheMiddleOfARestore()
{
    const QString target = m_ctl.liveDatabase(u"killed"_s);
    const auto started = events(u"restore.started"_s).size();
    QProcess process;
    m_ctl.start(process, {u"restore"_s, m_ctl.write(u"slow.sql"_s, slowDump()), u"--target"_s,
                          target, u"--yes"_s});
    QTRY_VERIFY_WITH_TIMEOUT(isNapping(u"killed"_s), 20000);
    process.kill();
    QCOMPARE(Ctl::answerOf(process).code, -1);
    QCOMPARE(m_ctl.products(u"killed"_s), u"99"_s);
    // The intention was on the disk before the work began.
    QCOMPARE(events(u"restore.started"_s).size(), started + 1);
    QCOMPARE(events(u"restore.finished"_s).size(), started);
}

void TestCtlTerminal::ctrlCInTheMiddleOfAPutBack()
{
    const QString target = m_ctl.liveDatabase(u"half_undone"_s);
    QCOMPARE(m_ctl
                 .run({u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump), u"--target"_s, target,
                       u"--yes"_s})
                 .code,
             0);
    TaskContext context;
    auto holder =
        postgres::Session::connect(m_ctl.server().connectionString(u"half_undone"_s), context);
    QVERIFY(holder && holder->execute("BEGIN; ALTER SCHEMA public RENAME TO elsewhere", context));
    Terminal terminal(m_ctl, {u"put-back"_s, u"--target"_s, target, u"--yes"_s});
    QTRY_COMPARE_WITH_TIMEOUT(
        m_ctl.server().scalar(u"postgres"_s,
                              "SELECT count(*) FROM pg_stat_activity WHERE application_name = "
                              "'mayday put-back' AND wait_event_type = 'Lock'"),
        u"1"_s, 20000);
    terminal.pressCtrlC();
    const Answer answer = terminal.finished();
    QVERIFY2(answer.code == 2, answer.all());
    QVERIFY2(answer.out.startsWith("Not put back. Nothing changed.\ncancelled"), answer.all());
    QVERIFY(holder->execute("ROLLBACK", context));
    QCOMPARE(m_ctl.products(u"half_undone"_s), u"1 2 3"_s);
    QCOMPARE(m_ctl.keptSchemas(u"half_undone"_s), u"1"_s);
}

void TestCtlTerminal::theAnswerBeginsACleanLine()
{
    const QString target = m_ctl.liveDatabase(u"clean"_s);
    Terminal terminal(m_ctl, {u"restore"_s, m_ctl.write(u"slow.sql"_s, slowDump()), u"--target"_s,
                              target, u"--yes"_s});
    QTRY_VERIFY_WITH_TIMEOUT(terminal.shows("\rload "), 20000);
    terminal.pressCtrlC();
    const Answer answer = terminal.finished();
    QVERIFY2(answer.err.endsWith("\r\x1b[K"), answer.all());
}

MAYDAY_TEST(TestCtlTerminal);
#include "tst_ctlterminal.moc"
