// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/datatime.h"
#include "support/testmain.h"

#include <QTest>
#include <QTimeZone>

using namespace mayday;
using namespace mayday::backup;
using namespace Qt::StringLiterals;

namespace {

QDateTime utc(int year, int month, int day, int hour = 0, int minute = 0, int second = 0)
{
    return {QDate(year, month, day), QTime(hour, minute, second), QTimeZone::UTC};
}

} // namespace

/// A copy of last week's backup is as new to the file system as today's. Mayday must not say so.
class TestDataTime : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qputenv("TZ", "UTC"); }
    void namesTellTheTime_data();
    void namesTellTheTime();
    void aPlaceEastOfGreenwichBeginsItsDayEarlier();
    void theSurestIsBelieved();
    void aNameOfTheFutureIsNotBelieved();
};

void TestDataTime::namesTellTheTime_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QDateTime>("time");
    QTest::newRow("a day") << u"shop-2026-11-29.sql.gz"_s << utc(2026, 11, 29);
    QTest::newRow("without marks") << u"shop_20261129.dump"_s << utc(2026, 11, 29);
    QTest::newRow("dots") << u"2026.11.29-shop.sql"_s << utc(2026, 11, 29);
    QTest::newRow("an hour") << u"shop-2026-11-29_03-15.sql.gz"_s << utc(2026, 11, 29, 3, 15);
    QTest::newRow("seconds") << u"shop-20261129T031542Z.sql"_s << utc(2026, 11, 29, 3, 15, 42);
    QTest::newRow("all digits") << u"shop20261129031542.sql"_s << utc(2026, 11, 29, 3, 15, 42);
    QTest::newRow("a name's own time")
        << u"shop_20261129_0315.sql.gz"_s << utc(2026, 11, 29, 3, 15);
    QTest::newRow("the last of two") << u"from-2025-01-01-to-2026-11-29.sql"_s << utc(2026, 11, 29);
    QTest::newRow("no day") << u"shop-2026-13-29.sql"_s << QDateTime();
    QTest::newRow("mixed marks") << u"shop-2026-1129.sql"_s << QDateTime();
    QTest::newRow("a number") << u"dump-1202611291.sql"_s << QDateTime();
    QTest::newRow("a longer number") << u"dump-20261129031542777.sql"_s << QDateTime();
    QTest::newRow("none") << u"shop.sql.gz"_s << QDateTime();
}

void TestDataTime::namesTellTheTime()
{
    QFETCH(const QString, name);
    QFETCH(const QDateTime, time);
    const auto told = timeInName(name);
    QCOMPARE(told.has_value(), time.isValid());
    QCOMPARE(told.value_or(QDateTime()), time);
}

void TestDataTime::aPlaceEastOfGreenwichBeginsItsDayEarlier()
{
    qputenv("TZ", "Asia/Tokyo");
    tzset();
    const auto told = timeInName(u"shop-2026-11-29.sql"_s);
    const auto zoned = timeInName(u"shop-20261129T031542Z.sql"_s);
    qputenv("TZ", "UTC");
    tzset();
    QCOMPARE(told, utc(2026, 11, 28, 15));
    QCOMPARE(zoned, utc(2026, 11, 29, 3, 15, 42));
}

void TestDataTime::theSurestIsBelieved()
{
    const QDateTime copied = utc(2026, 11, 30, 10);
    const QString named = u"shop-2026-11-29.sql"_s;
    dump::DumpInspection dumped;
    dumped.startedAt = utc(2026, 11, 27, 4);
    const ManifestCheck manifest{
        .isThere = true, .isUsable = true, .takenAt = utc(2026, 11, 28, 4)};
    ManifestCheck ofAnotherFile = manifest;
    ofAnotherFile.isUsable = false;
    QCOMPARE(dataTimeOf(named, copied, dumped, manifest),
             (DataTime{utc(2026, 11, 27, 4), DataTimeSource::Dump}));
    QCOMPARE(dataTimeOf(named, copied, dump::DumpInspection(), manifest),
             (DataTime{utc(2026, 11, 28, 4), DataTimeSource::Manifest}));
    QCOMPARE(dataTimeOf(named, copied, dump::DumpInspection(), ofAnotherFile),
             (DataTime{utc(2026, 11, 29), DataTimeSource::FileName}));
    const DataTime last = dataTimeOf(u"shop.sql"_s, copied, std::nullopt, {});
    QCOMPARE(last, (DataTime{copied, DataTimeSource::FileTime}));
    QVERIFY(!last.isRecorded());
}

void TestDataTime::aNameOfTheFutureIsNotBelieved()
{
    const QDateTime written = utc(2026, 11, 20, 10);
    QCOMPARE(dataTimeOf(u"until-2026-12-31.sql"_s, written, std::nullopt, {}),
             (DataTime{written, DataTimeSource::FileTime}));
}

MAYDAY_TEST(TestDataTime);
#include "tst_datatime.moc"
