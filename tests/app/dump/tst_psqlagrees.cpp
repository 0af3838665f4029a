// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/dumpfiles.h"
#include "app/dump/nastysql.h"
#include "app/dump/psqlcutter.h"
#include "app/dump/recordingvisitor.h"
#include "app/restore/truthcase.h"
#include "archive/bytesource.h"
#include "dump/sqlchars.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QDir>
#include <QRegularExpression>

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;
using tests::DumpFiles;
using tests::Heard;

namespace {

const QString data = QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data");

/// How far the reader goes into a text: to its end, to the end of one that stops too early, or to
/// what it refuses.
enum class Reach { Whole, Cut, Refused };

struct Cutting {
    QList<Heard> pieces = {};
    Reach reach = Reach::Whole;
    QStringList warnings = {};
};

class Pieces final : public DumpVisitor {
public:
    QList<Heard> found;
    Result<void> statement(const DumpStatement &statement) override
    {
        found.append({.sql = statement.sql});
        return {};
    }
    Result<void> copyBegin(const CopyHeader &header) override
    {
        found.append({.sql = header.statement.sql, .rows = QByteArray()});
        return {};
    }
    Result<void> copyData(QByteArrayView rows) override
    {
        found.back().rows->append(rows);
        return {};
    }
    Result<void> copyEnd(qint64, qint64, qint64) override { return {}; }
};

Cutting readingOf(const QByteArray &text)
{
    Pieces visitor;
    TaskContext context;
    DumpReader reader = DumpReader::over(std::make_unique<tests::TextSource>(text), u"x"_s);
    const auto outcome = reader.read(visitor, context);
    return {.pieces = visitor.found,
            .reach = outcome               ? Reach::Whole
                     : reader.endedEarly() ? Reach::Cut
                                           : Reach::Refused,
            .warnings = reader.facts().warnings};
}

QByteArray withoutBlanksBehind(QByteArray sql)
{
    while (!sql.isEmpty() && isSqlSpace(sql.back()))
        sql.chop(1);
    return sql;
}

/// The line "\." is no row; at the end of a file it may have no newline.
QByteArray withoutEndLine(QByteArray rows)
{
    static const QByteArrayList endLines = {"\\.\n", "\\.\r\n", "\\.", "\\.\r"};
    for (const QByteArray &end : endLines) {
        if (rows == end || rows.endsWith('\n' + end))
            return rows.chopped(end.size());
    }
    return rows;
}

/// The same pieces as far as the two have to agree. This may differ, and no more:
/// - psql keeps block comments in front of a statement, we leave out all that stands there;
/// - psql sends the ';' along, we leave it out, and the blanks in front of it;
/// - psql sends what is empty then, we do not;
/// - psql drops empty lines outside of quotes;
/// - psql sends the line "\." with the rows.
QList<Heard> comparable(QList<Heard> pieces, bool isPsqls)
{
    for (Heard &piece : pieces) {
        piece.sql.remove(0, tests::frontOf(piece.sql));
        if (isPsqls && piece.sql.endsWith(';'))
            piece.sql.chop(1);
        piece.sql = withoutBlanksBehind(piece.sql);
        while (piece.sql.contains("\n\n"))
            piece.sql.replace("\n\n", "\n");
        if (isPsqls && piece.rows)
            piece.rows = withoutEndLine(*piece.rows);
    }
    pieces.removeIf([](const Heard &piece) { return piece.sql.isEmpty(); });
    return pieces;
}

QString shown(const Heard &piece)
{
    const auto text = [](const QByteArray &bytes) {
        return QString::fromLatin1(bytes.left(1000).toPercentEncoding(" \n;:,.=<>+()'\"$*/\\"));
    };
    return text(piece.sql) + (piece.rows ? u"\nwith the rows: "_s + text(*piece.rows) : QString());
}

/// Empty when psql cuts a text as the reader does, as far as that goes.
QString difference(const Cutting &reading, const QList<Heard> &ofPsql)
{
    const QList<Heard> ours = comparable(reading.pieces, false);
    const QList<Heard> theirs = comparable(ofPsql, true);
    for (qsizetype i = 0; i < ours.size(); ++i) {
        if (i >= theirs.size())
            return u"psql stops before: "_s + shown(ours[i]);
        // What is refused may stand among rows.
        const bool isOpen = i + 1 == ours.size() && reading.reach == Reach::Refused;
        const bool sameRows = isOpen && ours[i].rows && theirs[i].rows
                                  ? theirs[i].rows->startsWith(*ours[i].rows)
                                  : ours[i].rows == theirs[i].rows;
        if (ours[i].sql != theirs[i].sql || !sameRows)
            return u"ours: %1\npsql's: %2"_s.arg(shown(ours[i]), shown(theirs[i]));
    }
    // What a text leaves open when it stops, psql sends at last.
    const qsizetype most = ours.size() + (reading.reach == Reach::Cut ? 1 : 0);
    if (reading.reach == Reach::Refused || theirs.size() <= most)
        return {};
    return u"psql goes on with: "_s + shown(theirs[most]);
}

/// The text in a file, as far as it can be had.
QByteArray textIn(const QString &path)
{
    auto source = archive::openSource(path);
    QByteArray text;
    QByteArray buffer(1 << 20, '\0');
    while (source) {
        const auto got = (*source)->read(std::span(buffer.data(), size_t(buffer.size())));
        if (!got || *got == 0)
            break;
        text.append(buffer.first(*got));
    }
    const bool isUtf16 = text.startsWith("\xff\xfe") || text.startsWith("\xfe\xff");
    return isUtf16 ? QString(QStringDecoder(QStringDecoder::Utf16)(text)).toUtf8() : text;
}

} // namespace

