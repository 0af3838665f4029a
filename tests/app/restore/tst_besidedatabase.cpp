// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "restore/putback.h"
#include "restore/settlement.h"
#include "restore/sidedatabase.h"
#include "support/gzipbytes.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QTest>

#include <stop_token>
#include <thread>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

namespace {

/// Some tables that are worth a connection of their own, with what pg_dump writes around them.
constexpr auto heavyShop =
    "CREATE TABLE public.events (id bigint PRIMARY KEY, product_id bigint, body text);"
    "CREATE TABLE public.mails (id bigint, event_id bigint, body text, UNIQUE (id));"
    "CREATE TABLE public.visits (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, path text);"
    "INSERT INTO public.events SELECT g, 1 + g % 40, repeat('event ' || g, 30)"
    " FROM generate_series(1, 12000) g;"
    "INSERT INTO public.mails SELECT g, 1 + g % 12000, repeat('mail ' || g, 25)"
    " FROM generate_series(1, 12000) g;"
    "INSERT INTO public.visits (path) SELECT repeat('/visit/' || g, 20)"
    " FROM generate_series(1, 12000) g;"
    "CREATE INDEX events_of ON public.events (product_id);"
    "CREATE INDEX mails_of ON public.mails (event_id);"
    "ALTER TABLE public.events ADD FOREIGN KEY (product_id) REFERENCES public.products;"
    "ALTER TABLE public.mails ADD FOREIGN KEY (event_id) REFERENCES public.events;"
    "COMMENT ON INDEX public.events_of IS 'by product';"
    "CREATE VIEW public.busy AS SELECT e.id, count(m.id) FROM public.events e"
    " JOIN public.mails m ON m.event_id = e.id GROUP BY e.id;";

} // namespace

/// The whole database by several connections: loaded beside, proven, swapped by name, kept, and put
/// back; and whatever goes wrong, the live one is as it was.
class TestBesideDatabase : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void everythingComesBack_data();
    void everythingComesBack();
    void limitsOfTheRoleDoNotComeBack();
    void publicStaysWhoseItIsWithNothingInTheBackup_data();
    void publicStaysWhoseItIsWithNothingInTheBackup();
    void putBackSwapsThemAgain();
    void whatEarlierRestoresKeepGoesAside();
    void whoIsConnectedIsSentAway();
    void theDatabaseStaysWhatItWas();
    void whatWouldBeMissingIsRefused_data();
    void whatWouldBeMissingIsRefused();
    void aBadRowLeavesNothing_data();
    void aBadRowLeavesNothing();
    void aStopLeavesNothing();
    void whatADeadOneLeftIsFoundAndGoes();
    void oneThatDiedBeforeItsMarkIsFoundByItsName();
    void onlyOneAtATime();
    void whoMayNotCreateDatabasesIsToldSo();

private:
    [[nodiscard]] static RestorePlan planOf(const Shop &shop, const QString &file)
    {
        RestorePlan plan = shop.plan(file);
        plan.mode = RestoreMode::ReplaceDatabase;
        plan.connections = 3;
        return plan;
    }
    [[nodiscard]] static RestoreReceipt run(const RestorePlan &plan, TaskContext context = {})
    {
        const SystemClock clock;
        return RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    }
    [[nodiscard]] static std::unique_ptr<Shop> heavy(tests::TempPostgres &server)
    {
        auto shop = std::make_unique<Shop>(server, 50);
        shop->run(heavyShop);
        return shop;
    }
    /// Databases of this shop beside its own.
    [[nodiscard]] QString others(const Shop &shop) const
    {
        return m_server->scalar(
            u"postgres"_s, "SELECT coalesce(string_agg(datname, ' ' ORDER BY datname), '') FROM"
                           " pg_database WHERE datname LIKE '" +
                               shop.database().toUtf8() + "\\_%'");
    }

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestBesideDatabase::everythingComesBack_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<bool>("isPacked");
    QTest::newRow("plain") << QStringList() << false;
    QTest::newRow("gz") << QStringList() << true;
    if (tests::isSanitized)
        return;
    QTest::newRow("INSERT") << QStringList{u"--inserts"_s, u"--rows-per-insert=500"_s} << false;
    QTest::newRow("archive") << QStringList{u"--format=custom"_s} << false;
}

