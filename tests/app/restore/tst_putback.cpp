// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "postgres/quoting.h"
#include "restore/putback.h"
#include "support/steprelay.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QJsonArray>
#include <QTest>

#include <stop_token>
#include <thread>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

namespace {

QDateTime later(int seconds = 1)
{
    return SystemClock().now().addSecs(seconds);
}

/// The same as another login.
postgres::ConnectionString as(const postgres::ConnectionString &where, const QString &user)
{
    const QString text = u"host=%1 port=%2 dbname=%3 user=%4"_s.arg(where.host())
                             .arg(where.port())
                             .arg(where.database(), user);
    return postgres::ConnectionString::parse(text).value().withPassword(Secret("pw"));
}

} // namespace

/// The undo of a restore: what comes back is what stood there, with its rights, views and
/// sequences; what goes aside can be had again; and when it fails, nothing has moved.
class TestPutBack : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void everythingOfTheSchemaComesBack();
    void viewsElsewhereSeeTheLiveTablesAgain();
    void schemasOfOneRestoreGoTogether();
    void theNewestRestoreIsUndoneFirst();
    void aSchemaThatWasDroppedMeanwhileComesBack();
    void namesThatNeedQuotingComeBack_data();
    void namesThatNeedQuotingComeBack();
    void longNamesDoNotCollide();
    void aNameSomebodyElseTookIsLeftAlone();
    void theCommentOfASchemaComesBack_data();
    void theCommentOfASchemaComesBack();
    void aRestoreIntoNothingIsUndoneToo();
    void nothingKeptIsSaid();
    void harmAtAnyStepMovesNothing_data();
    void harmAtAnyStepMovesNothing();
    void aCommitNobodyAnsweredIsAskedAbout();
    void aCommitNobodyCanBeAskedAboutIsSaidToBeUnknown();
    void aStopMovesNothing();
    void anotherRestoreAtWorkIsWaitedOut();
    void anotherRestoreThatHasJustEndedIsNone();
    void aHeldSchemaIsNotWaitedForForever();
    void aLoginWithoutRightsMovesNothing();
    void theAnswerForScriptsHasItsKeys();

private:
    /// A shop of 50 products whose restored state differs from the one before: 20 and 50.
    std::unique_ptr<Shop> restoredShop()
    {
        auto shop = std::make_unique<Shop>(*m_server, 50);
        const QString file = shop->writeDump(shop->dump());
        shop->run("DELETE FROM public.products WHERE id > 20");
        if (shop->restore(file).verdict != Verdict::Proven)
            qFatal("the restore before the put-back failed");
        return shop;
    }
    PutBackReceipt putBackNow(const Shop &shop, const QString &restore = {}, int seconds = 1)
    {
        TaskContext context;
        return putBack(shop.target(), restore, later(seconds), context);
    }
    static QString products(const Shop &shop)
    {
        return shop.ask("SELECT count(*) FROM public.products");
    }
    static QString keptNames(const Shop &shop)
    {
        return shop.ask("SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace"
                        " WHERE nspname LIKE '%\\_before\\_%'");
    }

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestPutBack::everythingOfTheSchemaComesBack()
{
    const Shop shop(*m_server, 50);
    shop.run("CREATE ROLE keeper; CREATE ROLE teller; GRANT USAGE ON SCHEMA public TO teller;"
             "ALTER TABLE public.products OWNER TO keeper;"
             "GRANT SELECT, UPDATE (name) ON public.products TO teller;"
             "ALTER TABLE public.listings ENABLE ROW LEVEL SECURITY;"
             "CREATE POLICY cheap ON public.listings FOR SELECT TO teller USING (price < 10);"
             "CREATE MATERIALIZED VIEW public.summed AS SELECT sum(price) FROM public.listings;"
             "CREATE FUNCTION public.stamp() RETURNS trigger LANGUAGE plpgsql AS"
             " $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;"
             "CREATE TRIGGER stamp BEFORE INSERT ON public.products FOR EACH ROW"
             " EXECUTE FUNCTION public.stamp();"
             "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO teller");
    const QString file = shop.writeDump(shop.dump());
    shop.run("DELETE FROM public.products WHERE id > 20; SELECT setval('public.products_id_seq', "
             "7000)");
    const QByteArray before = shop.dump();
    QCOMPARE(shop.restore(file).verdict, Verdict::Proven);
    QVERIFY(withoutKeys(shop.dump()) != withoutKeys(before));

    const PutBackReceipt receipt = putBackNow(shop);

    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(withoutKeys(shop.dump()), withoutKeys(before));
    for (const TableResult &table : receipt.tables) {
        QCOMPARE(table.schema, u"public"_s); // by the name it has now
        QCOMPARE(table.rowsAfter, table.rowsInDump);
        QCOMPARE(table.verdict, Verdict::Proven);
    }
    QCOMPARE(receipt.tables.size(), 3);
    // The schema lives: the trigger fires and the sequence goes on where it stood.
    shop.run("INSERT INTO public.products (name) VALUES ('next')");
    QCOMPARE(shop.ask("SELECT id || name FROM public.products ORDER BY id DESC LIMIT 1"),
             u"7001NEXT"_s);
}

