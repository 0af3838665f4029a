// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// A restore after which the application is refused, or shows rows to whom it did not, says so.
class TestAccess : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void asBeforeIsProven_data() { ways(); }
    void asBeforeIsProven();
    void whatTheBackupLacksIsNamed_data() { ways(); }
    void whatTheBackupLacksIsNamed();
    void whatWasTakenAwayAndComesBackIsNamed();
    void rowsNoLongerGuarded();
    void aPolicyThatSaysSomethingElse();
    void anotherOwnerIsNoSecret();
    void whatIsNotInBothIsNoDifference();
    void manyAreCounted();

private:
    static void ways()
    {
        QTest::addColumn<RestoreMode>("mode");
        for (const RestoreMode mode :
             {RestoreMode::Replace, RestoreMode::ReplaceDatabase, RestoreMode::InPlace})
            QTest::addRow("%s", qPrintable(modeKey(mode))) << mode;
    }
    [[nodiscard]] RestoreReceipt restored(const QString &file,
                                          RestoreMode mode = RestoreMode::Replace)
    {
        RestorePlan plan = m_shop->plan(file);
        plan.mode = mode;
        plan.safetyFolder = m_folder.path();
        const SystemClock clock;
        TaskContext context;
        return RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<tests::TempPostgres> m_server;
    std::unique_ptr<Shop> m_shop;
};

void TestAccess::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_server->execute(u"postgres"_s, "CREATE ROLE reader; CREATE ROLE clerk; CREATE ROLE owner");
}

void TestAccess::init()
{
    m_shop = std::make_unique<Shop>(*m_server, 5);
    m_shop->run(
        "GRANT SELECT, INSERT ON public.products TO reader WITH GRANT OPTION;"
        "GRANT SELECT (price) ON public.listings TO clerk;"
        "GRANT USAGE ON SEQUENCE public.products_id_seq TO reader;"
        "REVOKE EXECUTE ON FUNCTION public.twice(integer) FROM PUBLIC;"
        "GRANT EXECUTE ON FUNCTION public.twice(integer) TO clerk;"
        "ALTER TABLE public.products ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY cheap ON public.products FOR SELECT TO reader USING (id < 4);"
        // What is printed of these depends on search_path, and on whether it was dumped once.
        "CREATE TABLE public.members (id bigint, status varchar(9));"
        "CREATE FUNCTION public.of_kind(public.kind) RETURNS boolean LANGUAGE sql AS 'SELECT"
        " true'; REVOKE ALL ON FUNCTION public.of_kind(public.kind) FROM PUBLIC;"
        "CREATE POLICY theirs ON public.products TO clerk USING (public.of_kind(kind) AND"
        " id IN (SELECT m.id FROM public.members m WHERE m.status IN ('new', 'old')));"
        "CREATE POLICY states ON public.members USING (status IN ('a', 'it''s'))");
}

void TestAccess::asBeforeIsProven()
{
    QFETCH(RestoreMode, mode);
    const RestoreReceipt receipt = restored(m_shop->writeDump(m_shop->dump()), mode);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
}

void TestAccess::whatTheBackupLacksIsNamed()
{
    QFETCH(RestoreMode, mode);
    const QString file = m_shop->writeDump(m_shop->dump({u"--no-privileges"_s}));
    const RestoreReceipt receipt = restored(file, mode);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    const QString gone = u"was there before the restore and is not now: SELECT (price) "
                         "on public.listings for clerk; INSERT with grant option, SELECT with "
                         "grant option on public.products for reader; USAGE on "
                         "public.products_id_seq for reader; EXECUTE on public.twice(integer) for "
                         "clerk"_s;
    QVERIFY2(receipt.notes.contains(gone), why(receipt));
    // Everybody could call every function by default, and can again.
    QVERIFY2(receipt.notes.contains(u"was not there before the restore and is now: "
                                    "EXECUTE on public.of_kind(public.kind) for everybody; "
                                    "EXECUTE on public.twice(integer) for everybody"_s),
             why(receipt));
}

void TestAccess::whatWasTakenAwayAndComesBackIsNamed()
{
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run("REVOKE ALL ON public.products FROM reader");
    const RestoreReceipt receipt = restored(file);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QCOMPARE(receipt.notes,
             QStringList{u"was not there before the restore and is now: INSERT with "
                         "grant option, SELECT with grant option on public.products for "
                         "reader"_s});
}

void TestAccess::rowsNoLongerGuarded()
{
    m_shop->run("ALTER TABLE public.listings FORCE ROW LEVEL SECURITY");
    const QString bare = m_shop->writeDump(
        QByteArray(m_shop->dump())
            .replace("ALTER TABLE public.products ENABLE ROW LEVEL SECURITY;", "")
            .replace("ALTER TABLE ONLY public.listings FORCE ROW LEVEL SECURITY;", ""));
    const RestoreReceipt receipt = restored(bare);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QCOMPARE(receipt.notes,
             QStringList{u"was there before the restore and is not now: row security for "
                         "the owner too on public.listings; row security on public.products"_s});
}

void TestAccess::aPolicyThatSaysSomethingElse()
{
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run("ALTER POLICY cheap ON public.products USING (id < 3)");
    const RestoreReceipt receipt = restored(file);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QVERIFY2(receipt.notes.contains(u"reads otherwise than before the restore: policy cheap on "
                                    "public.products"_s),
             why(receipt));
}

/// Whoever owned a table could use it; the owner of the new one is somebody else.
void TestAccess::anotherOwnerIsNoSecret()
{
    const QString file = m_shop->writeDump(m_shop->dump({u"--no-owner"_s}));
    m_shop->run("ALTER TABLE public.listings OWNER TO owner");
    const RestoreReceipt receipt = restored(file);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QVERIFY2(receipt.notes.join(u'\n').contains(u"SELECT, TRIGGER, TRUNCATE, UPDATE on "
                                                "public.listings for owner"_s),
             why(receipt));
}

void TestAccess::whatIsNotInBothIsNoDifference()
{
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run("DROP TABLE public.listings CASCADE; CREATE TABLE public.fresh (id int);"
                "GRANT SELECT ON public.fresh TO reader");
    const RestoreReceipt receipt = restored(file);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
}

void TestAccess::manyAreCounted()
{
    for (int i = 10; i < 30; ++i)
        m_shop->run("CREATE TABLE public.t" + QByteArray::number(i) + " ()");
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk");
    const RestoreReceipt receipt = restored(file);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QCOMPARE(receipt.notes.size(), 1);
    QVERIFY2(receipt.notes.front().endsWith(u"; and 17 more"_s), why(receipt)); // of 25
}

MAYDAY_TEST(TestAccess);
#include "tst_access.moc"
