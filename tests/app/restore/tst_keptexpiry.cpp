// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/expirycase.h"
#include "restore/schemaswap.h"
#include "restore/sidedatabase.h"
#include "support/steprelay.h"
#include "support/testmain.h"

#include <QSignalSpy>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// What goes by itself after its days, and above all what does not.
class TestKeptExpiry : public QObject, protected ExpiryCase {
    Q_OBJECT

private Q_SLOTS:
    void init() { beginNow(); }
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
    void whatThisRecordDoesNotKnowStays();
    void whatWasRenamedByHandStays();
    void whoeverCameAfterTheLookIsNotSentAway();
    void aStopDoesNotBreakADatabase();
    void aBrokenDatabaseIsNamedAndNotPutBack();
    void aDropNobodyAnsweredIsAskedAbout();
    void aDropNobodyCanBeAskedAboutIsSaidToBeUnknown();
    void liveTablesAreNotHeldWhileWaiting();
    void aRealRestoreIsDiscardedAndCannotBePutBack();
};

void TestKeptExpiry::whatIsDueGoesOldestFirst()
{
    keep(u"public_before_20260102_000000"_s, u"restore-2"_s, 20);
    keep(u"public_before_20260101_000000"_s, u"restore-1"_s, 30);
    m_shop->run("CREATE SCHEMA app; CREATE TABLE app.products AS SELECT 1 AS id");
    KeptSchema app = keptMark(u"app_before_20260101_000000"_s, u"restore-1"_s, 30);
    app.original = u"app"_s;
    keepSchema(*m_server, m_shop->database(), app);
    const ExpiryReport report = expire();
    QCOMPARE(report.gone.size(), 3);
    QCOMPARE(report.gone[2].name, u"public_before_20260102_000000"_s);
    QVERIFY(report.troubles.isEmpty());
    QCOMPARE(kinds().count(u"restore.discarded"_s), 3);
    const store::JournalEvent event = m_journal->read().value().last();
    QCOMPARE(event.subject, u"restore-2"_s);
    QCOMPARE(event.data["keepDays"_L1].toInt(), 14);
    QCOMPARE(event.data["target"_L1].toString(), m_shop->target().display());
    QCOMPARE(m_desk->discarded().size(), 3);
    const DiscardedKept newest = m_desk->discarded().front();
    QCOMPARE(newest.name, u"public_before_20260102_000000"_s);
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
    keep(u"public_before_20260101_000000"_s, u"restore-1"_s, 999);
    const ExpiryReport report = expire(0);
    QVERIFY(report.gone.isEmpty() && report.troubles.isEmpty());
    QCOMPARE(schemas(), u"public_before_20260101_000000"_s);
}

void TestKeptExpiry::bothClocksMustAgree()
{
    keep(u"public_before_20260101_000000"_s, u"restore-1"_s, 3);
    m_journalFile->clock.advance(std::chrono::hours(24 * 365)); // ours has run away
    QVERIFY(expire().gone.isEmpty());
    keep(u"public_before_20260102_000000"_s, u"restore-2"_s, 20);
    m_journalFile->clock.advance(-std::chrono::hours(24 * (365 + 10))); // or hangs behind
    QVERIFY(expire().gone.isEmpty());
    m_journalFile->clock.advance(std::chrono::hours(24 * 9));
    QCOMPARE(namesOf(expire().gone), QStringList{u"public_before_20260102_000000"_s});
}

