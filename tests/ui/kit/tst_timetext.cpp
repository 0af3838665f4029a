// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/kit/timetext.h"

#include <QLocale>
#include <QTest>

#include <limits>

using namespace mayday::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

Q_DECLARE_METATYPE(std::chrono::milliseconds)

class TestTimeText final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void promisesAreRound();
    void initTestCase()
    {
        // A desktop that writes 60.012,5 must not change a word.
        QLocale::setDefault(QLocale(QLocale::German));
    }

    void clocks()
    {
        const QDateTime when(QDate(2026, 11, 22), QTime(14, 2, 9), QTimeZone::UTC);
        const QTimeZone berlin("Europe/Berlin");
        QCOMPARE(timetext::clock(when, berlin), u"14:02 UTC (15:02 here)"_s);
        QCOMPARE(timetext::clock(when, QTimeZone::utc()), u"14:02 UTC"_s);
        QCOMPARE(timetext::clock(when.addSecs(34'680), berlin),
                 u"23:40 UTC (00:40 here, Monday)"_s);
        QCOMPARE(timetext::clock(when.toTimeZone(berlin), berlin), u"14:02 UTC (15:02 here)"_s);
        QCOMPARE(timetext::utcSeconds(when), u"14:02:09 UTC"_s);
        QCOMPARE(timetext::dateClock(when, berlin), u"22 November 2026, 14:02 UTC (15:02 here)"_s);
    }

    void brief()
    {
        const QDateTime now(QDate(2026, 11, 22), QTime(14, 2), QTimeZone::UTC);
        QCOMPARE(timetext::brief(now.addSecs(-660), now), u"13:51"_s);
        QCOMPARE(timetext::brief(now.addDays(-1).addSecs(-8520), now), u"Sat 11:40"_s);
        QCOMPARE(timetext::brief(QDateTime(QDate(2026, 11, 3), QTime(1, 0), QTimeZone::UTC), now),
                 u"3 Nov"_s);
        QCOMPARE(timetext::brief(QDateTime(QDate(2025, 11, 3), QTime(1, 0), QTimeZone::UTC), now),
                 u"3 Nov 2025"_s);
        QCOMPARE(timetext::brief(now.addDays(1), now), u"23 Nov"_s);
    }

    void lengths_data()
    {
        QTest::addColumn<milliseconds>("length");
        QTest::addColumn<QString>("age");
        QTest::addColumn<QString>("duration");
        QTest::addColumn<QString>("countdown");
        const auto row = [](milliseconds length, const QString &age, const QString &duration,
                            const QString &countdown) {
            QTest::addRow("%lld ms", static_cast<long long>(length.count()))
                << length << age << duration << countdown;
        };
        row(0ms, u"just now"_s, u"0 s"_s, u"00:00"_s);
        row(200ms, u"just now"_s, u"0.2 s"_s, u"00:00"_s);
        row(6s, u"6 s ago"_s, u"6 s"_s, u"00:06"_s);
        row(59'999ms, u"59 s ago"_s, u"1 min 00 s"_s, u"00:59"_s);
        row(372s, u"6 min ago"_s, u"6 min 12 s"_s, u"06:12"_s);
        row(400s, u"6 min ago"_s, u"6 min 40 s"_s, u"06:40"_s);
        row(3'729s, u"1 h 02 min ago"_s, u"1 h 02 min"_s, u"1:02:09"_s);
        row(43'500s, u"12 h 05 min ago"_s, u"12 h 05 min"_s, u"12:05:00"_s);
        row(90'000s, u"1 day ago"_s, u"25 h 00 min"_s, u"25:00:00"_s);
        row(280'000s, u"3 days ago"_s, u"3 days 5 h"_s, u"77:46:40"_s);
        row(-5s, u"just now"_s, u"-5 s"_s, u"-00:05"_s);
        row(-30s, u"just now"_s, u"-30 s"_s, u"-00:30"_s);
    }

    void lengths()
    {
        QFETCH(milliseconds, length);
        QTEST(timetext::age(length), "age");
        QTEST(timetext::duration(length), "duration");
        QTEST(timetext::countdown(length), "countdown");
    }

    void ranges()
    {
        QCOMPARE(timetext::range(40s, 55s), u"40 to 55 s"_s);
        QCOMPARE(timetext::range(240s, 360s), u"4 to 6 min"_s);
        QCOMPARE(timetext::range(50s, 120s), u"50 s to 2 min"_s);
        QCOMPARE(timetext::range(120s, 125s), u"2 min"_s);
        QCOMPARE(timetext::range(55s, 40s), u"40 to 55 s"_s);
    }

    void amounts()
    {
        QCOMPARE(timetext::count(0), u"0"_s);
        QCOMPARE(timetext::count(999), u"999"_s);
        QCOMPARE(timetext::count(60'012), u"60,012"_s);
        QCOMPARE(timetext::count(1'204'551), u"1,204,551"_s);
        QCOMPARE(timetext::count(-123), u"-123"_s);
        QCOMPARE(timetext::count(-4'100), u"-4,100"_s);
        QCOMPARE(timetext::count(std::numeric_limits<qint64>::min()),
                 u"-9,223,372,036,854,775,808"_s);
        QCOMPARE(timetext::shortCount(60'012), u"60,012"_s);
        QCOMPARE(timetext::shortCount(1'900'000), u"1.9 M"_s);
        QCOMPARE(timetext::shortCount(2'400'000'000), u"2.4 G"_s);
    }

    void sizes()
    {
        QCOMPARE(timetext::bytes(0), u"0 B"_s);
        QCOMPARE(timetext::bytes(312), u"312 B"_s);
        QCOMPARE(timetext::bytes(4'100), u"4.1 kB"_s);
        QCOMPARE(timetext::bytes(999'999), u"1 MB"_s);
        QCOMPARE(timetext::bytes(218'000'000), u"218 MB"_s);
        QCOMPARE(timetext::bytes(1'200'000'000), u"1.2 GB"_s);
        QCOMPARE(timetext::bytesOf(218'000'000, 292'000'000), u"218 of 292 MB"_s);
        QCOMPARE(timetext::bytesOf(400'000, 292'000'000), u"0.4 of 292 MB"_s);
        QCOMPARE(timetext::bytesOf(0, 292), u"0 of 292 B"_s);
        QCOMPARE(timetext::rate(11.4e6), u"11.4 MB/s"_s);
    }
};

void TestTimeText::promisesAreRound()
{
    QCOMPARE(timetext::promise(15min), u"15 min"_s);
    QCOMPARE(timetext::promise(60min), u"1 h"_s);
    QCOMPARE(timetext::promise(90min), u"90 min"_s);
    QCOMPARE(timetext::promise(1440min), u"24 h"_s);
    QCOMPARE(timetext::promise(0min), u"0 min"_s);
}

MAYDAY_TEST(TestTimeText);
#include "tst_timetext.moc"
