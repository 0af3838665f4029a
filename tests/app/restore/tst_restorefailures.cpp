// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "backup/dumpopener.h"
#include "restore/lineinfile.h"
#include "support/faultshare.h"
#include "support/gzipbytes.h"
#include "support/steprelay.h"
#include "support/testmain.h"

#include <QDir>
#include <QJsonDocument>
#include <QTest>

#include <stop_token>

#include <unistd.h>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

namespace {

/// What befalls a restore at one of its steps.
enum class Harm {
    LineCut,    ///< the network goes
    Terminated, ///< an administrator ends the session
    ServerDies, ///< the machine goes, and comes back
    UserStops,  ///< the button
};

struct Step {
    const char *name;
    const char *text; ///< what passes on the wire when the restore is there
};

constexpr std::array steps{
    Step{"is it a pooler", "mayday.probe"},
    Step{"who depends on it", "pg_publication_rel"},
    Step{"what the server has", "pg_available_extensions"},
    Step{"begin", "SET LOCAL lock_timeout = '5s'"},
    Step{"the lock of restores", "pg_try_advisory_xact_lock"},
    Step{"what stands there", "e.extrelocatable"},
    Step{"the old schema aside", "RENAME TO"},
    Step{"the new schema", "CREATE SCHEMA"},
    Step{"the mark", "COMMENT ON SCHEMA"},
    Step{"a table", "CREATE TABLE public.products"},
    Step{"before the rows", "COPY public.products"},
    Step{"amid the rows", "p;'150"},
    Step{"a small table", "INSERT INTO public.listings"},
    Step{"a sequence", "setval"},
    Step{"a constraint", "ADD CONSTRAINT"},
    Step{"an index", "CREATE INDEX"},
    Step{"the proof begins", "RESET SESSION AUTHORIZATION"},
    Step{"a count", "count(*) FROM ONLY"},
    Step{"analyse", "ANALYZE"},
    Step{"who is in the way of the swap", "SAVEPOINT mayday_swap"},
};

} // namespace

/// The promise of the restore: whatever befalls it before its last step, the live data, their
/// names and their rights are what they were, nothing is left over, and it may be tried again.
class TestRestoreFailures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void harmAtAnyStepLeavesTheLiveData_data();
    void harmAtAnyStepLeavesTheLiveData();
    void afterAllThatItCanBeDone();
    void aCommitNobodyAnsweredIsAskedAbout();
    void aCommitThatNeverArrivedIsNoRestore();
    void aCommitNobodyCanBeAskedAboutIsSaidToBeUnknown();
    void aStopDuringTheCommitComesTooLate();
    void aFileThatChangedAfterItsInspection_data();
    void aFileThatChangedAfterItsInspection();
    void aFileThatIsNoWholeDump_data();
    void aFileThatIsNoWholeDump();
    void aNoticeOfTheServerIsNotAnError();
    void aDumpOfInsertsIsRestored_data();
    void aDumpOfInsertsIsRestored();
    void anInsertThatBringsNoRowIsNoticed();
    void theLineItFailedAtIsFoundAgain_data();
    void theLineItFailedAtIsFoundAgain();
    void aLineThatIsNoneIsNotFound();

private:
    /// A restore through a relay that strikes at the step.
    RestoreReceipt struck(const Shop &shop, const QByteArray &step,
                          const std::function<StepRelay::Then()> &harm, std::stop_token stop = {});
    void endRestoreSessions()
    {
        (void)m_server->scalar(u"postgres"_s,
                               "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                               " WHERE application_name = 'mayday restore'");
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    std::unique_ptr<Shop> m_shop;
    QString m_file;
};

void TestRestoreFailures::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_shop = std::make_unique<Shop>(*m_server, 2000);
    m_shop->run("DELETE FROM public.listings WHERE id > 200"); // one table travels by INSERT
    m_file = m_shop->writeDump(m_shop->dump());
    m_shop->run("DELETE FROM public.products WHERE id > 100; COMMENT ON SCHEMA public IS 'ours';"
                "CREATE ROLE reader; GRANT USAGE ON SCHEMA public TO reader");
}

