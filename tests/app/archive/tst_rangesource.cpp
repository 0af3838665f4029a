// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/pointsieve.h"
#include "archive/rangesource.h"
#include "support/gzipbytes.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace mayday::archive;
using namespace Qt::StringLiterals;
using tests::gzipped;

namespace {

Result<QByteArray> allOf(ByteSource &source)
{
    QByteArray all;
    std::vector<char> buffer(300'000);
    for (;;) {
        const auto got = source.read(buffer);
        if (!got)
            return failure(got.error());
        if (*got == 0)
            return all;
        all.append(buffer.data(), *got);
    }
}

/// Rows that do not compress away: about 40 MB, so that there are several points.
QByteArray longText()
{
    QRandomGenerator random(20261128);
    QByteArray text;
    for (int row = 0; text.size() < 5 * accessPointEvery; ++row)
        text += QByteArray::number(row) + "\tname " + QByteArray::number(random.generate()) +
                "\twords that come again and again in every row of the table\n";
    return text;
}

} // namespace

/// Any part of a text, without what is before it, and with the same certainty.
class TestRangeSource : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void pointsLieFarEnoughApart();
    void everyRangeIsTheSame_data();
    void everyRangeIsTheSame();
    void onlyTheNeighbourhoodIsRead();
    void aWrongByteInReachIsFound_data();
    void aWrongByteInReachIsFound();
    void aWrongByteElsewhereDoesNoHarm();
    void aFileCutShorterIsFound();
    void aPlainFileIsSought();
    void otherCompressionsAreRefused();

private:
    struct Sample {
        QString path;
        QByteArray bytes; ///< of the file
        AccessPoints points;
    };
    [[nodiscard]] QString write(const QString &name, const QByteArray &bytes) const
    {
        const QString path = m_folder.filePath(name);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write");
        return path;
    }
    [[nodiscard]] Sample sampleOf(const QString &name, const QByteArray &bytes) const
    {
        Sample sample{.path = write(name, bytes), .bytes = bytes, .points = {}};
        PointSieve sieve;
        const auto source =
            openSource(sample.path, [&sieve](const AccessPoint &point) { sieve.offer(point); });
        if (!source || allOf(**source) != m_text)
            qFatal("the text is not what was written");
        sample.points = sieve.points();
        return sample;
    }
    [[nodiscard]] static Result<QByteArray> read(const QString &path, const AccessPoints &points,
                                                 qint64 from, qint64 to)
    {
        auto source = RangeSource::open(path, points, from, to);
        return source ? allOf(**source) : failure(source.error());
    }

    QTemporaryDir m_folder;
    QByteArray m_text;
    Sample m_one;
    Sample m_many;
};

void TestRangeSource::initTestCase()
{
    m_text = longText();
    m_one = sampleOf(u"one.gz"_s, gzipped(m_text));
    // As cat of several files, or a tool that begins anew now and then.
    QByteArray many;
    for (qsizetype at = 0; at < m_text.size(); at += 15'000'000)
        many += gzipped(m_text.sliced(at, std::min<qsizetype>(15'000'000, m_text.size() - at)));
    m_many = sampleOf(u"many.gz"_s, many);
}