void TestBesideDatabase::everythingComesBack()
{
    QFETCH(QStringList, options);
    QFETCH(bool, isPacked);
    const auto shop = heavy(*m_server);
    const QByteArray before = withoutKeys(shop->dumpOf({}));
    const QByteArray dump = shop->dumpOf(options);
    const QString file = shop->writeDump(isPacked ? tests::gzipped(dump) : dump);
    shop->run("DELETE FROM public.mails; DROP TABLE public.visits; DROP VIEW public.busy");

    const RestoreReceipt receipt = run(planOf(*shop, file));

    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(receipt.mode, u"beside-database"_s);
    QCOMPARE(receipt.rowsRestored(), 36'100);
    QCOMPARE(receipt.tables.size(), 6);
    QCOMPARE(withoutKeys(shop->dumpOf({})), before);
    const QString kept = others(*shop);
    QVERIFY2(kept.startsWith(shop->database() + u"_before_"_s) && !kept.contains(u' '),
             qPrintable(kept));
    QCOMPARE(receipt.left.size(), 1);
    QVERIFY(receipt.left[0].removeWith.contains(kept));
    QCOMPARE(m_server->scalar(kept, "SELECT count(*) FROM public.mails"), u"0"_s);
    // From full samples: a small one has at most ten steps.
    QCOMPARE(shop->ask("SELECT cardinality(histogram_bounds::text::bigint[]) FROM pg_stats"
                       " WHERE tablename = 'events' AND attname = 'id'"),
             u"101"_s);
    // What has no COPY blocks, or is no plain text, is read from front to end, and that is said.
    QCOMPARE(receipt.notes.size(), options.isEmpty() ? 0 : 1);
}

/// pg_dump's own dumps set it to nothing; others may not.
void TestBesideDatabase::limitsOfTheRoleDoNotComeBack()
{
    const auto shop = heavy(*m_server);
    shop->run("CREATE FUNCTION public.slow(n bigint) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS"
              " $$BEGIN IF n = 1 THEN PERFORM pg_catalog.pg_sleep(1.5); END IF; RETURN n; END$$;"
              "CREATE INDEX events_slow ON public.events (public.slow(id))");
    QByteArray dump = shop->dump();
    QVERIFY(dump.contains("SET statement_timeout = 0;"));
    dump.replace("SET statement_timeout = 0;", "SET work_mem = '5MB';");
    const QString file = shop->writeDump(dump);
    shop->run("ALTER ROLE postgres SET statement_timeout = '1s'");

    const RestoreReceipt receipt = run(planOf(*shop, file));

    shop->run("ALTER ROLE postgres RESET statement_timeout");
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
}

void TestBesideDatabase::publicStaysWhoseItIsWithNothingInTheBackup_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::newRow("its rights are in the backup") << QStringList();
    QTest::newRow("they are not") << QStringList{u"--no-owner"_s, u"--no-privileges"_s};
}

void TestBesideDatabase::publicStaysWhoseItIsWithNothingInTheBackup()
{
    QFETCH(QStringList, options);
    const Shop shop(*m_server, 9);
    shop.run("CREATE SCHEMA app; CREATE TABLE app.t AS SELECT * FROM public.listings;"
             "DROP TABLE public.products, public.listings, public.empty_one CASCADE;"
             "DROP FUNCTION public.twice; DROP TYPE public.kind;"
             "ALTER SCHEMA public OWNER TO pg_monitor; REVOKE ALL ON SCHEMA public FROM PUBLIC;"
             "GRANT CREATE ON SCHEMA public TO pg_read_all_stats;"
             "COMMENT ON SCHEMA public IS 'nobody works here'");
    const QByteArray whole = withoutKeys(shop.dumpOf({}));
    const RestoreReceipt receipt = run(planOf(shop, shop.writeDump(shop.dumpOf(options))));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(receipt.notes.size(), options.isEmpty() ? 0 : 1); // of rights the dump does not say
    QCOMPARE(withoutKeys(shop.dumpOf({})), whole);
}