RestoreReceipt TestRestoreFailures::struck(const Shop &shop, const QByteArray &step,
                                           const std::function<StepRelay::Then()> &harm,
                                           std::stop_token stop)
{
    const StepRelay relay(shop.target(), step, harm);
    RestorePlan plan = shop.plan(m_file);
    plan.target = relay.connectionString();
    const SystemClock clock;
    TaskContext context(std::move(stop));
    const RestoreReceipt receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    if (!relay.hasStruck())
        qWarning("the restore never came to %s", step.constData());
    return relay.hasStruck() ? receipt : RestoreReceipt{.id = plan.id, .verdict = Verdict::Proven};
}

void TestRestoreFailures::harmAtAnyStepLeavesTheLiveData_data()
{
    QTest::addColumn<QByteArray>("step");
    QTest::addColumn<Harm>("harm");
    QTest::addColumn<ErrorKind>("kind");
    const tests::FaultShare share;
    tests::Thinned thinned(3);
    qsizetype number = 0;
    for (const Step &step : steps) {
        ++number;
        const QByteArray text(step.text);
        const auto row = [&](const char *harmName, Harm harm, ErrorKind kind) {
            if (share.takes(number, qsizetype(harm)) && thinned.takesNext())
                QTest::addRow("%s: %s", step.name, harmName) << text << harm << kind;
        };
        row("the line is cut", Harm::LineCut, ErrorKind::Unreachable);
        row("the session is ended", Harm::Terminated, ErrorKind::Unreachable);
        row("the server dies", Harm::ServerDies, ErrorKind::Unreachable);
        row("the user stops it", Harm::UserStops, ErrorKind::Cancelled);
    }
}

void TestRestoreFailures::harmAtAnyStepLeavesTheLiveData()
{
    QFETCH(QByteArray, step);
    QFETCH(Harm, harm);
    QFETCH(ErrorKind, kind);
    const QString before = m_shop->liveState();
    std::stop_source stop;

    const RestoreReceipt receipt = struck(
        *m_shop, step,
        [&] {
            switch (harm) {
            case Harm::LineCut: return StepRelay::Then::Cut;
            case Harm::Terminated: endRestoreSessions(); break;
            case Harm::ServerDies: m_server->stop(); break;
            case Harm::UserStops: stop.request_stop(); break;
            }
            return StepRelay::Then::GoOn;
        },
        stop.get_token());
    if (harm == Harm::ServerDies)
        m_server->restart();

    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY(receipt.error.has_value());
    QVERIFY2(receipt.error->kind == kind, qPrintable(describe(*receipt.error)));
    QVERIFY(!receipt.error->subject.isEmpty());
    QVERIFY(receipt.left.isEmpty());
    QCOMPARE(receipt.tablesProven(), 0);
    QVERIFY2(!describe(*receipt.error).contains(u"only-in-tests"_s), "a password in an error");
    QTRY_COMPARE(m_shop->ask("SELECT count(*) FROM pg_stat_activity"
                             " WHERE application_name = 'mayday restore'"),
                 u"0"_s); // nobody holds a lock on the live tables any more
    QCOMPARE(m_shop->liveState(), before);
}

void TestRestoreFailures::afterAllThatItCanBeDone()
{
    const RestoreReceipt receipt = m_shop->restore(m_file);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"2000"_s);
    QCOMPARE(m_shop->ask("SELECT has_schema_privilege('reader', 'public', 'USAGE')"), u"t"_s);
}

void TestRestoreFailures::aCommitNobodyAnsweredIsAskedAbout()
{
    const Shop shop(*m_server, 200);
    shop.run("DELETE FROM public.products");
    const RestoreReceipt receipt = struck(shop, "COMMIT", [] { return StepRelay::Then::CutAfter; });
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(receipt.left.size(), 1);
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"2000"_s);
}

