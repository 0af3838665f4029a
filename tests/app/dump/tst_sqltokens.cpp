// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/recordingvisitor.h"
#include "dump/dumpinterpreter.h"
#include "dump/dumpscanner.h"
#include "dump/sqltokens.h"
#include "support/testmain.h"

#include <QRandomGenerator>
#include <QTest>

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;

namespace {

QStringList tokensOf(const QByteArray &sql, bool escapes = false)
{
    using Kind = SqlToken::Kind;
    const QMap<Kind, QString> letters = {{Kind::Word, u"word "_s},
                                         {Kind::QuotedWord, u"name "_s},
                                         {Kind::String, u"string "_s},
                                         {Kind::Number, u"number "_s},
                                         {Kind::Symbol, QString()}};
    QStringList found;
    SqlTokens tokens(sql, escapes);
    for (SqlToken token = tokens.next(); token.kind != Kind::End; token = tokens.next())
        found.append(letters[token.kind] + QString::fromUtf8(token.text));
    return found;
}

/// Semicolons that stand open in a statement, outside of parentheses and quotes.
qsizetype openSemicolons(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    qsizetype found = 0;
    int depth = 0;
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        depth = std::max(0, depth + (token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0));
        found += depth == 0 && token.isSymbol(';') ? 1 : 0;
    }
    return found;
}

} // namespace

/// The words of one statement: what it is about and what it may not do is judged by them.
class TestSqlTokens : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesApart_data();
    void takesApart();
    void oldStringRules_data();
    void oldStringRules();
    void endsWithTheText_data();
    void endsWithTheText();
    void names_data();
    void names();
    void values_data();
    void values();
    void takesAllWordsOrNone();
    void agreesWithTheScanner_data();
    void agreesWithTheScanner();
};

void TestSqlTokens::takesApart_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *sql, const QStringList &expected) {
        QTest::newRow(sql) << QByteArray(sql) << expected;
    };
    row("", {});
    row(" \t\r\n\f\v-- only a comment", {});
    row("/* a /* b */ c */", {});
    row("a_1$b+c", {u"word a_1$b"_s, u"+"_s, u"word c"_s});
    row("a.\"b.c\".d", {u"word a"_s, u"."_s, u"name \"b.c\""_s, u"."_s, u"word d"_s});
    row("'it''s' x", {u"string 'it''s'"_s, u"word x"_s});
    row("'a\\' x", {u"string 'a\\'"_s, u"word x"_s});
    row("E'a\\'b' x", {u"string E'a\\'b'"_s, u"word x"_s});
    row("e'' x", {u"string e''"_s, u"word x"_s});
    row("U&'\\0041' U&\"b\"\"c\" u & x",
        {u"string U&'\\0041'"_s, u"name U&\"b\"\"c\""_s, u"word u"_s, u"&"_s, u"word x"_s});
    row("X'1f'B'01'n'x'", {u"string X'1f'"_s, u"string B'01'"_s, u"string n'x'"_s});
    row("type'x'", {u"word type"_s, u"string 'x'"_s});
    row("$$a'b$$ x", {u"string $$a'b$$"_s, u"word x"_s});
    row("$a$ $b$ $$ $a$x", {u"string $a$ $b$ $$ $a$"_s, u"word x"_s});
    row("$1 $a", {u"$"_s, u"number 1"_s, u"$"_s, u"word a"_s});
    row("a$b$c$", {u"word a$b$c$"_s});
    row("1.5 10", {u"number 1"_s, u"."_s, u"number 5"_s, u"number 10"_s});
    row("a--b\nc", {u"word a"_s, u"word c"_s});
    row("a--b\rc", {u"word a"_s, u"word c"_s});
    row("a-/*b*/-c", {u"word a"_s, u"-"_s, u"-"_s, u"word c"_s});
    row("a/b*c", {u"word a"_s, u"/"_s, u"word b"_s, u"*"_s, u"word c"_s});
    row("\xc3\xa4\"\xc3\xb6\"", {u"word ä"_s, u"name \"ö\""_s});
    row("E'a'\n'b\\'' x", {u"string E'a'"_s, u"string 'b\\''"_s, u"word x"_s});
    row("E'a' -- c\n'b\\'' x", {u"string E'a'"_s, u"string 'b\\''"_s, u"word x"_s});
    row("E'a' 'b\\' x", {u"string E'a'"_s, u"string 'b\\'"_s, u"word x"_s});
    row("E'a' /*\n*/ 'b\\' x", {u"string E'a'"_s, u"string 'b\\'"_s, u"word x"_s});
    row("E'a'\nx 'b\\' y", {u"string E'a'"_s, u"word x"_s, u"string 'b\\'"_s, u"word y"_s});
}