void TestKeptExpiry::whatIsHeldIsToldAndGoesTheNextTime()
{
    keep(u"public_before_20260101_000000"_s, u"restore-1"_s, 20);
    keep(u"public_before_20260102_000000"_s, u"restore-2"_s, 19);
    keep(u"public_before_20260103_000000"_s, u"restore-3"_s, 18);
    m_shop->run("CREATE VIEW public.old AS SELECT id FROM public_before_20260102_000000.products");
    TaskContext context;
    auto reader = postgres::Session::connect(m_shop->target(), context).value();
    QVERIFY(reader.execute("BEGIN; SELECT * FROM public_before_20260101_000000.products", context));
    const ExpiryReport report = expire();
    QCOMPARE(namesOf(report.gone),
             QStringList{u"public_before_20260103_000000"_s}); // the others go all the same
    QCOMPARE(report.troubles.size(), 2);
    QCOMPARE(report.troubles[0].names, QStringList{u"public_before_20260101_000000"_s});
    QCOMPARE(report.troubles[0].why.sqlState, u"55P03"_s);
    QCOMPARE(report.troubles[1].names, QStringList{u"public_before_20260102_000000"_s});
    QVERIFY(report.troubles[1].why.detail.contains(u"View public.old"_s));
    QCOMPARE(schemas(), u"public_before_20260101_000000 public_before_20260102_000000"_s);
    QVERIFY(reader.execute("COMMIT", context));
    m_shop->run("DROP VIEW public.old");
    QCOMPARE(expire().gone.size(), 2);
    QVERIFY(m_errors.isEmpty());
}

void TestKeptExpiry::aRestoreElsewhereIsNotDisturbed()
{
    keep(u"public_before_20260101_000000"_s, u"restore-1"_s, 20);
    TaskContext context;
    auto other = postgres::Session::connect(m_shop->target(), context).value();
    QVERIFY(other.execute("BEGIN", context));
    QVERIFY(lockForRestore(other, context));
    const ExpiryReport report = expire();
    QVERIFY(report.gone.isEmpty());
    QCOMPARE(report.troubles.size(), 1);
    QVERIFY(report.troubles[0].why.detail.contains(u"is running"_s));
    QCOMPARE(schemas(), u"public_before_20260101_000000"_s);
}

void TestKeptExpiry::schemasOfOneRestoreGoTogether()
{
    m_shop->run("CREATE SCHEMA app; CREATE TABLE app.products AS SELECT 1 AS id");
    keep(u"public_before_20260101_000000"_s, u"restore-1"_s, 20);
    KeptSchema app = keptMark(u"app_before_20260101_000000"_s, u"restore-1"_s, 20);
    app.original = u"app"_s;
    keepSchema(*m_server, m_shop->database(), app);
    m_shop->run("CREATE VIEW public.old AS SELECT id FROM app_before_20260101_000000.products");
    QCOMPARE(expire().troubles.size(), 1);
    QCOMPARE(schemas(),
             u"app_before_20260101_000000 public_before_20260101_000000"_s); // half of it could not
                                                                             // be put back
    m_shop->run("DROP VIEW public.old; ALTER TABLE public_before_20260101_000000.products ADD "
                "PRIMARY KEY (id);"
                "ALTER TABLE app_before_20260101_000000.products ADD FOREIGN KEY (id)"
                " REFERENCES public_before_20260101_000000.products");
    QCOMPARE(expire().gone.size(), 2);
    QCOMPARE(schemas(), QString());
}

void TestKeptExpiry::theOnlyCopyStays()
{
    keep(u"public_before_20260101_000000"_s, u"restore-1"_s, 20);
    m_shop->run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    const ExpiryReport report = expire();
    QVERIFY(report.gone.isEmpty() && report.troubles.isEmpty());
    QCOMPARE(schemas(), u"public_before_20260101_000000"_s);
}

void TestKeptExpiry::aDatabaseInUseStays()
{
    const QString name = keepDatabase(u"restore-1"_s, 20).name;
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
    const KeptSchema then = keptMark(u"public_before_20260101_000000"_s, u"restore-1"_s, 20);
    KeptSchema now = then;
    now.at = QDateTime::currentDateTimeUtc();
    keepSchema(*m_server, m_shop->database(), now);
    const DiscardOutcome outcome = discardNow(m_shop->target(), {then});
    QVERIFY(outcome.error && outcome.gone.isEmpty());
    QCOMPARE(outcome.error->kind, ErrorKind::Refused);
    QCOMPARE(schemas(), u"public_before_20260101_000000"_s);
}

