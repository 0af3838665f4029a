// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "support/testmain.h"

#include <QDir>
#include <QFileInfo>

using namespace mayday;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// `dump`: a backup that was compared with the server, or none.
class TestCtlDump : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aDumpIsMadeInspectedAndRestored();
    void ofASchemaAlone();
    void whatIsThereIsNotReplaced();
    void whatCannotBeMadeLeavesNothing_data();
    void whatCannotBeMadeLeavesNothing();
    void inspectSaysWhatDoesNotAgree();
    void wordsThatAreOff_data();
    void wordsThatAreOff();

private:
    Ctl m_ctl;
};

void TestCtlDump::aDumpIsMadeInspectedAndRestored()
{
    const QString target = m_ctl.liveDatabase(u"dumped"_s);
    const QString file = m_ctl.path(u"made/shop.sql.gz"_s);
    const Answer made =
        m_ctl.run({u"dump"_s, u"--target"_s, target, u"--file"_s, file, u"--json"_s});
    QVERIFY2(made.code == 0, made.all());
    const QJsonObject json = made.json();
    QCOMPARE(json["file"_L1].toString(), file);
    QCOMPARE(json["manifest"_L1].toString(), file + u".manifest.json"_s);
    QCOMPARE(json["bytes"_L1].toInteger(), QFileInfo(file).size());
    QCOMPARE(json["rows"_L1].toInteger(), 1);
    QCOMPARE(json["sha256"_L1].toString().size(), 64);
    QVERIFY2(json["madeWith"_L1].toString().startsWith("pg_dump "_L1), made.all());
    const Answer inspected = m_ctl.run({u"inspect"_s, file});
    QVERIFY2(inspected.code == 0, inspected.all());
    QVERIFY2(inspected.out.contains("\nmanifest of 2"), inspected.all());
    QVERIFY2(inspected.out.contains(" UTC: 1 tables, 1 rows; agrees with the file\n"),
             inspected.all());
    m_ctl.server().execute(u"dumped"_s, "DELETE FROM products");
    const Answer restored = m_ctl.run({u"restore"_s, file, u"--target"_s, target, u"--yes"_s});
    QVERIFY2(restored.code == 0, restored.all());
    QVERIFY2(
        restored.out.contains(" UTC agrees: 1 tables, 1 rows and 0 other things are all there"),
        restored.all());
    QCOMPARE(m_ctl.products(u"dumped"_s), u"99"_s);
}

void TestCtlDump::ofASchemaAlone()
{
    const QString target = m_ctl.liveDatabase(u"parts"_s);
    m_ctl.server().execute(u"parts"_s, "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t ();"
                                       "CREATE TABLE b.t ()");
    const Answer made =
        m_ctl.run({u"dump"_s, u"--target"_s, target, u"--file"_s, m_ctl.path(u"parts.sql.gz"_s),
                   u"--schema"_s, u"a"_s, u"--schema=b"_s});
    QVERIFY2(made.code == 0, made.all());
    QVERIFY2(made.out.startsWith("Dumped and compared: 2 tables, 0 rows, "), made.all());
}

void TestCtlDump::whatIsThereIsNotReplaced()
{
    const QString target = m_ctl.liveDatabase(u"twice"_s);
    const QString file = m_ctl.write(u"there.sql.gz"_s, "precious");
    const Answer answer = m_ctl.run({u"dump"_s, u"--target"_s, target, u"--file"_s, file});
    QVERIFY2(answer.code == 2, answer.all());
    QVERIFY2(answer.err.contains("there is a file of that name already"), answer.all());
    QCOMPARE(QFileInfo(file).size(), 8);
}

void TestCtlDump::whatCannotBeMadeLeavesNothing_data()
{
    QTest::addColumn<QString>("database");
    QTest::addColumn<QStringList>("more");
    QTest::addColumn<QString>("kind");
    QTest::newRow("no such database") << u"nosuch"_s << QStringList() << u"not-found"_s;
    QTest::newRow("no such schema")
        << u"postgres"_s << QStringList{u"--schema"_s, u"nosuch"_s} << u"refused"_s;
}

