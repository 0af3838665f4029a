// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "core/profile.h"
#include "postgres/session.h"
#include "store/journalreader.h"
#include "support/gzipbytes.h"
#include "support/temppooler.h"
#include "support/testmain.h"

#include <algorithm>

using namespace mayday;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// Restore and put-back without a window: the number, the document, and what is true afterwards.
class TestCtlRestore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theReceiptHasItsKeys();
    void theTextCountsTables();
    void theTextSwitchesJobsOn();
    void compressedAndFromAnotherFolder();
    void refusesWithoutYesAndWithoutATerminal_data();
    void refusesWithoutYesAndWithoutATerminal();
    void putBackHasItsKeys();
    void putBackNamesTheRestoreItUndoes();
    void nothingToPutBackIs2();
    void aBadFileChangesNothing_data();
    void aBadFileChangesNothing();
    void aFailingRowIsNamedWithoutWhatIsInIt();
    void differencesAre1AndNamed();
    void whatRunsCodeIsNamedBefore();
    void checksOfTheTeamAreAsked();
    void anUnreachableTargetChangesNothing_data();
    void anUnreachableTargetChangesNothing();
    void aWrongPasswordIsDenied();
    void aServerThatGoesAwayInTheMiddle();
    void aPoolerIsRefused();
    void aSchemaInUseIsNotWaitedForForever();
    void thePasswordMayStandInAFile();
    void theRecordHoldsBothEndsAndNoSecret();
    void whatCameAfterIsFoundAndBroughtBack();
    void twoAtOnceOneIsRefused();

private:
    [[nodiscard]] Answer restore(const QString &file, const QString &target,
                                 const QStringList &more = {u"--json"_s})
    {
        return m_ctl.run(QStringList{u"restore"_s, file, u"--target"_s, target, u"--yes"_s} + more);
    }
    [[nodiscard]] QString good() const { return m_ctl.write(u"ok.sql"_s, smallDump); }

    Ctl m_ctl;
};

void TestCtlRestore::theReceiptHasItsKeys()
{
    const Answer answer = restore(good(), m_ctl.liveDatabase(u"keys"_s));
    QVERIFY2(answer.code == 0, answer.all());
    QVERIFY(answer.err.isEmpty());
    const QJsonObject json = answer.json();
    QCOMPARE(json["verdict"_L1].toString(), u"proven"_s);
    QCOMPARE(json["mode"_L1].toString(), u"beside-schema"_s);
    QVERIFY(json["seconds"_L1].toDouble() > 0);
    QVERIFY(json.contains("error"_L1) && json["error"_L1].isNull());
    QCOMPARE(json["file"_L1].toString(), m_ctl.path(u"ok.sql"_s));
    QVERIFY(json["target"_L1].toString().startsWith("database keys on 127.0.0.1:"_L1));
    QCOMPARE(json["tables"_L1].toArray().size(), 1);
    const QJsonObject table = json["tables"_L1][0].toObject();
    QCOMPARE(table["schema"_L1].toString(), u"public"_s);
    QCOMPARE(table["name"_L1].toString(), u"products"_s);
    QCOMPARE(table["rowsInDump"_L1].toInteger(), 3);
    QCOMPARE(table["rowsAfter"_L1].toInteger(), 3);
    QCOMPARE(table["verdict"_L1].toString(), u"proven"_s);
    // What is left is named with the statement that takes it away, and that statement works.
    QCOMPARE(json["left"_L1].toArray().size(), 1);
    const QString remove = json["left"_L1][0]["removeWith"_L1].toString();
    QVERIFY2(remove.startsWith("DROP SCHEMA "_L1), qPrintable(remove));
    QCOMPARE(m_ctl.keptSchemas(u"keys"_s), u"1"_s);
    m_ctl.server().execute(u"keys"_s, remove.toUtf8());
    QCOMPARE(m_ctl.keptSchemas(u"keys"_s), u"0"_s);
    QCOMPARE(m_ctl.products(u"keys"_s), u"1 2 3"_s);
}

