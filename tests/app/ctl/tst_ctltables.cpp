// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "support/testmain.h"

using namespace mayday;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// `restore --table`: what the server has lost comes back where it was.
class TestCtlTables : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsMissingComesBack();
    void whatIsThereIsNotTouched();
    void wordsThatAreOff();

private:
    [[nodiscard]] Answer restore(const QString &target, const QStringList &more)
    {
        return m_ctl.run(
            QStringList{u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump), u"--target"_s, target} +
            more);
    }

    Ctl m_ctl;
};

void TestCtlTables::whatIsMissingComesBack()
{
    const QString target = m_ctl.liveDatabase(u"lost"_s);
    m_ctl.server().execute(u"lost"_s, "CREATE TABLE public.other (id integer);"
                                      "DROP TABLE public.products CASCADE");
    const Answer unasked = restore(target, {u"--table"_s, u"products"_s});
    QCOMPARE(unasked.code, 2); // nobody has said yes
    const Answer answer = restore(target, {u"--table"_s, u"products"_s, u"--yes"_s, u"--json"_s});
    QVERIFY2(answer.code == 0, answer.all());
    QCOMPARE(answer.json()["verdict"_L1].toString(), u"proven"_s);
    QCOMPARE(answer.json()["mode"_L1].toString(), u"tables"_s);
    QCOMPARE(answer.json()["tables"_L1].toArray().size(), 1);
    QCOMPARE(m_ctl.products(u"lost"_s), u"1 2 3"_s);
    const QString takesAway = answer.json()["left"_L1][0]["removeWith"_L1].toString();
    QCOMPARE(takesAway, u"DROP TABLE \"public\".\"products\""_s);
    m_ctl.server().execute(u"lost"_s, takesAway.toUtf8());
    const Answer text = restore(target, {u"--table"_s, u"public.products"_s, u"--yes"_s});
    QVERIFY2(text.out.contains("Back and proven: 1 tables, 3 rows, in "), text.all());
    // There is nothing to put back, and it says so.
    QCOMPARE(m_ctl.run({u"put-back"_s, u"--target"_s, target, u"--yes"_s}).code, 2);
}

void TestCtlTables::whatIsThereIsNotTouched()
{
    const QString target = m_ctl.liveDatabase(u"there"_s);
    const Answer answer = restore(target, {u"--table"_s, u"products"_s, u"--yes"_s, u"--json"_s});
    QCOMPARE(answer.code, 2);
    QCOMPARE(answer.json()["error"_L1]["kind"_L1].toString(), u"already-exists"_s);
    QCOMPARE(answer.json()["error"_L1]["adviceKey"_L1].toString(), u"bring-rows-back"_s);
    QCOMPARE(m_ctl.products(u"there"_s), u"99"_s);
    const Answer unknown = restore(target, {u"--table"_s, u"nothing"_s, u"--yes"_s, u"--json"_s});
    QCOMPARE(unknown.code, 2);
    QCOMPARE(unknown.json()["error"_L1]["subject"_L1].toString(), u"public.nothing"_s);
}

void TestCtlTables::wordsThatAreOff()
{
    const QString target = m_ctl.liveDatabase(u"words"_s);
    for (const QString &other : {u"--database"_s, u"--in-place"_s, u"--make-roles"_s})
        QCOMPARE(restore(target, {u"--table"_s, u"products"_s, other, u"--yes"_s}).code, 64);
    QCOMPARE(restore(target, {u"--table"_s, u"products"_s, u"--leave-out"_s, u"auth"_s}).code, 64);
}

MAYDAY_TEST(TestCtlTables);
#include "tst_ctltables.moc"
