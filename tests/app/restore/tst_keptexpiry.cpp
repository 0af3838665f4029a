// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/deskcase.h"
#include "app/restore/keptmarks.h"
#include "restore/schemaswap.h"
#include "support/testmain.h"

#include <QSignalSpy>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// What goes by itself after its days, and above all what does not.
class TestKeptExpiry : public QObject, protected DeskCase {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        begin();
        m_journalFile->clock.advance(std::chrono::milliseconds(
            m_journalFile->clock.now().msecsTo(QDateTime::currentDateTimeUtc())));
    }
    void cleanup() { end(); }

    void whatIsDueGoesOldestFirst();
    void onlyWhatIsMarkedAndOldGoes();
    void withoutDaysNothingGoes();
    void bothClocksMustAgree();
    void whatIsHeldIsToldAndGoesTheNextTime();
    void aRestoreElsewhereIsNotDisturbed();
    void schemasOfOneRestoreGoTogether();
    void theOnlyCopyStays();
    void aDatabaseInUseStays();
    void whatHasChangedSinceItWasLookedAtStays();
    void anIncidentKeepsEverything();
    void nothingGoesWhileARestoreRuns();
    void whatBeginsStopsIt();
    void anUnseenEndKeepsWhatIsThere();
    void aRealRestoreIsDiscardedAndCannotBePutBack();

private:
    void keep(const QString &name, const QString &restore, double days)
    {
        keepSchema(*m_server, m_shop->database(), keptMark(name, restore, days));
    }
    [[nodiscard]] ExpiryReport expire(int keepDays = 14)
    {
        QSignalSpy ended(m_desk.get(), &RestoreDesk::expiryEnded);
        m_desk->discardExpired(m_shop->target(), keepDays);
        if (!QTest::qWaitFor([&] { return !ended.isEmpty(); }, patience))
            qFatal("it does not end");
        return ended[0][0].value<ExpiryReport>();
    }
    [[nodiscard]] QString schemas() const
    {
        return m_shop->ask("SELECT coalesce(string_agg(nspname, ' ' ORDER BY nspname), '') FROM "
                           "pg_namespace WHERE nspname LIKE '%before%'");
    }
    [[nodiscard]] static QStringList namesOf(const QList<KeptSchema> &kept)
    {
        QStringList names;
        for (const KeptSchema &one : kept)
            names.append(one.name);
        return names;
    }
};

void TestKeptExpiry::whatIsDueGoesOldestFirst()
{
    keep(u"public_before_2"_s, u"restore-2"_s, 20);
    keep(u"public_before_1"_s, u"restore-1"_s, 30);
    keep(u"app_before_1"_s, u"restore-1"_s, 30);
    const ExpiryReport report = expire();
    QCOMPARE(report.gone.size(), 3);
    QCOMPARE(report.gone[2].name, u"public_before_2"_s);
    QVERIFY(report.troubles.isEmpty());
    QCOMPARE(kinds().count(u"restore.discarded"_s), 3);
    const store::JournalEvent event = m_journal->read().value().last();
    QCOMPARE(event.subject, u"restore-2"_s);
    QCOMPARE(event.data["keepDays"_L1].toInt(), 14);
    QCOMPARE(event.data["target"_L1].toString(), m_shop->target().display());
    QCOMPARE(m_desk->discarded().size(), 3);
    const DiscardedKept newest = m_desk->discarded().front();
    QCOMPARE(newest.name, u"public_before_2"_s);
    QVERIFY(newest.bytes > 0 && newest.keepDays == 14);
    restartDesk(); // and it is still known
    QCOMPARE(m_desk->discarded().front(), newest);
}

void TestKeptExpiry::onlyWhatIsMarkedAndOldGoes()
{
    keep(u"public_before_20260101_000000"_s, u"restore-1"_s, 14.1);
    keep(u"public_before_20260102_000000"_s, u"restore-2"_s, 13.9);
    m_shop->run("CREATE SCHEMA public_before_20200101_000000;"
                "CREATE TABLE public_before_20200101_000000.theirs (id int);"
                "CREATE SCHEMA public_before_20200102_000000;"
                "COMMENT ON SCHEMA public_before_20200102_000000 IS"
                " '{\"mayday\":1,\"at\":\"2020-01-01T00:00:00Z\",\"restore\":\"restore-9\"}';"
                "CREATE SCHEMA public_before_20200103_000000;"
                "COMMENT ON SCHEMA public_before_20200103_000000 IS"
                " '{\"mayday\":1,\"at\":\"2020-01-01T00:00:00Z\",\"original\":\"public\"}'");
    const ExpiryReport report = expire();
    QCOMPARE(namesOf(report.gone), QStringList{u"public_before_20260101_000000"_s});
    QCOMPARE(schemas(), u"public_before_20200101_000000 public_before_20200102_000000 "
                        "public_before_20200103_000000 public_before_20260102_000000"_s);
    QCOMPARE(products(), u"20"_s);
}

