// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/recordingvisitor.h"
#include "dump/dumpreader.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include "postgres/session.h"

#include <QTest>

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;

namespace {

QList<QByteArray> statementsOf(const QByteArray &text)
{
    tests::StatementList visitor;
    TaskContext context;
    DumpReader reader = DumpReader::over(std::make_unique<tests::TextSource>(text), u"x"_s);
    if (const auto outcome = reader.read(visitor, context); !outcome)
        qFatal("%s", qPrintable(describe(outcome.error())));
    QList<QByteArray> texts;
    for (const DumpStatement &statement : std::as_const(visitor.found))
        texts.append(statement.sql);
    return texts;
}

} // namespace

/// Where a statement ends is PostgreSQL's to say. A text is run as a whole; then the pieces the
/// reader made of it are sent one by one, in a way that takes exactly one statement each. Two in a
/// piece, or half a one, and the server objects.
class TestServerAgrees : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void onWhereStatementsEnd_data();
    void onWhereStatementsEnd();

    void onOldStringRules();

private:
    tests::TempPostgres m_server;
};

void TestServerAgrees::onWhereStatementsEnd_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char *name, const QByteArray &text) {
        QTest::newRow(name) << text;
    };
    row("dollar quotes in dollar quotes",
        "CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $outer$ begin\n"
        "execute $inner$ select $$;$$ || 'x;' $inner$; return $a$;$outer $;$a$; end; $outer$;\n"
        "SELECT 1;");
    row("a dollar in a tag's place", "SELECT $a$ $b$ $a $ a$ ;$a$;SELECT 2;");
    row("two tags with a dollar between", "SELECT $a$;$$a$;SELECT $$;$a$$;SELECT 3;");
    row("strings of every sort",
        "SELECT 'it''s;', E'it\\'s;', e'\\\\', U&'\\0041;', B'01', X'ff', N'n;', 'a'\n'b;';");
    row("a string over lines", "SELECT 'a\n-- no comment;\n/* ';SELECT 2;");
    row("E string over parts", "SELECT E'a\\';'\n-- between;'\n'b\\';c';SELECT 2;");
    row("a part on the same line is an alias no more", "SELECT 'a' \"b;c\";SELECT 2;");
    row("names with everything in them",
        "CREATE TABLE \"a;\n'b\"\"c--/*$$\" (\"x;y\" int, \"select\" text);\n"
        "INSERT INTO \"a;\n'b\"\"c--/*$$\" VALUES (1, ';');SELECT 3;");
    row("names with dollars", "SELECT 1 AS a$b$;SELECT 2 AS c$b$d;");
    row("names above 127", "CREATE TABLE \xc3\xa4$1 (\xe6\x97\xa5 int);SELECT 1 AS \xc3\xa9;");
    row("comments with quotes", "SELECT 1 -- it's; \"\n, 2 /* it's; \" $$ */, 3;SELECT 4;");
    row("comments in comments", "/* a /* it's; */ b; */ SELECT 1 /* -- */ + 1;SELECT 2;");
    row("a comment that looks closed", "SELECT 1 /*/ ; */ + 1;SELECT /**/ 2;SELECT 3 /***/;");
    row("operators beside comments", "SELECT 2*/*;*/3, 4-/*;*/-5, 6 --;\n- 7;SELECT @ -5;");
    row("a minus before a comment", "SELECT 1 ---;\n;SELECT 2;");
    row("slashes and dashes", "SELECT 6/2-1, -(-3), 8/-2;SELECT 2;");
    row("semicolons in rows of operators", "SELECT (ARRAY[1,2,3])[1:2];SELECT '{}'::int[];");
    row("a rule with two commands",
        "CREATE TABLE r (a int);CREATE TABLE s (a int);\n"
        "CREATE RULE x AS ON INSERT TO r DO ALSO (INSERT INTO s VALUES (1); INSERT INTO s VALUES "
        "(2););\nINSERT INTO r VALUES (1);");
    row("BEGIN ATOMIC",
        "CREATE FUNCTION g(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC\n"
        "SELECT CASE WHEN x > 0 THEN CASE x WHEN 1 THEN 2 END ELSE 3 END; SELECT x; END;\n"
        "SELECT g(1);");
    row("BEGIN ATOMIC, nothing in it",
        "CREATE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC END;CALL p();");
    row("BEGIN ATOMIC with names that count for nothing",
        "CREATE TABLE t (\"end\" int, \"case\" int);\n"
        "CREATE FUNCTION h() RETURNS int LANGUAGE sql BEGIN ATOMIC\n"
        "SELECT \"end\" FROM t WHERE \"case\" = 1 /* END; */; SELECT 'END;'::text::int; END;\n"
        "SELECT 5;");
    row("BEGIN ATOMIC with names that look like its words",
        "CREATE FUNCTION i(begin_at int, atomic int) RETURNS int LANGUAGE sql RETURN atomic;\n"
        "CREATE FUNCTION j(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC\n"
        "SELECT i(begin_at => 1, atomic => 2) AS case_; SELECT 1 AS end_; END;\nSELECT j(1);");
    row("columns named by bare words", "CREATE TABLE u (a int);\n"
                                       "CREATE FUNCTION k() RETURNS int LANGUAGE sql BEGIN ATOMIC\n"
                                       "SELECT count(u.a) AS \"case\" FROM u; END;\nSELECT 5;");
    row("nothing between semicolons", ";;SELECT 1;;\n;SELECT 2;");
    row("every blank there is", "SELECT\t1\v,\f2\r,\n3 ;\r\n\v\fSELECT 4;");
    row("carriage returns alone", "SELECT 1 -- a;\r, 2;\rSELECT 3;");
    row("a publication and its kin",
        "CREATE TABLE z (a int);CREATE INDEX ON z ((a + 1)) WHERE (a <> 1);\n"
        "ALTER TABLE z ADD CHECK (a > 0 AND (a < 5 OR a = 7));COMMENT ON TABLE z IS $$;$$;");
    row("a DO block", "DO LANGUAGE plpgsql $do$ begin if true then perform 1; end if; end $do$;"
                      "SELECT 1;");
    row("numbers that end oddly", "SELECT 1., .5, 1e5, 0x1F, 1_000;SELECT 1.5e-3;");
}

