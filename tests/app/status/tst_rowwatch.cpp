// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/rowwatch.h"
#include "support/testmain.h"

#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace mayday {

using status::RowWatch;
using status::TableRows;

/// Tables that lose their rows.
class TestRowWatch final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void losses_data();
    void losses();
    void dropStaysUntilTheRowsAreBack();
    void acceptedDropIsForgotten();
    void slowDrainWithinAnHourIsSeen();
    void slowDrainOverADayIsLife();
    void emptyAtFirstSight();
    void uncountedTableKeepsItsMeasure();
    void tablesAreApart();

private:
    TableRows count(std::optional<qint64> rows, qint64 minute, const QString &table = u"products"_s)
    {
        const QDateTime start(QDate(2026, 3, 1), QTime(3, 0), QTimeZone::UTC);
        return m_watch
            .update({{.table = table, .rows = rows, .problem = {}}}, start.addSecs(minute * 60))
            .first();
    }

    RowWatch m_watch;
};

void TestRowWatch::losses_data()
{
    QTest::addColumn<qint64>("before");
    QTest::addColumn<qint64>("now");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("all gone") << qint64(60012) << qint64(0) << u"products fell from 60,012 to 0"_s;
    QTest::newRow("more than half")
        << qint64(100) << qint64(49) << u"products fell from 100 to 49"_s;
    QTest::newRow("exactly half") << qint64(100) << qint64(50) << QString();
    QTest::newRow("odd") << qint64(11) << qint64(5) << u"products fell from 11 to 5"_s;
    QTest::newRow("odd half kept") << qint64(11) << qint64(6) << QString();
    QTest::newRow("a few") << qint64(100) << qint64(90) << QString();
    QTest::newRow("growing") << qint64(100) << qint64(100000) << QString();
    QTest::newRow("tiny table") << qint64(5) << qint64(1) << QString();
    QTest::newRow("tiny and empty") << qint64(5) << qint64(0) << u"products is empty"_s;
}

void TestRowWatch::losses()
{
    QFETCH(qint64, before);
    QFETCH(qint64, now);
    m_watch = {};
    QVERIFY(count(before, 0).sentence().isEmpty());
    QTEST(count(now, 1).sentence(), "sentence");
}

void TestRowWatch::dropStaysUntilTheRowsAreBack()
{
    m_watch = {};
    (void)count(60012, 0);
    const TableRows first = count(0, 1);
    QVERIFY(first.isDropped() && first.isEmpty());
    const TableRows later = count(10, 300); // five hours on, still not forgotten
    QCOMPARE(later.sentence(), u"products fell from 60,012 to 10"_s);
    QCOMPARE(later.droppedAt, first.droppedAt);
    QVERIFY(!count(60000, 301).isDropped());
    QCOMPARE(count(0, 302).sentence(), u"products fell from 60,000 to 0"_s);
}

void TestRowWatch::acceptedDropIsForgotten()
{
    m_watch = {};
    (void)count(1000, 0);
    QVERIFY(count(100, 1).isDropped());
    m_watch.accept();
    QVERIFY(!count(100, 2).isDropped());
    QVERIFY(count(20, 3).isDropped());
}

void TestRowWatch::slowDrainWithinAnHourIsSeen()
{
    m_watch = {};
    bool seen = false;
    for (int minute = 0; minute < 60; ++minute)
        seen = seen || count(1000 - 10 * minute, minute).isDropped();
    QVERIFY(seen);
}

void TestRowWatch::slowDrainOverADayIsLife()
{
    m_watch = {};
    for (int minute = 0; minute < 24 * 60; minute += 10)
        QVERIFY2(!count(100'000 - 60 * minute, minute).isDropped(),
                 qPrintable(QString::number(minute)));
}

void TestRowWatch::emptyAtFirstSight()
{
    m_watch = {};
    const TableRows rows = count(0, 0);
    QVERIFY(rows.isEmpty() && !rows.isDropped());
    QCOMPARE(rows.sentence(), u"products is empty"_s);
}

void TestRowWatch::uncountedTableKeepsItsMeasure()
{
    m_watch = {};
    (void)count(1000, 0);
    const TableRows unknown = count(std::nullopt, 1);
    QVERIFY(unknown.sentence().isEmpty());
    QCOMPARE(unknown.before, 1000);
    QVERIFY(count(0, 2).isDropped());
    QVERIFY(count(std::nullopt, 3).isDropped());
}

void TestRowWatch::tablesAreApart()
{
    m_watch = {};
    (void)count(1000, 0, u"a"_s);
    (void)count(20, 0, u"b"_s);
    QVERIFY(!count(20, 1, u"b"_s).isDropped());
    QVERIFY(count(20, 1, u"a"_s).isDropped());
}

} // namespace mayday

MAYDAY_TEST(mayday::TestRowWatch);
#include "tst_rowwatch.moc"
