// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/dumpfiles.h"
#include "app/dump/recordingvisitor.h"
#include "dump/dumpindex.h"
#include "support/gzipbytes.h"
#include "support/testmain.h"

#include <QTest>

#include <algorithm>

using namespace mayday;
using namespace mayday::dump;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

namespace {

constexpr auto dumpHead = "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n"
                          "SET search_path = public, pg_catalog;\n\n";
constexpr auto completion = "\n--\n-- PostgreSQL database dump complete\n--\n\n";

QByteArray copyOf(const QByteArray &table, int rows, qsizetype width)
{
    QByteArray text = "--\n-- Name: " + table + "; Type: TABLE DATA\n--\n\nCOPY " + table +
                      " (id, name) FROM stdin;\n";
    for (int row = 0; row < rows; ++row)
        text += QByteArray::number(row) + '\t' +
                QByteArray(width, static_cast<char>('a' + row % 26)) + '\n';
    return text + "\\.\n\n";
}

/// Three tables, the middle one of some ten megabytes.
QByteArray shop()
{
    return dumpHead + "CREATE TABLE products (id integer, name text);\n"_ba +
           "CREATE TABLE listings (id integer, name text);\n"
           "CREATE TABLE public.users (id integer, name text);\n\n" +
           copyOf("products", 3, 5) + copyOf("listings", 200'000, 50) +
           copyOf("public.users", 40, 10) +
           "SELECT pg_catalog.setval('public.products_id_seq', 3, true);\n"
           "CREATE INDEX i ON public.users (name);\n" +
           completion;
}

QStringList eventsOf(DumpReader reader)
{
    RecordingVisitor visitor;
    TaskContext context;
    if (auto read = reader.read(visitor, context); !read)
        qFatal("%s", qPrintable(describe(read.error())));
    return visitor.events;
}

qsizetype find(const QStringList &events, const QString &part, qsizetype from = 0)
{
    for (qsizetype i = from; i < events.size(); ++i) {
        if (events[i].contains(part))
            return i;
    }
    return -1;
}

} // namespace

/// A dump in parts is the dump: the same statements, rows, names and lines.
class TestDumpIndex : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void knowsWhereTheRowsAre_data() { kinds(); }
    void knowsWhereTheRowsAre();
    void leavingOutIsLeavingOut_data() { kinds(); }
    void leavingOutIsLeavingOut();
    void aBlockAloneIsTheSame_data() { kinds(); }
    void aBlockAloneIsTheSame();
    void whatStandsBehindTheRowsIsNotTheirs_data();
    void whatStandsBehindTheRowsIsNotTheirs();
    void theLastBlockIsNeverLeftOut();
    void aLargeTableIsReachedDirectly();
    void whatIsNoPlainTextHasNone_data();
    void whatIsNoPlainTextHasNone();
    void survivesJson();

private:
    static void kinds()
    {
        QTest::addColumn<bool>("isPacked");
        QTest::newRow("plain") << false;
        QTest::newRow("gz") << true;
    }
    [[nodiscard]] QString write(bool isPacked) const
    {
        return m_files.written(isPacked ? gzipped(shop()) : shop(), isPacked ? u"a.gz"_s : u"a"_s);
    }
    [[nodiscard]] static DumpIndex indexOf(const QString &path)
    {
        TaskContext context;
        const auto inspection = inspectText(path, context);
        if (!inspection || inspection->verdict != DumpVerdict::Complete)
            qFatal("the test's own dump is not whole");
        return inspection->index;
    }
    [[nodiscard]] static QStringList whole(const QString &path)
    {
        return eventsOf(DumpReader::open(path).value());
    }

    DumpFiles m_files;
};

