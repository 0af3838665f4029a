// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "restore/putback.h"
#include "restore/sidedatabase.h"
#include "support/faultshare.h"
#include "support/steprelay.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// A restore of a whole database that was broken off is gone on with: nothing that is there is
/// brought again, and the outcome is the same to the letter.
class TestResume : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void brokenOffAnywhereTheOutcomeIsTheSame_data();
    void brokenOffAnywhereTheOutcomeIsTheSame();
    void finishedTablesAreNotLoadedAgain_data();
    void finishedTablesAreNotLoadedAgain();
    void brokenOffAgainAndAgain();
    void anotherFileBeginsAnew();
    void otherRolesBeginAnew();
    void settingsOfTheFileHoldForEveryConnection();
    void whatHasToBeOneTransactionIsOne();
    void littleIsTakenAwayAtOnce();
    void aStopTakesItAway();

private:
    RestoreReceipt restored(const QString &file, const postgres::ConnectionString &target,
                            qint64 worthKeeping = 0, std::stop_token stop = {},
                            const RoleMap &roles = {});
    RestoreReceipt brokenOff(const QString &file, const QByteArray &step, qint64 worthKeeping = 0);
    [[nodiscard]] QString sideDatabases() const
    {
        return m_shop->ask("SELECT count(*) FROM pg_database WHERE datname LIKE "
                           "current_database() || '\\_%'");
    }
    void undo(const RestoreReceipt &receipt);

    std::unique_ptr<tests::TempPostgres> m_server;
    std::unique_ptr<Shop> m_shop;
    QByteArray m_wanted; ///< the live schema as it is to be afterwards, as pg_dump writes it
    QString m_before;
};

void TestResume::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_shop = std::make_unique<Shop>(*m_server, 4000);
    m_shop->run(
        "UPDATE public.products SET name = name || repeat('.', 300);" // worth a connection
        "CREATE TABLE public.notes (id integer PRIMARY KEY, text text);"
        "INSERT INTO public.notes SELECT g, 'note ' || g FROM generate_series(1, 200) g;"
        "COMMENT ON INDEX public.listings_product_id_idx IS 'an index';"
        "COMMENT ON TABLE public.products IS 'all of them';"
        "GRANT SELECT ON public.products TO PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC");
    m_wanted = withoutKeys(m_shop->dump());
    m_shop->writeDump(m_shop->dump(), u"shop.sql"_s);
    m_shop->writeDump(m_shop->dump({u"--clean"_s, u"--if-exists"_s}), u"clean.sql"_s);
    m_shop->writeDump(m_shop->dump({u"--format=custom"_s}), u"shop.dump"_s);
    m_shop->writeDump(m_shop->dump({u"--compress=zstd"_s}), u"shop.sql.zst"_s);
    m_shop->writeDump(m_shop->dump({u"--inserts"_s, u"--rows-per-insert=500"_s}), u"inserts.sql"_s);
    m_shop->run("DELETE FROM public.products WHERE id > 100");
    m_before = m_shop->liveState();
}

RestoreReceipt TestResume::restored(const QString &file, const postgres::ConnectionString &target,
                                    qint64 worthKeeping, std::stop_token stop, const RoleMap &roles)
{
    RestorePlan plan = m_shop->plan(file);
    plan.target = target;
    plan.mode = RestoreMode::ReplaceDatabase;
    plan.connections = 2;
    plan.worthKeeping = worthKeeping;
    plan.mappedRoles = roles;
    const SystemClock clock;
    TaskContext context(std::move(stop));
    return RestoreRunner(plan, clock, {}).run(std::nullopt, context);
}

RestoreReceipt TestResume::brokenOff(const QString &file, const QByteArray &step,
                                     qint64 worthKeeping)
{
    const StepRelay relay(m_shop->target(), step, [] { return StepRelay::Then::Cut; });
    const RestoreReceipt receipt = restored(file, relay.connectionString(), worthKeeping);
    if (!relay.hasStruck())
        qFatal("it never came to %s", step.constData());
    return receipt;
}

void TestResume::undo(const RestoreReceipt &receipt)
{
    TaskContext context;
    const PutBackReceipt back =
        putBack(m_shop->target(), receipt.id.text(), SystemClock().now().addSecs(1), context);
    QVERIFY2(back.verdict == Verdict::Proven, back.error ? qPrintable(describe(*back.error)) : "");
    auto session = postgres::Session::connect(m_shop->target(), context);
    const auto kept = allKept(*session, context);
    session->close();
    for (const KeptSchema &one : *kept)
        QVERIFY(discardKept(m_shop->target(), one.name, context));
    QCOMPARE(m_shop->liveState(), m_before);
}