void TestKeptExpiry::anIncidentKeepsEverything()
{
    keep(u"public_before_20260101_000000"_s, u"restore-1"_s, 20);
    m_desk->setIncidentOpen(true);
    QVERIFY(expire().gone.isEmpty());
    QCOMPARE(schemas(), u"public_before_20260101_000000"_s);
    QVERIFY(m_desk->expiryRules(m_shop->target(), 14).isIncidentOpen);
    m_desk->setIncidentOpen(false);
    QVERIFY(expire().gone.isEmpty()); // nor on the day after
    m_journalFile->clock.advance(quietAfter);
    QCOMPARE(expire().gone.size(), 1);
}

void TestKeptExpiry::nothingGoesWhileARestoreRuns()
{
    keep(u"public_before_20260101_000000"_s, u"restore-1"_s, 20);
    m_desk->start(endlessPlan(), std::nullopt);
    QTRY_VERIFY_WITH_TIMEOUT(isLoading(), patience);
    QVERIFY(expire().gone.isEmpty());
    m_desk->requestStop();
    QTRY_VERIFY_WITH_TIMEOUT(!m_desk->isBusy(), patience);
    QCOMPARE(schemas(), u"public_before_20260101_000000"_s);
}

/// Nobody waits for it: a restore takes the place of what was to be dropped.
void TestKeptExpiry::whatBeginsStopsIt()
{
    keep(u"public_before_20260101_000000"_s, u"restore-1"_s, 20);
    TaskContext context;
    auto reader = postgres::Session::connect(m_shop->target(), context).value();
    QVERIFY(reader.execute("BEGIN; SELECT * FROM public_before_20260101_000000.products", context));
    QSignalSpy ended(m_desk.get(), &RestoreDesk::expiryEnded);
    m_desk->discardExpired(m_shop->target(), 14);
    const RestoreRecord record = restored(plan());
    QCOMPARE(record.receipt->verdict, Verdict::Proven);
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, patience);
    const auto report = ended[0][0].value<ExpiryReport>();
    QVERIFY(report.gone.isEmpty());
    QVERIFY2(report.troubles.isEmpty(), "to be stopped is none");
    QVERIFY(schemas().contains(u"public_before_20260101_000000"_s));
    QVERIFY(m_errors.isEmpty());
}

void TestKeptExpiry::anUnseenEndKeepsWhatIsThere()
{
    const RestorePlan dead = plan();
    const QString id = dead.id.text();
    QVERIFY(m_journal->appendNow(startedDraft(dead)));
    restartDesk();
    QVERIFY(!m_desk->expiryRules(m_shop->target(), 14).ended.contains(id));
    keepSchema(*m_server, m_shop->database(), keptMark(u"public_before_20260101_000000"_s, id, 20));
    QVERIFY(expire().gone.isEmpty());
    QCOMPARE(schemas(), u"public_before_20260101_000000"_s);
}

/// A colleague's restore, or a mark that came with a dump.
void TestKeptExpiry::whatThisRecordDoesNotKnowStays()
{
    const QString name = u"public_before_20260101_000000"_s;
    keepSchema(*m_server, m_shop->database(), keptMark(name, u"restore-1"_s, 20));
    QVERIFY(expire().gone.isEmpty());
    QCOMPARE(schemas(), name);
    noteEnd(*m_journal, m_journalFile->clock, u"restore-1"_s, 13,
            m_shop->target()); // by maydayctl, say
    QVERIFY(expire().gone.isEmpty());
    QCOMPARE(expire(12).gone.size(), 1);
}

