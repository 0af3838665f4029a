// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/yamltree.h"
#include "support/testmain.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace mayday {

using stack::parseYaml;
using stack::YamlNode;

/// The tree that stands between yaml-cpp and everybody else.
class TestYamlTree final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsOrderPlacesAndDoubleKeys();
    void readsScalars_data();
    void readsScalars();
    void blockTextAtTheEndStaysWhole();
    void depthIsLimited();
    void problemsHaveAPlace_data();
    void problemsHaveAPlace();
    void emptyIsNull();
};

void TestYamlTree::keepsOrderPlacesAndDoubleKeys()
{
    const auto root = parseYaml("b: 1\na:\n  - x\n  - {y: 2}\nb: 3\n");
    QVERIFY(root);
    QCOMPARE(root->kind, YamlNode::Kind::Map);
    QCOMPARE(root->entries.size(), 3);
    QCOMPARE(root->entries.at(0).key, u"b"_s);
    QCOMPARE(root->entries.at(2).key, u"b"_s);
    QCOMPARE(root->entries.at(2).place.line, 5);
    const YamlNode &list = root->entries.at(1).value;
    QCOMPARE(list.kind, YamlNode::Kind::List);
    QCOMPARE(list.items.at(0).scalar, u"x"_s);
    QCOMPARE(list.items.at(0).place.line, 3);
    QCOMPARE(list.items.at(0).place.column, 5);
    QCOMPARE(list.items.at(1).entries.first().value.scalar, u"2"_s);
}

void TestYamlTree::readsScalars_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QString>("text");
    QTest::newRow("plain") << QByteArray("k: one two") << u"one two"_s;
    QTest::newRow("double") << QByteArray(R"(k: "a\tb: # c")") << u"a\tb: # c"_s;
    QTest::newRow("single") << QByteArray("k: 'it''s'") << u"it's"_s;
    QTest::newRow("number") << QByteArray("k: 0200") << u"0200"_s;
    QTest::newRow("word") << QByteArray("k: yes") << u"yes"_s;
    QTest::newRow("comment behind") << QByteArray("k: a # b") << u"a"_s;
    QTest::newRow("umlaut") << QByteArray("k: München 🚒") << u"München 🚒"_s;
    QTest::newRow("windows line ends") << QByteArray("k: a\r\nl: b\r\n") << u"a"_s;
    QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbfk: a") << u"a"_s;
    QTest::newRow("null") << QByteArray("k: ~") << QString();
    QTest::newRow("nothing") << QByteArray("k:") << QString();
}

void TestYamlTree::readsScalars()
{
    QFETCH(QByteArray, yaml);
    const auto root = parseYaml(yaml);
    QVERIFY(root);
    QCOMPARE(root->entries.first().key, u"k"_s);
    QTEST(root->entries.first().value.scalar, "text");
}

void TestYamlTree::blockTextAtTheEndStaysWhole()
{
    const auto root = parseYaml("a:\n  k: |\n    one\n    two\n");
    QVERIFY(root);
    QCOMPARE(root->entries.first().value.entries.first().value.scalar, u"one\ntwo\n"_s);
}

void TestYamlTree::depthIsLimited()
{
    QVERIFY(parseYaml(QByteArray(16, '[') + QByteArray(16, ']')));
    const auto deep = parseYaml(QByteArray(17, '[') + QByteArray(17, ']'));
    QVERIFY(!deep);
    QCOMPARE(deep.error().text, u"nested too deeply"_s);
    QCOMPARE(deep.error().place.column, 17);
}

void TestYamlTree::problemsHaveAPlace_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<qint64>("line");
    QTest::newRow("alias") << QByteArray("a: &x 1\nb: *x\n") << qint64(2);
    QTest::newRow("unknown alias") << QByteArray("a: 1\nb: *x\n") << qint64(2);
    QTest::newRow("open list") << QByteArray("a: 1\nb: [1, 2\nc: 3\n") << qint64(3);
    QTest::newRow("two colons") << QByteArray("a: b: c\n") << qint64(1);
    QTest::newRow("wrong indent") << QByteArray("a:\n  b: 1\n c: 2\n") << qint64(3);
    QTest::newRow("list as key") << QByteArray("? [1]\n: 2\n") << qint64(1);
    QTest::newRow("open quote") << QByteArray("a: 1\nb: \"x\nc: 2\n") << qint64(2);
    QTest::newRow("merge of nothing") << QByteArray("a: 1\n--- \nb: 2\n") << qint64(3);
}

void TestYamlTree::problemsHaveAPlace()
{
    QFETCH(QByteArray, yaml);
    const auto root = parseYaml(yaml);
    QVERIFY(!root);
    QVERIFY(!root.error().text.isEmpty());
    QTEST(root.error().place.line, "line");
}

void TestYamlTree::emptyIsNull()
{
    for (const QByteArray &yaml :
         {QByteArray(), QByteArray("\n\n"), QByteArray("# only words\n")}) {
        const auto root = parseYaml(yaml);
        QVERIFY(root);
        QCOMPARE(root->kind, YamlNode::Kind::Null);
    }
}

} // namespace mayday

MAYDAY_TEST(mayday::TestYamlTree);
#include "tst_yamltree.moc"
