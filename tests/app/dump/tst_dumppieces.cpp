// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/dumpfiles.h"
#include "app/dump/recordingvisitor.h"
#include "core/atomicfile.h"
#include "dump/dumpinterpreter.h"
#include "dump/dumpscanner.h"
#include "dump/textsource.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QRandomGenerator>

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;

namespace {

/// All that a reading tells: events, facts and how it ended.
struct Story {
    QStringList events;
    QString end;
    qint64 lines = 0;
    [[nodiscard]] bool operator==(const Story &) const = default;
};

Story storyOf(const QList<QByteArray> &pieces)
{
    tests::RecordingVisitor visitor;
    DumpInterpreter interpreter(visitor);
    DumpScanner scanner(interpreter);
    QByteArray kept;
    Result<void> outcome;
    for (qsizetype i = 0; outcome && i <= pieces.size(); ++i) {
        // Its own allocation, so that a look behind the end is found by a sanitizer.
        const QByteArray piece = kept + pieces.value(i);
        const auto done = scanner.feed(piece, i == pieces.size());
        if (done)
            kept = piece.sliced(*done);
        else
            outcome = failure(done.error());
    }
    if (outcome)
        outcome = scanner.finish();
    return {.events = visitor.events + interpreter.facts().warnings,
            .end = outcome ? u"good"_s : describe(outcome.error()),
            .lines = scanner.line()};
}

QList<QByteArray> portions(const QByteArray &text, qsizetype size)
{
    QList<QByteArray> pieces;
    for (qsizetype at = 0; at < text.size(); at += size)
        pieces.append(text.sliced(at, std::min(size, text.size() - at)));
    return pieces;
}

Story readThrough(const QByteArray &text)
{
    tests::RecordingVisitor visitor;
    TaskContext context;
    DumpReader reader = DumpReader::over(std::make_unique<tests::TextSource>(text), u"x"_s);
    const auto outcome = reader.read(visitor, context);
    return {.events = visitor.events,
            .end = outcome ? u"good"_s : describe(outcome.error()),
            .lines = reader.lines()};
}

/// What comes out of UTF-16 without its mark, or the words of the Error.
QByteArray textOf(const QByteArray &utf16, bool isBigEndian, qsizetype portion)
{
    Utf16Source source(std::make_unique<tests::TextSource>(utf16, portion), isBigEndian, u"x"_s);
    QByteArray text;
    std::array<char, 16> buffer{};
    for (;;) {
        const auto got = source.read(buffer);
        if (!got)
            return describe(got.error()).toUtf8();
        if (*got == 0)
            return text;
        text.append(buffer.data(), *got);
    }
}

/// What makes a scanner change its mind, to be thrown together.
const QList<QByteArray> &scraps()
{
    static const QList<QByteArray> all = {"'",
                                          "''",
                                          "\"",
                                          "$$",
                                          "$a$",
                                          "$aa$",
                                          "$",
                                          "$1",
                                          "E'",
                                          "e'x\\'",
                                          "U&'",
                                          "U&\"",
                                          "N'",
                                          "B'1'",
                                          "\\",
                                          "\\\\",
                                          "--",
                                          "-",
                                          "/*",
                                          "*/",
                                          "/",
                                          "*",
                                          ";",
                                          "(",
                                          ")",
                                          "\n",
                                          "\r",
                                          "\r\n",
                                          " ",
                                          "\t",
                                          "a",
                                          "_b1",
                                          "select ",
                                          "end ",
                                          "case ",
                                          "begin ",
                                          "1.5",
                                          "atomic ",
                                          "\\.\n",
                                          "\\.",
                                          "\xc3\xa4",
                                          "\xff",
                                          "\f",
                                          "\\restrict k\n",
                                          "pg_dump: x\n",
                                          "WARNING: ",
                                          "W",
                                          "COPY a FROM stdin;\n",
                                          "COPY a (b) FROM stdin;\r\n",
                                          "create function f() begin atomic ",
                                          "set standard_conforming_strings = off;",
                                          "-- PostgreSQL database dump\n",
                                          "\n\\.\n",
                                          "1\t2\n"};
    return all;
}

} // namespace

/// The bytes of a file come in blocks that end anywhere: what is found must not depend on where.
class TestDumpPieces : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void samplesCutOnceAnywhere_data();
    void samplesCutOnceAnywhere();
    void samplesInPortions_data();
    void samplesInPortions();
    void anythingInPortions_data();
    void anythingInPortions();
    void atTheBordersOfRealBlocks_data();
    void atTheBordersOfRealBlocks();
    void utf16InPortions_data();
    void utf16InPortions();
    void utf16AtTheBorderOfTheHead();
    void linesOfFiftyMegabytes_data();
    void linesOfFiftyMegabytes();
    void manyRowsInOneBlock();
};