void TestCtlRestore::theTextCountsTables()
{
    const Answer answer = restore(good(), m_ctl.liveDatabase(u"text"_s), {});
    QVERIFY2(answer.code == 0, answer.all());
    QVERIFY2(answer.out.startsWith("Proven: 1 tables, 3 rows, in "), answer.all());
    QVERIFY2(answer.out.contains("  public.products: 3 in the dump, 3 after: proven"),
             answer.all());
    QVERIFY2(answer.out.contains("      remove it with: DROP SCHEMA "), answer.all());
}

void TestCtlRestore::theTextSwitchesJobsOn()
{
    const QString target = m_ctl.liveDatabase(u"jobs"_s);
    QByteArray dump = smallDump;
    dump.replace("SET client_encoding = 'UTF8';\n",
                 "SET client_encoding = 'UTF8';\nCREATE SCHEMA cron;\nCREATE TABLE cron.job (\n"
                 "    jobid bigint,\n    active boolean\n);\n"
                 "INSERT INTO cron.job VALUES (5, true);\n");
    const Answer answer = m_ctl.run(
        {u"restore"_s, m_ctl.write(u"jobs.sql"_s, dump), u"--yes"_s, u"--target"_s, target});
    QVERIFY2(answer.code == 0, answer.all());
    QVERIFY2(
        answer.out.contains("afterwards: 1 scheduled job of cron.job came with the backup, and "
                            "is off until you switch it on\n      switch on job 5 (it was not "
                            "on before the restore) with: UPDATE cron.job SET active = true "
                            "WHERE jobid = 5;\n"),
        answer.all());
}

void TestCtlRestore::compressedAndFromAnotherFolder()
{
    const QString target = m_ctl.liveDatabase(u"packed"_s);
    m_ctl.write(u"shop.sql.gz"_s, gzipped(smallDump));
    QProcess process;
    process.setWorkingDirectory(m_ctl.path({}));
    m_ctl.start(process,
                {u"restore"_s, u"shop.sql.gz"_s, u"--target="_s + target, u"--yes"_s, u"--json"_s});
    const Answer answer = Ctl::answerOf(process);
    QVERIFY2(answer.code == 0, answer.all());
    QCOMPARE(answer.json()["file"_L1].toString(), m_ctl.path(u"shop.sql.gz"_s));
    QCOMPARE(m_ctl.products(u"packed"_s), u"1 2 3"_s);
}

void TestCtlRestore::refusesWithoutYesAndWithoutATerminal_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QByteArray>("input");
    QTest::newRow("restore") << u"restore"_s << QByteArray();
    QTest::newRow("restore with the name piped in") << u"restore"_s << QByteArray("unasked\n");
    QTest::newRow("put-back") << u"put-back"_s << QByteArray();
    QTest::newRow("put-back with the name piped in") << u"put-back"_s << QByteArray("unasked\n");
}

void TestCtlRestore::refusesWithoutYesAndWithoutATerminal()
{
    QFETCH(QString, command);
    QFETCH(QByteArray, input);
    static const QString target = m_ctl.liveDatabase(u"unasked"_s);
    const QStringList file = command == "restore"_L1 ? QStringList{good()} : QStringList{};
    QProcess process;
    m_ctl.start(process, QStringList{command} + file + QStringList{u"--target"_s, target});
    process.write(input);
    process.closeWriteChannel();
    const Answer answer = Ctl::answerOf(process);
    QVERIFY2(answer.code == 2, answer.all());
    QVERIFY2(answer.err.contains("not confirmed; without a terminal, say --yes"), answer.all());
    QVERIFY2(answer.err.contains("database unasked on 127.0.0.1:"), answer.all());
    QCOMPARE(m_ctl.products(u"unasked"_s), u"99"_s);
    const QJsonObject json =
        m_ctl.run(QStringList{command} + file + QStringList{u"--target"_s, target, u"--json"_s})
            .json();
    QCOMPARE(json["verdict"_L1].toString(), u"not-restored"_s);
    QCOMPARE(json["error"_L1]["kind"_L1].toString(), u"refused"_s);
    QVERIFY(json["tables"_L1].isArray() && json["left"_L1].isArray());
}