void TestRestoreFailures::aCommitThatNeverArrivedIsNoRestore()
{
    const Shop shop(*m_server, 200);
    const QString before = shop.liveState();
    const RestoreReceipt receipt = struck(shop, "COMMIT", [] { return StepRelay::Then::Cut; });
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::Unreachable);
    QVERIFY(receipt.left.isEmpty());
    QCOMPARE(receipt.tablesProven(), 0);
    QCOMPARE(shop.liveState(), before);
}

void TestRestoreFailures::aCommitNobodyCanBeAskedAboutIsSaidToBeUnknown()
{
    const Shop shop(*m_server, 200);
    const QString before = shop.liveState();
    const RestoreReceipt receipt = struck(shop, "COMMIT", [this] {
        m_server->stop();
        return StepRelay::Then::Cut;
    });
    m_server->restart();
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY(receipt.error->detail.contains(u"it may have taken place"_s));
    // What may be left is told in words; without knowledge there is no statement to remove it.
    QCOMPARE(receipt.left.size(), 1);
    QVERIFY(receipt.left[0].what.startsWith(u"possibly: "_s));
    QVERIFY(receipt.left[0].removeWith.isEmpty());
    QCOMPARE(shop.liveState(), before);
}

void TestRestoreFailures::aStopDuringTheCommitComesTooLate()
{
    const Shop shop(*m_server, 200);
    shop.run("DELETE FROM public.products");
    std::stop_source stop;
    const RestoreReceipt receipt = struck(
        shop, "COMMIT",
        [&stop] {
            stop.request_stop();
            return StepRelay::Then::GoOn;
        },
        stop.get_token());
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QVERIFY(!receipt.error);
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"2000"_s);
}

void TestRestoreFailures::aFileThatChangedAfterItsInspection_data()
{
    QTest::addColumn<QString>("change");
    QTest::addColumn<ErrorKind>("kind");
    // The same file name, and no longer the file that was shown and agreed to.
    QTest::newRow("gone") << u"gone"_s << ErrorKind::NotFound;
    QTest::newRow("a folder in its place") << u"folder"_s << ErrorKind::Corrupt;
    if (::geteuid() != 0) // root reads everything
        QTest::newRow("no right to read it") << u"locked"_s << ErrorKind::Denied;
    QTest::newRow("cut short") << u"cut"_s << ErrorKind::Corrupt;
    QTest::newRow("empty") << u"empty"_s << ErrorKind::Corrupt;
    QTest::newRow("another dump") << u"other"_s << ErrorKind::Corrupt;
}

void TestRestoreFailures::aFileThatChangedAfterItsInspection()
{
    QFETCH(QString, change);
    QFETCH(ErrorKind, kind);
    const Shop shop(*m_server, 200);
    const QByteArray text = shop.dump();
    const QString path = shop.writeDump(text);
    TaskContext context;
    const auto inspection = backup::inspectDump(path, context);
    QVERIFY(inspection);
    if (change == "locked"_L1)
        QVERIFY(QFile::setPermissions(path, {}));
    else
        QVERIFY(QFile::remove(path));
    if (change == "folder"_L1)
        QVERIFY(QDir().mkdir(path));
    else if (change == "cut"_L1)
        (void)shop.writeDump(text.first(text.size() / 2));
    else if (change == "empty"_L1)
        (void)shop.writeDump({});
    if (change == "other"_L1) { // of the same database, an hour later
        shop.run("DELETE FROM public.products WHERE id = 7");
        (void)shop.writeDump(shop.dump());
    }
    const QString before = shop.liveState();

    const SystemClock clock;
    const RestoreReceipt receipt =
        RestoreRunner(shop.plan(path), clock, {}).run(*inspection, context);

    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error->kind == kind, qPrintable(describe(*receipt.error)));
    QVERIFY2(receipt.error->subject.contains(u"shop.sql"_s), qPrintable(describe(*receipt.error)));
    QVERIFY(receipt.left.isEmpty());
    QCOMPARE(shop.liveState(), before);
}

