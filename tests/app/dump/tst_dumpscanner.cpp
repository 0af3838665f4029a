// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/recordingvisitor.h"
#include "dump/dumpinterpreter.h"
#include "dump/dumpscanner.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;

namespace {

struct Scan {
    QStringList statements; ///< the bare SQL of each
    QStringList events;
    std::optional<Error> error;
    qint64 line = 0; ///< that was reached
};

Scan scanned(const QByteArray &text, qsizetype portion,
             qsizetype limit = DumpScanner::statementLimit)
{
    tests::RecordingVisitor visitor;
    DumpInterpreter interpreter(visitor);
    DumpScanner scanner(interpreter, limit);
    QByteArray kept;
    Result<void> outcome;
    for (qsizetype at = 0; at <= text.size(); at += portion) {
        const bool isLast = at + portion > text.size();
        // Its own allocation, so that a look behind the end is found by a sanitizer.
        const QByteArray piece = kept + text.sliced(at, std::min(portion, text.size() - at));
        const auto done = scanner.feed(piece, isLast);
        if (!done) {
            outcome = failure(done.error());
            break;
        }
        kept = piece.sliced(*done);
    }
    if (outcome)
        outcome = scanner.finish();
    Scan scan{.statements = {},
              .events = visitor.events,
              .error = outcome ? std::nullopt : std::optional(outcome.error()),
              .line = scanner.line()};
    for (const QString &warning : interpreter.facts().warnings)
        scan.events.append(warning);
    for (const QString &event : std::as_const(visitor.events)) {
        const qsizetype begin = event.indexOf(u' ') + 1;
        scan.statements.append(event.mid(begin, event.lastIndexOf(u" ["_s) - begin));
    }
    return scan;
}

} // namespace

class TestDumpScanner : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsStatements_data();
    void findsStatements();
    void findsRows_data();
    void findsRows();
    void knowsLinesAndOffsets();
    void stopsAt_data();
    void stopsAt();
    void skipsWithAWarning_data();
    void skipsWithAWarning();
    void metadataIsTold();
    void limitsTheStatement();
    void theLimitDoesNotDependOnThePortions();
    void oneLongRow();
};

