// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/quoting.h"
#include "postgres/rows.h"
#include "postgres/session.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QTest>

#include <array>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::postgres;

class TestRows final : public QObject {
    Q_OBJECT

private:
    Rows ask(QByteArrayView sql) { return m_session->query(sql, m_context).value(); }

    tests::TempPostgres m_server;
    TaskContext m_context;
    std::optional<Session> m_session;

private Q_SLOTS:
    void initTestCase()
    {
        m_session = Session::connect(m_server.connectionString(), m_context).value();
    }

    void nothingHoldsNothing()
    {
        const Rows rows;
        QCOMPARE(rows.rowCount(), 0);
        QCOMPARE(rows.columnCount(), 0);
        QVERIFY(rows.columnName(0).isEmpty());
    }

    void emptyAnswersStillHaveColumns()
    {
        const Rows rows = ask("SELECT 1 AS a, 2 AS \"B c\" WHERE false");
        QCOMPARE(rows.rowCount(), 0);
        QCOMPARE(rows.columnCount(), 2);
        QCOMPARE(rows.columnName(1), u"B c"_s);
        QVERIFY(rows.columnName(2).isEmpty());
        QVERIFY(rows.columnName(-1).isEmpty());
    }

    void tellsNullFromEmpty()
    {
        const Rows rows = ask("SELECT NULL, ''");
        QVERIFY(rows.isNull(0, 0));
        QVERIFY(!rows.isNull(0, 1));
        QCOMPARE(rows.cell(0, 0), Cell());
        QCOMPARE(rows.cell(0, 1), Cell(QByteArray("")));
        QVERIFY(rows.text(0, 0).isEmpty());
        QCOMPARE(rows.integer(0, 0), 0);
        QVERIFY(!rows.isTrue(0, 0));
    }

    void readsNumbersAndTruth()
    {
        const Rows rows = ask("SELECT 9223372036854775807, -5, 'x', true, false, 1.5");
        QCOMPARE(rows.integer(0, 0), std::numeric_limits<qint64>::max());
        QCOMPARE(rows.integer(0, 1), -5);
        QCOMPARE(rows.integer(0, 2), 0);
        QVERIFY(rows.isTrue(0, 3));
        QVERIFY(!rows.isTrue(0, 4));
        QCOMPARE(rows.integer(0, 5), 0);
    }

    void keepsItsValuesWhenMovedAndWhenTheSessionGoesOn()
    {
        Rows first = ask("SELECT 'Größe ✓' UNION ALL SELECT 'two'");
        const Rows kept = std::move(first);
        const Rows second = ask("SELECT 'other'");
        QCOMPARE(kept.rowCount(), 2);
        QCOMPARE(kept.text(0, 0), u"Größe ✓"_s);
        QCOMPARE(kept.value(1, 0), QByteArrayView("two"));
        QCOMPARE(second.text(0, 0), u"other"_s);
    }

    void quotedWordsComeBack_data()
    {
        QTest::addColumn<QByteArray>("literal");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("empty") << QByteArray("") << QByteArray("''");
        QTest::newRow("plain") << QByteArray("shop") << QByteArray("'shop'");
        QTest::newRow("quote") << QByteArray("it's") << QByteArray("'it''s'");
        QTest::newRow("backslash") << QByteArray("a\\b'") << QByteArray(" E'a\\\\b'''");
    }
    void quotedWordsComeBack()
    {
        QFETCH(QByteArray, literal);
        QFETCH(QByteArray, expected);
        QCOMPARE(quoteLiteral(literal), expected);
        QCOMPARE(ask("SELECT " + quoteLiteral(literal)).value(0, 0), QByteArrayView(literal));
        // The same with the old meaning of backslashes.
        QCOMPARE(m_session->execute("SET standard_conforming_strings = off", m_context).has_value(),
                 true);
        QCOMPARE(ask("SELECT " + quoteLiteral(literal)).value(0, 0), QByteArrayView(literal));
        QCOMPARE(m_session->execute("SET standard_conforming_strings = on", m_context).has_value(),
                 true);
    }

    void identifiersAreAlwaysQuoted()
    {
        QCOMPARE(quoteIdentifier(u"shop"_s), u"\"shop\""_s);
        QCOMPARE(quoteIdentifier(u"a\"b"_s), u"\"a\"\"b\""_s);
        QCOMPARE(quoteIdentifier({}), u"\"\""_s);
    }
};

MAYDAY_TEST(TestRows);
#include "tst_rows.moc"