void TestRestoreFailures::aFileThatIsNoWholeDump_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("a letter") << QByteArray("Dear colleague,\n\nthe dump follows.\n");
    QTest::newRow("a web page") << QByteArray("<!DOCTYPE html><html><body>404</body></html>");
    QTest::newRow("a picture") << QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    QTest::newRow("the archive format") << QByteArray("PGDMP\x01\x0e\x00\x04\x08\x01", 11);
    QTest::newRow("a header only") << QByteArray("--\n-- PostgreSQL database dump\n--\n\n"
                                                 "-- Dumped from database version 15.1\n");
}

void TestRestoreFailures::aFileThatIsNoWholeDump()
{
    QFETCH(QByteArray, text);
    const QString path = m_shop->writeDump(text, u"from-a-colleague.sql"_s);
    const QString before = m_shop->liveState();
    const RestoreReceipt receipt = m_shop->restore(path);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    // Named by the file and with a way out; the server was not even asked.
    QCOMPARE(receipt.error->subject, u"from-a-colleague.sql"_s);
    QVERIFY(receipt.error->advice.has_value());
    QVERIFY(!receipt.error->detail.isEmpty());
    QCOMPARE(m_shop->liveState(), before);
}

void TestRestoreFailures::aNoticeOfTheServerIsNotAnError()
{
    const Shop shop(*m_server, 200);
    QByteArray text = shop.dump();
    text.replace("CREATE VIEW public.priced",
                 "DO $$ BEGIN RAISE WARNING 'a word of warning'; END $$;\nCREATE VIEW "
                 "public.priced");
    const RestoreReceipt receipt = shop.restore(shop.writeDump(text));
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
}

void TestRestoreFailures::aDumpOfInsertsIsRestored_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::newRow("one row each") << QStringList{u"--inserts"_s};
    QTest::newRow("with columns") << QStringList{u"--column-inserts"_s};
    QTest::newRow("many rows each") << QStringList{u"--rows-per-insert=64"_s};
    QTest::newRow("conflicts ignored")
        << QStringList{u"--inserts"_s, u"--on-conflict-do-nothing"_s};
    QTest::newRow("with drops") << QStringList{u"--clean"_s, u"--if-exists"_s};
    QTest::newRow("quoted names") << QStringList{u"--quote-all-identifiers"_s};
    QTest::newRow("triggers off") << QStringList{u"--inserts"_s, u"--disable-triggers"_s};
}

/// The files people have were not all made with the same options.
void TestRestoreFailures::aDumpOfInsertsIsRestored()
{
    QFETCH(QStringList, options);
    const Shop shop(*m_server, 200);
    shop.run("CREATE TABLE public.marker (); INSERT INTO public.marker DEFAULT VALUES");
    const QString file = shop.writeDump(shop.dump(options));
    const QByteArray before = shop.dump();
    shop.run("DELETE FROM public.products");
    const RestoreReceipt receipt = shop.restore(file);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(receipt.rowsRestored(), 401);
    QCOMPARE(withoutKeys(shop.dump()), withoutKeys(before));
}

void TestRestoreFailures::anInsertThatBringsNoRowIsNoticed()
{
    const Shop shop(*m_server, 200);
    shop.run("INSERT INTO public.empty_one VALUES (1), (2)");
    QByteArray text = shop.dump({u"--inserts"_s});
    text.replace("INSERT INTO public.empty_one VALUES (1);",
                 "CREATE RULE eater AS ON INSERT TO public.empty_one DO INSTEAD NOTHING;\n"
                 "INSERT INTO public.empty_one VALUES (1);");
    const QString before = shop.liveState();
    const RestoreReceipt receipt = shop.restore(shop.writeDump(text));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->detail, u"it has 1 rows, and the server took 0"_s);
    QCOMPARE(receipt.error->line,
             text.first(text.indexOf("INSERT INTO public.empty_one VALUES (1);")).count('\n') + 1);
    QVERIFY(receipt.left.isEmpty());
    QCOMPARE(shop.liveState(), before);
}