void TestDumpScanner::findsStatements_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *name, const QByteArray &text, const QStringList &expected) {
        QTest::newRow(name) << text << expected;
    };
    row("nothing", "", {});
    row("blank", " \t\r\n\v\f;;\n", {});
    row("two", "SELECT 1; SELECT 2;", {u"SELECT 1"_s, u"SELECT 2"_s});
    row("blank before the end", "SELECT 1 \n ;", {u"SELECT 1"_s});
    row("string", "SELECT 'a;b';", {u"SELECT 'a;b'"_s});
    row("doubled quote", "SELECT 'a'';b';SELECT 2;", {u"SELECT 'a'';b'"_s, u"SELECT 2"_s});
    row("backslash is a letter", "SELECT 'a\\';SELECT 2;", {u"SELECT 'a\\'"_s, u"SELECT 2"_s});
    row("E string", "SELECT E'a\\';b';SELECT 2;", {u"SELECT E'a\\';b'"_s, u"SELECT 2"_s});
    row("E string, doubled", "SELECT e'a''\\\\';SELECT 2;",
        {u"SELECT e'a''\\\\'"_s, u"SELECT 2"_s});
    row("E is the end of a word", "SELECT type'a\\';SELECT 2;",
        {u"SELECT type'a\\'"_s, u"SELECT 2"_s});
    row("E string goes on", "SELECT E'a'\n 'b\\';c';", {u"SELECT E'a'\n 'b\\';c'"_s});
    row("E string goes on behind a comment", "SELECT E'a' -- x\n 'b\\';c';",
        {u"SELECT E'a' -- x\n 'b\\';c'"_s});
    row("E string does not go on in its line", "SELECT E'a' 'b\\';", {u"SELECT E'a' 'b\\'"_s});
    row("plain string goes on", "SELECT 'a'\n'b\\';", {u"SELECT 'a'\n'b\\'"_s});
    row("U& string", "SELECT U&'\\0441;' UESCAPE '\\';", {u"SELECT U&'\\0441;' UESCAPE '\\'"_s});
    row("U& name", "SELECT U&\"a;\\\" ;", {u"SELECT U&\"a;\\\""_s});
    row("u and an operator", "SELECT u & 'a\\';", {u"SELECT u & 'a\\'"_s});
    row("bits and bytes", "SELECT B'01',X'1F;',n'x;';", {u"SELECT B'01',X'1F;',n'x;'"_s});
    row("quoted name", "SELECT \"a;b\"\"c;\";", {u"SELECT \"a;b\"\"c;\""_s});
    row("quote in a quoted name", "SELECT \"it's\";SELECT 2;",
        {u"SELECT \"it's\""_s, u"SELECT 2"_s});
    row("dollars", "SELECT $$a;b'$$;", {u"SELECT $$a;b'$$"_s});
    row("tagged dollars", "SELECT $x$a;$$;$y$;$x$;", {u"SELECT $x$a;$$;$y$;$x$"_s});
    row("tag found behind a look-alike", "SELECT $x$;$xx$x$;", {u"SELECT $x$;$xx$x$"_s});
    row("tag that shares its dollar", "SELECT $x$;$y$x$;", {u"SELECT $x$;$y$x$"_s});
    row("tags differ by case", "SELECT $X$;$x$;$X$;", {u"SELECT $X$;$x$;$X$"_s});
    row("tag with digits and letters above 127",
        "SELECT $\xc3\xa4"
        "1$;$\xc3\xa4"
        "1$;",
        {u"SELECT $ä1$;$ä1$"_s});
    row("dollar in a word", "SELECT a$b$ ; SELECT $b$;$b$;",
        {u"SELECT a$b$"_s, u"SELECT $b$;$b$"_s});
    row("parameters", "SELECT $1, $2;SELECT 3;", {u"SELECT $1, $2"_s, u"SELECT 3"_s});
    row("dollars behind a number", "SELECT 1$$;$$;", {u"SELECT 1$$;$$"_s});
    row("a lone dollar", "SELECT $ ;", {u"SELECT $"_s});
    row("line comment inside", "SELECT 1 -- a; b'\n + 2;", {u"SELECT 1 -- a; b'\n + 2"_s});
    row("line comment ends at a carriage return", "SELECT 1 -- a\r;SELECT 2;",
        {u"SELECT 1 -- a"_s, u"SELECT 2"_s});
    row("line comment between", "-- it's; a comment\nSELECT 1;", {u"SELECT 1"_s});
    row("carriage return between", "-- a\rSELECT 1;", {u"SELECT 1"_s});
    row("comment behind an operator", "SELECT 1+--;\n2;", {u"SELECT 1+--;\n2"_s});
    row("minus is no comment", "SELECT 1-2,3- -4;", {u"SELECT 1-2,3- -4"_s});
    row("block comment", "SELECT /* ; ' */ 1;", {u"SELECT /* ; ' */ 1"_s});
    row("nested block comment", "/* a /* ; */ ; */ SELECT /*/* ; */*/ 1;",
        {u"SELECT /*/* ; */*/ 1"_s});
    row("comment with stars", "SELECT /***;**/ 1;SELECT /*/;*/ 2;",
        {u"SELECT /***;**/ 1"_s, u"SELECT /*/;*/ 2"_s});
    row("comment behind a star", "SELECT 2*/*;*/3;", {u"SELECT 2*/*;*/3"_s});
    row("division", "SELECT 4/2;SELECT 3;", {u"SELECT 4/2"_s, u"SELECT 3"_s});
    row("parentheses", "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);SELECT 3;",
        {u"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)"_s, u"SELECT 3"_s});
    row("a parenthesis too many", "SELECT 1);SELECT 2;", {u"SELECT 1)"_s, u"SELECT 2"_s});
    row("parentheses in quotes do not count", "SELECT '(';SELECT \"(\";SELECT $$($$;SELECT 4;",
        {u"SELECT '('"_s, u"SELECT \"(\""_s, u"SELECT $$($$"_s, u"SELECT 4"_s});
    const QString body =
        u"CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END"_s;
    row("BEGIN ATOMIC", body.toUtf8() + ";SELECT 3;", {body, u"SELECT 3"_s});
    const QString other =
        u"create or replace procedure p()\n begin /* ; */\n atomic insert into t values (case when a then 1 else 2 end); end"_s;
    row("BEGIN ATOMIC in a procedure", other.toUtf8() + ";SELECT 3;", {other, u"SELECT 3"_s});
    row("a function called begin",
        "CREATE FUNCTION begin() RETURNS int AS $$1;$$ LANGUAGE sql;ALTER SYSTEM SET a=1;",
        {u"CREATE FUNCTION begin() RETURNS int AS $$1;$$ LANGUAGE sql"_s,
         u"ALTER SYSTEM SET a=1"_s});
    row("BEGIN outside of functions", "BEGIN; SELECT 1; COMMIT;",
        {u"BEGIN"_s, u"SELECT 1"_s, u"COMMIT"_s});
    row("CASE outside of a body", "CREATE VIEW v AS SELECT CASE WHEN a THEN 1 END;SELECT 2;",
        {u"CREATE VIEW v AS SELECT CASE WHEN a THEN 1 END"_s, u"SELECT 2"_s});
    row("strings with escapes",
        "SET standard_conforming_strings = off;SELECT 'a\\';b';SET standard_conforming_strings TO "
        "'on';SELECT 'a\\';SELECT 2;",
        {u"SET standard_conforming_strings = off"_s, u"SELECT 'a\\';b'"_s,
         u"SET standard_conforming_strings TO 'on'"_s, u"SELECT 'a\\'"_s, u"SELECT 2"_s});
    row("escapes by set_config",
        "SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false);SELECT "
        "'a\\';b';",
        {u"SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false)"_s,
         u"SELECT 'a\\';b'"_s});
    row("CRLF", "SELECT 1;\r\n-- x\r\nSELECT\r\n2;\r\n", {u"SELECT 1"_s, u"SELECT\r\n2"_s});
    row("slice and cast", "SELECT a[1:2], b::text, :x, c=>1;",
        {u"SELECT a[1:2], b::text, :x, c=>1"_s});
}