void TestResume::brokenOffAnywhereTheOutcomeIsTheSame_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("step");
    const tests::FaultShare share;
    tests::Thinned thinned(8);
    int number = 0;
    const auto add = [&](const char *kind, const QString &file, const char *step) {
        if (share.takes(number++) && thinned.takesNext())
            QTest::addRow("%s: %s", kind, step) << file << QByteArray(step);
    };
    for (const char *step :
         {"CREATE TABLE public.listings", "COPY public.products", "p;'3900", "COPY public.listings",
          "INTO public.notes", "setval", "ADD CONSTRAINT products_pkey", "CREATE INDEX",
          "COMMENT ON INDEX", "FOREIGN KEY", "GRANT SELECT ON TABLE", "count(*) FROM ONLY",
          "ANALYZE", "DROP SCHEMA IF EXISTS mayday_restore"})
        add("COPY", u"shop.sql"_s, step);
    for (const char *step : {"p;'3900", "CREATE INDEX", "FOREIGN KEY"})
        add("with DROPs", u"clean.sql"_s, step);
    for (const char *step : {"p;''3900", "CREATE INDEX"})
        add("INSERT", u"inserts.sql"_s, step);
    // These can only be read from front to end.
    for (const char *step :
         {"CREATE TABLE public.listings", "p;'3900", "CREATE INDEX", "FOREIGN KEY"})
        add("archive", u"shop.dump"_s, step);
    for (const char *step : {"p;'3900"})
        add("zstd", u"shop.sql.zst"_s, step);
}

void TestResume::brokenOffAnywhereTheOutcomeIsTheSame()
{
    QFETCH(QString, file);
    QFETCH(QByteArray, step);
    const QString path = m_shop->path(file);
    const RestoreReceipt broken = brokenOff(path, step);
    QCOMPARE(broken.verdict, Verdict::NotRestored);
    QCOMPARE(m_shop->liveState(), m_before);
    QCOMPARE(broken.left.size(), 1);
    QVERIFY2(broken.left[0].what.contains(u"goes on with"_s), qPrintable(broken.left[0].what));
    QCOMPARE(sideDatabases(), u"1"_s);
    const RestoreReceipt receipt = restored(path, m_shop->target());
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(withoutKeys(m_shop->dump()), m_wanted);
    QCOMPARE(m_shop->ask("SELECT to_regnamespace('mayday_restore') IS NULL"), u"t"_s);
    QCOMPARE(sideDatabases(), u"1"_s); // what was live before
    undo(receipt);
}

void TestResume::finishedTablesAreNotLoadedAgain_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("rows"); // what would be on the line
    QTest::newRow("in parts") << u"shop.sql"_s << QByteArray("COPY public.");
    QTest::newRow("archive") << u"shop.dump"_s << QByteArray("COPY public.");
    QTest::newRow("zstd") << u"shop.sql.zst"_s << QByteArray("COPY public.");
    QTest::newRow("INSERT") << u"inserts.sql"_s << QByteArray("INTO public.products VALUES");
}

void TestResume::finishedTablesAreNotLoadedAgain()
{
    QFETCH(QString, file);
    QFETCH(QByteArray, rows);
    const QString path = m_shop->path(file);
    (void)brokenOff(path, "CREATE INDEX");
    StepRelay watched(m_shop->target(), rows, [] { return StepRelay::Then::GoOn; });
    const RestoreReceipt receipt = restored(path, watched.connectionString());
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QVERIFY2(!watched.hasStruck(), "rows were sent again");
    QVERIFY2(receipt.notes.join(u' ').contains(u"went on with what that one had loaded"_s),
             why(receipt));
    QCOMPARE(receipt.rowsRestored(), 4000 * 2 + 200);
    undo(receipt);
}

void TestResume::brokenOffAgainAndAgain()
{
    const QString path = m_shop->path(u"shop.sql"_s);
    for (const char *step :
         {"COPY public.products", "CREATE INDEX", "FOREIGN KEY", "count(*) FROM ONLY"}) {
        const RestoreReceipt broken = brokenOff(path, step);
        QCOMPARE(broken.verdict, Verdict::NotRestored);
        QCOMPARE(broken.left.size(), 1);
        QCOMPARE(sideDatabases(), u"1"_s);
    }
    const RestoreReceipt receipt = restored(path, m_shop->target());
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(withoutKeys(m_shop->dump()), m_wanted);
    undo(receipt);
}

void TestResume::anotherFileBeginsAnew()
{
    const QString path = m_shop->writeDump(m_shop->dump(), u"other.sql"_s); // of now: 100 products
    const RestoreReceipt broken = brokenOff(path, "count(*) FROM ONLY");
    QCOMPARE(broken.left.size(), 1);
    QFile::remove(path);
    QVERIFY(QFile::copy(m_shop->path(u"shop.sql"_s), path));
    const RestoreReceipt receipt = restored(path, m_shop->target());
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(withoutKeys(m_shop->dump()), m_wanted);
    QVERIFY2(!receipt.notes.join(u' ').contains(u"went on"_s), why(receipt));
    QCOMPARE(sideDatabases(), u"2"_s); // the other one is nobody's business but the list's
    undo(receipt);
    QCOMPARE(sideDatabases(), u"0"_s);
}

