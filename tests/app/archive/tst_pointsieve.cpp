// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/pointsieve.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::archive;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 megabyte = 1024 * 1024;
/// What the reading is in front of whoever looks at the text.
constexpr qint64 readAhead = megabyte;

AccessPoint offeredPoint(qint64 place)
{
    return {.textOffset = place, .fileOffset = place / 5, .window = QByteArray(32 * 1024, 'w')};
}

/// A reading that offers a point every half megabyte, and stretches that are seen `readAhead`
/// later.
class SievedReading final {
public:
    void goTo(qint64 place)
    {
        for (; m_offered + accessPointOffered <= place + readAhead; m_offered += accessPointOffered)
            sieve.offer(offeredPoint(m_offered + accessPointOffered));
    }
    void stretch(qint64 from, qint64 to)
    {
        goTo(from);
        sieve.stretchBegins(from);
        goTo(to);
        sieve.stretchEnds(to);
    }
    [[nodiscard]] QString places() const
    {
        QStringList all;
        for (const AccessPoint &point : sieve.points())
            all.append(QString::number(double(point.textOffset) / megabyte));
        return all.join(u' ');
    }

    PointSieve sieve;

private:
    qint64 m_offered = 0;
};

} // namespace

/// Few points, and where they are wanted.
class TestPointSieve : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void someFarApartAreKept();
    void theNeighboursOfALongStretchAreKept();
    void thatBehindTheEndMayComeLater();
    void aShortStretchLeavesNone();
    void stretchesThatFollowEachOtherShare();
    void aStretchFromTheBeginningHasNoneBefore();
    void whatIsKeptCanBeUnpacked();
};

void TestPointSieve::someFarApartAreKept()
{
    SievedReading reading;
    reading.goTo(30 * megabyte);
    QCOMPARE(reading.places(), u"8 16 24"_s);
}

void TestPointSieve::theNeighboursOfALongStretchAreKept()
{
    SievedReading reading;
    reading.stretch(10 * megabyte + 7, 30 * megabyte + 7);
    reading.goTo(40 * megabyte);
    QCOMPARE(reading.places(), u"8 10 10.5 16 24 30 30.5 32 40"_s);
}

void TestPointSieve::thatBehindTheEndMayComeLater()
{
    SievedReading reading;
    reading.goTo(9 * megabyte);
    reading.sieve.stretchBegins(9 * megabyte + readAhead + 100);
    reading.goTo(20 * megabyte);
    reading.sieve.stretchEnds(20 * megabyte + readAhead + 100);
    QCOMPARE(reading.places(), u"8 10 10.5 16 21"_s);
    reading.goTo(21 * megabyte);
    QCOMPARE(reading.places(), u"8 10 10.5 16 21 21.5"_s);
}

void TestPointSieve::aShortStretchLeavesNone()
{
    SievedReading reading;
    reading.stretch(3 * megabyte, 7 * megabyte);
    reading.goTo(10 * megabyte);
    QCOMPARE(reading.places(), u"8"_s);
}

void TestPointSieve::stretchesThatFollowEachOtherShare()
{
    SievedReading reading;
    for (int table = 0; table < 100; ++table)
        reading.stretch(table * 9 * megabyte + 300, (table + 1) * 9 * megabyte + 200);
    QVERIFY2(reading.sieve.points().size() < 100 * 9 / 8 + 100 * 2 + 3,
             qPrintable(reading.places()));
}

void TestPointSieve::aStretchFromTheBeginningHasNoneBefore()
{
    SievedReading reading;
    reading.stretch(100, 9 * megabyte + 100);
    QCOMPARE(reading.places(), u"0.5 8 9 9.5"_s);
}

void TestPointSieve::whatIsKeptCanBeUnpacked()
{
    SievedReading reading;
    reading.stretch(100, 9 * megabyte + 100);
    for (const AccessPoint &point : reading.sieve.points()) {
        QCOMPARE(qUncompress(point.window), offeredPoint(point.textOffset).window);
        QVERIFY(point.window.size() < 1000);
        QCOMPARE(point.fileOffset, point.textOffset / 5);
    }
}

MAYDAY_TEST(TestPointSieve);
#include "tst_pointsieve.moc"