void TestDumpIndex::knowsWhereTheRowsAre()
{
    QFETCH(bool, isPacked);
    const QByteArray text = shop();
    const DumpIndex index = indexOf(write(isPacked));
    QCOMPARE(index.blocks.size(), 3);
    QCOMPARE(index.points.isEmpty(), !isPacked);
    for (const DataBlock &block : index.blocks) {
        QVERIFY(text.sliced(block.offset).startsWith("COPY "));
        QCOMPARE(block.line, text.first(block.offset).count('\n') + 1);
        QCOMPARE(block.endLine, text.first(block.end).count('\n') + 1);
    }
    const DataBlock &listings = index.blocks[1];
    QCOMPARE(listings.schema, u"public"_s); // by SET search_path alone
    QCOMPARE(listings.table, u"listings"_s);
    QCOMPARE(listings.rows, 200'000);
    QVERIFY(text.sliced(listings.end).startsWith("\n--\n-- Name: public.users"));
    QVERIFY(text.sliced(index.blocks[2].end).startsWith("\nSELECT pg_catalog.setval"));
}

void TestDumpIndex::leavingOutIsLeavingOut()
{
    QFETCH(bool, isPacked);
    const QString path = write(isPacked);
    const DumpIndex index = indexOf(path);
    const auto isListings = [](const DataBlock &block) {
        return block.table == u"listings"_s;
    };
    auto reader = DumpReader::ofParts(path, index.partsWithout(isListings), index.points);
    RecordingVisitor visitor;
    TaskContext context;
    QVERIFY(reader.read(visitor, context));
    QStringList expected = whole(path);
    const qsizetype from = find(expected, u"copy public.listings"_s);
    const qsizetype to = find(expected, u"copy public.users"_s);
    expected.remove(from, to - from);
    QCOMPARE(visitor.events, expected);
    QVERIFY(reader.completionLineSeen());
    QCOMPARE(reader.lines(), shop().count('\n') + 1);
    QVERIFY(reader.plainBytes() < 10'000);
}

void TestDumpIndex::aBlockAloneIsTheSame()
{
    QFETCH(bool, isPacked);
    const QString path = write(isPacked);
    const DumpIndex index = indexOf(path);
    QStringList together;
    for (const DataBlock &block : index.blocks)
        together += eventsOf(DumpReader::ofParts(path, {partOf(block)}, index.points));
    QStringList expected = whole(path);
    const qsizetype from = find(expected, u"copy public.products"_s);
    const qsizetype to = find(expected, u"setval"_s);
    expected = expected.sliced(from, to - from);
    // Names alone in the text are completed by a setting that stands before the block.
    expected.replaceInStrings(u"copy public."_s, u"copy ."_s);
    together.replaceInStrings(u"copy public."_s, u"copy ."_s);
    QCOMPARE(together, expected);
}

void TestDumpIndex::whatStandsBehindTheRowsIsNotTheirs_data()
{
    QTest::addColumn<QByteArray>("text");
    const QByteArray begin = dumpHead + "CREATE TABLE public.t (id integer, name text);\n"_ba;
    const QByteArray one = copyOf("public.t", 5, 5);
    const QByteArray other = copyOf("public.u", 3, 5);
    const QByteArray old = "-- PostgreSQL database dump complete\nDELETE FROM public.t;\n";
    QTest::newRow("the last line, and statements behind it") << begin + one + old;
    // pg_dump --section, one file behind the other.
    QTest::newRow("the key of one file and that of the next")
        << "\\restrict a\n" + begin + one + completion + "\\unrestrict a\n\\restrict b\n" +
               dumpHead + other + completion + "\\unrestrict b\n";
    QTest::newRow("the database of the next file")
        << begin + one + completion + "\\connect shop\n" + dumpHead + other + completion;
    QTest::newRow("CRLF") << QByteArray(begin + one + other + completion).replace("\n", "\r\n");
}

void TestDumpIndex::whatStandsBehindTheRowsIsNotTheirs()
{
    QFETCH(QByteArray, text);
    const QString path = m_files.written(text);
    const DumpIndex index = indexOf(path);
    QVERIFY(!index.blocks.isEmpty() && index.blocks.first().end >= 0);
    for (const DataBlock &block : index.blocks) {
        if (block.end < 0)
            continue;
        QVERIFY(text.first(block.end).endsWith("\n\\.\n") ||
                text.first(block.end).endsWith("\n\\.\r\n"));
        QCOMPARE(block.endLine, text.first(block.end).count('\n') + 1);
        QStringList expected = whole(path);
        const qsizetype at = find(expected, u"copy public."_s + block.table);
        QCOMPARE(eventsOf(DumpReader::ofParts(path, {partOf(block)}, index.points)),
                 expected.sliced(at, 2));
        expected.remove(at, 2);
        const auto isIt = [&block](const DataBlock &one) {
            return one.offset == block.offset;
        };
        auto reader = DumpReader::ofParts(path, index.partsWithout(isIt), index.points);
        RecordingVisitor visitor;
        TaskContext context;
        const auto read = reader.read(visitor, context);
        QVERIFY2(read, read ? "" : qPrintable(describe(read.error())));
        QCOMPARE(visitor.events, expected);
        QVERIFY(reader.completionLineSeen());
        QCOMPARE(reader.lines(), text.count('\n') + 1);
    }
}

/// Not by inflating all the way from a point that happens to lie somewhere before it.
void TestDumpIndex::aLargeTableIsReachedDirectly()
{
    constexpr qint64 near = 700'000;
    const QByteArray text = dumpHead + "CREATE TABLE a (id integer, name text);\n"_ba +
                            "CREATE TABLE b (id integer, name text);\n\n" +
                            copyOf("public.a", 200'000, 50) + copyOf("public.b", 200'000, 50) +
                            completion;
    const DumpIndex index = indexOf(m_files.written(gzipped(text), u"two.gz"_s));
    QCOMPARE(index.blocks.size(), 2);
    for (const qint64 end : {index.blocks[0].end, index.blocks[1].offset}) {
        const auto behind = std::ranges::find_if(
            index.points, [end](const auto &point) { return point.textOffset > end; });
        QVERIFY(behind != index.points.end() && behind != index.points.begin());
        QVERIFY(behind->textOffset - end < near);
        QVERIFY(end - std::prev(behind)->textOffset < near);
    }
}

void TestDumpIndex::theLastBlockIsNeverLeftOut()
{
    const QString path = m_files.written(dumpHead + "CREATE TABLE t (id integer, name text);\n"_ba +
                                         copyOf("t", 5, 5) + completion);
    const DumpIndex index = indexOf(path);
    QCOMPARE(index.blocks.size(), 1);
    auto reader = DumpReader::ofParts(
        path, index.partsWithout([](const DataBlock &) { return true; }), index.points);
    RecordingVisitor visitor;
    TaskContext context;
    QVERIFY(reader.read(visitor, context));
    QCOMPARE(visitor.events, whole(path));
    QVERIFY(reader.completionLineSeen());
}

void TestDumpIndex::whatIsNoPlainTextHasNone_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const QByteArray text =
        dumpHead + "CREATE TABLE t (id integer, name text);\n"_ba + copyOf("t", 5, 5) + completion;
    QTest::newRow("byte order mark") << "\xef\xbb\xbf" + text;
    QByteArray wide("\xff\xfe");
    for (const char letter : text)
        wide.append(letter).append('\0');
    QTest::newRow("UTF-16") << wide;
    QByteArray escaping = text;
    escaping.replace("SET search_path", "SET standard_conforming_strings = off;\nSET search_path");
    QTest::newRow("strings that escape") << escaping;
}

void TestDumpIndex::whatIsNoPlainTextHasNone()
{
    QFETCH(QByteArray, bytes);
    QVERIFY(indexOf(m_files.written(bytes)).blocks.isEmpty());
}

void TestDumpIndex::survivesJson()
{
    const QList<DataBlock> blocks = indexOf(write(false)).blocks;
    const QList<DataBlock> again = blocksFromJson(toJson(blocks));
    QCOMPARE(again.size(), 3);
    for (qsizetype i = 0; i < again.size(); ++i) {
        QCOMPARE(again[i].schema, blocks[i].schema);
        QCOMPARE(again[i].table, blocks[i].table);
        QCOMPARE(again[i].offset, blocks[i].offset);
        QCOMPARE(again[i].end, blocks[i].end);
        QCOMPARE(again[i].line, blocks[i].line);
        QCOMPARE(again[i].endLine, blocks[i].endLine);
        QCOMPARE(again[i].rows, blocks[i].rows);
        QCOMPARE(again[i].bytes, blocks[i].bytes);
    }
}

MAYDAY_TEST(TestDumpIndex);
#include "tst_dumpindex.moc"