void TestCtlRestore::putBackHasItsKeys()
{
    const QString target = m_ctl.liveDatabase(u"back"_s);
    QCOMPARE(restore(good(), target).code, 0);
    const Answer answer =
        m_ctl.run({u"put-back"_s, u"--target"_s, target, u"--yes"_s, u"--json"_s});
    QVERIFY2(answer.code == 0, answer.all());
    const QJsonObject json = answer.json();
    QCOMPARE(json["verdict"_L1].toString(), u"proven"_s);
    QCOMPARE(json["mode"_L1].toString(), u"put-back"_s);
    QCOMPARE(json["schemas"_L1].toArray(), QJsonArray{u"public"_s});
    QVERIFY(json["error"_L1].isNull());
    QCOMPARE(json["left"_L1].toArray().size(), 1); // so that this can be undone as well
    QCOMPARE(m_ctl.products(u"back"_s), u"99"_s);
    const Answer again = m_ctl.run({u"put-back"_s, u"--target"_s, target, u"--yes"_s});
    QVERIFY2(again.code == 0, again.all());
    QCOMPARE(m_ctl.products(u"back"_s), u"1 2 3"_s);
}

void TestCtlRestore::putBackNamesTheRestoreItUndoes()
{
    const QString target = m_ctl.liveDatabase(u"named"_s);
    const QString first = restore(good(), target).json()["id"_L1].toString();
    QVERIFY(!first.isEmpty());
    const QString other =
        m_ctl.write(u"other.sql"_s, QByteArray(smallDump).replace("1\n2\n3\n", "7\n"));
    // The data moved aside is named after the second.
    const QDateTime madeAt = QDateTime::currentDateTimeUtc();
    QTRY_VERIFY(QDateTime::currentDateTimeUtc().toSecsSinceEpoch() > madeAt.toSecsSinceEpoch());
    const Answer second = restore(other, target);
    QVERIFY2(second.code == 0, second.all());
    QCOMPARE(m_ctl.products(u"named"_s), u"7"_s);
    const Answer unknown = m_ctl.run({u"put-back"_s, u"--target"_s, target, u"--restore"_s,
                                      u"r-none"_s, u"--yes"_s, u"--json"_s});
    QVERIFY2(unknown.code == 2, unknown.all());
    QCOMPARE(unknown.error()["kind"_L1].toString(), u"not-found"_s);
    QCOMPARE(m_ctl.products(u"named"_s), u"7"_s);
    const Answer named =
        m_ctl.run({u"put-back"_s, u"--target"_s, target, u"--restore"_s, first, u"--yes"_s});
    QVERIFY2(named.code == 0, named.all());
    QCOMPARE(m_ctl.products(u"named"_s), u"99"_s); // not what the second one had moved aside
}

void TestCtlRestore::nothingToPutBackIs2()
{
    const Answer answer = m_ctl.run(
        {u"put-back"_s, u"--target"_s, m_ctl.liveDatabase(u"fresh"_s), u"--yes"_s, u"--json"_s});
    QVERIFY2(answer.code == 2, answer.all());
    QCOMPARE(answer.error()["kind"_L1].toString(), u"not-found"_s);
    QCOMPARE(answer.error()["detail"_L1].toString(), u"no earlier state is kept here"_s);
    QCOMPARE(m_ctl.products(u"fresh"_s), u"99"_s);
}