void TestServerAgrees::onWhereStatementsEnd()
{
    QFETCH(QByteArray, text);
    const auto freshDatabase = [&](const char *side) {
        const QString name = QString::fromLatin1(QTest::currentDataTag()) + QLatin1StringView(side);
        return m_server.createDatabase(name);
    };
    TaskContext context;
    auto whole = postgres::Session::connect(freshDatabase(" whole"), context);
    QVERIFY(whole);
    const auto all = whole->execute(text, context);
    QVERIFY2(all,
             qPrintable(all ? QString() : u"not what it should be: "_s + describe(all.error())));

    auto pieces = postgres::Session::connect(freshDatabase(" pieces"), context);
    QVERIFY(pieces);
    for (const QByteArray &piece : statementsOf(text)) {
        const auto taken = pieces->query(piece, context);
        QVERIFY2(taken,
                 qPrintable(taken ? QString()
                                  : QString::fromUtf8(piece) + u": "_s + describe(taken.error())));
    }
}

/// A server reads a whole message by the rules of its beginning, so here only the pieces are sent;
/// what comes back tells whether each was read as it was meant.
void TestServerAgrees::onOldStringRules()
{
    TaskContext context;
    auto session = postgres::Session::connect(m_server.connectionString(), context);
    QVERIFY(session);
    const QList<QByteArray> pieces =
        statementsOf("SET escape_string_warning = off;SET standard_conforming_strings = off;\n"
                     "SELECT 'a\\';b' || N'c\\';d' || '\\\\' || 'e\\\\''f;'\n'g\\';h';\n"
                     "SET standard_conforming_strings = on;SELECT 'i\\' || 'j';");
    QStringList answers;
    for (const QByteArray &piece : pieces) {
        const auto taken = session->query(piece, context);
        QVERIFY2(taken, qPrintable(taken ? QString() : describe(taken.error())));
        if (taken->rowCount() > 0)
            answers.append(taken->text(0, 0));
    }
    QCOMPARE(answers, QStringList({u"a';bc';d\\e\\'f;g';h"_s, u"i\\j"_s}));
}

MAYDAY_TEST(TestServerAgrees);
#include "tst_serveragrees.moc"