/// Where a statement ends is also psql's to say, which has read most dumps there are. It is told by
/// a server that runs nothing (tests::YesServer), so no statement fails, no COPY lacks its table,
/// and every dump is compared as far as Mayday reads it, rows included. tst_serveragrees asks the
/// server's own parser.
class TestPsqlAgrees : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingIsExecuted();
    void onDumps_data();
    void onDumps();
    void dumpsAreComparedAsFarAsTheyAreRead();
    void onOddTexts_data();
    void onOddTexts();
    void exceptWherePsqlIsWrong_data();
    void exceptWherePsqlIsWrong();
    void onThousandsOfTexts();

private:
    struct Dump {
        QByteArray text;
        Cutting reading;
        QList<Heard> ofPsql;
    };
    void gatherDumps();
    void addDump(const QString &name, const QByteArray &text);
    void addTruthCase(const QString &name);
    [[nodiscard]] QByteArray dumped(const QString &options, const QString &database);

    tests::PsqlCutter m_psql;
    DumpFiles m_files;
    std::unique_ptr<tests::TempPostgres> m_server;
    QStringList m_names;
    QList<Dump> m_dumps;
};

/// Of all that these texts ask psql to do. (Without \restrict, most of these files appear.)
void TestPsqlAgrees::nothingIsExecuted()
{
    const QString place = m_psql.path(u"executed"_s);
    const QByteArray touch = "/usr/bin/touch " + place.toUtf8();
    QList<QByteArray> texts;
    for (const QByteArray &evil :
         {"\\! " + touch + "1", "\\set x `" + touch + "2`", "\\o |" + touch + "3\nSELECT 1;",
          "SELECT 1 \\g |" + touch + "4", "SELECT 1; \\w |" + touch + "5",
          "\\copy (SELECT 1) to program '" + touch + "6'", "\\unrestrict `" + touch + "7`",
          "\\restrict `" + touch + "8`", "\\unknown `" + touch + "9`",
          "\\o " + place.toUtf8() + "10", "SELECT 1 \\gx " + place.toUtf8() + "11\n",
          "\\if true\n\\! " + touch + "12\n\\endif", "COPY a FROM stdin;\n\\! " + touch + "13\n"})
        texts.append(evil + "\n");
    QCOMPARE(m_psql.cut(texts).size(), texts.size());
    QCOMPARE(QDir(m_psql.path({})).entryList({u"executed*"_s}), QStringList());
}