void TestCtlRestore::aBadFileChangesNothing_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QByteArray>("words");
    const auto before = [](const QByteArray &statement) {
        return QByteArray(smallDump).replace("COPY public", statement + "\n\nCOPY public");
    };
    QTest::newRow("a cut gz") << gzipped(smallDump).chopped(20) << u"corrupt"_s
                              << QByteArray("backup.sql");
    QTest::newRow("no completion line")
        << QByteArray(smallDump).replace("-- PostgreSQL database dump complete\n", "")
        << u"corrupt"_s << QByteArray("the line pg_dump writes last is missing");
    QTest::newRow("an unknown meta-command")
        << before("\\! rm -rf /") << u"refused"_s
        << QByteArray("a psql meta-command; Mayday never runs them");
    QTest::newRow("another file read in")
        << before("\\i /etc/passwd") << u"refused"_s
        << QByteArray("a psql meta-command; Mayday never runs them");
    QTest::newRow("a program") << before("COPY public.products FROM PROGRAM 'id';") << u"refused"_s
                               << QByteArray("runs a program on the server");
    QTest::newRow("a hidden end") << before("ROLLBACK;") << u"refused"_s << QByteArray("line");
    QTest::newRow("a schema of PostgreSQL itself")
        << QByteArray(smallDump).replace("public.", "pg_toast.") << u"unsupported"_s
        << QByteArray("PostgreSQL's own");
    QTest::newRow("no data at all")
        << QByteArray(smallDump).replace(
               QByteArray(smallDump).mid(smallDump.indexOf("CREATE TABLE"),
                                         smallDump.indexOf("\\.\n") + 3 -
                                             smallDump.indexOf("CREATE TABLE")),
               "")
        << u"unsupported"_s << QByteArray("nothing to restore");
}

void TestCtlRestore::aBadFileChangesNothing()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, kind);
    QFETCH(QByteArray, words);
    static const QString target = m_ctl.liveDatabase(u"untouched"_s);
    const Answer answer = restore(m_ctl.write(u"backup.sql"_s, bytes), target);
    QVERIFY2(answer.code == 2, answer.all());
    QCOMPARE(answer.json()["verdict"_L1].toString(), u"not-restored"_s);
    QCOMPARE(answer.error()["kind"_L1].toString(), kind);
    QVERIFY2(answer.out.contains(words), answer.all());
    QVERIFY(answer.json()["left"_L1].toArray().isEmpty());
    QCOMPARE(m_ctl.products(u"untouched"_s), u"99"_s);
    QCOMPARE(m_ctl.keptSchemas(u"untouched"_s), u"0"_s);
}

void TestCtlRestore::aFailingRowIsNamedWithoutWhatIsInIt()
{
    QByteArray text = smallDump;
    text.replace("\n2\n", "\nada@example.com\n");
    const qint64 line = text.first(text.indexOf("ada@")).count('\n') + 1;
    const QString file = m_ctl.write(u"bad.sql"_s, text);
    const QString target = m_ctl.liveDatabase(u"failing"_s);
    const Answer json = restore(file, target);
    QCOMPARE(json.code, 2);
    QCOMPARE(json.error()["sqlstate"_L1].toString(), u"22P02"_s);
    QCOMPARE(json.error()["line"_L1].toInteger(), line);
    QCOMPARE(json.error()["subject"_L1].toString(), u"public.products"_s);
    const Answer plain = restore(file, target, {});
    QCOMPARE(plain.code, 2);
    QVERIFY2(
        plain.out.startsWith("Not restored. Nothing changed.\nrefused: public.products, line " +
                             QByteArray::number(line)),
        plain.all());
    for (const Answer &answer : {json, plain})
        QVERIFY2(!answer.all().contains("ada@"), answer.all());
    QFile log(Profile::under(m_ctl.profile()).logFolder() + u"/mayday.log"_s);
    QVERIFY(log.open(QIODevice::ReadOnly));
    const QByteArray logged = log.readAll();
    QVERIFY(logged.contains("22P02"));
    QVERIFY(!logged.contains("ada@"));
    QCOMPARE(m_ctl.products(u"failing"_s), u"99"_s);
}

void TestCtlRestore::differencesAre1AndNamed()
{
    const QString target = m_ctl.liveDatabase(u"differing"_s);
    m_ctl.server().execute(u"differing"_s, "CREATE SCHEMA reports; CREATE VIEW reports.every AS "
                                           "SELECT * FROM public.products");
    const Answer answer = restore(good(), target);
    QVERIFY2(answer.code == 1, answer.all());
    QCOMPARE(answer.json()["verdict"_L1].toString(), u"differences"_s);
    QVERIFY2(answer.json()["notes"_L1].toArray().first().toString().contains("reports.every"_L1),
             answer.all());
    QCOMPARE(m_ctl.products(u"differing"_s), u"1 2 3"_s);
    const Answer plain = restore(good(), m_ctl.liveDatabase(u"same"_s), {});
    QCOMPARE(plain.code, 0);
}