void TestKeptExpiry::withoutDaysNothingGoes()
{
    keep(u"public_before_1"_s, u"restore-1"_s, 999);
    const ExpiryReport report = expire(0);
    QVERIFY(report.gone.isEmpty() && report.troubles.isEmpty());
    QCOMPARE(schemas(), u"public_before_1"_s);
}

void TestKeptExpiry::bothClocksMustAgree()
{
    keep(u"public_before_1"_s, u"restore-1"_s, 3);
    m_journalFile->clock.advance(std::chrono::hours(24 * 365)); // ours has run away
    QVERIFY(expire().gone.isEmpty());
    keep(u"public_before_2"_s, u"restore-2"_s, 20);
    m_journalFile->clock.advance(-std::chrono::hours(24 * (365 + 10))); // or hangs behind
    QVERIFY(expire().gone.isEmpty());
    m_journalFile->clock.advance(std::chrono::hours(24 * 5));
    QCOMPARE(namesOf(expire().gone), QStringList{u"public_before_2"_s});
}

void TestKeptExpiry::whatIsHeldIsToldAndGoesTheNextTime()
{
    keep(u"public_before_1"_s, u"restore-1"_s, 20);
    keep(u"public_before_2"_s, u"restore-2"_s, 19);
    keep(u"public_before_3"_s, u"restore-3"_s, 18);
    m_shop->run("CREATE VIEW public.old AS SELECT id FROM public_before_2.products");
    TaskContext context;
    auto reader = postgres::Session::connect(m_shop->target(), context).value();
    QVERIFY(reader.execute("BEGIN; SELECT * FROM public_before_1.products", context));
    const ExpiryReport report = expire();
    QCOMPARE(namesOf(report.gone), QStringList{u"public_before_3"_s}); // the others go all the same
    QCOMPARE(report.troubles.size(), 2);
    QCOMPARE(report.troubles[0].names, QStringList{u"public_before_1"_s});
    QCOMPARE(report.troubles[0].why.sqlState, u"55P03"_s);
    QCOMPARE(report.troubles[1].names, QStringList{u"public_before_2"_s});
    QVERIFY(report.troubles[1].why.detail.contains(u"View public.old"_s));
    QCOMPARE(schemas(), u"public_before_1 public_before_2"_s);
    QVERIFY(reader.execute("COMMIT", context));
    m_shop->run("DROP VIEW public.old");
    QCOMPARE(expire().gone.size(), 2);
    QVERIFY(m_errors.isEmpty());
}

void TestKeptExpiry::aRestoreElsewhereIsNotDisturbed()
{
    keep(u"public_before_1"_s, u"restore-1"_s, 20);
    TaskContext context;
    auto other = postgres::Session::connect(m_shop->target(), context).value();
    QVERIFY(other.execute("BEGIN", context));
    QVERIFY(lockForRestore(other, context));
    const ExpiryReport report = expire();
    QVERIFY(report.gone.isEmpty());
    QCOMPARE(report.troubles.size(), 1);
    QVERIFY(report.troubles[0].why.detail.contains(u"is running"_s));
    QCOMPARE(schemas(), u"public_before_1"_s);
}

void TestKeptExpiry::schemasOfOneRestoreGoTogether()
{
    m_shop->run("CREATE SCHEMA app; CREATE TABLE app.orders (id int)");
    keep(u"public_before_1"_s, u"restore-1"_s, 20);
    KeptSchema app = keptMark(u"app_before_1"_s, u"restore-1"_s, 20);
    app.original = u"app"_s;
    keepSchema(*m_server, m_shop->database(), app);
    m_shop->run("CREATE VIEW public.old AS SELECT id FROM app_before_1.products");
    QCOMPARE(expire().troubles.size(), 1);
    QCOMPARE(schemas(), u"app_before_1 public_before_1"_s); // half of it could not be put back
    m_shop->run("DROP VIEW public.old; ALTER TABLE public_before_1.products ADD PRIMARY KEY (id);"
                "ALTER TABLE app_before_1.products ADD FOREIGN KEY (id)"
                " REFERENCES public_before_1.products");
    QCOMPARE(expire().gone.size(), 2);
    QCOMPARE(schemas(), QString());
}

void TestKeptExpiry::theOnlyCopyStays()
{
    keep(u"public_before_1"_s, u"restore-1"_s, 20);
    m_shop->run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    const ExpiryReport report = expire();
    QVERIFY(report.gone.isEmpty() && report.troubles.isEmpty());
    QCOMPARE(schemas(), u"public_before_1"_s);
}