void TestRestoreFailures::theLineItFailedAtIsFoundAgain_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<bool>("isPacked");
    QTest::addColumn<QByteArray>("good");
    QTest::addColumn<QByteArray>("bad");
    QTest::addColumn<QByteArray>("text");
    const QByteArray good = "\n1500\tp;'1500\\t";
    const QByteArray bad = "\nmany\tp;'1500\\t";
    QTest::newRow("plain") << QStringList() << false << good << bad << bad.mid(1);
    QTest::newRow("gz") << QStringList() << true << good << bad << bad.mid(1);
    QTest::newRow("INSERT") << QStringList{u"--inserts"_s} << false
                            << QByteArray("VALUES (1500, 'p;''1500")
                            << QByteArray("VALUES ('many', 'p;''1500")
                            << QByteArray("INSERT INTO public.products VALUES ('many', 'p;''1500");
}

void TestRestoreFailures::theLineItFailedAtIsFoundAgain()
{
    QFETCH(QStringList, options);
    QFETCH(bool, isPacked);
    QFETCH(QByteArray, good);
    QFETCH(QByteArray, bad);
    QFETCH(QByteArray, text);
    const Shop shop(*m_server, 2000);
    QByteArray dump = shop.dump(options);
    QVERIFY(dump.contains(good));
    dump.replace(good, bad);
    const QString file = shop.writeDump(isPacked ? tests::gzipped(dump) : dump);
    const RestoreReceipt receipt = shop.restore(file);
    QVERIFY2(receipt.error && receipt.error->line > 0, why(receipt));
    QVERIFY(!QJsonDocument(toJson(receipt)).toJson().contains("p;'1500"));
    TaskContext context;
    const auto found = lineInFile(file, receipt.error->line, context);
    QVERIFY2(found, found ? "" : qPrintable(describe(found.error())));
    QVERIFY2(found->text.startsWith(text), found->text);
    QVERIFY(!found->text.contains('\n') && !found->isCut);
    QCOMPARE(found->table, options.isEmpty() ? u"public.products"_s : QString());
    std::stop_source stop;
    stop.request_stop();
    TaskContext stopped(stop.get_token());
    const auto none = lineInFile(file, receipt.error->line, stopped);
    QVERIFY(!none && none.error().kind == ErrorKind::Cancelled);
}

void TestRestoreFailures::aLineThatIsNoneIsNotFound()
{
    QByteArray dump = m_shop->dumpOf({u"--schema=public"_s});
    const QByteArray wide = QByteArray(40'000, 'w');
    dump.replace("\n100\tp;'100", "\n100\t" + wide);
    const QString file = m_shop->writeDump(dump, u"wide.sql"_s);
    TaskContext context;
    for (const qint64 line : {qint64(1), qint64(dump.count('\n')) + 7}) {
        const auto none = lineInFile(file, line, context);
        QVERIFY(!none && none.error().kind == ErrorKind::NotFound);
    }
    const qint64 line = dump.left(dump.indexOf("\n100\twww") + 1).count('\n') + 1;
    const auto cut = lineInFile(file, line, context);
    QVERIFY2(cut, cut ? "" : qPrintable(describe(cut.error())));
    QVERIFY(cut->isCut && cut->text.startsWith("100\twww") && cut->text.size() < 20'000);
    const auto other = lineInFile(file, line - 1, context);
    QVERIFY2(other, other ? "" : qPrintable(describe(other.error())));
    QVERIFY2(other->text.contains("p;'") && !other->isCut, other->text);
}

MAYDAY_TEST(TestRestoreFailures);
#include "tst_restorefailures.moc"