void TestDumpScanner::findsStatements()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, expected);
    for (qsizetype portion = 1; portion <= 64; ++portion) {
        const Scan scan = scanned(text, portion);
        QVERIFY2(!scan.error, qPrintable(scan.error ? describe(*scan.error) : QString()));
        QCOMPARE(scan.statements, expected);
    }
}

void TestDumpScanner::findsRows_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *name, const QByteArray &text, const QStringList &expected) {
        QTest::newRow(name) << text << expected;
    };
    row("rows", "COPY public.a (id) FROM stdin;\n1\n2\n\\.\nSELECT 1;",
        {u"1 copy public.a"_s, u"4 end 2 rows 4 bytes: 1\n2\n"_s, u"5 SELECT 1 [other]"_s});
    row("no rows", "COPY a FROM stdin;\n\\.\n", {u"1 copy .a"_s, u"2 end 0 rows 0 bytes: "_s});
    row("CRLF", "COPY a FROM stdin;\r\n1\r\n\\.\r\nSELECT 1;\r\n",
        {u"1 copy .a"_s, u"3 end 1 rows 3 bytes: 1\r\n"_s, u"4 SELECT 1 [other]"_s});
    row("SQL in rows", "COPY a FROM stdin;\n'; DROP TABLE a; --\n$$ /* (\n\\.\nSELECT 1;",
        {u"1 copy .a"_s, u"4 end 2 rows 28 bytes: '; DROP TABLE a; --\n$$ /* (\n"_s,
         u"5 SELECT 1 [other]"_s});
    row("meta-command in rows", "COPY a FROM stdin;\n\\! id\n\\.\n",
        {u"1 copy .a"_s, u"3 end 1 rows 6 bytes: \\! id\n"_s});
    row("nearly the end", "COPY a FROM stdin;\n\\.x\n \\.\n\\\\.\n\\\n\\.\r\r\na\\.\n\\.\n",
        {u"1 copy .a"_s, u"8 end 6 rows 23 bytes: \\.x\n \\.\n\\\\.\n\\\n\\.\r\r\na\\.\n"_s});
    row("end of the file", "COPY a FROM stdin;\n1\n\\.",
        {u"1 copy .a"_s, u"3 end 1 rows 2 bytes: 1\n"_s});
    row("end of the file, CR", "COPY a FROM stdin;\n1\n\\.\r",
        {u"1 copy .a"_s, u"3 end 1 rows 2 bytes: 1\n"_s});
    row("quoted names",
        "COPY \"My S\".\"a;b\" (\"from\", \"x\") FROM stdin WITH (FORMAT text);\n1\n\\.\n",
        {u"1 copy My S.a;b"_s, u"3 end 1 rows 2 bytes: 1\n"_s});
    row("a column called stdin", "COPY a (stdin) FROM\n stdin ;  \n1\n\\.\n",
        {u"1 copy .a"_s, u"4 end 1 rows 2 bytes: 1\n"_s});
    row("copy from elsewhere has no rows", "COPY a FROM '/x';\nSELECT 1;",
        {u"1 COPY a FROM '/x' [data]"_s, u"2 SELECT 1 [other]"_s});
    row("search_path names it", "SET search_path = shop, pg_catalog;\nCOPY a FROM stdin;\n\\.\n",
        {u"1 SET search_path = shop, pg_catalog [session]"_s, u"2 copy shop.a"_s,
         u"3 end 0 rows 0 bytes: "_s});
}

