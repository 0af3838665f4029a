// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/tablescase.h"
#include "restore/settlement.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// Dumps and servers by which tables that come back could harm what is live, or come back otherwise
/// than they were.
class TestTablesTrouble : public QObject, protected TablesCase {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startServer(); }
    void whatIsLiveIsNeverChanged_data();
    void whatIsLiveIsNeverChanged();
    void whatCannotBeToldApartIsRefused_data();
    void whatCannotBeToldApartIsRefused();
    void nothingIsPassedOverInSilence_data();
    void nothingIsPassedOverInSilence();
    void rowsOfAPartAmongThoseOfTheWhole();
    void anOldOrphanElsewhereIsNobodysBusiness();
    void aDumpWithoutRightsIsTold();
    void aFolderThatCannotBeWrittenStopsItBefore();
    void aDumpWithoutSchemaNamesIsRefused();
    void whatCannotBeMadeIsADifference();
    void whatKeepsOutIsNotLeftOut();
    void aSequenceThatStayedIsTold();
};

/// Statements of a person, or of somebody who means harm: each would change what is live.
void TestTablesTrouble::whatIsLiveIsNeverChanged_data()
{
    QTest::addColumn<QByteArray>("statement");
    QTest::newRow("setval by column")
        << QByteArray("SELECT setval(pg_get_serial_sequence('public.listings', 'id'), 1, false);");
    QTest::newRow("setval of a sum")
        << QByteArray("SELECT setval('public.'||'listings_id_seq', 1);");
    QTest::newRow("setval after ours")
        << QByteArray("SELECT setval('public.products_id_seq'||'2', 1);");
    QTest::newRow("setval by number")
        << QByteArray("SELECT setval('public.listings_id_seq'::regclass, 1);");
    QTest::newRow("setval without a schema") << QByteArray("SELECT setval('listings_id_seq', 1);");
    QTest::newRow("key and more") << QByteArray(
        "ALTER TABLE public.listings ADD CONSTRAINT k2 FOREIGN KEY (product_id) REFERENCES "
        "public.products(id), ADD COLUMN stray integer;");
    QTest::newRow("a check of a live table's name") << QByteArray(
        "ALTER TABLE public.products ADD CONSTRAINT listings CHECK (id > 0); GRANT ALL ON TABLE "
        "public.listings TO visitor; COMMENT ON TABLE public.listings IS 'mine';"
        "ALTER TABLE public.listings ALTER COLUMN price SET STATISTICS 7;");
    QTest::newRow("an index that is there")
        << QByteArray("CREATE INDEX IF NOT EXISTS products_id_seq2 ON public.products (id);"
                      "SELECT pg_catalog.setval('public.products_id_seq2', 1, false);");
    QTest::newRow("rights of both")
        << QByteArray("GRANT ALL ON TABLE public.products, public.listings TO visitor;");
    QTest::newRow("drop of both") << QByteArray(
        "DROP TABLE IF EXISTS public.products, public.listings CASCADE;");
    QTest::newRow("rows") << QByteArray("DELETE FROM public.listings;");
    QTest::newRow("anything") << QByteArray("DO $$ BEGIN DELETE FROM public.listings; END $$;");
    QTest::newRow("a live function in other words") << QByteArray(
        "CREATE OR REPLACE FUNCTION public.twice(int) RETURNS integer LANGUAGE sql BEGIN ATOMIC "
        "SELECT count(*)::int FROM public.products; END;");
}

