// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "postgres/session.h"
#include "support/steprelay.h"
#include "support/testmain.h"

using namespace mayday;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// The line is lost on the last word and the server is gone, or something outside is not as it was:
/// neither is "nothing changed", and neither is "done".
class TestCtlUnknown : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aCommitNobodyCanBeAskedAboutIs3_data();
    void aCommitNobodyCanBeAskedAboutIs3();
    void aPutBackWithDifferencesIs1();

private:
    [[nodiscard]] Answer restore(const QString &target)
    {
        return m_ctl.run({u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump), u"--target"_s, target,
                          u"--yes"_s, u"--json"_s});
    }
    Ctl m_ctl;
};

void TestCtlUnknown::aCommitNobodyCanBeAskedAboutIs3_data()
{
    QTest::addColumn<bool>("isPutBack");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("restore") << false << QByteArray("Not known whether it took place.\n");
    QTest::newRow("put-back") << true << QByteArray("Not known whether it is put back.\n");
}

void TestCtlUnknown::aCommitNobodyCanBeAskedAboutIs3()
{
    QFETCH(bool, isPutBack);
    QFETCH(QByteArray, says);
    const QString database = isPutBack ? u"back"_s : u"forth"_s;
    const QString target = m_ctl.liveDatabase(database);
    if (isPutBack)
        QCOMPARE(restore(target).code, 0);
    Answer answer;
    {
        const restore::test::StepRelay relay(m_ctl.server().connectionString(database), "COMMIT",
                                             [this] {
                                                 m_ctl.server().stop();
                                                 return restore::test::StepRelay::Then::Cut;
                                             });
        const QString through = relay.connectionString().withoutPassword();
        answer = isPutBack ? m_ctl.run({u"put-back"_s, u"--target"_s, through, u"--yes"_s})
                           : m_ctl.run({u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump),
                                        u"--target"_s, through, u"--yes"_s});
    }
    m_ctl.server().restart();
    QVERIFY2(answer.code == 3, answer.all());
    QVERIFY2(answer.out.startsWith(says), answer.all());
    QVERIFY2(!answer.out.contains("Nothing changed"), answer.all());
    QVERIFY2(answer.out.contains("left: possibly: "), answer.all());
}

void TestCtlUnknown::aPutBackWithDifferencesIs1()
{
    const QString target = m_ctl.liveDatabase(u"held"_s);
    QCOMPARE(restore(target).code, 0);
    TaskContext context;
    auto other = postgres::Session::connect(m_ctl.server().connectionString(u"held"_s), context);
    QVERIFY(other->execute("BEGIN; INSERT INTO public.products VALUES (7)", context));
    const Answer answer =
        m_ctl.run({u"put-back"_s, u"--target"_s, target, u"--yes"_s, u"--json"_s});
    QVERIFY2(answer.code == 1, answer.all());
    QCOMPARE(answer.json()["verdict"_L1].toString(), u"differences"_s);
    QVERIFY2(answer.json()["notes"_L1].toArray().first().toString().startsWith(
                 u"process %1 "_s.arg(other->facts().backendPid)),
             answer.all());
    QVERIFY(other->execute("ROLLBACK", context));
    QCOMPARE(m_ctl.products(u"held"_s), u"99"_s);
}

MAYDAY_TEST(TestCtlUnknown);
#include "tst_ctlunknown.moc"