void TestKeptExpiry::whatWasRenamedByHandStays()
{
    keep(u"public_before_20260101_000000"_s, u"restore-1"_s, 20);
    m_shop->run("ALTER SCHEMA public RENAME TO bad; ALTER SCHEMA public_before_20260101_000000"
                " RENAME TO public");
    const ExpiryReport report = expire();
    QVERIFY(report.gone.isEmpty() && report.troubles.isEmpty());
    TaskContext context;
    const auto dropped = discardKept(m_shop->target(), u"public"_s, context);
    QVERIFY(!dropped);
    QCOMPARE(dropped.error().kind, ErrorKind::Refused);
    QCOMPARE(products(), u"5"_s);

    const KeptSchema database = keepDatabase(u"restore-2"_s, 20);
    m_shop->run("ALTER DATABASE " + database.name.toUtf8() + " RENAME TO shop_of_ours");
    QVERIFY(expire().gone.isEmpty());
    QVERIFY(!discardKept(m_shop->target(), u"shop_of_ours"_s, context));
    KeptSchema ours = database;
    ours.name = u"shop_of_ours"_s;
    QVERIFY(isThere(ours));
    m_shop->run("DROP DATABASE shop_of_ours");
}

/// The rules hold at the drop as they do at the look.
void TestKeptExpiry::whoeverCameAfterTheLookIsNotSentAway()
{
    const KeptSchema database = keepDatabase(u"restore-1"_s, 20);
    TaskContext context;
    auto guest =
        postgres::Session::connect(m_server->connectionString(database.name), context).value();
    const DiscardOutcome outcome = discardNow(m_shop->target(), {database});
    QVERIFY(outcome.error && outcome.gone.isEmpty());
    QVERIFY2(outcome.error->detail.contains(u"in-use"_s), qPrintable(outcome.error->detail));
    QVERIFY(guest.query("SELECT 1", context));
    ExpiryRules incident = rules(u"restore-1"_s);
    incident.isIncidentOpen = true;
    guest.close();
    const auto stays = discardTogether(m_shop->target(), {database}, incident,
                                       QDateTime::currentDateTimeUtc(), context);
    QVERIFY(stays.error && isThere(database));
    const QByteArray guests = "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = '" +
                              database.name.toUtf8() + '\'';
    QTRY_COMPARE_WITH_TIMEOUT(m_shop->ask(guests), u"0"_s, patience);
    QCOMPARE(discardNow(m_shop->target(), {database}).gone.size(), 1);
    QVERIFY(!isThere(database));
}

/// Cut off in the middle, DROP DATABASE leaves what nobody can connect to any more.
void TestKeptExpiry::aStopDoesNotBreakADatabase()
{
    const KeptSchema database = keepDatabase(u"restore-1"_s, 20);
    std::stop_source early;
    early.request_stop();
    const DiscardOutcome stopped =
        discardNow(m_shop->target(), {database}, TaskContext(early.get_token()));
    QVERIFY(stopped.error && stopped.error->kind == ErrorKind::Cancelled);
    QVERIFY(isThere(database));
    std::stop_source late;
    const StepRelay relay(m_shop->target(), "DROP DATABASE", [&late] {
        late.request_stop();
        return StepRelay::Then::GoOn;
    });
    const DiscardOutcome gone =
        discardNow(relay.connectionString(), {database}, TaskContext(late.get_token()));
    QVERIFY2(!gone.error, gone.error ? qPrintable(describe(*gone.error)) : "");
    QVERIFY(relay.hasStruck() && !isThere(database));
}

void TestKeptExpiry::aBrokenDatabaseIsNamedAndNotPutBack()
{
    const KeptSchema database = keepDatabase(u"restore-1"_s, 2);
    QVERIFY(!database.isBroken);
    m_shop->run("UPDATE pg_catalog.pg_database SET datconnlimit = -2 WHERE datname = '" +
                database.name.toUtf8() + '\'');
    QVERIFY(looked(database.name).isBroken);
    TaskContext context;
    const PutBackReceipt receipt =
        putBack(m_shop->target(), {}, QDateTime::currentDateTimeUtc(), context);
    QVERIFY(receipt.error && receipt.error->detail.contains(u"it is broken"_s));
    QCOMPARE(products(), u"20"_s);
    QVERIFY(discardKept(m_shop->target(), database.name, context));
}

