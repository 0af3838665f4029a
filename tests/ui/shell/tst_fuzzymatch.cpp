// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/shell/fuzzymatch.h"

#include <QTest>

using namespace mayday::ui;

class TestFuzzyMatch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lettersMustOccurInOrder_data();
    void lettersMustOccurInOrder();
    void betterFitsScoreHigher_data();
    void betterFitsScoreHigher();
};

void TestFuzzyMatch::lettersMustOccurInOrder_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("fits");
    QTest::newRow("nothing typed") << "" << "Copy for chat" << true;
    QTest::newRow("beginning") << "cop" << "Copy for chat" << true;
    QTest::newRow("upper case") << "COPY" << "copy for chat" << true;
    QTest::newRow("first letters") << "cfc" << "Copy for chat" << true;
    QTest::newRow("blanks") << "copy chat" << "Copy for chat" << true;
    QTest::newRow("wrong order") << "tahc" << "Copy for chat" << false;
    QTest::newRow("not there") << "copyx" << "Copy for chat" << false;
    QTest::newRow("twice") << "cc" << "Cap" << false;
    QTest::newRow("empty text") << "a" << "" << false;
}

void TestFuzzyMatch::lettersMustOccurInOrder()
{
    QFETCH(QString, pattern);
    QFETCH(QString, text);
    QTEST(fuzzyScore(pattern, text).has_value(), "fits");
}

void TestFuzzyMatch::betterFitsScoreHigher_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("better");
    QTest::addColumn<QString>("worse");
    QTest::newRow("start of a word") << "res" << "Go to Restore" << "Address of a person";
    QTest::newRow("in a row") << "run" << "All runbooks" << "Start up now";
    QTest::newRow("first letters of words") << "gs" << "Go to Settings" << "Messages";
    QTest::newRow("shorter") << "copy" << "Copy" << "Copy for chat";
    // The first c is in a row with nothing; the best place must be found, not the first one.
    QTest::newRow("a later place is better") << "ch" << "acopy chat" << "acopyh zzzz";
}

void TestFuzzyMatch::betterFitsScoreHigher()
{
    QFETCH(QString, pattern);
    QFETCH(QString, better);
    QFETCH(QString, worse);
    QVERIFY(fuzzyScore(pattern, worse).has_value());
    QVERIFY(*fuzzyScore(pattern, better) > *fuzzyScore(pattern, worse));
}

MAYDAY_TEST(TestFuzzyMatch);
#include "tst_fuzzymatch.moc"
