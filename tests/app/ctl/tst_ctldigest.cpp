// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "support/testmain.h"

using namespace mayday;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// `digest`: are the rows of a backup in a database, to the letter.
class TestCtlDigest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void itTellsBeforeAndAfterARestore();
    void whatIsLeftOutIsSaidAtTheTop();
    void aFileThatIsNoDumpIsNoAnswer();
    void wordsThatAreOff();

private:
    Ctl m_ctl;
};

void TestCtlDigest::itTellsBeforeAndAfterARestore()
{
    const QString target = m_ctl.liveDatabase(u"digested"_s);
    const QString file = m_ctl.write(u"ok.sql"_s, smallDump);
    const QStringList words{u"digest"_s, file, u"--target"_s, target};
    const Answer before = m_ctl.run(words);
    QVERIFY2(before.code == 1, before.all());
    QVERIFY2(before.out.contains("DIFFERENT: 3 rows in the file, 1 in the database"), before.all());
    QCOMPARE(m_ctl.products(u"digested"_s), u"99"_s);
    QCOMPARE(m_ctl.run({u"restore"_s, file, u"--target"_s, target, u"--yes"_s}).code, 0);
    const Answer after = m_ctl.run(words);
    QVERIFY2(after.code == 0, after.all());
    QVERIFY2(after.out.startsWith("The same to the letter: 1 tables, 3 rows.\n"), after.all());
    const Answer json = m_ctl.run(words + QStringList{u"--json"_s});
    QVERIFY2(json.code == 0, json.all());
    const QJsonObject table = json.json()["tables"_L1][0].toObject();
    QCOMPARE(table["verdict"_L1].toString(), u"same"_s);
    QCOMPARE(table["rowsInFile"_L1].toInteger(), 3);
    QCOMPARE(table["digestInFile"_L1].toString(), table["digestInDatabase"_L1].toString());
    QVERIFY(json.json()["isSame"_L1].toBool());
}

/// The text of money depends on the server's locale.
void TestCtlDigest::whatIsLeftOutIsSaidAtTheTop()
{
    const QString target = m_ctl.liveDatabase(u"priced"_s);
    QByteArray text = smallDump;
    text.replace("integer NOT NULL\n", "integer NOT NULL,\n    cash money\n");
    text.replace("(id) FROM stdin;\n1\n2\n3\n",
                 "(id, cash) FROM stdin;\n1\t$1.00\n2\t$2.00\n3\t\\N\n");
    const QString file = m_ctl.write(u"priced.sql"_s, text);
    const Answer restored = m_ctl.run({u"restore"_s, file, u"--target"_s, target, u"--yes"_s});
    QVERIFY2(restored.code == 0, restored.all());
    const Answer answer = m_ctl.run({u"digest"_s, file, u"--target"_s, target});
    QVERIFY2(answer.out.split('\n').value(1).startsWith("Columns that were not compared: 1;"),
             answer.all());
    QVERIFY2(answer.out.contains("without cash, whose text depends on the server"), answer.all());
}

void TestCtlDigest::aFileThatIsNoDumpIsNoAnswer()
{
    const QString target = m_ctl.liveDatabase(u"undigested"_s);
    for (const QByteArray &text : {QByteArray("not a dump"), QByteArray()}) {
        const Answer answer = m_ctl.run(
            {u"digest"_s, m_ctl.write(u"bad.sql"_s, text), u"--target"_s, target, u"--json"_s});
        QVERIFY2(answer.code == 2, answer.all());
        QVERIFY(!answer.error()["detail"_L1].toString().isEmpty());
    }
}

void TestCtlDigest::wordsThatAreOff()
{
    const QString target = m_ctl.liveDatabase(u"wordless"_s);
    for (const QStringList &words :
         {QStringList{u"digest"_s, u"--target"_s, target},
          {u"digest"_s, u"a.sql"_s},
          {u"digest"_s, u"a.sql"_s, u"b.sql"_s, u"--target"_s, target},
          {u"digest"_s, u"a.sql"_s, u"--target"_s, target, u"--yes"_s}}) {
        const Answer answer = m_ctl.run(words);
        QVERIFY2(answer.code == 64, answer.all());
    }
}

MAYDAY_TEST(TestCtlDigest);
#include "tst_ctldigest.moc"