void TestPutBack::viewsElsewhereSeeTheLiveTablesAgain()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    shop.run("CREATE SCHEMA reports;"
             "CREATE VIEW reports.daily AS SELECT count(*) AS n FROM public.products;"
             "DELETE FROM public.products WHERE id > 20");
    QCOMPARE(shop.restore(file).verdict, Verdict::Differences);
    shop.run("DELETE FROM public.products WHERE id > 40");
    QCOMPARE(shop.ask("SELECT n FROM reports.daily"), u"20"_s); // as the receipt said
    QCOMPARE(putBackNow(shop).verdict, Verdict::Proven);
    shop.run("DELETE FROM public.products WHERE id > 10");
    QCOMPARE(shop.ask("SELECT n FROM reports.daily"), u"10"_s);
}

void TestPutBack::schemasOfOneRestoreGoTogether()
{
    const Shop shop(*m_server, 50);
    shop.run("CREATE SCHEMA stock; CREATE TABLE stock.items (id int); INSERT INTO stock.items "
             "SELECT generate_series(1, 5)");
    const QString file = shop.writeDump(shop.dump({u"--schema=stock"_s}));
    shop.run("DELETE FROM public.products WHERE id > 20; DELETE FROM stock.items WHERE id > 2");
    const RestoreReceipt restored = shop.restore(file);
    QCOMPARE(restored.verdict, Verdict::Proven);
    QCOMPARE(restored.left.size(), 2);

    // One of them is being changed by somebody: neither moves.
    TaskContext context;
    auto holder = postgres::Session::connect(shop.target(), context);
    QVERIFY(holder && holder->execute("BEGIN; ALTER SCHEMA stock RENAME TO held", context));
    const PutBackReceipt refused = putBackNow(shop);
    QCOMPARE(refused.verdict, Verdict::NotRestored);
    QVERIFY(refused.schemas.isEmpty());
    QVERIFY(refused.left.isEmpty());
    QCOMPARE(products(shop), u"50"_s);
    holder->close();

    const PutBackReceipt receipt = putBackNow(shop);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(QSet(receipt.schemas.begin(), receipt.schemas.end()), (QSet{u"public"_s, u"stock"_s}));
    QCOMPARE(receipt.left.size(), 2);
    QCOMPARE(products(shop), u"20"_s);
    QCOMPARE(shop.ask("SELECT count(*) FROM stock.items"), u"2"_s);
}

void TestPutBack::theNewestRestoreIsUndoneFirst()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    const SystemClock clock;
    TaskContext context;
    QStringList ids;
    for (int day = 1; day <= 3; ++day) {
        shop.run("DELETE FROM public.products WHERE id > " + QByteArray::number(day * 10));
        RestorePlan plan = shop.plan(file);
        plan.plannedAt = clock.now().addDays(-day); // laptops disagree; the server's clock decides
        plan.id = freshRestoreId(plan.plannedAt);
        ids.append(plan.id.text());
        QCOMPARE(RestoreRunner(plan, clock, {}).run(std::nullopt, context).verdict,
                 Verdict::Proven);
    }
    const PutBackReceipt newest = putBackNow(shop);
    QCOMPARE(newest.verdict, Verdict::Proven);
    QCOMPARE(newest.restore, ids[2]); // the record must know which one was meant
    QCOMPARE(products(shop), u"30"_s);
    QCOMPARE(putBackNow(shop, ids[0], 2).verdict, Verdict::Proven);
    QCOMPARE(products(shop), u"10"_s);
    QCOMPARE(putBackNow(shop, ids[1], 3).verdict, Verdict::Proven);
    QCOMPARE(products(shop), u"20"_s);
    // Three restores and three undos: no state was thrown away.
    QCOMPARE(keptNames(shop).split(u' ').size(), 3);
}