void TestBesideDatabase::putBackSwapsThemAgain()
{
    const auto shop = heavy(*m_server);
    const QString file = shop->writeDump(shop->dump());
    shop->run("DELETE FROM public.mails WHERE id > 10; COMMENT ON DATABASE " +
              shop->database().toUtf8() + " IS 'ours'");
    const RestoreReceipt receipt = run(planOf(*shop, file));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    const SystemClock clock;
    TaskContext context;
    const QByteArray comment = "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
                               " WHERE datname = current_database()";
    for (const QString &expected : {u"10"_s, u"12000"_s, u"10"_s}) {
        const PutBackReceipt back = putBack(shop->target(), {}, clock.now(), context);
        QVERIFY2(back.verdict == Verdict::Proven,
                 back.error ? qPrintable(describe(*back.error)) : "");
        QCOMPARE(back.restore, receipt.id.text());
        QCOMPARE(shop->ask("SELECT count(*) FROM public.mails"), expected);
        QCOMPARE(isPutBack(shop->target(), receipt.id.text(), context).value(),
                 expected == u"10"_s);
        QVERIFY(!others(*shop).contains(u' '));
    }
    QCOMPARE(shop->ask(comment), u"ours"_s);
    const auto gone = discardKept(shop->target(), others(*shop), context);
    QVERIFY2(gone, gone ? "" : qPrintable(describe(gone.error())));
    QCOMPARE(others(*shop), QString());
    QCOMPARE(shop->ask("SELECT count(*) FROM public.mails"), u"10"_s);
}

void TestBesideDatabase::whatEarlierRestoresKeepGoesAside()
{
    const auto shop = heavy(*m_server);
    const QString file = shop->writeDump(shop->dump());
    QCOMPARE(shop->restore(file).verdict, Verdict::Proven); // beside the schema: one is kept inside
    const QByteArray kept = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'public_before%'";
    QCOMPARE(shop->ask(kept), u"1"_s);
    const RestoreReceipt receipt = run(planOf(*shop, file));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QVERIFY2(receipt.notes.join(u' ').contains(u"1 earlier state went aside with the database"_s),
             why(receipt));
    QCOMPARE(shop->ask(kept), u"0"_s);
    TaskContext context;
    const PutBackReceipt back = putBack(shop->target(), {}, SystemClock().now(), context);
    QCOMPARE(back.verdict, Verdict::Proven);
    QCOMPARE(shop->ask(kept), u"1"_s);
}

void TestBesideDatabase::whoIsConnectedIsSentAway()
{
    const auto shop = heavy(*m_server);
    const QString file = shop->writeDump(shop->dump());
    // A pool that comes back as soon as it is sent away.
    std::jthread pool([target = shop->target()](const std::stop_token &ended) {
        while (!ended.stop_requested()) {
            TaskContext context(ended);
            auto session = postgres::Session::connect(target, context);
            while (session && !ended.stop_requested() &&
                   session->query("SELECT pg_sleep(0.01)", context)) {
            }
        }
    });
    const RestoreReceipt receipt = run(planOf(*shop, file));
    pool.request_stop();
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
}

void TestBesideDatabase::theDatabaseStaysWhatItWas()
{
    const auto shop = heavy(*m_server);
    const QByteArray name = shop->database().toUtf8();
    m_server->execute(
        u"postgres"_s,
        "CREATE ROLE keeper_" + name + "; CREATE ROLE guest_" + name + "; GRANT keeper_" + name +
            " TO CURRENT_USER; ALTER DATABASE " + name + " OWNER TO keeper_" + name +
            "; REVOKE CONNECT ON DATABASE " + name + " FROM PUBLIC; GRANT CONNECT ON DATABASE " +
            name + " TO guest_" + name + "; ALTER DATABASE " + name +
            " SET search_path TO public, \"Odd One\", \"a,b\", \"q\"\"x\";"
            " ALTER DATABASE " +
            name +
            " SET work_mem TO '5MB';"
            " ALTER ROLE guest_" +
            name + " IN DATABASE " + name + " SET statement_timeout TO '7s'; ALTER ROLE guest_" +
            name + " IN DATABASE " + name + " SET search_path TO ''; ALTER DATABASE " + name +
            " CONNECTION LIMIT 33");
    shop->run("CREATE EXTENSION citext; CREATE EXTENSION hstore");
    const QByteArray facts =
        "SELECT concat_ws('|', pg_get_userbyid(datdba), encoding, datcollate, datctype,"
        " (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(datacl) a),"
        " datconnlimit, (SELECT string_agg(s, ';' ORDER BY s) FROM pg_db_role_setting r,"
        " unnest(r.setconfig) s WHERE r.setdatabase = d.oid), (SELECT string_agg(extname ||"
        " extversion, ',' ORDER BY extname) FROM pg_extension)) FROM pg_database d"
        " WHERE datname = current_database()";
    const QString before = shop->ask(facts);
    // A dump of one schema says nothing of all that.
    const RestoreReceipt receipt = run(planOf(*shop, shop->writeDump(shop->dump())));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop->ask(facts), before);
}

