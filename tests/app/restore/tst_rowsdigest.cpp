// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/rowsdigest.h"
#include "support/testmain.h"

using namespace mayday;
using namespace mayday::restore;
using namespace Qt::StringLiterals;

namespace {

RowsDigest digestOf(const QList<QByteArray> &rows)
{
    RowsDigest digest;
    for (const QByteArray &row : rows)
        digest.add(row);
    return digest;
}

} // namespace

/// What digests of rows tell apart, and that times of any zone are one.
class TestRowsDigest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theOrderDoesNotCount();
    void everythingElseCounts_data();
    void everythingElseCounts();
    void momentsAreBroughtToUtc_data();
    void momentsAreBroughtToUtc();
};

void TestRowsDigest::theOrderDoesNotCount()
{
    const RowsDigest one = digestOf({"1\ta", "2\tb", "2\tb", "\\N\t"});
    const RowsDigest other = digestOf({"2\tb", "\\N\t", "1\ta", "2\tb"});
    QVERIFY(one.isSame(other));
    QCOMPARE(one.text(), other.text());
    QCOMPARE(one.rows(), 4);
    QCOMPARE(one.text().size(), 32);
    // The sums of SHA-256's first 16 bytes as two numbers, least byte first.
    QCOMPARE(digestOf({"abc"}).text(), u"eacf018fbf1678ba2322ae5dde404141"_s);
}

void TestRowsDigest::everythingElseCounts_data()
{
    QTest::addColumn<QList<QByteArray>>("rows");
    QTest::newRow("a letter") << QList<QByteArray>{"1\ta", "2\tc"};
    QTest::newRow("a row less") << QList<QByteArray>{"1\ta"};
    QTest::newRow("a row twice") << QList<QByteArray>{"1\ta", "2\tb", "2\tb"};
    QTest::newRow("one twice, one not at all") << QList<QByteArray>{"1\ta", "1\ta"};
    QTest::newRow("values that changed places") << QList<QByteArray>{"1\tb", "2\ta"};
    QTest::newRow("an empty row more") << QList<QByteArray>{"1\ta", "2\tb", ""};
    QTest::newRow("NULL for nothing") << QList<QByteArray>{"1\ta", "2\t\\N"};
    QTest::newRow("no rows") << QList<QByteArray>{};
}

void TestRowsDigest::everythingElseCounts()
{
    QFETCH(QList<QByteArray>, rows);
    const RowsDigest digest = digestOf({"1\ta", "2\tb"});
    QVERIFY(!digestOf(rows).isSame(digest));
    QVERIFY(digestOf(rows).text() != digest.text());
}

void TestRowsDigest::momentsAreBroughtToUtc_data()
{
    QTest::addColumn<QByteArray>("moment");
    QTest::addColumn<QByteArray>("utc");
    const auto row = [](const char *moment, const char *utc) {
        QTest::newRow(moment) << QByteArray(moment) << QByteArray(utc);
    };
    row("2026-03-01 01:30:00.5+02", "2026-02-28 23:30:00.5+00");
    row("2026-03-01 01:30:00+00", "2026-03-01 01:30:00+00");
    row("2026-12-31 20:15:00.123456-05:45", "2027-01-01 02:00:00.123456+00");
    row("1890-01-01 00:00:00+00:53:28", "1889-12-31 23:06:32+00");
    row("0001-01-01 00:00:00+01", "0001-12-31 23:00:00+00 BC");
    row("0001-12-31 23:30:00-01 BC", "0001-01-01 00:30:00+00");
    row("4714-11-24 01:00:00+01 BC", "4714-11-24 00:00:00+00 BC");
    row("10000-01-01 00:00:00+01", "9999-12-31 23:00:00+00");
    // What is none, or beyond the calendar, stays.
    row("infinity", "infinity");
    row("-infinity", "-infinity");
    row("\\N", "\\N");
    row("", "");
    row("2026-03-01", "2026-03-01");
    row("2026-13-01 00:00:00+01", "2026-13-01 00:00:00+01");
    row("294276-12-31 23:59:59+01", "294276-12-31 23:59:59+01");
    row("2026-03-01 01:30:00+02 AD", "2026-03-01 01:30:00+02 AD");
}

void TestRowsDigest::momentsAreBroughtToUtc()
{
    QFETCH(QByteArray, moment);
    QFETCH(QByteArray, utc);
    QCOMPARE(inUtc(moment), utc);
}

MAYDAY_TEST(TestRowsDigest);
#include "tst_rowsdigest.moc"
