// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/recordingvisitor.h"
#include "dump/dumpreader.h"
#include "dump/forbidden.h"
#include "dump/statementclass.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include "postgres/session.h"

#include <QTest>

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;

namespace {

struct Reading {
    std::optional<Error> error;
    QList<DumpStatement> statements;
    DumpFacts facts;
};

class Collector final : public DumpVisitor {
public:
    QList<DumpStatement> statements;
    Result<void> statement(const DumpStatement &statement) override
    {
        statements.append(statement);
        return {};
    }
    Result<void> copyBegin(const CopyHeader &header) override
    {
        statements.append(header.statement);
        return {};
    }
    Result<void> copyData(QByteArrayView) override { return {}; }
    Result<void> copyEnd(qint64, qint64, qint64) override { return {}; }
};

Reading settingsIn(const QByteArray &text)
{
    Collector collector;
    TaskContext context;
    DumpReader reader = DumpReader::over(std::make_unique<tests::TextSource>(text), u"x.sql"_s);
    const Result<void> outcome = reader.read(collector, context);
    return {.error = outcome ? std::nullopt : std::optional(outcome.error()),
            .statements = collector.statements,
            .facts = reader.facts()};
}

} // namespace

/// The settings that change how the rest of the text is read: a reader that misses one sees strings
/// where the server sees statements.
class TestDumpSettings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsStringsAsTheServerDoes_data();
    void readsStringsAsTheServerDoes();
    void refusesWhatItCannotFollow_data();
    void refusesWhatItCannotFollow();
    void letsOthersPass_data();
    void letsOthersPass();
    void refusesEncodingsThatHideQuotes_data();
    void refusesEncodingsThatHideQuotes();
    void notesTheEncoding();
    void namesInAnotherEncodingStayApart();
    void namesOldDumpsBySearchPath();
    void noWayOfWritingHidesACall_data();
    void noWayOfWritingHidesACall();
    void theServerWouldHaveRunThem();

private:
    tests::TempPostgres m_server;
};

void TestDumpSettings::readsStringsAsTheServerDoes_data()
{
    QTest::addColumn<QByteArray>("setting");
    for (const char *setting : {"SET standard_conforming_strings = off",
                                "SET standard_conforming_strings = on",
                                "SET standard_conforming_strings TO 'off'",
                                "set Standard_Conforming_Strings = OFF",
                                "SET standard_conforming_strings = f",
                                "SET standard_conforming_strings = fal",
                                "SET standard_conforming_strings = of",
                                "SET standard_conforming_strings = n",
                                "SET standard_conforming_strings = no",
                                "SET standard_conforming_strings = 0",
                                "SET standard_conforming_strings = y",
                                "SET standard_conforming_strings = 1",
                                "SET standard_conforming_strings = 'tRue'",
                                "SET SESSION standard_conforming_strings = off",
                                "SET /* off */ standard_conforming_strings -- on\n = off",
                                "SET \"standard_conforming_strings\" = off",
                                "SET \"STANDARD_conforming_strings\" = off",
                                "SELECT set_config('standard_conforming_strings', 'off', false)",
                                "SELECT set_config('STANDARD_CONFORMING_STRINGS', 'n', false)",
                                "SELECT pg_catalog.set_config('standard_conforming_strings', "
                                "'on', false)"})
        QTest::newRow(setting) << QByteArray(setting);
}

/// Asks a real server what the setting made of it, and holds the reader to that.
void TestDumpSettings::readsStringsAsTheServerDoes()
{
    QFETCH(QByteArray, setting);
    TaskContext context;
    auto session = postgres::Session::connect(m_server.connectionString(), context);
    QVERIFY(session);
    QVERIFY(session->execute(setting, context));
    const auto shown = session->query("SHOW standard_conforming_strings", context);
    QVERIFY(shown);
    const bool escapes = shown->text(0, 0) == "off"_L1;

    // One literal and a statement behind it, or two statements and a comment.
    const Reading reading = settingsIn(setting + ";\nSELECT 'x\\'; SELECT 2; --';\nSELECT 3;\n");
    QVERIFY2(!reading.error, qPrintable(reading.error ? describe(*reading.error) : QString()));
    QCOMPARE(reading.statements.size(), escapes ? 3 : 4);
    QCOMPARE(reading.statements.last().plainStringsEscape, escapes);
}