void TestCtlDump::whatCannotBeMadeLeavesNothing()
{
    QFETCH(QString, database);
    QFETCH(QStringList, more);
    QFETCH(QString, kind);
    const QString file = m_ctl.path(u"none/none.sql.gz"_s);
    const Answer answer =
        m_ctl.run(QStringList{u"dump"_s, u"--json"_s, u"--file"_s, file, u"--target"_s,
                              m_ctl.server().connectionString(database).withoutPassword()} +
                  more);
    QVERIFY2(answer.code == 2, answer.all());
    QCOMPARE(answer.error()["kind"_L1].toString(), kind);
    QCOMPARE(
        QDir(QFileInfo(file).path()).entryList(QDir::Files | QDir::Hidden | QDir::NoDotAndDotDot),
        QStringList());
}

void TestCtlDump::inspectSaysWhatDoesNotAgree()
{
    const QString file = m_ctl.write(u"plain.sql"_s, smallDump);
    QVERIFY(m_ctl.run({u"inspect"_s, file, u"--json"_s}).json()["manifest"_L1].isNull());
    (void)m_ctl.write(u"plain.sql.manifest.json"_s, "{}");
    const Answer damaged = m_ctl.run({u"inspect"_s, file});
    QVERIFY2(damaged.code == 0, damaged.all());
    QVERIFY2(damaged.out.contains("\nmanifest: not used: it is damaged"), damaged.all());
    const QString target = m_ctl.liveDatabase(u"lacking"_s);
    const QString made = m_ctl.path(u"lacking.sql.gz"_s);
    QCOMPARE(m_ctl.run({u"dump"_s, u"--target"_s, target, u"--file"_s, made}).code, 0);
    QFile manifest(made + u".manifest.json"_s);
    QVERIFY(manifest.open(QIODevice::ReadOnly));
    const QByteArray text = manifest.readAll();
    (void)m_ctl.write(u"lacking.sql.gz.manifest.json"_s,
                      QByteArray(text).replace("\"products\"", "\"orders\""));
    const Answer lacking = m_ctl.run({u"inspect"_s, made});
    QVERIFY2(lacking.code == 1, lacking.all());
    QVERIFY2(lacking.out.contains("does not agree with the file: it has no table public.orders"),
             lacking.all());
    (void)m_ctl.write(u"lacking.sql.gz.manifest.json"_s,
                      QByteArray(text).replace("\"sha256\": \"", "\"sha256\": \"0"));
    QCOMPARE(m_ctl.run({u"inspect"_s, made}).code, 0);
    const Answer again = m_ctl.run({u"inspect"_s, made, u"--again"_s});
    QVERIFY2(again.code == 1 && again.out.contains("its SHA-256 is another one"), again.all());
    (void)m_ctl.write(u"lacking.sql.gz.manifest.json"_s, text);
    QCOMPARE(m_ctl.run({u"inspect"_s, made, u"--again"_s}).code, 0);
    (void)m_ctl.write(u"lacking.sql.gz.manifest.json"_s,
                      QByteArray(text).replace("\"products\"", "\"orders\""));
    const Answer json = m_ctl.run({u"inspect"_s, made, u"--json"_s});
    QVERIFY2(!json.json()["manifest"_L1]["agrees"_L1].toBool(true), json.all());
}

void TestCtlDump::wordsThatAreOff_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("no target") << QStringList{u"--file"_s, u"x"_s}
                               << QByteArray("--target is missing");
    QTest::newRow("no file") << QStringList{u"--target"_s, u"dbname=x"_s}
                             << QByteArray("--file is missing");
    QTest::newRow("something else")
        << QStringList{u"--target"_s, u"dbname=x"_s, u"--file"_s, u"x"_s, u"--fast"_s}
        << QByteArray("dump does not know --fast");
}

void TestCtlDump::wordsThatAreOff()
{
    QFETCH(QStringList, words);
    QFETCH(QByteArray, reason);
    const Answer answer = m_ctl.run(QStringList{u"dump"_s} + words);
    QCOMPARE(answer.code, 64);
    QVERIFY2(answer.err.contains(reason), answer.all());
}

MAYDAY_TEST(TestCtlDump);
#include "tst_ctldump.moc"
