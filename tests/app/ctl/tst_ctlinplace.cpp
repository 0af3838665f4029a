// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "core/profile.h"
#include "store/journalreader.h"
#include "support/testmain.h"

#include <QDir>

using namespace mayday;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// A restore in place without a window: the number, the document, and where the safety copy is.
class TestCtlInPlace : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theReceiptNamesTheSafetyCopy();
    void theTextSaysHowToUndoIt();
    void theFolderCanBeChosen();
    void theWordsThatDoNotGoTogether_data();
    void theWordsThatDoNotGoTogether();
    void whatCannotGoIs2AndChangesNothing();
    void theRecordKnowsWhereTheSafetyCopyGoes();

private:
    [[nodiscard]] Answer restore(const QString &target, const QStringList &more)
    {
        return m_ctl.run(QStringList{u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump),
                                     u"--target"_s, target, u"--yes"_s, u"--in-place"_s} +
                         more);
    }

    Ctl m_ctl;
};

void TestCtlInPlace::theReceiptNamesTheSafetyCopy()
{
    const Answer answer = restore(m_ctl.liveDatabase(u"named"_s), {u"--json"_s});
    QVERIFY2(answer.code == 0, answer.all());
    const QJsonObject json = answer.json();
    QCOMPARE(json["verdict"_L1].toString(), u"proven"_s);
    QCOMPARE(json["mode"_L1].toString(), u"in-place"_s);
    QCOMPARE(m_ctl.products(u"named"_s), u"1 2 3"_s);
    QCOMPARE(m_ctl.keptSchemas(u"named"_s), u"0"_s);
    const QJsonObject copy = json["safetyCopy"_L1].toObject();
    const QFileInfo file(copy["file"_L1].toString());
    QCOMPARE(file.path(), QFileInfo(m_ctl.path(u"ok.sql"_s)).path()); // beside the backup
    QVERIFY2(file.fileName().startsWith("named_before_"_L1), qPrintable(file.fileName()));
    QCOMPARE(copy["bytes"_L1].toInteger(), file.size());
    QCOMPARE(copy["rows"_L1].toInteger(), 1);
    QCOMPARE(copy["tables"_L1].toInteger(), 1);
    // And it is the way back.
    const Answer undone =
        m_ctl.run({u"restore"_s, file.filePath(), u"--target"_s,
                   m_ctl.server().connectionString(u"named"_s).withoutPassword(), u"--yes"_s});
    QVERIFY2(undone.code == 0, undone.all());
    QCOMPARE(m_ctl.products(u"named"_s), u"99"_s);
}

void TestCtlInPlace::theTextSaysHowToUndoIt()
{
    const Answer answer = restore(m_ctl.liveDatabase(u"text"_s), {});
    QVERIFY2(answer.code == 0, answer.all());
    QVERIFY2(answer.out.contains("safety copy: ") && answer.out.contains("1 rows in 1 tables"),
             answer.all());
    QVERIFY2(answer.out.contains("to undo this restore, restore that file"), answer.all());
}

void TestCtlInPlace::theFolderCanBeChosen()
{
    const QString folder = m_ctl.path(u"elsewhere/deep"_s);
    const Answer answer =
        restore(m_ctl.liveDatabase(u"chosen"_s), {u"--safety-copy-folder"_s, folder, u"--json"_s});
    QVERIFY2(answer.code == 0, answer.all());
    QCOMPARE(QDir(folder).entryList({u"*.sql.gz"_s}, QDir::Files).size(), 1);
}

void TestCtlInPlace::theWordsThatDoNotGoTogether_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::newRow("two ways") << QStringList{u"--in-place"_s, u"--database"_s};
    QTest::newRow("a folder for nothing") << QStringList{u"--safety-copy-folder"_s, u"."_s};
}

void TestCtlInPlace::theWordsThatDoNotGoTogether()
{
    QFETCH(QStringList, words);
    static const QString target = m_ctl.liveDatabase(u"words"_s);
    const Answer answer = m_ctl.run(QStringList{u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump),
                                                u"--target"_s, target, u"--yes"_s} +
                                    words);
    QCOMPARE(answer.code, 64);
    QCOMPARE(m_ctl.products(u"words"_s), u"99"_s);
}

void TestCtlInPlace::whatCannotGoIs2AndChangesNothing()
{
    const QString target = m_ctl.liveDatabase(u"inuse"_s);
    m_ctl.server().execute(u"inuse"_s, "CREATE SCHEMA reports;"
                                       "CREATE VIEW reports.all_of_them AS SELECT * FROM products");
    const Answer answer = restore(target, {u"--json"_s});
    QVERIFY2(answer.code == 2, answer.all());
    QVERIFY2(answer.error()["detail"_L1].toString().contains("View reports.all_of_them"_L1),
             answer.all());
    QVERIFY(answer.json()["safetyCopy"_L1].isNull());
    QCOMPARE(m_ctl.products(u"inuse"_s), u"99"_s);
}

void TestCtlInPlace::theRecordKnowsWhereTheSafetyCopyGoes()
{
    const Answer answer = restore(m_ctl.liveDatabase(u"record"_s), {u"--json"_s});
    QVERIFY2(answer.code == 0, answer.all());
    const auto events = store::readJournal(
        Profile::under(m_ctl.profile()).journalFile(),
        {.kindPrefix = u"restore.started"_s, .subject = answer.json()["id"_L1].toString()});
    QVERIFY(events && events->size() == 1);
    QCOMPARE(events->front().data["mode"_L1].toString(), u"in-place"_s);
    QCOMPARE(events->front().data["safetyCopy"_L1].toString(),
             answer.json()["safetyCopy"_L1]["file"_L1].toString());
}

MAYDAY_TEST(TestCtlInPlace);
#include "tst_ctlinplace.moc"
