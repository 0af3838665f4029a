// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "support/testmain.h"

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// Default privileges of the whole database: a load must neither follow nor change them.
class TestDefaultRights : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void nothingIsGivenAwayNorWithheld();
    void whatTheDumpHasOtherwiseIsLeftOutAndNamed();
    void intoADatabaseWithoutThemTheyAreLeftOutAndNamed();
    void thoseOfASchemaComeWithIt();
    void aFailureLeavesThem();

private:
    [[nodiscard]] QString defaults(const Shop &shop) const
    {
        return shop.ask(
            "SELECT string_agg(defaclrole::regrole || ' ' || defaclobjtype::text || ' ' ||"
            " defaclacl::text, '; ' ORDER BY defaclrole::regrole::text,"
            " defaclobjtype) FROM pg_default_acl WHERE defaclnamespace = 0");
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    const QByteArray m_odd =
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;"
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader WITH GRANT OPTION;"
        "ALTER DEFAULT PRIVILEGES REVOKE INSERT ON TABLES FROM postgres;"
        "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO \"o'dd; \"\"Role\"\"\";"
        "ALTER DEFAULT PRIVILEGES GRANT USAGE ON TYPES TO reader;"
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO reader;"
        "ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT DELETE ON TABLES TO PUBLIC;";
};

void TestDefaultRights::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_server->execute(u"postgres"_s, "CREATE ROLE app; CREATE ROLE reader;"
                                     "CREATE ROLE \"o'dd; \"\"Role\"\"\"");
}

/// Everything of the shop is older than the default privileges.
void TestDefaultRights::nothingIsGivenAwayNorWithheld()
{
    const Shop shop(*m_server, 3);
    shop.run("CREATE SCHEMA inner_one; CREATE TABLE inner_one.t (a serial)");
    shop.run(m_odd);
    const QByteArray before = shop.dumpOf({});
    const QString standing = defaults(shop);
    const RestoreReceipt receipt = shop.restore(shop.writeDump(before));
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.notes, QStringList{});
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(defaults(shop), standing);
    QCOMPARE(shop.ask("SELECT has_table_privilege('reader', 'public.products', 'SELECT')"), u"f"_s);
    QCOMPARE(shop.ask("SELECT has_function_privilege('app', 'public.twice(integer)', 'EXECUTE')"),
             u"t"_s);
    QCOMPARE(withoutKeys(shop.dumpOf({u"--exclude-schema=*_before_*"_s})), withoutKeys(before));
}

void TestDefaultRights::whatTheDumpHasOtherwiseIsLeftOutAndNamed()
{
    const Shop shop(*m_server, 3);
    shop.run("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader");
    const QString file = shop.writeDump(shop.dumpOf({}));
    shop.run("ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO app");
    const QString standing = defaults(shop);
    const RestoreReceipt receipt = shop.restore(file);
    QCOMPARE(receipt.verdict, Verdict::Differences);
    QCOMPARE(receipt.notes, QStringList{u"default privileges of postgres for tables left out: they "
                                        "hold for the whole database"_s});
    QCOMPARE(defaults(shop), standing);
}

void TestDefaultRights::intoADatabaseWithoutThemTheyAreLeftOutAndNamed()
{
    const Shop source(*m_server, 3);
    source.run(m_odd);
    const Shop target(*m_server, 3);
    const RestoreReceipt receipt = target.restore(source.writeDump(source.dumpOf({})));
    QCOMPARE(receipt.verdict, Verdict::Differences);
    QCOMPARE(receipt.notes.size(), 6);
    QCOMPARE(defaults(target), QString());
    // What was made of them at the source is there.
    QCOMPARE(target.ask("SELECT has_table_privilege('reader', 'public.products', 'SELECT')"),
             u"f"_s);
}

void TestDefaultRights::thoseOfASchemaComeWithIt()
{
    const Shop shop(*m_server, 3);
    shop.run("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader");
    const QByteArray before = shop.dumpOf({});
    const RestoreReceipt receipt = shop.restore(shop.writeDump(before));
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(withoutKeys(shop.dumpOf({u"--exclude-schema=*_before_*"_s})), withoutKeys(before));
}

void TestDefaultRights::aFailureLeavesThem()
{
    const Shop shop(*m_server, 3);
    shop.run(m_odd);
    const QString standing = defaults(shop);
    QByteArray text = shop.dumpOf({});
    text.replace("CREATE VIEW public.priced", "CREATE VIEW nowhere.priced");
    QCOMPARE(shop.restore(shop.writeDump(text)).verdict, Verdict::NotRestored);
    QCOMPARE(defaults(shop), standing);
}

MAYDAY_TEST(TestDefaultRights);
#include "tst_defaultrights.moc"