void TestPutBack::aSchemaThatWasDroppedMeanwhileComesBack()
{
    const auto shop = restoredShop();
    shop->run("DROP SCHEMA public CASCADE");
    const PutBackReceipt receipt = putBackNow(*shop);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(products(*shop), u"20"_s);
    QVERIFY(keptNames(*shop).isEmpty());
    QVERIFY2(receipt.left.isEmpty(), "names a schema that is not there");
}

void TestPutBack::namesThatNeedQuotingComeBack_data()
{
    QTest::addColumn<QString>("schema");
    tests::Thinned thinned(4);
    const auto row = [&thinned](const char *name, const QString &schema) {
        if (thinned.takesNext())
            QTest::newRow(name) << schema;
    };
    row("upper case", u"Shop"_s);
    row("spaces", u"my shop"_s);
    row("a quote", u"o\"brien"_s);
    row("an apostrophe", u"o'brien"_s);
    row("a statement", u"x; DROP SCHEMA public CASCADE; --"_s);
    row("a keyword", u"select"_s);
    row("a percent sign", u"100%1"_s);
    row("letters of elsewhere", u"мага\u0301зин"_s);
    row("a backslash", u"back\\slash"_s);
}

void TestPutBack::namesThatNeedQuotingComeBack()
{
    QFETCH(QString, schema);
    const Shop shop(*m_server, 5);
    const QByteArray name = postgres::quoteIdentifier(schema).toUtf8();
    shop.run("DROP SCHEMA public CASCADE; CREATE SCHEMA " + name + "; CREATE TABLE " + name +
             ".\"T%1 x\" (id bigserial PRIMARY KEY); INSERT INTO " + name +
             ".\"T%1 x\" SELECT generate_series(1, 9)");
    QString pattern = schema;
    pattern.replace(u'"', u"\"\""_s);
    const QString file = shop.writeDump(shop.dumpOf({u"--schema=\""_s + pattern + u'"'}));
    shop.run("DELETE FROM " + name + ".\"T%1 x\" WHERE id > 3");
    const RestoreReceipt restored = shop.restore(file);
    QVERIFY2(!restored.error, restored.error ? qPrintable(describe(*restored.error)) : "");
    QCOMPARE(shop.ask("SELECT count(*) FROM " + name + ".\"T%1 x\""), u"9"_s);
    const PutBackReceipt receipt = putBackNow(shop);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.schemas, QStringList{schema});
    QCOMPARE(shop.ask("SELECT count(*) FROM " + name + ".\"T%1 x\""), u"3"_s);
    // The statement that is shown for cleaning up is one that works.
    shop.run(receipt.left.value(0).removeWith.toUtf8());
    QVERIFY(keptNames(shop).isEmpty());
}

void TestPutBack::longNamesDoNotCollide()
{
    const Shop shop(*m_server, 5);
    const QByteArray stem = QByteArray("tenant_of_the_northern_warehouse_and_outlet_number_");
    const QByteArray one = stem + "1";
    const QByteArray two = stem + "2"; // the kept names have room for the first 40 bytes only
    for (const QByteArray &name : {one, two})
        shop.run("CREATE SCHEMA " + name + "; CREATE TABLE " + name + ".t (id int); INSERT INTO " +
                 name + ".t VALUES (1)");
    const QString file = shop.writeDump(shop.dump(
        {u"--schema="_s + QString::fromUtf8(one), u"--schema="_s + QString::fromUtf8(two)}));
    shop.run("TRUNCATE " + two + ".t");
    const RestoreReceipt restored = shop.restore(file);
    QVERIFY2(!restored.error, restored.error ? qPrintable(describe(*restored.error)) : "");
    QCOMPARE(restored.left.size(), 3);
    QCOMPARE(shop.ask("SELECT count(*) FROM " + two + ".t"), u"1"_s);
    const PutBackReceipt receipt = putBackNow(shop);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.schemas.size(), 3);
    QCOMPARE(shop.ask("SELECT count(*) FROM " + one + ".t"), u"1"_s);
    QCOMPARE(shop.ask("SELECT count(*) FROM " + two + ".t"), u"0"_s);
    QCOMPARE(keptNames(shop).split(u' ').size(), 3);
}