void TestDumpPieces::samplesCutOnceAnywhere_data()
{
    QTest::addColumn<QByteArray>("text");
    const QString folder = QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/dumps/");
    for (const QString &name : {u"shop.sql"_s, u"inserts.sql"_s, u"stripped.sql"_s})
        QTest::newRow(qPrintable(name)) << readWholeFile(folder + name, 1 << 20).value();
    QByteArray windows = readWholeFile(folder + u"shop.sql"_s, 1 << 20).value();
    QTest::newRow("shop.sql with CRLF") << windows.replace("\n", "\r\n");
    // Cut among its digits, what comes behind them is no word that begins with a digit.
    QTest::newRow("a parameter and a literal")
        << QByteArray("SELECT 1;\nSELECT $20E'\\'; x' FROM a;\nSELECT 2;\n");
}

void TestDumpPieces::samplesCutOnceAnywhere()
{
    QFETCH(QByteArray, text);
    const Story whole = storyOf({text});
    QCOMPARE(whole.end, u"good"_s);
    QVERIFY(whole.events.size() > 2);
    for (qsizetype at = 1; at < text.size(); at += tests::thinnedStep(5)) {
        const Story cut = storyOf({text.first(at), text.sliced(at)});
        QVERIFY2(cut == whole, qPrintable(u"cut at byte %1: %2"_s.arg(at).arg(cut.end)));
    }
}

void TestDumpPieces::samplesInPortions_data()
{
    samplesCutOnceAnywhere_data();
}

void TestDumpPieces::samplesInPortions()
{
    QFETCH(QByteArray, text);
    const Story whole = storyOf({text});
    for (qsizetype size = 1; size <= 130; ++size) {
        const Story pieces = storyOf(portions(text, size));
        QVERIFY2(pieces == whole, qPrintable(u"portions of %1: %2"_s.arg(size).arg(pieces.end)));
    }
}

void TestDumpPieces::anythingInPortions_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 20; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

/// Mostly no SQL at all. Good or bad, it must be the same story, with the same error on the same
/// line.
void TestDumpPieces::anythingInPortions()
{
    QFETCH(quint32, seed);
    QRandomGenerator random(seed);
    for (int round = 0; round < 150; ++round) {
        QByteArray text;
        for (int i = random.bounded(1, 24); i > 0; --i)
            text.append(scraps().at(random.bounded(scraps().size())));
        const Story whole = storyOf({text});
        for (qsizetype size = 1; size <= 9; ++size) {
            const Story pieces = storyOf(portions(text, size));
            QVERIFY2(pieces.end == whole.end && pieces.events == whole.events,
                     qPrintable(u"portions of %1 of \"%2\":\n%3\n%4\n%5\n%6"_s.arg(size).arg(
                         QString::fromLatin1(text.toPercentEncoding(" ;()'\"$*/")), whole.end,
                         pieces.end, whole.events.join(u'|'), pieces.events.join(u'|'))));
        }
    }
}

void TestDumpPieces::atTheBordersOfRealBlocks_data()
{
    QTest::addColumn<qsizetype>("border");
    // The head that is looked at first, then blocks of the thread that reads ahead.
    for (const qsizetype border : {64 * 1024, 64 * 1024 + 256 * 1024, 64 * 1024 + 512 * 1024})
        QTest::addRow("%lld", static_cast<long long>(border)) << border;
}

void TestDumpPieces::atTheBordersOfRealBlocks()
{
    QFETCH(qsizetype, border);
    const QByteArray tricky = "CREATE TABLE public.\"a\"\"b\" (x text DEFAULT E'\\';');\n"
                              "SELECT $ab$ ; $a$ab$;\nCOPY public.a FROM stdin;\n\\\\.\n1\n\\.\n"
                              "/* /* ; */ */ SELECT U&'\\0041' -- ;\n;\n";
    const auto storyAt = [&](qsizetype padding) {
        Story story = readThrough("--" + QByteArray(padding, 'x') + "\n" + tricky);
        return story;
    };
    const Story nowhere = storyAt(10);
    QCOMPARE(nowhere.end, u"good"_s);
    QCOMPARE(nowhere.events.size(), 5);
    for (qsizetype into = 0; into <= tricky.size(); ++into)
        QVERIFY2(storyAt(border - 3 - into) == nowhere, qPrintable(u"byte %1"_s.arg(into)));
}