void TestSqlTokens::takesApart()
{
    QFETCH(QByteArray, sql);
    QFETCH(QStringList, expected);
    QCOMPARE(tokensOf(sql), expected);
}

void TestSqlTokens::oldStringRules_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *sql, const QStringList &expected) {
        QTest::newRow(sql) << QByteArray(sql) << expected;
    };
    row("'a\\'b' x", {u"string 'a\\'b'"_s, u"word x"_s});
    row("N'a\\'b' x", {u"string N'a\\'b'"_s, u"word x"_s});
    row("'a\\\\' x", {u"string 'a\\\\'"_s, u"word x"_s});
    row("'a'\n'b\\'' x", {u"string 'a'"_s, u"string 'b\\''"_s, u"word x"_s});
    row("$$a\\$$ x", {u"string $$a\\$$"_s, u"word x"_s});
    row("\"a\\\" x", {u"name \"a\\\""_s, u"word x"_s});
}

void TestSqlTokens::oldStringRules()
{
    QFETCH(QByteArray, sql);
    QFETCH(QStringList, expected);
    QCOMPARE(tokensOf(sql, true), expected);
}

void TestSqlTokens::endsWithTheText_data()
{
    QTest::addColumn<QByteArray>("sql");
    for (const char *sql :
         {"'",        "'a",   "''", "'''",  "\"",  "\"a\"\"", "$",        "$$",  "$a",
          "$a$",      "$a$b", "E'", "E'\\", "U&'", "U&\"",    "U&",       "N'a", "/*",
          "/* /* */", "--",   "-",  "/",    "a.",  "1",       "\xff\xfe", "x'"})
        QTest::newRow(sql) << QByteArray(sql);
}

/// A statement cut anywhere must be walked to its end, and no further.
void TestSqlTokens::endsWithTheText()
{
    QFETCH(QByteArray, sql);
    for (const bool escapes : {false, true}) {
        // Exactly as long as it looks, so that a sanitizer sees a step too far.
        const std::vector<char> bytes(sql.begin(), sql.end());
        SqlTokens tokens(QByteArrayView(bytes.data(), std::ssize(bytes)), escapes);
        qsizetype size = 0;
        int steps = 0;
        for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End && steps < 100;
             token = tokens.next(), ++steps) {
            QVERIFY(!token.text.isEmpty());
            (void)token.name();
            (void)token.value();
            size += token.text.size();
        }
        QVERIFY(size <= sql.size());
        QVERIFY(steps < 100);
    }
}

void TestSqlTokens::names_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("schema");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("next");
    const auto row = [](const char *sql, const QString &schema, const QString &name,
                        const QString &next) {
        QTest::newRow(sql) << QByteArray(sql) << schema << name << next;
    };
    row("Products (id)", {}, u"products"_s, u"("_s);
    row("Shop.Products x", u"shop"_s, u"products"_s, u"x"_s);
    row("db.shop.products", u"shop"_s, u"products"_s, {});
    row("\"Shop\".\"Pro\"\"ducts\"", u"Shop"_s, u"Pro\"ducts"_s, {});
    row("shop . /* x */ products y", u"shop"_s, u"products"_s, u"y"_s);
    row("\"a.b\" z", {}, u"a.b"_s, u"z"_s);
    row("\"line\nbreak\"", {}, u"line\nbreak"_s, {});
    row("'products'", {}, {}, u"'products'"_s);
    row("(a)", {}, {}, u"("_s);
    row("", {}, {}, {});
}