void TestKeptExpiry::aDropNobodyAnsweredIsAskedAbout()
{
    const KeptSchema database = keepDatabase(u"restore-1"_s, 20);
    {
        const StepRelay relay(m_shop->target(), "DROP DATABASE",
                              [] { return StepRelay::Then::Cut; });
        const DiscardOutcome outcome = discardNow(relay.connectionString(), {database});
        QVERIFY(outcome.error && outcome.error->sqlState != outcomeUnknown);
        QVERIFY(outcome.gone.isEmpty() && isThere(database));
    }
    const StepRelay relay(m_shop->target(), "DROP DATABASE",
                          [] { return StepRelay::Then::CutAfter; });
    const DiscardOutcome outcome = discardNow(relay.connectionString(), {database});
    QVERIFY2(!outcome.error, outcome.error ? qPrintable(describe(*outcome.error)) : "");
    QCOMPARE(outcome.gone.size(), 1);
    QVERIFY(relay.hasStruck() && !isThere(database));
}

/// What went before it is told with the error.
void TestKeptExpiry::aDropNobodyCanBeAskedAboutIsSaidToBeUnknown()
{
    const QString name = u"public_before_20260101_000000"_s;
    keep(name, u"restore-1"_s, 20);
    const KeptSchema database = keepDatabase(u"restore-1"_s, 20);
    {
        const StepRelay relay(m_shop->target(), "DROP DATABASE", [this] {
            m_server->stop();
            return StepRelay::Then::Cut;
        });
        const DiscardOutcome outcome =
            discardNow(relay.connectionString(), {looked(name), database});
        QVERIFY(outcome.error);
        QCOMPARE(outcome.error->sqlState, outcomeUnknown);
        QCOMPARE(namesOf(outcome.gone), QStringList{name});
    }
    m_server->restart();
    QVERIFY(isThere(database) && schemas().isEmpty());
}

/// Whoever waits for a kept table holds no live one meanwhile.
void TestKeptExpiry::liveTablesAreNotHeldWhileWaiting()
{
    const QString name = u"public_before_20260101_000000"_s;
    keep(name, u"restore-1"_s, 20);
    m_shop->run("CREATE TABLE public.users (id int PRIMARY KEY);"
                "INSERT INTO public.users SELECT g FROM pg_catalog.generate_series(1, 9) g;"
                "ALTER TABLE public_before_20260101_000000.products ADD FOREIGN KEY (id)"
                " REFERENCES public.users;"
                "CREATE TABLE public_before_20260101_000000.held (id int)");
    TaskContext context;
    auto reader = postgres::Session::connect(m_shop->target(), context).value();
    QVERIFY(reader.execute("BEGIN; SELECT * FROM public_before_20260101_000000.held", context));
    auto dropping = startTask(m_pool, [target = m_shop->target(), name](TaskContext &inside) {
        return discardKept(target, name, inside);
    });
    QString waiting;
    const auto isWaiting = [&] {
        waiting = m_shop->ask(
            "SELECT coalesce(pg_catalog.string_agg(query, ''), '') FROM pg_catalog.pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = pg_catalog.current_database()");
        return !waiting.isEmpty();
    };
    QTRY_VERIFY_WITH_TIMEOUT(isWaiting(), patience);
    QCOMPARE(m_shop->ask("SELECT count(*) FROM pg_catalog.pg_locks WHERE granted"
                         " AND mode = 'AccessExclusiveLock'"
                         " AND relation = 'public.users'::pg_catalog.regclass"),
             u"0"_s);
    QVERIFY2(waiting.startsWith(u"LOCK TABLE"_s), qPrintable(waiting));
    QVERIFY(reader.execute("COMMIT", context));
    QTRY_VERIFY_WITH_TIMEOUT(schemas().isEmpty(), patience);
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.users"), u"9"_s);
}

void TestKeptExpiry::aRealRestoreIsDiscardedAndCannotBePutBack()
{
    constexpr std::chrono::hours age(24 * 16);
    m_journalFile->clock.advance(-age);
    const RestoreRecord record = restored(plan());
    m_journalFile->clock.advance(age);
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
