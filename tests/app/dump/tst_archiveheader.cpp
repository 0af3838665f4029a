// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/dumpfiles.h"
#include "dump/archiveheader.h"
#include "support/testmain.h"

#include <QTest>

#include <limits>

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;

namespace {

/// As pg_dump on a machine with integers of so many bytes writes it.
class Header final {
public:
    explicit Header(int size) : m_size(size)
    {
        m_bytes = "PGDMP\x01\x0e" + QByteArray(1, '\0') + static_cast<char>(size) + "\x08\x01";
    }
    Header &number(qint64 value)
    {
        const quint64 amount = value < 0 ? 0 - static_cast<quint64>(value) : value;
        m_bytes += value < 0 ? '\1' : '\0';
        for (int i = 0; i < m_size; ++i)
            m_bytes += static_cast<char>(i < 8 ? amount >> (8 * i) : 0);
        return *this;
    }
    Header &text(const QByteArray &value)
    {
        number(value.size()).m_bytes += value;
        return *this;
    }
    [[nodiscard]] Result<ArchiveHeader> parsed() const
    {
        return parseArchiveHeader(m_bytes, u"x"_s);
    }

private:
    int m_size;
    QByteArray m_bytes;
};

} // namespace

/// What no pg_dump writes and damage may. Whole archives are tst_dumpopener's.
class TestArchiveHeader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aTimeBeyondTheCalendarIsNone_data();
    void aTimeBeyondTheCalendarIsNone();
    void aTextOfImpossibleLengthIsDamage();
    void aTarThatIsNotOneBlockLongIsNone();
};

void TestArchiveHeader::aTimeBeyondTheCalendarIsNone_data()
{
    QTest::addColumn<int>("size");
    QTest::addColumn<qint64>("year");
    QTest::newRow("the largest of four bytes") << 4 << qint64(std::numeric_limits<int>::max());
    QTest::newRow("the least of four bytes") << 4 << -qint64(std::numeric_limits<int>::max());
    QTest::newRow("the largest of eight bytes") << 8 << std::numeric_limits<qint64>::max();
    QTest::newRow("the least of eight bytes") << 8 << std::numeric_limits<qint64>::min();
    QTest::newRow("2026 in the lower half") << 8 << (qint64(1) << 32) + 126;
}

void TestArchiveHeader::aTimeBeyondTheCalendarIsNone()
{
    QFETCH(int, size);
    QFETCH(qint64, year);
    Header header(size);
    header.number(-1).number(5).number(4).number(3).number(2).number(0).number(year).number(0);
    const auto found = header.text("shop").text("17.2").text("17.2").parsed();
    QVERIFY2(found, found ? "" : qPrintable(describe(found.error())));
    QVERIFY(!found->madeAt.isValid());
    QCOMPARE(found->database, u"shop"_s);
}

void TestArchiveHeader::aTextOfImpossibleLengthIsDamage()
{
    for (const qint64 length : {std::numeric_limits<qint64>::max(), qint64(1) << 32}) {
        Header header(8);
        for (int i = 0; i < 8; ++i)
            header.number(1);
        const auto found = header.number(length).parsed();
        QVERIFY(!found);
        QCOMPARE(found.error().kind, ErrorKind::Corrupt);
    }
}

/// It says what it is in its first 262 bytes, and what is in it behind 512.
void TestArchiveHeader::aTarThatIsNotOneBlockLongIsNone()
{
    const tests::DumpFiles files;
    QByteArray tar(512, '\0');
    tar.replace(0, 7, "toc.dat").replace(108, 7, "0004000").replace(116, 7, "0002000");
    tar.replace(257, 5, "ustar").append("PGDMP\1");
    for (const qsizetype size : {262, 263, 511, 512, 513, 516}) {
        const auto found = archiveHeaderOf(files.written(tar.first(size)));
        QVERIFY2(found, found ? "" : qPrintable(describe(found.error())));
        QVERIFY(!*found);
    }
    const auto found = archiveHeaderOf(files.written(tar));
    QVERIFY(!found);
    QCOMPARE(found.error().kind, ErrorKind::Corrupt);
}

MAYDAY_TEST(TestArchiveHeader);
#include "tst_archiveheader.moc"