void TestRangeSource::pointsLieFarEnoughApart()
{
    for (const Sample *sample : {&m_one, &m_many}) {
        QVERIFY2(sample->points.size() >= 3, qPrintable(sample->path));
        qint64 last = 0;
        for (const AccessPoint &point : sample->points) {
            QVERIFY(point.textOffset - last >= accessPointEvery);
            QVERIFY(point.window.size() <= 40'000);
            last = point.textOffset;
        }
    }
}

void TestRangeSource::everyRangeIsTheSame_data()
{
    QTest::addColumn<bool>("many");
    QTest::addColumn<qint64>("from");
    QTest::addColumn<qint64>("to");
    for (const bool many : {false, true}) {
        const auto add = [many](const char *name, qint64 from, qint64 to) {
            QTest::addRow("%s, %s", many ? "many members" : "one member", name)
                << many << from << to;
        };
        const qint64 size = 5 * accessPointEvery;
        add("all", 0, -1);
        add("the beginning", 0, 1);
        add("before the first point", 1000, 2'000'000);
        add("over a point", accessPointEvery - 1000, accessPointEvery + 200'000);
        add("over all points", 100, size - 100);
        add("over the end of a member", 14'999'990, 15'000'010);
        add("behind the end of a member", 15'000'000, 15'000'001);
        add("the last", size - 10, -1);
        add("nothing", 1'000'000, 1'000'000);
    }
    QRandomGenerator random(7);
    for (int i = 0; i < 12; i += tests::thinnedStep(12)) {
        const qint64 from = random.bounded(static_cast<int>(5 * accessPointEvery - 1));
        const qint64 to = from + random.bounded(static_cast<int>(5 * accessPointEvery - from));
        QTest::addRow("random %d", i) << (i % 2 == 0) << from << to;
    }
}

void TestRangeSource::everyRangeIsTheSame()
{
    QFETCH(bool, many);
    QFETCH(qint64, from);
    QFETCH(qint64, to);
    const Sample &sample = many ? m_many : m_one;
    const auto got = read(sample.path, sample.points, from, to);
    QVERIFY2(got, got ? "" : qPrintable(describe(got.error())));
    QVERIFY(*got == (to < 0 ? m_text.sliced(from) : m_text.sliced(from, to - from)));
    // And without points, by inflating from the beginning.
    const auto slow = read(sample.path, {}, from, to);
    QVERIFY(slow && *slow == *got);
}

/// What makes it worth the while: a row far behind costs a fraction of the file.
void TestRangeSource::onlyTheNeighbourhoodIsRead()
{
    auto source = RangeSource::open(m_one.path, m_one.points, m_one.points[2].textOffset + 10,
                                    m_one.points[2].textOffset + 20);
    QVERIFY(source);
    QCOMPARE(allOf(**source)->size(), 10);
    const qint64 taken = (*source)->consumed() - m_one.points[2].fileOffset;
    QVERIFY2(taken < m_one.bytes.size() * 2 / 5, qPrintable(QString::number(taken)));
}

void TestRangeSource::aWrongByteInReachIsFound_data()
{
    QTest::addColumn<qint64>("place");
    const qint64 from = m_one.points[1].fileOffset;
    const qint64 to = m_one.points[2].fileOffset;
    for (qint64 place = from; place < to; place += (to - from) / 40)
        QTest::addRow("at %lld", place) << place;
}

/// Ten bytes are wanted, and everything up to the next checksum has to be right.
void TestRangeSource::aWrongByteInReachIsFound()
{
    QFETCH(qint64, place);
    QByteArray bytes = m_one.bytes;
    bytes[place] = static_cast<char>(bytes[place] ^ 0x10);
    const QString path = write(u"wrong.gz"_s, bytes);
    const qint64 from = m_one.points[1].textOffset + 100;
    const auto got = read(path, m_one.points, from, from + 10);
    QVERIFY(!got);
    QCOMPARE(got.error().kind, ErrorKind::Corrupt);
}

void TestRangeSource::aWrongByteElsewhereDoesNoHarm()
{
    QByteArray bytes = m_one.bytes;
    bytes[m_one.points[0].fileOffset / 2] ^= 0x10;
    const QString path = write(u"elsewhere.gz"_s, bytes);
    const qint64 from = m_one.points[1].textOffset;
    const auto got = read(path, m_one.points, from, from + 1000);
    QVERIFY(got && *got == m_text.sliced(from, 1000));
}

void TestRangeSource::aFileCutShorterIsFound()
{
    const qint64 last = m_one.points.last().textOffset;
    for (const qint64 missing : {1, 4, 9, 5000}) {
        const QString path = write(u"cut.gz"_s, m_one.bytes.first(m_one.bytes.size() - missing));
        for (const qint64 to : {qint64(-1), last + 50}) {
            const auto got = read(path, m_one.points, last + 10, to);
            QVERIFY(!got);
            QCOMPARE(got.error().kind, ErrorKind::Corrupt);
        }
    }
}

void TestRangeSource::aPlainFileIsSought()
{
    const QString path = write(u"plain.sql"_s, m_text);
    auto source = RangeSource::open(path, {}, 20'000'000, 20'000'100);
    QVERIFY(source);
    QCOMPARE(*allOf(**source), m_text.sliced(20'000'000, 100));
    QCOMPARE(*read(path, {}, 20'000'000, -1), m_text.sliced(20'000'000));
    const auto behind = read(path, {}, m_text.size() - 5, m_text.size() + 5);
    QVERIFY(!behind);
    QCOMPARE(behind.error().kind, ErrorKind::Corrupt);
}

/// Points of a gzip file say nothing about another one that took its place.
void TestRangeSource::otherCompressionsAreRefused()
{
    const QString path = write(u"other.sql"_s, m_text);
    const auto got = read(path, m_one.points, 100, 200);
    QVERIFY(!got);
    QCOMPARE(got.error().kind, ErrorKind::Unsupported);
}

MAYDAY_TEST(TestRangeSource);
#include "tst_rangesource.moc"