void TestPsqlAgrees::gatherDumps()
{
    if (!m_dumps.isEmpty())
        return;
    m_server = std::make_unique<tests::TempPostgres>();
    m_server->execute(u"postgres"_s, "CREATE ROLE app; CREATE ROLE reader");
    m_server->createDatabase(u"oddshop"_s);
    m_server->execute(u"oddshop"_s, DumpFiles::bytesOf(data + u"/dumps/oddshop.sql"_s));
    m_server->execute(u"oddshop"_s, DumpFiles::bytesOf(data + u"/truth/oddshop-more.sql"_s));
    m_server->copyDatabase(u"oldshop"_s, u"oddshop"_s);
    m_server->execute(u"postgres"_s,
                      "ALTER DATABASE oldshop SET standard_conforming_strings = off");

    for (const QString &file :
         QDir(data + u"/truth"_s).entryList({u"*.expect"_s}, QDir::Files, QDir::Name))
        addTruthCase(file.chopped(7));
    for (const QString &file : QDir(data + u"/dumps"_s).entryList(QDir::Files, QDir::Name))
        addDump(file, textIn(data + u"/dumps/"_s + file));
    for (const QString &options : {u"--verbose --create"_s, u"--inserts --clean"_s})
        addDump(u"old strings "_s + options, dumped(options, u"oldshop"_s));
    addDump(u"pg_dumpall"_s,
            DumpFiles::bytesOf(m_files.dumped(*m_server, u"pg_dumpall"_s, {}, {})));
    const QByteArray large(8 << 20, 'x');
    addDump(u"larger than any buffer"_s, "COPY public.l (t) FROM stdin;\n" + large +
                                             "\nsmall\n\\.\nINSERT INTO l VALUES ('" + large +
                                             "');\n");

    QList<QByteArray> texts;
    for (const Dump &dump : std::as_const(m_dumps))
        texts.append(dump.text);
    const QList<QList<Heard>> cuts = m_psql.cut(texts);
    for (qsizetype i = 0; i < cuts.size(); ++i)
        m_dumps[i].ofPsql = cuts[i];
}

QByteArray TestPsqlAgrees::dumped(const QString &options, const QString &database)
{
    return DumpFiles::bytesOf(
        m_files.dumped(*m_server, u"pg_dump"_s, database, options.split(u' ', Qt::SkipEmptyParts)));
}

/// Lines of a program's stderr are skipped by us and are SQL to psql, so psql does not get them.
void TestPsqlAgrees::addDump(const QString &name, const QByteArray &text)
{
    static const QRegularExpression stray(u"^line (\\d+): a message that is no part of the dump"_s);
    Dump dump{.text = text, .reading = readingOf(text), .ofPsql = {}};
    QByteArrayList lines = text.split('\n');
    for (const QString &warning : std::as_const(dump.reading.warnings)) {
        if (const auto found = stray.match(warning); found.hasMatch())
            lines[found.captured(1).toLongLong() - 1].clear();
    }
    dump.text = lines.join('\n');
    m_names.append(name);
    m_dumps.append(dump);
}

void TestPsqlAgrees::addTruthCase(const QString &name)
{
    const auto found = restore::test::readCase(data + u"/truth"_s, name);
    QByteArray text;
    if (found.pgDump.isEmpty())
        text = DumpFiles::bytesOf(data + u"/truth/"_s + found.source);
    else
        for (const QString &options : found.pgDump.split(u" + "_s))
            text += dumped(options, u"oddshop"_s);
    addDump(name, textIn(m_files.written(restore::test::bytesOf(found, text))));
}

void TestPsqlAgrees::onDumps_data()
{
    gatherDumps();
    QTest::addColumn<qsizetype>("number");
    for (qsizetype i = 0; i < m_names.size(); i += tests::thinnedStep(15))
        QTest::newRow(qPrintable(m_names[i])) << i;
}

void TestPsqlAgrees::onDumps()
{
    QFETCH(qsizetype, number);
    const QString differs = difference(m_dumps[number].reading, m_dumps[number].ofPsql);
    QVERIFY2(differs.isEmpty(), qPrintable(differs));
}

/// None is left out. Of those that hold something Mayday refuses (a meta-command, a zero byte, a
/// second database, rules of strings that cannot be followed), the statements before it.
void TestPsqlAgrees::dumpsAreComparedAsFarAsTheyAreRead()
{
    gatherDumps();
    std::array<int, 3> dumps{};
    std::array<qsizetype, 3> pieces{};
    for (const Dump &dump : std::as_const(m_dumps)) {
        const auto reach = static_cast<size_t>(dump.reading.reach);
        ++dumps[reach];
        pieces[reach] += dump.reading.pieces.size();
    }
    qInfo("%lld dumps: %d entirely (%lld statements), %d that stop too early, to that end (%lld), "
          "%d up to what is refused (%lld)",
          static_cast<long long>(m_dumps.size()), dumps[0], static_cast<long long>(pieces[0]),
          dumps[1], static_cast<long long>(pieces[1]), dumps[2], static_cast<long long>(pieces[2]));
    QVERIFY(dumps[0] >= 350 && dumps[1] >= 20);
    QVERIFY(dumps[2] * 8 < m_dumps.size());
}