void TestDumpPieces::utf16InPortions_data()
{
    QTest::addColumn<QByteArray>("little");
    QTest::addColumn<QByteArray>("text");
    const QByteArray damage = "corrupt: x: the text begins as UTF-16 and does not go on as such";
    const QByteArray cut = "corrupt: x: the text stops inside a letter of its UTF-16";
    const auto row = [](const char *name, const QByteArray &little, const QByteArray &text) {
        QTest::newRow(name) << little << text;
    };
    row("letters of one, two, three and four bytes",
        QByteArray("a\0\xe4\0\xac\x20\x3d\xd8\x00\xde\x3d\xd8\x00\xde;\0", 16),
        "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf0\x9f\x98\x80;");
    row("a second mark is a letter", QByteArray("\xff\xfe;\0", 4), "\xef\xbb\xbf;");
    row("the first half of a letter, and none", QByteArray("\x3d\xd8;\0", 4), damage);
    row("the first half of a letter twice", QByteArray("\x3d\xd8\x3d\xd8\x00\xde", 6), damage);
    row("the second half of a letter alone", QByteArray(";\0\x00\xde;\0", 6), damage);
    row("stops between the halves of a letter", QByteArray(";\0\x3d\xd8", 4), cut);
    row("stops between two bytes", QByteArray(";\0;", 3), cut);
}

void TestDumpPieces::utf16InPortions()
{
    QFETCH(QByteArray, little);
    QFETCH(QByteArray, text);
    QByteArray big = little;
    for (qsizetype i = 0; i + 1 < big.size(); i += 2)
        std::swap(big[i], big[i + 1]);
    for (qsizetype portion = 1; portion <= little.size(); ++portion) {
        QCOMPARE(textOf(little, false, portion), text);
        QCOMPARE(textOf(big, true, portion), text);
    }
}

/// A letter of four bytes, on both sides of what is looked at first.
void TestDumpPieces::utf16AtTheBorderOfTheHead()
{
    for (qsizetype before = 64 * 1024 / 2 - 14; before < 64 * 1024 / 2; ++before) {
        const QString text = u"SELECT '"_s + QString(before, u'x') + u"\U0001F600';\n"_s;
        QStringEncoder encoder(QStringConverter::Utf16LE, QStringConverter::Flag::WriteBom);
        const Story story = readThrough(encoder(text));
        QCOMPARE(story.end, u"good"_s);
        QVERIFY2(story.events.value(0).contains(text.chopped(2)), qPrintable(u"%1"_s.arg(before)));
    }
}

void TestDumpPieces::linesOfFiftyMegabytes_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QStringList>("rows");
    tests::Thinned thinned(3);
    const auto row = [&](const char *name, const QByteArray &before, const QByteArray &after,
                         const QStringList &rows) {
        if (thinned.takesNext())
            QTest::newRow(name) << before << after << rows;
    };
    row("a row", "COPY public.a (x) FROM stdin;\n1\n", "\n2\n\\.\n", {u"public.a 3"_s});
    row("an insert", "INSERT INTO public.a VALUES ('", "');\nINSERT INTO public.a VALUES (2);\n",
        {u"public.a 2"_s});
    row("an insert with escapes", "INSERT INTO public.a VALUES (E'\\'", "\\\\');\n",
        {u"public.a 1"_s});
    row("a body in dollars", "CREATE TABLE public.a ();\nDO $x$", "$x$;\n", {u"public.a 0"_s});
    row("a comment", "-- ", "\nCREATE TABLE public.a ();\n", {u"public.a 0"_s});
    row("a block comment", "/*", "*/CREATE TABLE public.a ();\n", {u"public.a 0"_s});
}

void TestDumpPieces::linesOfFiftyMegabytes()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QFETCH(QStringList, rows);
    const QByteArray header = "-- PostgreSQL database dump\n";
    const QByteArray footer = "-- PostgreSQL database dump complete\n";
    const tests::DumpFiles files;
    const DumpInspection found =
        files.inspected(header + before + QByteArray(50 * 1024 * 1024, 'y') + after + footer);
    QVERIFY2(!found.problem, qPrintable(tests::problemOf(found)));
    QCOMPARE(tests::wordOf(found), u"complete"_s);
    QCOMPARE(tests::rowsOf(found), rows);
    QCOMPARE(found.lines, (header + before + after + footer).count('\n') + 1);
}

void TestDumpPieces::manyRowsInOneBlock()
{
    QByteArray text = "COPY a FROM stdin;\n";
    for (int i = 0; i < 200'000; ++i)
        text.append(i % 2 ? "\\N\n" : "\n");
    const Story story = readThrough(text + "\\.\n");
    QCOMPARE(story.end, u"good"_s);
    QVERIFY2(story.events.last().startsWith(u"200002 end 200000 rows 400000 bytes"_s),
             qPrintable(story.events.last().left(60)));
}

MAYDAY_TEST(TestDumpPieces);
#include "tst_dumppieces.moc"