void TestCtlRestore::whatRunsCodeIsNamedBefore()
{
    const QString target = m_ctl.liveDatabase(u"coded"_s);
    const QString file = m_ctl.write(
        u"coded.sql"_s,
        QByteArray(smallDump).replace("COPY public", "DO 'BEGIN NULL; END';\n\nCOPY public"));
    const Answer asked = m_ctl.run({u"restore"_s, file, u"--target"_s, target}); // not confirmed
    QCOMPARE(asked.code, 2);
    const qsizetype warned = asked.err.indexOf("warning: line 14: a DO block");
    QVERIFY2(warned >= 0 && warned < asked.err.indexOf("not confirmed"), asked.all());
    QCOMPARE(m_ctl.products(u"coded"_s), u"99"_s);
    QCOMPARE(restore(file, target).code, 0);
}

void TestCtlRestore::checksOfTheTeamAreAsked()
{
    const Answer good =
        restore(this->good(), m_ctl.liveDatabase(u"checked"_s),
                {u"--check"_s, u"SELECT count(*) = 3 FROM products"_s, u"--json"_s});
    QVERIFY2(good.code == 0, good.all());
    QVERIFY(good.json()["checks"_L1].toArray().first()["isTrue"_L1].toBool());
    const Answer bad = restore(
        this->good(), m_ctl.liveDatabase(u"unsatisfied"_s),
        {u"--check"_s, u"SELECT true"_s, u"--check"_s, u"SELECT count(*) > 3 FROM products"_s});
    QVERIFY2(bad.code == 1, bad.all());
    QVERIFY2(bad.out.contains("check SELECT true: true\n"), bad.all());
    QVERIFY2(bad.out.contains("check SELECT count(*) > 3 FROM products: it is false\n"), bad.all());
    QCOMPARE(m_ctl.products(u"unsatisfied"_s), u"1 2 3"_s);
}

void TestCtlRestore::anUnreachableTargetChangesNothing_data()
{
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("kind");
    const QString port = QString::number(m_ctl.server().port());
    QTest::newRow("nobody listens")
        << u"host=127.0.0.1 port=1 dbname=x user=y"_s << u"unreachable"_s;
    QTest::newRow("no such host") << u"host=db.invalid dbname=x user=y"_s << u"unreachable"_s;
    QTest::newRow("no such database")
        << u"host=127.0.0.1 port=%1 dbname=nowhere user=postgres"_s.arg(port) << u"not-found"_s;
}

void TestCtlRestore::anUnreachableTargetChangesNothing()
{
    QFETCH(QString, target);
    QFETCH(QString, kind);
    const Answer answer = restore(good(), target);
    QVERIFY2(answer.code == 2, answer.all());
    QCOMPARE(answer.error()["kind"_L1].toString(), kind);
    QVERIFY2(!answer.error()["advice"_L1].toString().isEmpty(), answer.all());
}

void TestCtlRestore::aWrongPasswordIsDenied()
{
    const QString target = m_ctl.liveDatabase(u"locked"_s);
    for (const QString &command : {u"restore"_s, u"put-back"_s}) {
        QStringList arguments{command, u"--target"_s, target, u"--yes"_s, u"--json"_s};
        if (command == "restore"_L1)
            arguments.insert(1, good());
        const Answer answer = m_ctl.run(arguments, {{u"PGPASSWORD"_s, u"guess-of-mine"_s}});
        QVERIFY2(answer.code == 2, answer.all());
        QCOMPARE(answer.error()["kind"_L1].toString(), u"denied"_s);
        QCOMPARE(answer.error()["adviceKey"_L1].toString(), u"check-password"_s);
        QVERIFY(!answer.all().contains("guess-of-mine"));
    }
    QCOMPARE(m_ctl.products(u"locked"_s), u"99"_s);
}