void TestSqlTokens::names()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, schema);
    QFETCH(QString, name);
    QFETCH(QString, next);
    SqlTokens tokens(sql);
    const QualifiedName found = takeName(tokens);
    QCOMPARE(found.schema, schema);
    QCOMPARE(found.name, name);
    QCOMPARE(QString::fromUtf8(tokens.next().text), next);
}

void TestSqlTokens::values_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("value");
    QTest::newRow("plain") << QByteArray("'a b'") << u"a b"_s;
    QTest::newRow("doubled") << QByteArray("'it''s'''") << u"it's'"_s;
    QTest::newRow("empty") << QByteArray("''") << u""_s;
    QTest::newRow("E") << QByteArray("E'ab'") << u"ab"_s;
    QTest::newRow("N") << QByteArray("N'ab'") << u"ab"_s;
    QTest::newRow("never closed") << QByteArray("'ab") << QString();
    QTest::newRow("dollars") << QByteArray("$$ab$$") << QString();
    QTest::newRow("a word") << QByteArray("ab") << QString();
    QTest::newRow("Latin-1") << QByteArray("'caf\xe9'") << u"café"_s;
}

void TestSqlTokens::values()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, value);
    SqlTokens tokens(sql);
    QCOMPARE(tokens.next().value(), value);
}

void TestSqlTokens::takesAllWordsOrNone()
{
    SqlTokens tokens("CREATE /* or */ OR REPLACE \"view\" v");
    QVERIFY(!tokens.take({"create", "or", "alter"}));
    QVERIFY(!tokens.take("or"));
    QVERIFY(tokens.take({"create", "or", "replace"}));
    QVERIFY(!tokens.take("view")); // a quoted word is a name and no keyword
    QCOMPARE(tokens.next().name(), u"view"_s);
    QVERIFY(!tokens.takeSymbol('('));
    QVERIFY(tokens.take("v"));
    QVERIFY(!tokens.take("v"));
}

void TestSqlTokens::agreesWithTheScanner_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 20; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

/// What the scanner takes for one statement must be one for the tokens too: where they differ about
/// the end of a string, something could hide.
void TestSqlTokens::agreesWithTheScanner()
{
    QFETCH(quint32, seed);
    static const QList<QByteArray> scraps = {"'",
                                             "''",
                                             "\"",
                                             "\"\"",
                                             "$$",
                                             "$a$",
                                             "$b$",
                                             "$",
                                             "E'",
                                             "e'",
                                             "N'",
                                             "U&'",
                                             "U&\"",
                                             "\\'",
                                             "\\\\",
                                             "--",
                                             "/*",
                                             "*/",
                                             "*",
                                             "/",
                                             "\n",
                                             "\r",
                                             " ",
                                             "a",
                                             "b1",
                                             "1",
                                             "_",
                                             "(",
                                             ")",
                                             ";",
                                             ";",
                                             ";",
                                             "x'",
                                             "'\n'",
                                             ",",
                                             "\xc3\xa4",
                                             "SET standard_conforming_strings = off;",
                                             "SET standard_conforming_strings = on;"};
    QRandomGenerator random(seed);
    qsizetype statements = 0;
    for (int round = 0; round < 3000; ++round) {
        QByteArray text;
        for (int i = random.bounded(2, 20); i > 0; --i)
            text.append(scraps.at(random.bounded(scraps.size())));
        tests::StatementList visitor;
        DumpInterpreter interpreter(visitor);
        DumpScanner scanner(interpreter);
        (void)scanner.feed(text + ";", true);
        statements += visitor.found.size();
        for (const DumpStatement &statement : std::as_const(visitor.found))
            QVERIFY2(openSemicolons(statement) == 0,
                     statement.sql.toPercentEncoding(" ;()'\"$*/,"));
    }
    QVERIFY2(statements > 1000, qPrintable(QString::number(statements)));
}

MAYDAY_TEST(TestSqlTokens);
#include "tst_sqltokens.moc"