void TestTablesTrouble::whatIsLiveIsNeverChanged()
{
    QFETCH(QByteArray, statement);
    const Shop shop(*m_server, 50);
    shop.run(
        "CREATE SEQUENCE public.products_id_seq2; SELECT setval('public.products_id_seq2', 9)");
    QByteArray dump = shop.dump();
    // Behind the keys, where everything of the table is there.
    dump = withEnd(dump, statement);
    const QString file = shop.writeDump(dump);
    shop.run("DROP TABLE public.products CASCADE");
    const auto state = [&shop] {
        return shop.ask("SELECT md5(string_agg(l::text, '' ORDER BY id)) FROM public.listings l") +
               shop.ask("SELECT last_value FROM public.listings_id_seq") +
               shop.ask("SELECT last_value FROM public.products_id_seq2") +
               shop.ask("SELECT relacl::text || relnatts || coalesce(obj_description(oid), '')"
                        " || (SELECT string_agg(coalesce(attstattarget, -1)::text, ' ') FROM"
                        " pg_attribute WHERE attrelid = c.oid) FROM pg_class c WHERE relname ="
                        " 'listings'") +
               shop.ask("SELECT pg_get_functiondef('public.twice(integer)'::regprocedure)");
    };
    shop.run("GRANT SELECT ON public.listings TO visitor");
    const QString before = state();
    (void)run(tablesPlan(shop, file)); // whatever comes of it
    QCOMPARE(state(), before);
}

void TestTablesTrouble::whatCannotBeToldApartIsRefused_data()
{
    QTest::addColumn<QByteArray>("instead"); // of the table's own beginning
    QTest::addColumn<QByteArray>("behind");
    const QByteArray same = "CREATE TABLE public.products (";
    QTest::newRow("inline key") << QByteArray("CREATE TABLE public.products (x bigint REFERENCES "
                                              "public.listings (id),")
                                << QByteArray();
    QTest::newRow("changes rows") << same << QByteArray("UPDATE public.products SET name = 'x';");
    QTest::newRow("takes back") << same << QByteArray("ROLLBACK;");
    QTest::newRow("savepoint") << same << QByteArray("SAVEPOINT a;");
    QTest::newRow("of several roles")
        << same
        << QByteArray("SET SESSION AUTHORIZATION shopkeeper; CREATE VIEW public.v AS SELECT 1;");
    QTest::newRow("no schema") << same << QByteArray("CREATE INDEX i ON products (name);");
    QTest::newRow("search path") << same << QByteArray("SET search_path = pg_catalog, public;");
    QTest::newRow("part of itself")
        << same
        << QByteArray("ALTER TABLE public.products ATTACH PARTITION public.products DEFAULT;"
                      "CREATE POLICY x ON public.listings USING (true);");
    QTest::newRow("part of another") << same
                                     << QByteArray("CREATE TABLE public.p1 PARTITION OF "
                                                   "public.products DEFAULT;");
}

void TestTablesTrouble::whatCannotBeToldApartIsRefused()
{
    QFETCH(QByteArray, instead);
    QFETCH(QByteArray, behind);
    const Shop shop(*m_server, 50);
    QByteArray dump = shop.dump();
    dump.replace("CREATE TABLE public.products (", instead);
    dump = withEnd(dump, behind);
    const QString file = shop.writeDump(dump);
    shop.run("DROP TABLE public.products CASCADE");
    const QString before = stateWithout(shop);
    const RestoreReceipt receipt = run(tablesPlan(shop, file));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error->kind == ErrorKind::Unsupported, why(receipt));
    QVERIFY2(receipt.error->line > 0, why(receipt));
    QCOMPARE(stateWithout(shop), before);
}

void TestTablesTrouble::nothingIsPassedOverInSilence_data()
{
    QTest::addColumn<QByteArray>("before"); // run on the server before the dump is made
    QTest::addColumn<QByteArray>("behind"); // in the dump
    QTest::addColumn<QString>("note");
    const auto row = [](const char *name, const char *before, const char *behind,
                        const QString &note) {
        QTest::newRow(name) << QByteArray(before) << QByteArray(behind) << note;
    };
    row("a policy of another table",
        "CREATE POLICY p ON public.listings AS RESTRICTIVE USING (EXISTS (SELECT FROM"
        " public.products q WHERE q.id = product_id))",
        "", u"policy p on public.listings is missing"_s);
    row("a view that cannot be made", "",
        "CREATE VIEW public.v AS SELECT gone FROM public.products;",
        u"view public.v is not made: "_s);
    row("rights with others", "", "GRANT SELECT ON public.listings, public.products TO visitor;",
        u"rights left out"_s);
    row("rights on all", "", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO visitor;",
        u"rights left out"_s);
    row("a block", "", "DO $$ BEGIN END $$;", u"DO at line "_s);
    row("a key without a name", "",
        "ALTER TABLE public.empty_one ADD FOREIGN KEY (id) REFERENCES public.products;",
        u"the foreign key at line "_s);
    row("a column of another table",
        "CREATE TABLE public.others (id bigint DEFAULT nextval('public.products_id_seq'))", "",
        u"a column of public.others does not take its numbers"_s);
}