void TestDumpScanner::findsRows()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, expected);
    for (qsizetype portion = 1; portion <= 64; ++portion) {
        const Scan scan = scanned(text, portion);
        QVERIFY2(!scan.error, qPrintable(scan.error ? describe(*scan.error) : QString()));
        QCOMPARE(scan.events, expected);
    }
}

void TestDumpScanner::knowsLinesAndOffsets()
{
    const QByteArray text = "-- one\n\n  SELECT '\n\n';\n/* \n */ SELECT 2;COPY a FROM "
                            "stdin;\n1\n2\n\\.\n\nSELECT 3;\n";
    class Places final : public tests::RecordingVisitor {
    public:
        QList<QPair<qint64, qint64>> found;
        Result<void> statement(const DumpStatement &statement) override
        {
            found.append({statement.line, statement.offset});
            return {};
        }
    };
    const QList<QPair<qint64, qint64>> expected = {{3, text.indexOf("SELECT '")},
                                                   {7, text.indexOf("SELECT 2")},
                                                   {12, text.indexOf("SELECT 3")}};
    for (const qsizetype portion : {1, 2, 5, 1000}) {
        Places places;
        TaskContext context;
        DumpReader reader =
            DumpReader::over(std::make_unique<tests::TextSource>(text, portion), u"x"_s);
        QVERIFY(reader.read(places, context));
        QCOMPARE(places.found, expected);
        QCOMPARE(reader.lines(), 13);
        QCOMPARE(reader.plainBytes(), text.size());
    }
}

void TestDumpScanner::stopsAt_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("line");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, const QByteArray &text, ErrorKind kind, int line,
                        const QString &words) {
        QTest::newRow(name) << text << static_cast<int>(kind) << line << words;
    };
    const auto refused = ErrorKind::Refused;
    const auto corrupt = ErrorKind::Corrupt;
    const auto unsupported = ErrorKind::Unsupported;
    row("shell", "SELECT 1;\n\\! id\n", refused, 2, u"meta-command"_s);
    row("include", "\\i other.sql\n", refused, 1, u"meta-command"_s);
    row("copy by psql", "\n\\copy a from 'x'\n", refused, 2, u"meta-command"_s);
    row("behind a statement", "SELECT 1; \\g /tmp/x\n", refused, 1, u"meta-command"_s);
    row("inside a statement", "SELECT 1\n \\gexec\n", refused, 2, u"meta-command"_s);
    row("in parentheses", "SELECT (\\gset\n1);", refused, 1, u"meta-command"_s);
    row("end of rows outside of rows", "SELECT 1;\n\\.\n", refused, 2, u"meta-command"_s);
    row("restrict with more", "\\restrict abc \\! id\n", refused, 1, u"meta-command"_s);
    row("restrict in backquotes", "\\restrict `id`\n", refused, 1, u"meta-command"_s);
    row("restrict without a key", "\\restrict\n", refused, 1, u"meta-command"_s);
    row("unrestrict with another key", "\\restrict abc\n\\unrestrict abd\n", refused, 2,
        u"does not match"_s);
    row("unrestrict alone", "\\unrestrict abd\n", refused, 1, u"does not match"_s);
    row("connect while restricted", "\\restrict abc\n\\connect x\n", refused, 2, u"between"_s);
    row("two databases", "\\connect a\nSELECT 1;\n\\connect b\n", unsupported, 3,
        u"more than one database"_s);
    row("zero byte", QByteArray("SELECT 1;\n\0SELECT 2;", 20), corrupt, 2, u"zero byte"_s);
    row("zero byte in rows", QByteArray("COPY a FROM stdin;\n1\n\0\n\\.\n", 26), corrupt, 3,
        u"zero byte"_s);
    row("zero byte behind a word", QByteArray("SELECT id\n\0;", 12), corrupt, 2, u"zero byte"_s);
    row("stops in a string", "SELECT 1;\nSELECT 'abc\n\n", corrupt, 4, u"begins at line 2"_s);
    row("stops in dollars", "SELECT $a$;\n", corrupt, 2, u"begins at line 1"_s);
    row("stops before a semicolon", "SELECT 1", corrupt, 1, u"begins at line 1"_s);
    row("stops in a comment", "/* a /* b */\n", corrupt, 2, u"inside a comment"_s);
    row("stops in rows", "COPY a FROM stdin;\n1\n2\n", corrupt, 4, u"after 2 of them"_s);
    row("stops in a row", "COPY a FROM stdin;\n1\n2", corrupt, 3, u"after 1 of them"_s);
    row("stops before rows", "COPY a FROM stdin;", corrupt, 1, u"inside the rows"_s);
    row("text behind COPY", "COPY a FROM stdin; SELECT 1;\n", corrupt, 1, u"on the same line"_s);
    row("binary rows", "COPY a FROM stdin (FORMAT binary);\n", unsupported, 1, u"binary"_s);
    row("unsafe encoding", "SET client_encoding = 'SJIS';\n", unsupported, 1, u"SJIS"_s);
    row("hidden change of the string rules",
        "SELECT 1, set_config('standard_conforming_strings','off',false);", refused, 1,
        u"strings"_s);
    row("a statement of many lines", "SELECT 1;\nSET standard_conforming_strings\n=\nE'off'\n;\n",
        refused, 2, u"strings"_s);
}