void TestPsqlAgrees::onOddTexts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("reach");
    QTest::addColumn<int>("pieces");
    const auto row = [](const char *name, const QByteArray &text, Reach reach, int pieces) {
        QTest::newRow(name) << text << static_cast<int>(reach) << pieces;
    };
    const auto whole = Reach::Whole;
    const auto cut = Reach::Cut;
    const auto refused = Reach::Refused;
    const QByteArray old = "SET standard_conforming_strings = off;\n";
    row("old strings", old + "SELECT 'a\\';b', N'c\\';d', E'e\\';', B'\\', X'\\';\nSELECT 2;",
        whole, 3);
    row("old strings in dollars and names", old + "SELECT $$\\$$, \"\\\";SELECT U&\"\\\";", whole,
        3);
    row("old strings and back",
        old + "SELECT '\\\\';\nSET standard_conforming_strings = on;\n"
              "SELECT '\\';SELECT 2;",
        whole, 5);
    row("old strings by a function",
        "SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false);\n"
        "SELECT 'a\\';b';",
        whole, 2);
    row("byte order mark", "\xef\xbb\xbfSELECT 1;\nSELECT 2;", whole, 2);
    row("byte order mark, then a comment", "\xef\xbb\xbf-- a;\nSELECT 1;", whole, 1);
    row("CRLF everywhere",
        "SELECT 'a\r\n;',\r\n\"b\r\n;\", $$\r\n;$$ -- ;\r\n/* ;\r\n*/;\r\n\r\nSELECT\r\n\r\n2;\r\n",
        whole, 2);
    row("CRLF and rows", "COPY a FROM stdin;\r\n1\r\n\r\n\\.\r\nSELECT 1;\r\n", whole, 2);
    row("empty lines", "SELECT 1,\n\n\n2, '\n\n\n';\n\n\n;SELECT $$\n\n$$;", whole, 2);
    row("rows that look like their end",
        "COPY a FROM stdin;\n\\.x\n \\.\n\\\\.\n\\.\\.\n\\\n\\.\nSELECT 1;", whole, 2);
    row("rows, their end and the file's", "COPY a FROM stdin;\n1\n\\.", whole, 1);
    row("rows, the same with CR", "COPY a FROM stdin;\n1\n\\.\r", whole, 1);
    row("no rows", "COPY a FROM stdin;\n\\.\nCOPY a FROM stdin;\n\\.\n", whole, 2);
    row("rows with meta-commands and SQL",
        "COPY a FROM stdin;\n\\! id\n\\q\n'; SELECT $$ /* (\n\\.\nSELECT 1;", whole, 2);
    row("rows behind comments and options",
        "COPY /* ; */ a (b) -- ;\nFROM stdin WITH (DELIMITER ';');\n1;2\n\\.\nSELECT 1;", whole, 2);
    row("rows whose end is missing", "SELECT 1;\nCOPY a FROM stdin;\n1\n2\n", cut, 2);
    row("rows that stop in one", "COPY a FROM stdin;\n1\n2", cut, 1);
    row("a semicolon of psql's", "SELECT 1;SELECT 2 \\; SELECT 3;", refused, 1);
    row("meta-commands in front, behind and inside",
        "\\restrict k\nSELECT 1; \nSELECT 2;\n\\unrestrict k\nSELECT 3 \\gset\nSELECT 4;", refused,
        2);
    row("the end of rows that are none", "SELECT 1;\n\\.\nSELECT 2;", refused, 1);
    row("a zero byte", "-- PostgreSQL database\nSELECT 1;\nSELECT " + QByteArray(1, '\0') + ";",
        refused, 1);
    row("stops behind a word", "SELECT 1;SELECT 2", cut, 1);
    row("stops in a string", "SELECT 1;SELECT ';", cut, 1);
    row("stops in a name", "SELECT 1;SELECT \";", cut, 1);
    row("stops in dollars", "SELECT 1;SELECT $a$;$$;$a;a$;$A$;", cut, 1);
    row("stops in a comment", "SELECT 1;/* /* ; */ ;", cut, 1);
    row("stops in parentheses", "SELECT 1;SELECT (1;SELECT 2;", cut, 1);
    row("stops in a body", "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; SELECT case; END;", cut, 0);
    row("stops in a comment of a line", "SELECT 1; -- ;", whole, 1);
    row("a body that is none", "BEGIN;SELECT 1;END;CREATE TABLE t (a int);", whole, 4);
    row("a body with names",
        "CREATE FUNCTION \"begin\"(\"end\" int) BEGIN ATOMIC SELECT \"end\"; "
        "END;SELECT 1;",
        whole, 2);
    row("letters above 127 and what is no UTF-8",
        "SELECT \xc3\xa4$\xc3\xa4$, $\xe6\x97\xa5$;$\xe6\x97\xa5$;SELECT '\xff;\xfe' \xff;", whole,
        2);
}