void TestDumpSettings::refusesWhatItCannotFollow_data()
{
    QTest::addColumn<QByteArray>("sql");
    for (const char *sql :
         {"SET standard_conforming_strings TO DEFAULT", "RESET standard_conforming_strings",
          "SET standard_conforming_strings = maybe",
          "SET U&\"standard\\005fconforming_strings\" = off",
          "SET standard_conforming_strings = E'\\x6f\\x66\\x66'",
          "SET standard_conforming_strings = 'o'\n'ff'",
          "SELECT set_config('standard_' || 'conforming_strings', 'off', false)",
          "SELECT set_config(E'standard\\x5fconforming_strings', 'off', false)",
          "SELECT set_config('standard_conf'\n'orming_strings', 'off', false)",
          "SELECT set_config('search_path', '', false), "
          "set_config('standard_conforming_strings', 'off', false)",
          "SELECT 1, \"set_config\"('standard_conforming_strings', 'off', false)",
          "SELECT 1, U&\"set\\005fconfig\"('standard_conforming_strings', 'off', false)",
          "(SELECT set_config('standard_conforming_strings', 'off', false))",
          "INSERT INTO a VALUES (set_config('standard_conforming_strings', 'off', false))",
          "WITH a AS (SELECT set_config(x, y, false) FROM b) SELECT 2",
          "VALUES (set_config('standard_conforming_strings', 'off', false))",
          "DO $$ begin set standard_conforming_strings = off; end $$"})
        QTest::newRow(sql) << QByteArray(sql);
    QTest::newRow("all rules back")
        << QByteArray("/**/ SET standard_conforming_strings = off; RESET ALL");
    QTest::newRow("all rules back, discarded")
        << QByteArray("SET standard_conforming_strings = off; DISCARD ALL");
    const QByteArray blank(10'000, ' ');
    QTest::newRow("far behind blanks")
        << "SELECT 1," + blank + "set_config('standard_conforming_strings', 'off', false)";
}

void TestDumpSettings::refusesWhatItCannotFollow()
{
    QFETCH(QByteArray, sql);
    const Reading reading = settingsIn("SELECT 7;\n" + sql + ";\n");
    QVERIFY(reading.error);
    QCOMPARE(reading.error->kind, ErrorKind::Refused);
    QCOMPARE(reading.error->line, 2);
    QCOMPARE(reading.error->detail,
             u"it changes how strings are read, in a way that cannot be followed"_s);
    for (const DumpStatement &statement : reading.statements)
        QVERIFY(!sql.endsWith(statement.sql)); // nobody was told of the bad one
}

void TestDumpSettings::letsOthersPass_data()
{
    QTest::addColumn<QByteArray>("sql");
    for (const char *sql :
         {"RESET ALL", "DISCARD ALL", "SET search_path TO DEFAULT", "RESET SESSION AUTHORIZATION",
          "RESET ROLE", "SET SESSION AUTHORIZATION DEFAULT", "SET TIME ZONE 'UTC'", "DISCARD TEMP",
          "SET default_table_access_method = heap", "SET row_security = off",
          "SELECT pg_catalog.set_config('search_path', '', false)",
          "SELECT set_config('app.tenant', 'set_config(''x''', false)",
          "INSERT INTO a VALUES ('set_config(''standard_conforming_strings'', ''off'')')",
          "CREATE VIEW v AS SELECT set_config(s.name, s.value, true) FROM s",
          "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET standard_conforming_strings = off AS "
          "'select 1'",
          "ALTER DATABASE shop SET standard_conforming_strings = off",
          "COMMENT ON TABLE a IS 'standard_conforming_strings'"})
        QTest::newRow(sql) << QByteArray(sql);
}

void TestDumpSettings::letsOthersPass()
{
    QFETCH(QByteArray, sql);
    const Reading reading = settingsIn(sql + ";\nSELECT 'a\\';SELECT 2;");
    QVERIFY2(!reading.error, qPrintable(reading.error ? describe(*reading.error) : QString()));
    QCOMPARE(reading.statements.size(), 3);
}

void TestDumpSettings::refusesEncodingsThatHideQuotes_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("name");
    const auto row = [](const char *sql, const QString &name) {
        QTest::newRow(sql) << QByteArray(sql) << name;
    };
    row("SET client_encoding = 'SJIS'", u"SJIS"_s);
    row("SET client_encoding = 'Shift-JIS'", u"Shift-JIS"_s);
    row("SET client_encoding TO win932", u"win932"_s);
    row("SET client_encoding = 'Windows-936'", u"Windows-936"_s);
    row("SET NAMES 'GB18030'", u"GB18030"_s);
    row("SET CLIENT_ENCODING = 'big 5'", u"big 5"_s);
    row("SELECT pg_catalog.set_config('client_encoding', 'UHC', false)", u"UHC"_s);
    row("SET \"client_encoding\" = GBK", u"gbk"_s);
    row("SET client_encoding = 'johab'", u"johab"_s);
}

void TestDumpSettings::refusesEncodingsThatHideQuotes()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, name);
    // Each is a spelling the server takes.
    m_server.execute(u"postgres"_s, sql);
    const Reading reading = settingsIn(sql + ";\nSELECT 1;\n");
    QVERIFY(reading.error);
    QCOMPARE(reading.error->kind, ErrorKind::Unsupported);
    QVERIFY2(reading.error->detail.contains(name), qPrintable(reading.error->detail));
    QVERIFY(reading.error->detail.contains(u"dump with --encoding=UTF8"_s));
    QVERIFY(reading.statements.isEmpty());
}

