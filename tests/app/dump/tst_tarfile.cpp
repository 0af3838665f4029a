// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/dumpfiles.h"
#include "dump/tarfile.h"
#include "support/testmain.h"

using namespace mayday;
using namespace Qt::StringLiterals;

namespace {

/// A header block, as POSIX has it, with the right sum.
QByteArray header(const QByteArray &name, const QByteArray &size)
{
    QByteArray block(512, '\0');
    block.replace(0, name.size(), name);
    block.replace(124, size.size(), size);
    block.replace(148, 8, "        ");
    int sum = 0;
    for (const char byte : std::as_const(block))
        sum += static_cast<uchar>(byte);
    return block.replace(148, 6, QByteArray::number(sum, 8).rightJustified(6, '0'));
}

/// As sizes above 8 GB are written: a mark, and the number from its highest byte on.
QByteArray large(quint64 size)
{
    QByteArray field("\x80\0\0\0", 4);
    for (int shift = 56; shift >= 0; shift -= 8)
        field += static_cast<char>(size >> shift);
    return field;
}

} // namespace

class TestTarFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aWholeOneIsWhole();
    void aMemberThatIsLongerThanTheFileIsCut_data();
    void aMemberThatIsLongerThanTheFileIsCut();

private:
    tests::DumpFiles m_files;
};

void TestTarFile::aWholeOneIsWhole()
{
    const QByteArray end(512, '\0');
    const QByteArray member = header("toc.dat", large(3)) + "abc" + QByteArray(509, '\0');
    QVERIFY(dump::checkTarIsWhole(m_files.written(end)));
    QVERIFY(dump::checkTarIsWhole(m_files.written(member + end)));
    QVERIFY(dump::checkTarIsWhole(m_files.written(member + member + end + "padding")));
    QVERIFY(!dump::checkTarIsWhole(m_files.written(member)));
}

void TestTarFile::aMemberThatIsLongerThanTheFileIsCut_data()
{
    QTest::addColumn<QByteArray>("size");
    QTest::newRow("in digits") << QByteArray("00000002000");
    QTest::newRow("a byte too long") << large(1025);
    QTest::newRow("as far as its padding only") << large(1024 + 511);
    QTest::newRow("beyond what can be added to") << large(std::numeric_limits<qint64>::max());
    QTest::newRow("nearly so") << large(std::numeric_limits<qint64>::max() - 1023);
}

void TestTarFile::aMemberThatIsLongerThanTheFileIsCut()
{
    QFETCH(QByteArray, size);
    const auto whole =
        dump::checkTarIsWhole(m_files.written(header("1.dat", size) + QByteArray(1023, '\0')));
    QVERIFY(!whole);
    QCOMPARE(whole.error().kind, ErrorKind::Corrupt);
    QVERIFY2(whole.error().detail.contains(u"cut off at byte 1535, inside 1.dat"_s),
             qPrintable(whole.error().detail));
}

MAYDAY_TEST(TestTarFile);
#include "tst_tarfile.moc"