void TestPutBack::aNameSomebodyElseTookIsLeftAlone()
{
    const Shop shop(*m_server, 50);
    RestorePlan plan = shop.plan(shop.writeDump(shop.dump()));
    const QByteArray taken = plan.keptSchemaName(u"public"_s).toUtf8();
    shop.run("CREATE SCHEMA " + taken + "; CREATE TABLE " + taken + ".theirs (id int)");
    shop.run("DELETE FROM public.products WHERE id > 20");
    const SystemClock clock;
    TaskContext context;
    const RestoreReceipt receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(shop.ask("SELECT count(*) FROM " + taken + ".theirs"), u"0"_s);
    QVERIFY(!receipt.left[0].what.contains(QString::fromUtf8(taken)));
    QCOMPARE(putBackNow(shop).verdict, Verdict::Proven);
    QCOMPARE(products(shop), u"20"_s);
    QCOMPARE(shop.ask("SELECT count(*) FROM " + taken + ".theirs"), u"0"_s);
}

void TestPutBack::theCommentOfASchemaComesBack_data()
{
    QTest::addColumn<QString>("comment");
    tests::Thinned thinned(3);
    const auto row = [&thinned](const char *name, const QString &comment) {
        if (thinned.takesNext())
            QTest::newRow(name) << comment;
    };
    row("none", QString());
    row("plain", u"the shop of the north"_s);
    row("quotes", u"it's \"ours\" \\ {really}"_s);
    row("lines", u"first\nsecond\ttabbed"_s);
    row("JSON of others", u"{\"owner\": \"team\", \"tier\": 1}"_s);
    row("nearly our mark", u"{\"mayday\": 1}"_s);
}

void TestPutBack::theCommentOfASchemaComesBack()
{
    QFETCH(QString, comment);
    const Shop shop(*m_server, 5);
    const QByteArray literal =
        comment.isEmpty() ? QByteArray("NULL") : postgres::quoteLiteral(comment.toUtf8());
    const QString file = shop.writeDump(shop.dump());
    shop.run("COMMENT ON SCHEMA public IS " + literal);
    TaskContext context;
    auto session = postgres::Session::connect(shop.target(), context);
    QVERIFY(keptSchemas(*session, context)->isEmpty()); // a comment of theirs is no mark of ours
    QCOMPARE(shop.restore(file).verdict, Verdict::Proven);
    QCOMPARE(keptSchemas(*session, context)->size(), 1);
    QCOMPARE(putBackNow(shop).verdict, Verdict::Proven);
    QCOMPARE(shop.ask("SELECT obj_description('public'::regnamespace, 'pg_namespace')"), comment);
}

void TestPutBack::aRestoreIntoNothingIsUndoneToo()
{
    const Shop source(*m_server, 50);
    const QString file = source.writeDump(source.dump());
    const Shop target(*m_server, 5);
    target.run("DROP SCHEMA public CASCADE");
    const RestoreReceipt receipt = target.restore(file);
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(receipt.left.size(), 1);
    QVERIFY2(receipt.left[0].what.endsWith(u"empty, as there was none before"_s),
             qPrintable(receipt.left[0].what));
    QCOMPARE(products(target), u"50"_s);
    QCOMPARE(putBackNow(target).verdict, Verdict::Proven);
    QCOMPARE(
        target.ask("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"),
        u"0"_s);
    QCOMPARE(putBackNow(target).verdict, Verdict::Proven); // and once more the other way
    QCOMPARE(products(target), u"50"_s);
}