void TestDumpSettings::notesTheEncoding()
{
    QCOMPARE(settingsIn("SET client_encoding = 'LATIN1';").facts.encoding, u"LATIN1"_s);
    QCOMPARE(settingsIn("SET NAMES 'UTF8';").facts.encoding, u"UTF8"_s);
    // EUC_JP has bytes above 127 only in its characters, so nothing can hide in them.
    const Reading japanese = settingsIn("SET client_encoding = 'EUC_JP';\nSELECT '\xc6\xfc;';\n");
    QVERIFY(!japanese.error);
    QCOMPARE(japanese.statements.size(), 2);
}

void TestDumpSettings::namesInAnotherEncodingStayApart()
{
    const Reading reading =
        settingsIn("SET client_encoding = 'LATIN1';\nCREATE TABLE public.\"caf\xe9\" (a int);\n"
                   "CREATE TABLE public.\"caf\xe8\" (a int);\n");
    QVERIFY(!reading.error);
    QCOMPARE(reading.statements[1].objectName, u"café"_s);
    QCOMPARE(reading.statements[2].objectName, u"cafè"_s);
    QVERIFY(reading.statements[1].sql.contains("caf\xe9")); // the bytes go on as they are
}

void TestDumpSettings::namesOldDumpsBySearchPath()
{
    const Reading reading = settingsIn("SET search_path = \"My Shop\", pg_catalog;\n"
                                       "CREATE TABLE a (id int);\nCOPY a (id) FROM stdin;\n\\.\n"
                                       "SET search_path = other, pg_catalog;\n"
                                       "CREATE TABLE a (id int);\nCREATE TABLE x.b (id int);\n"
                                       "SET search_path = pg_catalog;\nCREATE VIEW v AS "
                                       "SELECT 1;\n");
    QVERIFY(!reading.error);
    QStringList names;
    for (const DumpStatement &statement : reading.statements) {
        if (!statement.objectName.isEmpty())
            names.append(statement.objectSchema + u'.' + statement.objectName);
    }
    QCOMPARE(names, QStringList({u"My Shop.a"_s, u"My Shop.a"_s, u"other.a"_s, u"x.b"_s, u".v"_s}));
}

void TestDumpSettings::noWayOfWritingHidesACall_data()
{
    QTest::addColumn<QByteArray>("sql");
    for (const char *sql :
         {"SELECT pg_read_file('PG_VERSION')", "SELECT PG_Read_File ('PG_VERSION')",
          "SELECT \"pg_read_file\"('PG_VERSION')",
          "SELECT pg_catalog.\"pg_read_file\" /* ( */ ('PG_VERSION')",
          "SELECT U&\"pg\\005fread\\005ffile\"('PG_VERSION')",
          "SELECT u&\"pg!005fread_file\" UESCAPE '!' ('PG_VERSION')",
          "(SELECT pg_read_file('PG_VERSION'))",
          "((SELECT 1) UNION (SELECT length(pg_read_file('PG_VERSION'))))",
          "TABLE pg_am ORDER BY pg_read_file('PG_VERSION')", "VALUES (pg_read_file('PG_VERSION'))",
          "EXPLAIN ANALYZE SELECT pg_read_file('PG_VERSION')",
          "CREATE TEMPORARY TABLE t1 AS SELECT pg_read_file('PG_VERSION') x",
          "CREATE TABLE t2 (x) AS VALUES (pg_read_file('PG_VERSION'))"})
        QTest::newRow(sql) << QByteArray(sql);
}

void TestDumpSettings::noWayOfWritingHidesACall()
{
    QFETCH(QByteArray, sql);
    // What is forbidden here really reads the server's disk when it is run.
    m_server.execute(u"postgres"_s, sql);
    DumpStatement statement{.sql = sql, .line = 3, .objectSchema = {}, .objectName = {}};
    classify(statement);
    const auto error = forbidden(statement);
    QVERIFY(error);
    QCOMPARE(error->kind, ErrorKind::Refused);
    QCOMPARE(error->line, 3);
}

/// The text that made the rules for settings necessary: the server runs what a reader that missed
/// the setting takes for a string.
void TestDumpSettings::theServerWouldHaveRunThem()
{
    const QByteArray text = "SET standard_conforming_strings = of;\n"
                            "SELECT '\\'', pg_read_file('PG_VERSION'), '';\n";
    TaskContext context;
    auto session = postgres::Session::connect(m_server.connectionString(), context);
    QVERIFY(session);
    for (const QByteArray &line : text.trimmed().split('\n'))
        QVERIFY(session->execute(line, context));
    const Reading reading = settingsIn(text);
    QVERIFY(!reading.error);
    QCOMPARE(reading.statements.size(), 2);
    QVERIFY(forbidden(reading.statements[1]));
}

MAYDAY_TEST(TestDumpSettings);
#include "tst_dumpsettings.moc"
