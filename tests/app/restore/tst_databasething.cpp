// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "restore/databasething.h"
#include "support/testmain.h"

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// Languages, foreign servers, casts between types of others: they stand in a dump of the whole
/// database, and in the database it is restored into.
class TestDatabaseThing : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void statementsAreReadForWhatTheyAreAbout_data();
    void statementsAreReadForWhatTheyAreAbout();
    void aWholeDumpComesBackToItsOwnDatabase();
    void whatIsNotThereIsMadeAndThatIsSaid();
    void aCastOfTheRestoredTypesIsMadeAnew();

private:
    std::unique_ptr<tests::TempPostgres> m_server;
    const QByteArray m_things =
        "CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER far FOREIGN DATA WRAPPER nowhere;"
        "CREATE USER MAPPING FOR PUBLIC SERVER far; GRANT USAGE ON FOREIGN SERVER far TO PUBLIC;"
        "CREATE FOREIGN TABLE public.distant (a int) SERVER far; COMMENT ON SERVER far IS 'far';"
        "CREATE ACCESS METHOD pile TYPE TABLE HANDLER heap_tableam_handler;"
        "CREATE TABLE public.piled (a int) USING pile; COMMENT ON ACCESS METHOD pile IS 'p';"
        "CREATE CAST (money AS uuid) WITH INOUT; COMMENT ON CAST (money AS uuid) IS 'none';";
};

void TestDatabaseThing::statementsAreReadForWhatTheyAreAbout_data()
{
    QTest::addColumn<QString>("thing");
    const auto row = [](const char *sql, const QString &thing) {
        QTest::newRow(sql) << thing;
    };
    row("CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE \"My;\" HANDLER a.b", u"language My;"_s);
    row("ALTER LANGUAGE x OWNER TO app", u"language x"_s);
    row("ALTER PROCEDURAL LANGUAGE x OWNER TO app", u"language x"_s);
    row("GRANT ALL ON LANGUAGE x TO app", u"language x"_s);
    row("REVOKE ALL ON FOREIGN DATA WRAPPER w FROM app", u"foreign data wrapper w"_s);
    row("GRANT USAGE ON FOREIGN SERVER s TO app", u"server s"_s);
    row("COMMENT ON SERVER s IS 'x'", u"server s"_s);
    row("CREATE SERVER IF NOT EXISTS s FOREIGN DATA WRAPPER w", u"server s"_s);
    row("CREATE USER MAPPING FOR PUBLIC SERVER s", u"user mapping for public on s"_s);
    row("CREATE USER MAPPING FOR \"O'x\" SERVER \"S\"", u"user mapping for O'x on S"_s);
    row("CREATE ACCESS METHOD m TYPE INDEX HANDLER h", u"access method m"_s);
    row("CREATE CAST (double precision AS \"a b\".\"c)\") WITH INOUT",
        u"cast (double precision AS \"a b\".\"c)\")"_s);
    row("COMMENT ON CAST (money AS uuid) IS 'x'", u"cast (money AS uuid)"_s);
    row("CREATE TRANSFORM FOR a.b LANGUAGE sql (FROM SQL WITH FUNCTION f(internal))",
        u"transform for a.b language sql"_s);
    row("CREATE CAST (", {});
    row("CREATE FOREIGN TABLE public.server (a int) SERVER s", {});
    row("ALTER FOREIGN TABLE public.a OWNER TO app", {});
    row("GRANT SELECT ON TABLE public.language TO app", {});
    row("COMMENT ON TABLE public.server IS 'x'", {});
    row("CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS ''", {});
    row("GRANT app TO keeper", {});
}

void TestDatabaseThing::statementsAreReadForWhatTheyAreAbout()
{
    QFETCH(QString, thing);
    dump::DumpStatement statement;
    statement.sql = QTest::currentDataTag();
    QCOMPARE(databaseThing(statement), thing);
}

void TestDatabaseThing::aWholeDumpComesBackToItsOwnDatabase()
{
    const Shop shop(*m_server, 3);
    shop.run(m_things);
    const QByteArray before = shop.dumpOf({});
    const QString file = shop.writeDump(before);
    for (int turn = 0; turn < 2; ++turn) {
        const RestoreReceipt receipt = shop.restore(file);
        QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
        QCOMPARE(receipt.verdict, Verdict::Proven);
        for (const QString &thing :
             {u"access method pile"_s, u"foreign data wrapper nowhere"_s, u"server far"_s,
              u"user mapping for public on far"_s, u"cast (money AS uuid)"_s})
            QCOMPARE(receipt.notes.count(thing + u" is there already and stays as it is"_s), 1);
        QCOMPARE(withoutKeys(shop.dumpOf({u"--exclude-schema=*_before_*"_s})), withoutKeys(before));
    }
}

void TestDatabaseThing::whatIsNotThereIsMadeAndThatIsSaid()
{
    const Shop source(*m_server, 3);
    source.run(m_things);
    const QByteArray before = source.dumpOf({});
    const Shop target(*m_server, 3);
    const RestoreReceipt receipt = target.restore(source.writeDump(before));
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QVERIFY2(receipt.notes.contains(u"server far belongs to the whole database: a put-back does "
                                    "not take it away"_s),
             qPrintable(receipt.notes.join(u'\n')));
    QCOMPARE(receipt.notes.size(), 5);
    QCOMPARE(withoutKeys(target.dumpOf({u"--exclude-schema=*_before_*"_s})), withoutKeys(before));
}

void TestDatabaseThing::aCastOfTheRestoredTypesIsMadeAnew()
{
    const Shop shop(*m_server, 3);
    shop.run("CREATE CAST (public.kind AS integer) WITH INOUT AS IMPLICIT");
    const RestoreReceipt receipt = shop.restore(shop.writeDump(shop.dumpOf({})));
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QVERIFY(!receipt.notes.join(u'\n').contains(u"already"_s));
    QCOMPARE(shop.ask("SELECT count(*) FROM pg_cast WHERE castsource = 'public.kind'::regtype"),
             u"1"_s);
}

MAYDAY_TEST(TestDatabaseThing);
#include "tst_databasething.moc"