void TestPsqlAgrees::onOddTexts()
{
    QFETCH(QByteArray, text);
    QFETCH(int, reach);
    QFETCH(int, pieces);
    const Cutting reading = readingOf(text);
    QCOMPARE(static_cast<int>(reading.reach), reach);
    QCOMPARE(reading.pieces.size(), pieces);
    const QString differs = difference(reading, m_psql.cut({text}).first());
    QVERIFY2(differs.isEmpty(), qPrintable(differs));
}

/// psql 17 looks at one line at a time and at few words; the server has the last say, and it reads
/// these as we do. Should psql learn one, its row goes.
void TestPsqlAgrees::exceptWherePsqlIsWrong_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("pieces");
    const auto row = [](const char *name, const QByteArray &text, int pieces) {
        QTest::newRow(name) << text << pieces;
    };
    row("to psql every string on a new line is a new one, without the E of the first",
        "SELECT E'a'\n'b\\';c';SELECT 2;", 2);
    row("psql takes the rule of strings once a line",
        "SET standard_conforming_strings = off;SELECT 'a\\';b';", 2);
    row("psql counts a column called begin, which pg_dump does not quote, as the word",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql\nBEGIN ATOMIC\n SELECT t.begin FROM "
        "t;\nEND;\n"
        "SELECT 2;",
        2);
    row("psql counts a function called begin as the word",
        "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS $$SELECT 1$$;SELECT 2;", 2);
    row("psql puts its variables in", "SELECT a[1:ENCODING];", 1);
}

void TestPsqlAgrees::exceptWherePsqlIsWrong()
{
    QFETCH(QByteArray, text);
    QFETCH(int, pieces);
    const Cutting reading = readingOf(text);
    QCOMPARE(reading.reach, Reach::Whole);
    QCOMPARE(reading.pieces.size(), pieces);
    QVERIFY(!difference(reading, m_psql.cut({text}).first()).isEmpty());
}

/// What is left open at the end is closed, or not, by a ';' that stands alone.
void TestPsqlAgrees::onThousandsOfTexts()
{
    // The first of psql's mistakes: an E string that ends, a new line, and a string with a '\'.
    static const QRegularExpression oneInParts(
        uR"([eE]'.*'(?:[^\S\n]|--[^\n]*)*\n(?:\s|--[^\n]*\n)*'.*\\)"_s,
        QRegularExpression::DotMatchesEverythingOption);
    tests::NastySql nasty(20261128);
    QList<QByteArray> texts;
    qsizetype leftOut = 0;
    while (texts.size() < 5000 / tests::thinnedStep(15)) {
        const QByteArray text = "select 1;" + nasty.text() + "\n;\nthe end";
        if (oneInParts.match(QString::fromLatin1(text)).hasMatch())
            ++leftOut;
        else
            texts.append(text);
    }
    const QList<QList<Heard>> cuts = m_psql.cut(texts);
    qsizetype pieces = 0;
    for (qsizetype i = 0; i < texts.size(); ++i) {
        const Cutting reading = readingOf(texts[i]);
        pieces += reading.pieces.size();
        const QString differs = difference(reading, cuts[i]);
        QVERIFY2(differs.isEmpty(), qPrintable(u"of %1\n%2"_s.arg(shown({texts[i]}), differs)));
    }
    qInfo("%lld texts, %lld statements; %lld left out", static_cast<long long>(texts.size()),
          static_cast<long long>(pieces), static_cast<long long>(leftOut));
    QVERIFY(pieces > 2 * texts.size());
    QVERIFY(leftOut * 5 < texts.size());
}

MAYDAY_TEST(TestPsqlAgrees);
#include "tst_psqlagrees.moc"
