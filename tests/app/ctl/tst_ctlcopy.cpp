// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "core/profile.h"
#include "store/journalreader.h"
#include "support/testmain.h"

using namespace mayday;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// `copy`: a backup beside the live data, compared, and rows taken from it.
class TestCtlCopy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void itComparesAndChangesNothing();
    void rowsComeFromIt();
    void oneTableOnly();
    void whatIsNotInTheBackupIsSaid();
    void wordsThatAreOff();

private:
    [[nodiscard]] Answer copy(const QString &target, const QStringList &more = {u"--json"_s})
    {
        return m_ctl.run(
            QStringList{u"copy"_s, m_ctl.write(u"ok.sql"_s, smallDump), u"--target"_s, target} +
            more);
    }

    Ctl m_ctl;
};

void TestCtlCopy::itComparesAndChangesNothing()
{
    const QString target = m_ctl.liveDatabase(u"quiet"_s);
    const Answer answer = copy(target); // without --yes: nothing is replaced
    QVERIFY2(answer.code == 0, answer.all());
    QCOMPARE(answer.json()["verdict"_L1].toString(), u"proven"_s);
    QCOMPARE(answer.json()["mode"_L1].toString(), u"copy"_s);
    const QJsonObject table = answer.json()["comparison"_L1]["tables"_L1][0].toObject();
    QCOMPARE(table["onlyKept"_L1].toInteger(), 3);
    QCOMPARE(table["onlyLive"_L1].toInteger(), 1);
    QCOMPARE(m_ctl.products(u"quiet"_s), u"99"_s);
    const Answer text = copy(target, {});
    QVERIFY2(text.out.contains("Copied and proven: 1 tables, 3 rows, in "), text.all());
    QVERIFY2(text.out.contains("The live data is as it was."), text.all());
    QVERIFY2(text.out.contains("3 rows of the backup are not live now:\n  public.products: 3 only "
                               "in the backup, 1 written since, 0 changed since\n"),
             text.all());
    const Answer kept = m_ctl.run({u"kept"_s, u"--target"_s, target});
    QVERIFY2(kept.out.contains("a copy of ok.sql; 1 tables, "), kept.all());
}

void TestCtlCopy::rowsComeFromIt()
{
    const QString target = m_ctl.liveDatabase(u"rows"_s);
    QCOMPARE(copy(target).code, 0);
    const Answer brought = m_ctl.run({u"bring-back"_s, u"--target"_s, target, u"--table"_s,
                                      u"products=add"_s, u"--yes"_s, u"--json"_s});
    QVERIFY2(brought.code == 0, brought.all());
    QCOMPARE(m_ctl.products(u"rows"_s), u"1 2 3 99"_s);
    const auto events = store::readJournal(Profile::under(m_ctl.profile()).journalFile(),
                                           {.kindPrefix = u"restore."_s});
    QVERIFY(events);
    QCOMPARE(events->last().kind, u"restore.broughtback"_s);
    QVERIFY(events->last().data["receipt"_L1]["isFromCopy"_L1].toBool());
    const Answer exact = m_ctl.run({u"bring-back"_s, u"--target"_s, target, u"--table"_s,
                                    u"products=backup"_s, u"--yes"_s, u"--json"_s});
    QVERIFY2(exact.code == 0, exact.all());
    QCOMPARE(m_ctl.products(u"rows"_s), u"1 2 3"_s);
    // There is no restore to undo.
    QCOMPARE(m_ctl.run({u"put-back"_s, u"--target"_s, target, u"--yes"_s}).code, 2);
}

void TestCtlCopy::oneTableOnly()
{
    const QString target = m_ctl.liveDatabase(u"one"_s);
    const Answer answer = copy(target, {u"--table"_s, u"public.products"_s, u"--json"_s});
    QVERIFY2(answer.code == 0, answer.all());
    const QJsonObject kept =
        m_ctl.run({u"kept"_s, u"--target"_s, target, u"--json"_s}).json()["kept"_L1][0].toObject();
    QCOMPARE(kept["holds"_L1].toString(), u"copy"_s);
    QCOMPARE(kept["only"_L1].toArray(), QJsonArray{u"products"_s});
    QVERIFY(kept["name"_L1].toString().startsWith(u"public_copy_"_s));
}

void TestCtlCopy::whatIsNotInTheBackupIsSaid()
{
    const QString target = m_ctl.liveDatabase(u"lacking"_s);
    const Answer answer = copy(target, {u"--table"_s, u"produkte"_s, u"--json"_s});
    QVERIFY2(answer.code == 2, answer.all());
    QCOMPARE(answer.error()["subject"_L1].toString(), u"public.produkte"_s);
    QVERIFY(answer.json()["left"_L1].toArray().isEmpty());
    const Answer missing = m_ctl.run({u"copy"_s, u"/no/such.sql"_s, u"--target"_s, target});
    QVERIFY2(missing.code == 2, missing.all());
}

void TestCtlCopy::wordsThatAreOff()
{
    const QString target = m_ctl.liveDatabase(u"words"_s);
    for (const QStringList &words :
         {QStringList{u"copy"_s, u"--target"_s, target},
          {u"copy"_s, u"a.sql"_s},
          {u"copy"_s, u"a.sql"_s, u"b.sql"_s, u"--target"_s, target},
          {u"copy"_s, u"a.sql"_s, u"--target"_s, target, u"--yes"_s},
          {u"copy"_s, u"a.sql"_s, u"--target"_s, target, u"--table"_s}}) {
        const Answer answer = m_ctl.run(words);
        QVERIFY2(answer.code == 64, answer.all());
    }
}

MAYDAY_TEST(TestCtlCopy);
#include "tst_ctlcopy.moc"