void TestCtlRestore::aServerThatGoesAwayInTheMiddle()
{
    const QString target = m_ctl.liveDatabase(u"leaving"_s);
    const QString file = m_ctl.write(
        u"leaving.sql"_s,
        QByteArray(smallDump).replace(
            "COPY public",
            "DO 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); END';\n\nCOPY public"));
    const Answer answer = restore(file, target);
    QVERIFY2(answer.code == 2, answer.all());
    QCOMPARE(answer.error()["kind"_L1].toString(), u"unreachable"_s);
    QCOMPARE(m_ctl.products(u"leaving"_s), u"99"_s);
    QCOMPARE(m_ctl.keptSchemas(u"leaving"_s), u"0"_s);
}

void TestCtlRestore::aPoolerIsRefused()
{
    QVERIFY(!m_ctl.liveDatabase(u"pooled"_s).isEmpty());
    const TempPooler pooler(m_ctl.server().connectionString(u"pooled"_s));
    const Answer answer = restore(good(), pooler.connectionString().withoutPassword());
    QVERIFY2(answer.code == 2, answer.all());
    QVERIFY2(answer.error()["adviceKey"_L1].toString() == "use-session-port"_L1 ||
                 answer.error()["adviceKey"_L1].toString() == "use-direct-connection"_L1,
             answer.all());
    QCOMPARE(m_ctl.products(u"pooled"_s), u"99"_s);
}

void TestCtlRestore::aSchemaInUseIsNotWaitedForForever()
{
    const QString target = m_ctl.liveDatabase(u"busy"_s);
    TaskContext context;
    auto holder = postgres::Session::connect(m_ctl.server().connectionString(u"busy"_s), context);
    QVERIFY(holder && holder->execute("BEGIN; ALTER SCHEMA public RENAME TO elsewhere", context));
    const Answer answer = restore(good(), target);
    QVERIFY2(answer.code == 2, answer.all());
    QCOMPARE(answer.error()["sqlstate"_L1].toString(), u"55P03"_s);
    QCOMPARE(answer.error()["adviceKey"_L1].toString(), u"close-other-sessions"_s);
    QVERIFY(holder->execute("ROLLBACK", context));
    QCOMPARE(m_ctl.products(u"busy"_s), u"99"_s);
}

void TestCtlRestore::thePasswordMayStandInAFile()
{
    const auto server = m_ctl.server().connectionString();
    const QString target = m_ctl.liveDatabase(u"from_file"_s);
    const QString file = m_ctl.write(
        u"pgpass"_s, u"127.0.0.1:%1:*:%2:"_s.arg(server.port()).arg(server.user()).toUtf8() +
                         server.password().reveal() + '\n');
    QVERIFY(QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner));
    const Answer answer = m_ctl.run({u"restore"_s, good(), u"--target"_s, target, u"--yes"_s},
                                    {{u"PGPASSWORD"_s, QString()}, {u"PGPASSFILE"_s, file}});
    QVERIFY2(answer.code == 0, answer.all());
}

void TestCtlRestore::theRecordHoldsBothEndsAndNoSecret()
{
    const QString target = m_ctl.liveDatabase(u"recorded"_s);
    const QString id = restore(good(), target).json()["id"_L1].toString();
    QCOMPARE(m_ctl.run({u"put-back"_s, u"--target"_s, target, u"--yes"_s}).code, 0);
    const QString journal = Profile::under(m_ctl.profile()).journalFile();
    const auto events = store::readJournal(journal, {.kindPrefix = u"restore."_s});
    QVERIFY(events.has_value());
    QStringList kinds;
    for (const store::JournalEvent &event : *events) {
        if (event.subject == id)
            kinds.append(event.kind);
    }
    // Also the intention of the put-back names it: who dies in between must be found.
    QCOMPARE(kinds, (QStringList{u"restore.started"_s, u"restore.finished"_s,
                                 u"restore.putback.started"_s, u"restore.putback"_s}));
    const QByteArray bytes = readWholeFile(journal, 64 << 20).value();
    QVERIFY(!bytes.contains(m_ctl.server().password().reveal()));
}