void TestTablesTrouble::nothingIsPassedOverInSilence()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, behind);
    QFETCH(QString, note);
    const Shop shop(*m_server, 50);
    if (!before.isEmpty())
        shop.run(before);
    QByteArray dump = shop.dump();
    dump = withEnd(dump, behind);
    const QString file = shop.writeDump(dump);
    shop.run("DROP TABLE public.products CASCADE");
    const RestoreReceipt receipt = run(tablesPlan(shop, file));
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QVERIFY2(receipt.notes.join(u'\n').contains(note), why(receipt));
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"50"_s);
}

void TestTablesTrouble::rowsOfAPartAmongThoseOfTheWhole()
{
    const Shop shop(*m_server, 50);
    shop.run("CREATE TABLE public.days (day integer) PARTITION BY RANGE (day);"
             "CREATE TABLE public.days_1 PARTITION OF public.days FOR VALUES FROM (1) TO (10);"
             "CREATE TABLE public.days_2 PARTITION OF public.days FOR VALUES FROM (10) TO (20);"
             "INSERT INTO public.days VALUES (5), (15)");
    const QString file = shop.writeDump(shop.dump({u"--load-via-partition-root"_s}));
    shop.run("DROP TABLE public.days_1");
    const RestoreReceipt part = run(tablesPlan(shop, file, {{u"public"_s, u"days_1"_s}}));
    QCOMPARE(part.verdict, Verdict::NotRestored);
    QVERIFY2(part.error->detail.contains(u"among those of public.days"_s), why(part));
    shop.run("DROP TABLE public.days");
    const RestoreReceipt whole = run(tablesPlan(shop, file, {{u"public"_s, u"days"_s}}));
    QVERIFY2(whole.verdict == Verdict::Proven, why(whole));
    QCOMPARE(shop.ask("SELECT string_agg(day::text, ' ' ORDER BY day) FROM public.days"),
             u"5 15"_s);
}

/// A trigger that is switched off in the dump looks like checks that are.
void TestTablesTrouble::anOldOrphanElsewhereIsNobodysBusiness()
{
    const Shop shop(*m_server, 50);
    shop.run(surroundings);
    shop.run(
        "CREATE TABLE public.old_ones (maker integer);"
        "INSERT INTO public.old_ones VALUES (77);"
        "ALTER TABLE public.old_ones ADD FOREIGN KEY (maker) REFERENCES public.makers NOT VALID");
    const QString file = shop.writeDump(shop.dump());
    shop.run("DROP TABLE public.products CASCADE");
    const RestoreReceipt receipt = run(tablesPlan(shop, file));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
}

void TestTablesTrouble::aDumpWithoutRightsIsTold()
{
    const Shop shop(*m_server, 50);
    shop.run("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO visitor");
    const QString file = shop.writeDump(shop.dump({u"--no-privileges"_s}));
    const QString with = shop.writeDump(shop.dump(), u"with.sql"_s);
    shop.run("DROP TABLE public.products CASCADE");
    const RestoreReceipt receipt = run(tablesPlan(shop, file));
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QVERIFY2(receipt.notes.value(0).startsWith(u"the dump says nothing about rights"_s),
             why(receipt));
    const QByteArray mayRead = "SELECT has_table_privilege('visitor', 'public.products', 'SELECT')";
    QCOMPARE(shop.ask(mayRead), u"t"_s);
    // One that says something says all of it.
    shop.run("DROP TABLE public.products CASCADE");
    QCOMPARE(run(tablesPlan(shop, with)).verdict, Verdict::Proven);
    QCOMPARE(shop.ask(mayRead), u"f"_s);
    QCOMPARE(shop.ask("SELECT count(*) FROM pg_default_acl"), u"1"_s);
}

