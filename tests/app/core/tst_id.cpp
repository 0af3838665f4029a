// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/id.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace Qt::StringLiterals;

using FruitId = Id<struct FruitTag>;

class TestId : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void parses();
    void refuses_data();
    void refuses();
    void slugs();
};

void TestId::parses()
{
    for (const QString &text : {u"a"_s, u"main"_s, u"db-1_x.y"_s, u"9lives"_s, QString(64, u'a')}) {
        const auto id = FruitId::parse(text);
        QVERIFY2(id, qPrintable(text));
        QCOMPARE(id->text(), text);
        QVERIFY(!id->isNone());
    }
    QVERIFY(FruitId().isNone());
    QVERIFY(FruitId::parse(u"a"_s).value() < FruitId::parse(u"b"_s).value());
    QCOMPARE(qHash(*FruitId::parse(u"a"_s)), qHash(*FruitId::parse(u"a"_s)));
}

void TestId::refuses_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("empty") << QString();
    QTest::newRow("upper case") << u"Main"_s;
    QTest::newRow("space") << u"a b"_s;
    QTest::newRow("leading dash") << u"-a"_s;
    QTest::newRow("path") << u"../etc"_s;
    QTest::newRow("slash") << u"a/b"_s;
    QTest::newRow("umlaut") << u"\u00e4"_s;
    QTest::newRow("newline") << u"a\n"_s;
    QTest::newRow("long") << QString(65, u'a');
}

void TestId::refuses()
{
    QFETCH(QString, text);
    const auto id = FruitId::parse(text);
    QVERIFY(!id);
    QCOMPARE(id.error().kind, ErrorKind::Refused);
    QCOMPARE(id.error().subject, text);
}

void TestId::slugs()
{
    QCOMPARE(slugOf(u"Buggy deployment!"), u"buggy-deployment"_s);
    QCOMPARE(slugOf(u"  Sch\u00f6n -- gut  "), u"schon-gut"_s);
    QCOMPARE(slugOf(u"***"), QString());
    QVERIFY(isWellFormedId(slugOf(QString(200, u'x') + u" y"_s)));
}

MAYDAY_TEST(TestId);
#include "tst_id.moc"