/// What is there may belong to somebody else than is wanted now.
void TestResume::otherRolesBeginAnew()
{
    const QString path = m_shop->path(u"shop.sql"_s);
    const RestoreReceipt broken = brokenOff(path, "count(*) FROM ONLY");
    QCOMPARE(broken.left.size(), 1);
    m_shop->run("CREATE ROLE keeper");
    const RestoreReceipt receipt =
        restored(path, m_shop->target(), 0, {}, {{u"postgres"_s, u"keeper"_s}});
    QVERIFY2(receipt.notes.contains(u"roles mapped: postgres is keeper"_s), why(receipt));
    QVERIFY2(!receipt.notes.join(u' ').contains(u"went on"_s), why(receipt));
    QCOMPARE(m_shop->ask("SELECT tableowner FROM pg_tables WHERE tablename = 'products'"),
             u"keeper"_s);
    QCOMPARE(sideDatabases(), u"2"_s);
    undo(receipt);
    QCOMPARE(sideDatabases(), u"0"_s);
}

/// As dumps before 2018 are written: names stand alone, and a path says where. UTF-16 can only be
/// read from front to end.
void TestResume::settingsOfTheFileHoldForEveryConnection()
{
    QString text = QString::fromUtf8(m_shop->dump());
    const QString index = u"CREATE INDEX listings_product_id_idx ON public.listings"_s;
    QVERIFY(text.contains(index));
    text.replace(index, u"SET search_path = public, pg_catalog;\n"
                        "CREATE INDEX listings_product_id_idx ON listings"_s);
    text.replace(u"\n-- PostgreSQL database dump complete"_s,
                 u"SET search_path = '';\n\n-- PostgreSQL database dump complete"_s);
    QByteArray wide("\xff\xfe");
    wide.append(QByteArrayView(reinterpret_cast<const char *>(text.utf16()), text.size() * 2));
    const QByteArray database = m_shop->database().toUtf8();
    m_shop->run("ALTER DATABASE " + database + " SET search_path = ''");
    const auto reset =
        qScopeGuard([&] { m_shop->run("ALTER DATABASE " + database + " RESET search_path"); });
    for (const QByteArray &bytes : {text.toUtf8(), wide}) {
        const RestoreReceipt receipt =
            restored(m_shop->writeDump(bytes, u"old.sql"_s), m_shop->target());
        QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
        QCOMPARE(m_shop->ask("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public' AND "
                             "indexname = 'listings_product_id_idx'"),
                 u"1"_s);
        undo(receipt);
    }
}

/// A dump by hand, whose rows refer to later ones until the end.
void TestResume::whatHasToBeOneTransactionIsOne()
{
    QString text = QString::fromUtf8(m_shop->dump({u"--inserts"_s, u"--rows-per-insert=500"_s}));
    text.replace(u"\nSET default_tablespace = '';"_s,
                 u"\nCREATE TABLE public.later (id integer PRIMARY KEY);\n"
                 "CREATE TABLE public.first (id integer REFERENCES public.later DEFERRABLE "
                 "INITIALLY DEFERRED);\nINSERT INTO public.first VALUES (1);\n"
                 "INSERT INTO public.first VALUES (2);\n"
                 "INSERT INTO public.later VALUES (1), (2);\n\nSET default_tablespace = '';"_s);
    QVERIFY(text.contains(u"public.later"_s));
    const RestoreReceipt receipt =
        restored(m_shop->writeDump(text.toUtf8(), u"by-hand.sql"_s), m_shop->target());
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.first"), u"2"_s);
    undo(receipt);
}

void TestResume::littleIsTakenAwayAtOnce()
{
    const RestoreReceipt broken =
        brokenOff(m_shop->path(u"shop.sql"_s), "CREATE INDEX", qint64(64) * 1024 * 1024);
    QCOMPARE(broken.verdict, Verdict::NotRestored);
    QVERIFY(broken.left.isEmpty());
    QCOMPARE(sideDatabases(), u"0"_s);
}

void TestResume::aStopTakesItAway()
{
    std::stop_source stop;
    StepRelay relay(m_shop->target(), "CREATE INDEX", [&stop] {
        stop.request_stop();
        return StepRelay::Then::GoOn;
    });
    const RestoreReceipt stopped =
        restored(m_shop->path(u"shop.sql"_s), relay.connectionString(), 0, stop.get_token());
    QCOMPARE(stopped.error->kind, ErrorKind::Cancelled);
    QVERIFY(stopped.left.isEmpty());
    QCOMPARE(sideDatabases(), u"0"_s);
    QCOMPARE(m_shop->liveState(), m_before);
}

MAYDAY_TEST(TestResume);
#include "tst_resume.moc"