void TestBesideDatabase::whatWouldBeMissingIsRefused_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("told");
    QTest::newRow("a schema") << QByteArray("CREATE SCHEMA reports; CREATE TABLE reports.t ()")
                              << u"schema reports"_s;
    QTest::newRow("a publication")
        << QByteArray("CREATE PUBLICATION feed") << u"publication feed"_s;
    QTest::newRow("large objects") << QByteArray("SELECT lo_create(77)") << u"large objects"_s;
}

void TestBesideDatabase::whatWouldBeMissingIsRefused()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, told);
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    shop.run(sql);
    const QString before = shop.liveState();
    const RestoreReceipt receipt = run(planOf(shop, file));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error->detail.contains(told), why(receipt));
    QCOMPARE(receipt.error->advice, Advice::RestoreBesideSchema);
    QVERIFY(receipt.left.isEmpty());
    QCOMPARE(shop.liveState(), before);
    QCOMPARE(others(shop), QString());
}

void TestBesideDatabase::aBadRowLeavesNothing_data()
{
    QTest::addColumn<QByteArray>("good");
    QTest::addColumn<QByteArray>("bad");
    QTest::newRow("in a large block") << QByteArray("\n10000\t1\t") << QByteArray("\n10000\tone\t");
    QTest::newRow("in a small block") << QByteArray("\n7\tp;'7") << QByteArray("\nseven\tp;'7");
    QTest::newRow("an orphan") << QByteArray("\n10000\t10001\tmail")
                               << QByteArray("\n10000\t99\tmail");
    QTest::newRow("twice") << QByteArray("\n10000\t1\t") << QByteArray("\n9999\t1\t");
}

void TestBesideDatabase::aBadRowLeavesNothing()
{
    QFETCH(QByteArray, good);
    QFETCH(QByteArray, bad);
    const auto shop = heavy(*m_server);
    QByteArray dump = shop->dump();
    if (QByteArrayView(QTest::currentDataTag()) == "an orphan")
        shop->run("DELETE FROM public.mails WHERE event_id = 99");
    QVERIFY2(dump.contains(good), good);
    dump.replace(good, bad);
    if (QByteArrayView(QTest::currentDataTag()) == "an orphan")
        dump.replace("\n10000\t99\tmail", "\n10000\t99999\tmail");
    const qsizetype place = dump.indexOf(bad == "\n10000\t99\tmail" ? "\n10000\t99999\t" : bad);
    const QString file = shop->writeDump(dump);
    const QString before = shop->liveState();
    const RestoreReceipt receipt = run(planOf(*shop, file));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY(!receipt.error->sqlState.isEmpty());
    if (QByteArrayView(QTest::currentDataTag()).startsWith("in a "))
        QCOMPARE(receipt.error->line, dump.first(place + 1).count('\n') + 1);
    else
        QVERIFY(receipt.error->line > dump.first(place).count('\n'));
    QVERIFY2(!receipt.error->detail.contains(u"event 10000"_s), why(receipt));
    QVERIFY2(receipt.left.isEmpty(), qPrintable(others(*shop)));
    QCOMPARE(shop->liveState(), before);
    QCOMPARE(others(*shop), QString());
}

void TestBesideDatabase::aStopLeavesNothing()
{
    const auto shop = heavy(*m_server);
    const QString file = shop->writeDump(shop->dump());
    const QString before = shop->liveState();
    std::stop_source stop;
    const Latest<RestoreProgress> progress;
    std::jthread stopper([&stop, progress](const std::stop_token &ended) {
        while (!ended.stop_requested() && progress.read().phase != RestorePhase::Loading)
            std::this_thread::yield();
        stop.request_stop();
    });
    TaskContext context(stop.get_token());
    const SystemClock clock;
    const RestoreReceipt receipt =
        RestoreRunner(planOf(*shop, file), clock, progress).run(std::nullopt, context);
    stopper.request_stop();
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::Cancelled);
    QVERIFY(receipt.left.isEmpty());
    QCOMPARE(shop->liveState(), before);
    QCOMPARE(others(*shop), QString());
}

