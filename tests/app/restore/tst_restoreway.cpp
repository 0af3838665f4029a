// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "restore/restoreway.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// Which way is proposed, and why.
class TestRestoreWay : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void whatIsProposed_data();
    void whatIsProposed();
    void whatTheBackupLacksIsNamed();
    void whoMayNotIsToldSo();
    void whereNothingElseIsLeftANewDatabaseIs();

private:
    static constexpr qint64 gigabyte = qint64(1024) * 1024 * 1024;

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestRestoreWay::whatIsProposed_data()
{
    QTest::addColumn<QList<qint64>>("tables");
    QTest::addColumn<RestoreMode>("mode");
    QTest::addColumn<QString>("reason");
    QTest::newRow("nothing") << QList<qint64>() << RestoreMode::Replace << u"small enough"_s;
    QTest::newRow("little") << QList<qint64>{gigabyte, gigabyte} << RestoreMode::Replace
                            << u"small enough"_s;
    QTest::newRow("much in one table")
        << QList<qint64>{9 * gigabyte, 1000} << RestoreMode::Replace << u"one table"_s;
    QTest::newRow("much in two") << QList<qint64>{5 * gigabyte, 4 * gigabyte}
                                 << RestoreMode::ReplaceDatabase << u"the backup is large"_s;
}

void TestRestoreWay::whatIsProposed()
{
    QFETCH(QList<qint64>, tables);
    QFETCH(RestoreMode, mode);
    QFETCH(QString, reason);
    const Shop shop(*m_server, 5);
    dump::DumpInspection inspection;
    inspection.schemas = {u"public"_s};
    for (const qint64 bytes : tables) {
        inspection.plainBytes += bytes;
        inspection.tables.append({.schema = u"public"_s, .name = u"t"_s, .bytes = bytes});
    }
    TaskContext context;
    auto session = postgres::Session::connect(shop.target(), context);
    const auto way = proposeWay(*session, inspection, context);
    QVERIFY2(way, way ? "" : qPrintable(describe(way.error())));
    QVERIFY(!way->noDatabase);
    QCOMPARE(way->proposed, mode);
    QVERIFY2(way->reason.contains(reason), qPrintable(way->reason));
}

void TestRestoreWay::whatTheBackupLacksIsNamed()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE SCHEMA reports; CREATE TABLE reports.daily ()");
    dump::DumpInspection inspection;
    inspection.schemas = {u"public"_s};
    TaskContext context;
    auto session = postgres::Session::connect(shop.target(), context);
    const auto way = proposeWay(*session, inspection, context);
    QVERIFY(way && way->noDatabase);
    QCOMPARE(way->proposed, RestoreMode::Replace);
    QVERIFY2(way->noDatabase->detail.contains(u"schema reports"_s),
             qPrintable(way->noDatabase->detail));
}

void TestRestoreWay::whoMayNotIsToldSo()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE ROLE clerk LOGIN PASSWORD 'c'");
    QString text = shop.target().withoutPassword();
    text.replace(QRegularExpression(u"user=('[^']*'|\\S+)"_s), u"user=clerk"_s);
    TaskContext context;
    auto session = postgres::Session::connect(
        postgres::ConnectionString::parse(text).value().withPassword(Secret("c")), context);
    QVERIFY2(session, session ? "" : qPrintable(describe(session.error())));
    const auto way = proposeWay(*session, {}, context);
    QVERIFY(way && way->noDatabase);
    QVERIFY2(way->noDatabase->detail.contains(u"clerk may not create databases"_s),
             qPrintable(way->noDatabase->detail));
}

void TestRestoreWay::whereNothingElseIsLeftANewDatabaseIs()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE ROLE maker LOGIN CREATEDB PASSWORD 'c'");
    QString text = shop.target().withoutPassword();
    text.replace(QRegularExpression(u"user=('[^']*'|\\S+)"_s), u"user=maker"_s);
    TaskContext context;
    auto session = postgres::Session::connect(
        postgres::ConnectionString::parse(text).value().withPassword(Secret("c")), context);
    QVERIFY2(session, session ? "" : qPrintable(describe(session.error())));
    auto way = proposeWay(*session, {}, context);
    QVERIFY(way && way->noDatabase && !way->noNewDatabase);
    QCOMPARE(way->proposed, RestoreMode::Replace);
    QVERIFY(way->isPossible(RestoreMode::NewDatabase));
    way->noSchema = way->noDatabase;
    QVERIFY(way->turnFromSchema());
    QCOMPARE(way->proposed, RestoreMode::NewDatabase);
    way->noNewDatabase = way->noDatabase;
    QVERIFY(way->turnFromSchema());
    QCOMPARE(way->proposed, RestoreMode::InPlace);
    way->noPlace = way->noDatabase;
    QVERIFY(!way->turnFromSchema());
}

MAYDAY_TEST(TestRestoreWay);
#include "tst_restoreway.moc"