void TestPutBack::nothingKeptIsSaid()
{
    const Shop shop(*m_server, 5);
    const PutBackReceipt none = putBackNow(shop);
    QCOMPARE(none.verdict, Verdict::NotRestored);
    QCOMPARE(none.error->kind, ErrorKind::NotFound);
    QCOMPARE(none.error->detail, u"no earlier state is kept here"_s);
    QVERIFY(none.error->subject.startsWith(u"database "_s + shop.database()));
    const auto restored = restoredShop();
    const PutBackReceipt other = putBackNow(*restored, u"restore-20200101-000000-000"_s);
    QCOMPARE(other.error->detail, u"nothing of restore restore-20200101-000000-000 is kept here"_s);
    QCOMPARE(products(*restored), u"50"_s);
}

void TestPutBack::harmAtAnyStepMovesNothing_data()
{
    QTest::addColumn<QByteArray>("step");
    tests::Thinned thinned(4);
    for (const char *step :
         {"BEGIN; SET LOCAL", "pg_try_advisory_xact_lock", "'{%\"mayday\"%'", "count(*) FROM ONLY",
          "RENAME TO", "COMMENT ON SCHEMA", "e.extrelocatable", "COMMIT"}) {
        if (thinned.takesNext())
            QTest::newRow(step) << QByteArray(step);
    }
}

void TestPutBack::harmAtAnyStepMovesNothing()
{
    QFETCH(QByteArray, step);
    const auto shop = restoredShop();
    const QString before = shop->liveState();
    PutBackReceipt receipt;
    {
        const StepRelay relay(shop->target(), step, [] { return StepRelay::Then::Cut; });
        TaskContext context;
        receipt = putBack(relay.connectionString(), {}, later(), context);
        QVERIFY(relay.hasStruck());
    }
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::Unreachable);
    QVERIFY(receipt.left.isEmpty());
    QVERIFY(receipt.schemas.isEmpty());
    QCOMPARE(shop->liveState(), before);
    QCOMPARE(putBackNow(*shop, {}, 2).verdict, Verdict::Proven); // and it can be tried again
    QCOMPARE(products(*shop), u"20"_s);
}

void TestPutBack::aCommitNobodyAnsweredIsAskedAbout()
{
    const auto shop = restoredShop();
    PutBackReceipt receipt;
    {
        const StepRelay relay(shop->target(), "COMMIT", [] { return StepRelay::Then::CutAfter; });
        TaskContext context;
        receipt = putBack(relay.connectionString(), {}, later(), context);
        QVERIFY(relay.hasStruck());
    }
    QCOMPARE(products(*shop), u"20"_s); // it did take place
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(receipt.schemas, QStringList{u"public"_s});
    QCOMPARE(receipt.left.size(), 1);
}

void TestPutBack::aCommitNobodyCanBeAskedAboutIsSaidToBeUnknown()
{
    const auto shop = restoredShop();
    PutBackReceipt receipt;
    {
        const StepRelay relay(shop->target(), "COMMIT", [this] {
            m_server->stop();
            return StepRelay::Then::Cut;
        });
        TaskContext context;
        receipt = putBack(relay.connectionString(), {}, later(), context);
    }
    m_server->restart();
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY(receipt.error->detail.contains(u"it may have taken place"_s));
    QCOMPARE(receipt.left.size(), 1);
    QVERIFY(receipt.left[0].what.startsWith(u"possibly: "_s));
    QCOMPARE(products(*shop), u"50"_s);
}

void TestPutBack::aStopMovesNothing()
{
    const auto shop = restoredShop();
    const QString before = shop->liveState();
    std::stop_source stop;
    const StepRelay relay(shop->target(), "RENAME TO", [&stop] {
        stop.request_stop();
        return StepRelay::Then::GoOn;
    });
    TaskContext context(stop.get_token());
    const PutBackReceipt receipt = putBack(relay.connectionString(), {}, later(), context);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::Cancelled);
    QVERIFY(receipt.left.isEmpty());
    QCOMPARE(shop->liveState(), before);
}