void TestKeptExpiry::aDatabaseInUseStays()
{
    const QString name = m_shop->database() + u"_before_20260101_000000"_s;
    m_server->createDatabase(name);
    KeptSchema mark = keptMark(name, u"restore-1"_s, 20);
    mark.original = m_shop->database();
    m_shop->run("COMMENT ON DATABASE " + name.toUtf8() + " IS " +
                postgres::quoteLiteral(commentOf(mark)));
    TaskContext context;
    auto guest = postgres::Session::connect(m_server->connectionString(name), context).value();
    QVERIFY(expire().gone.isEmpty());
    QVERIFY(guest.query("SELECT 1", context)); // nor was it sent away
    guest.close();
    const auto there = [&](const QByteArray &catalog) {
        return m_shop->ask("SELECT count(*) FROM " + catalog + " WHERE datname = '" +
                           name.toUtf8() + '\'');
    };
    QTRY_COMPARE_WITH_TIMEOUT(there("pg_catalog.pg_stat_activity"), u"0"_s, patience);
    QCOMPARE(expire().gone.size(), 1);
    QCOMPARE(there("pg_catalog.pg_database"), u"0"_s);
}

void TestKeptExpiry::whatHasChangedSinceItWasLookedAtStays()
{
    const KeptSchema then = keptMark(u"public_before_1"_s, u"restore-1"_s, 20);
    KeptSchema now = then;
    now.at = QDateTime::currentDateTimeUtc();
    keepSchema(*m_server, m_shop->database(), now);
    TaskContext context;
    const auto gone = discardTogether(m_shop->target(), {then}, context);
    QVERIFY(!gone);
    QCOMPARE(gone.error().kind, ErrorKind::Refused);
    QCOMPARE(schemas(), u"public_before_1"_s);
}

void TestKeptExpiry::anIncidentKeepsEverything()
{
    keep(u"public_before_1"_s, u"restore-1"_s, 20);
    m_desk->setIncidentOpen(true);
    QVERIFY(expire().gone.isEmpty());
    QCOMPARE(schemas(), u"public_before_1"_s);
    QVERIFY(m_desk->expiryRules(14).isIncidentOpen);
    m_desk->setIncidentOpen(false);
    QCOMPARE(expire().gone.size(), 1);
}

void TestKeptExpiry::nothingGoesWhileARestoreRuns()
{
    keep(u"public_before_1"_s, u"restore-1"_s, 20);
    m_desk->start(endlessPlan(), std::nullopt);
    QTRY_VERIFY_WITH_TIMEOUT(isLoading(), patience);
    QVERIFY(expire().gone.isEmpty());
    m_desk->requestStop();
    QTRY_VERIFY_WITH_TIMEOUT(!m_desk->isBusy(), patience);
    QCOMPARE(schemas(), u"public_before_1"_s);
}

/// Nobody waits for it: a restore takes the place of what was to be dropped.
void TestKeptExpiry::whatBeginsStopsIt()
{
    keep(u"public_before_1"_s, u"restore-1"_s, 20);
    TaskContext context;
    auto reader = postgres::Session::connect(m_shop->target(), context).value();
    QVERIFY(reader.execute("BEGIN; SELECT * FROM public_before_1.products", context));
    QSignalSpy ended(m_desk.get(), &RestoreDesk::expiryEnded);
    m_desk->discardExpired(m_shop->target(), 14);
    const RestoreRecord record = restored(plan());
    QCOMPARE(record.receipt->verdict, Verdict::Proven);
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, patience);
    const auto report = ended[0][0].value<ExpiryReport>();
    QVERIFY(report.gone.isEmpty());
    QVERIFY2(report.troubles.isEmpty(), "to be stopped is none");
    QVERIFY(schemas().contains(u"public_before_1"_s));
    QVERIFY(m_errors.isEmpty());
}

void TestKeptExpiry::anUnseenEndKeepsWhatIsThere()
{
    const RestorePlan dead = plan();
    const QString id = dead.id.text();
    QVERIFY(m_journal->appendNow(startedDraft(dead)));
    restartDesk();
    QCOMPARE(m_desk->expiryRules(14).unsettled, QSet<QString>{id});
    keep(u"public_before_1"_s, id, 20);
    QVERIFY(expire().gone.isEmpty());
    QCOMPARE(schemas(), u"public_before_1"_s);
}

void TestKeptExpiry::aRealRestoreIsDiscardedAndCannotBePutBack()
{
    const RestoreRecord record = restored(plan());
    QVERIFY(record.canBePutBack());
    const QString name = schemas();
    QVERIFY(expire().gone.isEmpty()); // it is of now
    m_shop->run(
        "DO $do$ BEGIN EXECUTE format('COMMENT ON SCHEMA %I IS %L', '" + name.toUtf8() +
        "', replace(obj_description('" + name.toUtf8() +
        "'::regnamespace), to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD'),"
        " to_char(now() AT TIME ZONE 'UTC' - interval '16 days', 'YYYY-MM-DD'))); END $do$");
    QSignalSpy changed(m_desk.get(), &RestoreDesk::restoreChanged);
    QCOMPARE(namesOf(expire().gone), QStringList{name});
    QVERIFY(!changed.isEmpty());
    QVERIFY(!m_desk->record(record.id)->canBePutBack());
    QCOMPARE(products(), u"50"_s);
}

MAYDAY_TEST(TestKeptExpiry);
#include "tst_keptexpiry.moc"
