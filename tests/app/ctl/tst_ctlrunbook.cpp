// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "support/testmain.h"

#include <QDir>

using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// "runbook check", as a team's CI runs it over its own recovery plan.
class TestCtlRunbook : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyRunbookThatIsShippedIsUsable_data();
    void everyRunbookThatIsShippedIsUsable();
    void jsonHasItsKeys();
    void aWrongVerbIsNamedWithItsLine();
    void includesAreLookedForBesideTheFile();
    void theNumberTellsErrorsFromRemarks_data();
    void theNumberTellsErrorsFromRemarks();
    void whatIsNoText_data();
    void whatIsNoText();

private:
    Ctl m_ctl;
};

void TestCtlRunbook::everyRunbookThatIsShippedIsUsable_data()
{
    QTest::addColumn<QString>("file");
    const QDir folder(QStringLiteral(MAYDAY_SOURCE_DIR "/resources/runbooks"));
    for (const QString &name : folder.entryList({u"*.md"_s}))
        QTest::newRow(qPrintable(name)) << folder.filePath(name);
}

void TestCtlRunbook::everyRunbookThatIsShippedIsUsable()
{
    QFETCH(QString, file);
    const Answer answer = m_ctl.run({u"runbook"_s, u"check"_s, file});
    QVERIFY2(answer.code == 0, answer.all());
    QVERIFY2(answer.out.contains(" steps\n"), answer.all());
}

void TestCtlRunbook::jsonHasItsKeys()
{
    const QString file = m_ctl.write(u"plan.md"_s, "# Plan\n\n## Do\n\n- [ ] Call Ada. (1 min)\n");
    const QJsonObject json = m_ctl.run({u"runbook"_s, u"check"_s, file, u"--json"_s}).json();
    QCOMPARE(json["file"_L1].toString(), file);
    QVERIFY(json["usable"_L1].toBool());
    QVERIFY(json["findings"_L1].toArray().isEmpty());
    QCOMPARE(json["errors"_L1].toInteger(-1), 0);
    QCOMPARE(json["warnings"_L1].toInteger(-1), 0);
    QCOMPARE(json["runbook"_L1]["title"_L1].toString(), u"Plan"_s);
    QCOMPARE(json["runbook"_L1]["steps"_L1].toInteger(), 1);
}

void TestCtlRunbook::aWrongVerbIsNamedWithItsLine()
{
    const QString bad =
        m_ctl.write(u"bad.md"_s, "# X\n\n## Do\n\n- [ ] Go.\n\n  [Now](do:rolback?service=a)\n");
    const Answer json = m_ctl.run({u"runbook"_s, u"check"_s, bad, u"--json"_s});
    QVERIFY2(json.code == 1 || json.code == 2, json.all());
    const QJsonObject finding = json.json()["findings"_L1][0].toObject();
    QCOMPARE(finding["line"_L1].toInteger(), 7);
    QCOMPARE(finding["nearest"_L1].toString(), u"rollback"_s);
    const Answer text = m_ctl.run({u"runbook"_s, u"check"_s, bad});
    QCOMPARE(text.code, json.code);
    QVERIFY2(text.out.contains(bad.toUtf8() + ":7: "), text.all()); // as compilers say it
    QVERIFY2(text.out.contains("did you mean \"rollback\"?"), text.all());
}

void TestCtlRunbook::includesAreLookedForBesideTheFile()
{
    const QByteArray plan =
        "---\nid: plan\ntitle: Plan\ninclude: [tell]\n---\n\n# Plan\n\n## Do\n\n"
        "- [ ] Restore it. (1 min)\n";
    const QString file = m_ctl.write(u"including.md"_s, plan);
    const Answer without = m_ctl.run({u"runbook"_s, u"check"_s, file});
    QVERIFY2(without.code == 1 || without.code == 2, without.all());
    QVERIFY2(without.out.contains("tell"), without.all());
    m_ctl.write(u"tell.md"_s, "---\nid: tell\ntitle: Tell\nplace: before\n---\n\n## First\n\n- [ ] "
                              "Tell them. (1 min)\n");
    const Answer with = m_ctl.run({u"runbook"_s, u"check"_s, file});
    QVERIFY2(with.code == 0, with.all());
    QVERIFY2(with.out.contains("2 steps"), with.all());
}

void TestCtlRunbook::theNumberTellsErrorsFromRemarks_data()
{
    QTest::addColumn<QByteArray>("markdown");
    QTest::addColumn<int>("code");
    const QByteArray good = "# Plan\n\n## Do\n\n- [ ] Call Ada. (1 min)\n";
    QTest::newRow("good") << good << 0;
    QTest::newRow("a key nobody knows") << "---\nid: plan\ncolour: red\n---\n\n" + good << 1;
    QTest::newRow("no steps") << QByteArray("# Plan\n\nOnly words.\n") << 2;
    QTest::newRow("empty") << QByteArray() << 2;
}

void TestCtlRunbook::theNumberTellsErrorsFromRemarks()
{
    QFETCH(QByteArray, markdown);
    QFETCH(int, code);
    const Answer answer =
        m_ctl.run({u"runbook"_s, u"check"_s, m_ctl.write(u"plan.md"_s, markdown)});
    QVERIFY2(answer.code == code, answer.all());
}

void TestCtlRunbook::whatIsNoText_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("a picture") << QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    QTest::newRow("far too large") << QByteArray(8 << 20, 'x');
}

void TestCtlRunbook::whatIsNoText()
{
    QFETCH(QByteArray, bytes);
    const Answer answer =
        m_ctl.run({u"runbook"_s, u"check"_s, m_ctl.write(u"odd.md"_s, bytes), u"--json"_s});
    QVERIFY2(answer.code == 2, answer.all());
    QVERIFY2(answer.out.size() < 4096, answer.all()); // it does not repeat what it was given
}

MAYDAY_TEST(TestCtlRunbook);
#include "tst_ctlrunbook.moc"