void TestCtlRestore::whatCameAfterIsFoundAndBroughtBack()
{
    const QString target = m_ctl.liveDatabase(u"later"_s);
    QCOMPARE(restore(good(), target).code, 0);
    QCOMPARE(m_ctl.products(u"later"_s), u"1 2 3"_s);
    const QStringList there{u"--target"_s, target};
    const Answer compared = m_ctl.run(QStringList{u"compare"_s, u"--json"_s} + there);
    QVERIFY2(compared.code == 1, compared.all());
    const QJsonObject table = compared.json()["tables"_L1][0].toObject();
    QCOMPARE(table["name"_L1].toString(), u"products"_s);
    QCOMPARE(table["onlyKept"_L1].toInteger(), 1);
    QCOMPARE(table["onlyLive"_L1].toInteger(), 3);
    const Answer text = m_ctl.run(QStringList{u"compare"_s} + there);
    QVERIFY2(text.out.contains("1 rows came after the backup"), text.all());

    const QStringList bring = QStringList{u"bring-back"_s} + there;
    QCOMPARE(m_ctl.run(bring + QStringList{u"--yes"_s}).code, 64);
    const Answer unknown = m_ctl.run(bring + QStringList{u"--yes"_s, u"--table=products=all"_s});
    QVERIFY2(unknown.code == 64, unknown.all());
    const Answer missing = m_ctl.run(bring + QStringList{u"--yes"_s, u"--table=nothing=add"_s});
    QVERIFY2(missing.code == 2, missing.all());
    QVERIFY2(missing.out.contains("Not brought back. Nothing changed."), missing.all());
    QCOMPARE(m_ctl.run(bring + QStringList{u"--table=products=add"_s}).code, 2); // not confirmed
    QCOMPARE(m_ctl.products(u"later"_s), u"1 2 3"_s);

    const Answer done =
        m_ctl.run(bring + QStringList{u"--yes"_s, u"--table=public.products=add"_s});
    QVERIFY2(done.code == 0, done.all());
    QVERIFY2(done.out.startsWith("Brought back and proven: 1 rows."), done.all());
    QCOMPARE(m_ctl.products(u"later"_s), u"1 2 3 99"_s);
    const auto events = store::readJournal(Profile::under(m_ctl.profile()).journalFile(),
                                           {.kindPrefix = u"restore.broughtback"_s});
    QCOMPARE(events->size(), 2); // also that it was tried
    QCOMPARE(events->last().data["receipt"_L1]["tables"_L1][0]["inserted"_L1].toInteger(), 1);
}

void TestCtlRestore::twoAtOnceOneIsRefused()
{
    const QString target = m_ctl.liveDatabase(u"twice"_s);
    const QString slow = m_ctl.write(
        u"slow.sql"_s, QByteArray(smallDump).replace(
                           "COPY public", "SELECT pg_catalog.pg_sleep(600);\n\nCOPY public"));
    QProcess first;
    m_ctl.start(first, {u"restore"_s, slow, u"--target"_s, target, u"--yes"_s, u"--json"_s});
    QTRY_COMPARE_WITH_TIMEOUT(
        m_ctl.server().scalar(u"twice"_s,
                              "SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
                              "'%pg_sleep(600)%' AND application_name = 'mayday restore'"),
        u"1"_s, 20000);
    const Answer second = restore(good(), target);
    QVERIFY2(second.code == 2, second.all());
    QCOMPARE(second.error()["adviceKey"_L1].toString(), u"close-other-sessions"_s);
    first.terminate();
    QCOMPARE(Ctl::answerOf(first).code, 2);
    QCOMPARE(m_ctl.products(u"twice"_s), u"99"_s);
}

MAYDAY_TEST(TestCtlRestore);
#include "tst_ctlrestore.moc"