void TestPutBack::anotherRestoreAtWorkIsWaitedOut()
{
    const auto shop = restoredShop();
    TaskContext context;
    auto other = postgres::Session::connect(shop->target(), context);
    QVERIFY(other && other->execute("BEGIN", context) && lockForRestore(*other, context));
    const PutBackReceipt receipt = putBackNow(*shop);
    QCOMPARE(receipt.error->kind, ErrorKind::Refused);
    QCOMPARE(receipt.error->detail, u"another restore or put-back of this database is running"_s);
    QCOMPARE(products(*shop), u"50"_s);
    QVERIFY(other->execute("ROLLBACK", context));
    QCOMPARE(putBackNow(*shop).verdict, Verdict::Proven);
}

void TestPutBack::anotherRestoreThatHasJustEndedIsNone()
{
    const auto shop = restoredShop();
    TaskContext context;
    auto other = postgres::Session::connect(shop->target(), context);
    QVERIFY(other && other->execute("BEGIN", context) && lockForRestore(*other, context));
    const std::jthread ending([&] {
        TaskContext().pause(std::chrono::milliseconds(300));
        other->close();
    });
    const PutBackReceipt receipt = putBackNow(*shop);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
}

void TestPutBack::aHeldSchemaIsNotWaitedForForever()
{
    const auto shop = restoredShop();
    TaskContext context;
    auto holder = postgres::Session::connect(shop->target(), context);
    QVERIFY(holder && holder->execute("BEGIN; LOCK TABLE public.products", context));
    // Somebody who alters a table holds the counting of it; the put-back gives up in seconds.
    const QString kept = keptNames(*shop);
    QVERIFY(holder->execute("LOCK TABLE " + kept.toUtf8() + ".products", context));
    const PutBackReceipt receipt = putBackNow(*shop);
    QCOMPARE(receipt.error->kind, ErrorKind::Refused);
    QCOMPARE(receipt.error->sqlState, u"55P03"_s);
    QCOMPARE(receipt.error->advice, Advice::CloseOtherSessions);
    QVERIFY(holder->execute("ROLLBACK", context));
    QCOMPARE(products(*shop), u"50"_s);
}

void TestPutBack::aLoginWithoutRightsMovesNothing()
{
    const auto shop = restoredShop();
    shop->run("DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN PASSWORD 'pw'");
    const QString before = shop->liveState();
    TaskContext context;
    const auto guest = as(shop->target(), u"guest"_s);
    const PutBackReceipt receipt = putBack(guest, {}, later(), context);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::Denied);
    QCOMPARE(receipt.error->advice, Advice::AskForRights);
    const auto dropped = discardKept(guest, keptNames(*shop), context);
    QVERIFY(!dropped);
    QCOMPARE(dropped.error().kind, ErrorKind::Denied);
    QCOMPARE(shop->liveState(), before);
}

void TestPutBack::theAnswerForScriptsHasItsKeys()
{
    const auto shop = restoredShop();
    const QJsonObject undone = toJson(putBackNow(*shop));
    QCOMPARE(undone["verdict"_L1].toString(), u"proven"_s);
    QCOMPARE(undone["mode"_L1].toString(), u"put-back"_s);
    QCOMPARE(undone["live"_L1].toString(), u"before"_s);
    QCOMPARE(undone["schemas"_L1].toArray(), QJsonArray{u"public"_s});
    QVERIFY(undone["error"_L1].isNull());
    QCOMPARE(undone["tables"_L1][0].toObject()["name"_L1].toString(), u"empty_one"_s);
    QVERIFY(undone["left"_L1][0].toObject()["what"_L1].toString().contains(
        u"the data the restore had brought"_s));
    const QJsonObject redone = toJson(putBackNow(*shop, {}, 2));
    QCOMPARE(redone["live"_L1].toString(), u"restored"_s);
    QVERIFY(redone["left"_L1][0].toObject()["what"_L1].toString().contains(
        u"the data as it was before the restore"_s));
    const QJsonObject failed = toJson(putBackNow(*shop, u"restore-of-nobody"_s));
    QCOMPARE(failed["verdict"_L1].toString(), u"not-restored"_s);
    QCOMPARE(failed["error"_L1].toObject()["kind"_L1].toString(), u"not-found"_s);
    QCOMPARE(failed["schemas"_L1].toArray().size(), 0);
}

MAYDAY_TEST(TestPutBack);
#include "tst_putback.moc"
