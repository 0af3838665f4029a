// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/digest.h"
#include "archive/readahead.h"
#include "support/testmain.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>

using namespace mayday;
using namespace mayday::archive;
using namespace Qt::StringLiterals;

namespace {

/// Counts up: byte n is n mod 251. Fails at the end if it is told to.
class CountingSource final : public ByteSource {
public:
    CountingSource(qint64 size, bool fails, std::atomic<qint64> *reads = nullptr)
        : m_size(size), m_fails(fails), m_reads(reads)
    {
    }
    Result<qsizetype> read(std::span<char> buffer) override
    {
        if (m_reads)
            ++*m_reads;
        const qint64 size = std::min<qint64>(m_size - m_at, static_cast<qint64>(buffer.size()));
        if (size == 0 && m_fails)
            return failure({.kind = ErrorKind::Corrupt, .subject = u"x"_s, .detail = u"cut"_s});
        for (qint64 i = 0; i < size; ++i)
            buffer[static_cast<size_t>(i)] = static_cast<char>((m_at + i) % 251);
        m_at += size;
        return size;
    }
    qint64 consumed() const override { return m_at; }
    qint64 total() const override { return m_size; }
    QString format() const override { return u"plain"_s; }
    bool endedEarly() const override { return m_fails; }

private:
    qint64 m_size;
    bool m_fails;
    std::atomic<qint64> *m_reads;
    qint64 m_at = 0;
};

} // namespace

class TestReadAhead : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesEveryByteOnce_data();
    void givesEveryByteOnce();
    void theRoomInFrontIsOurs();
    void doesNotRunAway();
    void canBeLeftInTheMiddle();
    void digestOfAFile();
    void digestStops();
};

void TestReadAhead::givesEveryByteOnce_data()
{
    QTest::addColumn<qint64>("size");
    QTest::addColumn<bool>("fails");
    for (const qint64 size : {qint64(0), qint64(1), qint64(ReadAhead::blockSize),
                              qint64(ReadAhead::blockSize * 9 + 17)}) {
        QTest::addRow("%lld, good end", size) << size << false;
        QTest::addRow("%lld, bad end", size) << size << true;
    }
}

void TestReadAhead::givesEveryByteOnce()
{
    QFETCH(qint64, size);
    QFETCH(bool, fails);
    ReadAhead ahead(std::make_unique<CountingSource>(size, fails));
    qint64 at = 0;
    bool allRight = true;
    auto block = ahead.next();
    for (; block && !block->empty(); block = ahead.next()) {
        QVERIFY(!ahead.restingSource());
        for (const char byte : *block)
            allRight = allRight && byte == static_cast<char>(at++ % 251);
        QCOMPARE(ahead.consumed(), at);
    }
    QVERIFY(allRight);
    QCOMPARE(at, size);
    QCOMPARE(block.has_value(), !fails);
    QVERIFY(ahead.restingSource());
    QCOMPARE(ahead.restingSource()->endedEarly(), fails);
    QCOMPARE(ahead.next().has_value(), !fails); // asking again is allowed
}

void TestReadAhead::theRoomInFrontIsOurs()
{
    ReadAhead ahead(std::make_unique<CountingSource>(3 * ReadAhead::blockSize, false));
    for (auto block = ahead.next(); block && !block->empty(); block = ahead.next()) {
        const char first = block->front();
        std::fill_n(block->data() - ReadAhead::headroom, ReadAhead::headroom, 'x');
        QCOMPARE(block->front(), first);
    }
}

void TestReadAhead::doesNotRunAway()
{
    std::atomic<qint64> reads = 0;
    ReadAhead ahead(std::make_unique<CountingSource>(1000 * ReadAhead::blockSize, false, &reads));
    for (int i = 0; i < 20; ++i)
        QVERIFY(ahead.next());
    QVERIFY(reads.load() <= 20 + 4);
}

void TestReadAhead::canBeLeftInTheMiddle()
{
    for (int blocks = 0; blocks < 6; ++blocks) {
        ReadAhead ahead(std::make_unique<CountingSource>(100 * ReadAhead::blockSize, false));
        for (int i = 0; i < blocks; ++i)
            QVERIFY(ahead.next());
    }
}

void TestReadAhead::digestOfAFile()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"a"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("abc");
    file.close();
    const auto digest = sha256OfFile(path, TaskContext());
    QVERIFY(digest);
    QCOMPARE(*digest,
             QByteArray("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    QVERIFY(!sha256OfFile(folder.filePath(u"none"_s), TaskContext()));
}

void TestReadAhead::digestStops()
{
    std::stop_source stop;
    stop.request_stop();
    const auto digest =
        sha256OfFile(QCoreApplication::applicationFilePath(), TaskContext(stop.get_token()));
    QVERIFY(!digest);
    QCOMPARE(digest.error().kind, ErrorKind::Cancelled);
}

MAYDAY_TEST(TestReadAhead);
#include "tst_readahead.moc"