void TestBesideDatabase::whatADeadOneLeftIsFoundAndGoes()
{
    const Shop shop(*m_server, 5);
    TaskContext context;
    const RestorePlan plan = planOf(shop, shop.writeDump(shop.dump()));
    QString name;
    {
        auto live = postgres::Session::connect(shop.target(), context);
        auto side = SideDatabase::open(shop.target(), SideDatabase::Patience::None, context);
        QVERIFY(live && side);
        name = side->freeName(RestoreMode::ReplaceDatabase, plan.plannedAt, context).value();
        const auto made = side->create(*live,
                                       {.name = name,
                                        .original = shop.database(),
                                        .restore = plan.id.text(),
                                        .file = u"shop.sql"_s,
                                        .state = KeptState::Loading},
                                       {u"public"_s}, context);
        QVERIFY2(made, made ? "" : qPrintable(describe(made.error())));
    }
    auto session = postgres::Session::connect(shop.target(), context);
    const auto kept = allKept(*session, context);
    QCOMPARE(kept->size(), 1);
    QCOMPARE(kept->first().name, name);
    QCOMPARE(kept->first().state, KeptState::Loading);
    QCOMPARE(settlementOf(shop.target(), plan.id, context).value(),
             (Settlement{.committed = false, .unfinished = name}));
    const SystemClock clock;
    QCOMPARE(putBack(shop.target(), {}, clock.now(), context).verdict, Verdict::NotRestored);
    QVERIFY(discardKept(shop.target(), name, context));
    QCOMPARE(others(shop), QString());
}

/// CREATE DATABASE and its mark are two transactions.
void TestBesideDatabase::oneThatDiedBeforeItsMarkIsFoundByItsName()
{
    const Shop shop(*m_server, 5);
    TaskContext context;
    const RestorePlan plan = planOf(shop, shop.writeDump(shop.dump()));
    const QString name = plan.keptSchemaName(shop.database());
    const QString other = shop.database() + u"_restoring_soon"_s;
    m_server->createDatabase(name);
    m_server->createDatabase(other);
    auto session = postgres::Session::connect(shop.target(), context);
    const auto kept = allKept(*session, context);
    QCOMPARE(kept->size(), 1);
    QCOMPARE(kept->first().name, name);
    QCOMPARE(kept->first().state, KeptState::Loading);
    QCOMPARE(settlementOf(shop.target(), plan.id, context).value(),
             (Settlement{.committed = false, .unfinished = name}));
    // Whose it is, only the name says: that is not enough when there is something in it.
    m_server->execute(name, "CREATE TABLE precious ()");
    const auto refused = discardKept(shop.target(), name, context);
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::Refused);
    m_server->execute(name, "DROP TABLE precious");
    QVERIFY(discardKept(shop.target(), name, context));
    QVERIFY(!discardKept(shop.target(), other, context));
    QCOMPARE(others(shop), other);
    m_server->dropDatabase(other);
    QVERIFY(run(plan).verdict == Verdict::Proven);
}

void TestBesideDatabase::onlyOneAtATime()
{
    const Shop shop(*m_server, 5);
    const QString file = shop.writeDump(shop.dump());
    TaskContext context;
    {
        auto side = SideDatabase::open(shop.target(), SideDatabase::Patience::None, context);
        QVERIFY(side);
        const RestoreReceipt receipt = run(planOf(shop, file));
        QCOMPARE(receipt.error->kind, ErrorKind::Refused);
        QVERIFY(receipt.error->detail.contains(u"another restore"_s));
    }
    QVERIFY(run(planOf(shop, file)).verdict == Verdict::Proven);
}

void TestBesideDatabase::whoMayNotCreateDatabasesIsToldSo()
{
    const Shop shop(*m_server, 5);
    const QString file = shop.writeDump(shop.dump());
    shop.run("CREATE ROLE clerk LOGIN PASSWORD 'clerk'; GRANT CONNECT ON DATABASE " +
             shop.database().toUtf8() + " TO clerk");
    RestorePlan plan = planOf(shop, file);
    plan.target = postgres::ConnectionString::parse(plan.target.withoutPassword() +
                                                    u" user=clerk password=clerk"_s)
                      .value();
    const RestoreReceipt receipt = run(plan);
    QVERIFY2(receipt.error->advice == Advice::RestoreBesideSchema, why(receipt));
    QVERIFY(receipt.error->detail.contains(u"clerk may not create databases"_s));
}

MAYDAY_TEST(TestBesideDatabase);
#include "tst_besidedatabase.moc"