void TestTablesTrouble::aFolderThatCannotBeWrittenStopsItBefore()
{
    const Shop shop(*m_server, 50);
    RestorePlan plan = tablesPlan(shop, shop.writeDump(shop.dump()));
    plan.safetyFolder = u"/proc"_s;
    shop.run("DROP TABLE public.products CASCADE");
    const RestoreReceipt receipt = run(plan);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->subject, u"/proc"_s);
    // And one that is gone does not mean that nothing has happened.
    TaskContext context;
    QVERIFY(!settlementByNote(shop.target(), plan.id, u"/nowhere/shop.sql.gz"_s, context));
}

/// pg_dump of 2017.
void TestTablesTrouble::aDumpWithoutSchemaNamesIsRefused()
{
    const Shop shop(*m_server, 50);
    QByteArray dump = shop.dump();
    dump.replace("SELECT pg_catalog.set_config('search_path', '', false);",
                 "SET search_path = public, pg_catalog;");
    dump.replace("public.", "");
    const QString file = shop.writeDump(dump);
    shop.run("DROP TABLE public.products CASCADE");
    const RestoreReceipt receipt = run(tablesPlan(shop, file));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::Unsupported);
    QVERIFY(receipt.error->line > 0);
    QCOMPARE(shop.ask("SELECT to_regclass('public.products') IS NULL"), u"t"_s);
}

void TestTablesTrouble::whatCannotBeMadeIsADifference()
{
    const Shop shop(*m_server, 50);
    shop.run(surroundings);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DROP TABLE public.products CASCADE; DROP FUNCTION public.touch();"
             "DROP TABLE public.makers");
    const RestoreReceipt receipt = run(tablesPlan(shop, file));
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    const QString notes = receipt.notes.join(u'\n');
    QVERIFY2(notes.contains(u"trigger touched on public.products is not made: "_s), why(receipt));
    QVERIFY2(notes.contains(u"foreign key products_maker on public.products is not made: "_s),
             why(receipt));
    QVERIFY2(notes.contains(u"table public.makers"_s), why(receipt));
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"50"_s);
}

void TestTablesTrouble::aSequenceThatStayedIsTold()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    shop.run("ALTER SEQUENCE public.products_id_seq OWNED BY NONE;"
             "SELECT setval('public.products_id_seq', 70);"
             "DROP TABLE public.products CASCADE");
    const RestoreReceipt receipt = run(tablesPlan(shop, file));
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QCOMPARE(receipt.notes,
             QStringList{u"sequence public.products_id_seq stays as it is: it is there already"_s});
    shop.run("INSERT INTO public.products (name) VALUES ('new')");
    QCOMPARE(shop.ask("SELECT max(id) FROM public.products"), u"71"_s);
}

/// Open to more people than it was is worse than not there.
void TestTablesTrouble::whatKeepsOutIsNotLeftOut()
{
    const Shop shop(*m_server, 50);
    shop.run("CREATE FUNCTION public.not_banned() RETURNS boolean LANGUAGE sql AS 'SELECT true';"
             "ALTER TABLE public.products ENABLE ROW LEVEL SECURITY;"
             "CREATE POLICY p ON public.products USING (true);"
             "CREATE POLICY r ON public.products AS RESTRICTIVE USING (public.not_banned())");
    const QString file = shop.writeDump(shop.dump());
    shop.run("DROP TABLE public.products CASCADE; DROP FUNCTION public.not_banned()");
    const QString before = stateWithout(shop);
    const RestoreReceipt receipt = run(tablesPlan(shop, file));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error->detail.contains(u"not_banned"_s), why(receipt));
    QCOMPARE(stateWithout(shop), before);
}

MAYDAY_TEST(TestTablesTrouble);
#include "tst_tablestrouble.moc"