void TestDumpScanner::stopsAt()
{
    QFETCH(QByteArray, text);
    QFETCH(int, kind);
    QFETCH(int, line);
    QFETCH(QString, words);
    const qint64 reached = scanned(text, 1000).line;
    for (qsizetype portion = 1; portion <= 64; ++portion) {
        const Scan scan = scanned(text, portion);
        QVERIFY(scan.error);
        QCOMPARE(scan.line, reached);
        QCOMPARE(static_cast<int>(scan.error->kind), kind);
        QCOMPARE(scan.error->line, line);
        QVERIFY2(scan.error->detail.contains(words), qPrintable(scan.error->detail));
    }
}

void TestDumpScanner::skipsWithAWarning_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("pg_dump") << QByteArray(
        "pg_dump: warning: there are circular foreign-key constraints on this table:");
    QTest::newRow("a hint") << QByteArray("pg_dump: hint: You might not be able to restore");
    QTest::newRow("a notice") << QByteArray("NOTICE:  it's a notice");
    QTest::newRow("kubectl") << QByteArray("Defaulted container \"db\" out of: db, exporter");
}

void TestDumpScanner::skipsWithAWarning()
{
    QFETCH(QByteArray, line);
    for (const qsizetype portion : {1, 3, 17, 1000}) {
        const Scan scan = scanned("SELECT 1;\n" + line + "\nSELECT 2;\n", portion);
        QVERIFY(!scan.error);
        QCOMPARE(scan.statements, QStringList({u"SELECT 1"_s, u"SELECT 2"_s}));
        QVERIFY(scan.events.last().startsWith(u"line 2: a message"_s));
    }
}

void TestDumpScanner::metadataIsTold()
{
    const Scan scan = scanned("\\restrict k1\nSELECT 1;\n\\unrestrict k1\n\\connect "
                              "shop\n\\encoding LATIN1\n\\restrict k2\n\\unrestrict k2\n",
                              1000);
    QVERIFY(!scan.error);
    QVERIFY(scan.events.at(1).contains(u"line 4: \\connect"_s));
    QVERIFY(scan.events.at(2).contains(u"line 5: \\encoding"_s));
}

void TestDumpScanner::limitsTheStatement()
{
    const QByteArray text = "SELECT 1;\nSELECT '" + QByteArray(2000, 'x') + "';";
    for (const qsizetype portion : {1, 100, 5000}) {
        const Scan scan = scanned(text, portion, 1000);
        QVERIFY(scan.error);
        QCOMPARE(scan.error->kind, ErrorKind::Unsupported);
        QCOMPARE(scan.error->line, 2);
    }
    QVERIFY(!scanned(text, 100, 3000).error);
}

/// A word longer than what may be carried over is refused; one that is not must pass.
void TestDumpScanner::theLimitDoesNotDependOnThePortions()
{
    const QByteArray word(DumpScanner::carryLimit - 10, 'a');
    QCOMPARE(scanned("SELECT " + word + ";", 1000).statements.size(), 1);
    const Scan scan = scanned("SELECT " + word + word + ";", 1000);
    QVERIFY(scan.error);
    QVERIFY(scan.error->detail.contains(u"not SQL"_s));
    // A comment may be as long as it likes.
    QCOMPARE(scanned("-- " + word + word + "\nSELECT 1;", 1000).statements,
             QStringList(u"SELECT 1"_s));
}

void TestDumpScanner::oneLongRow()
{
    const QByteArray row(3 * 1024 * 1024, 'y');
    tests::RecordingVisitor visitor;
    TaskContext context;
    DumpReader reader = DumpReader::over(
        std::make_unique<tests::TextSource>("COPY a FROM stdin;\n" + row + "\n\\.\n"), u"x"_s);
    QVERIFY(reader.read(visitor, context));
    QCOMPARE(visitor.rows, row + "\n");
    QVERIFY(visitor.events.last().startsWith(u"3 end 1 rows 3145729 bytes"_s));
}

MAYDAY_TEST(TestDumpScanner);
#include "tst_dumpscanner.moc"
