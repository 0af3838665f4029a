// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/dumpfiles.h"
#include "app/dump/objectranges.h"
#include "app/dump/recordingvisitor.h"
#include "postgres/quoting.h"
#include "postgres/session.h"
#include "support/testmain.h"
#include "support/thinned.h"

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;
using tests::problemOf;
using tests::rowsOf;
using tests::wordOf;

namespace {

QString qualified(const QString &schema, const QString &name)
{
    return postgres::quoteIdentifier(schema) + u'.' + postgres::quoteIdentifier(name);
}

/// As pg_dump wrote it before it knew \restrict.
QByteArray unrestricted(const QByteArray &dump)
{
    QList<QByteArray> lines = dump.split('\n');
    lines.removeIf([](const QByteArray &line) {
        return line.startsWith("\\restrict ") || line.startsWith("\\unrestrict ");
    });
    return lines.join('\n');
}

} // namespace

/// What is said of a dump, held against the server it was taken from.
class TestRealDumps : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void countsAreTheServers_data();
    void countsAreTheServers();
    void rowsAreTheServersByteForByte();
    void sequencesAreTheServers();
    void aDatabaseInLatin1();
    void aDatabaseWithNothingInIt();
    void aDatabaseWithAnOddName();
    void noCutIsComplete_data();
    void noCutIsComplete();
    void noWrongByteInACompressedOneIsComplete_data();
    void noWrongByteInACompressedOneIsComplete();
    void sectionsInARow();
    void everyDatabaseAtOnce();
    void rolesAlone();
    void lz4IsNamed();

private:
    [[nodiscard]] QString shop(const QStringList &options, const QString &name = u"shop.sql"_s)
    {
        return m_files.dumped(m_server, u"pg_dump"_s, u"shop"_s, options, name);
    }
    [[nodiscard]] static DumpInspection inspected(const QString &path);
    [[nodiscard]] QMap<QString, qint64> countedByTheServer(const QString &database);

    tests::TempPostgres m_server;
    tests::DumpFiles m_files;
};

void TestRealDumps::initTestCase()
{
    m_server.createDatabase(u"shop"_s);
    m_server.execute(u"shop"_s, tests::DumpFiles::bytesOf(QStringLiteral(
                                    MAYDAY_SOURCE_DIR "/tests/data/dumps/oddshop.sql")));
}

DumpInspection TestRealDumps::inspected(const QString &path)
{
    TaskContext context;
    return tests::inspectText(path, context).value();
}

/// Of each table that holds rows of its own, without those of its heirs.
QMap<QString, qint64> TestRealDumps::countedByTheServer(const QString &database)
{
    TaskContext context;
    auto session = postgres::Session::connect(m_server.connectionString(database), context).value();
    const postgres::Rows tables =
        session
            .query("SELECT schemaname, tablename FROM pg_tables JOIN pg_class c ON c.oid = "
                   "format('%I.%I', schemaname, tablename)::regclass WHERE relkind = 'r' AND "
                   "schemaname NOT IN ('pg_catalog', 'information_schema')",
                   context)
            .value();
    QMap<QString, qint64> counts;
    for (int row = 0; row < tables.rowCount(); ++row) {
        const QString schema = tables.text(row, 0);
        const QString name = tables.text(row, 1);
        const QString sql = u"SELECT count(*) FROM ONLY "_s + qualified(schema, name);
        counts.insert(schema + u'.' + name,
                      session.query(sql.toUtf8(), context).value().integer(0, 0));
    }
    return counts;
}

void TestRealDumps::countsAreTheServers_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::newRow("plain") << QStringList();
    QTest::newRow("inserts") << QStringList{u"--inserts"_s};
    QTest::newRow("inserts of three rows")
        << QStringList{u"--rows-per-insert=3"_s, u"--column-inserts"_s};
    QTest::newRow("inserts, doubles left out")
        << QStringList{u"--inserts"_s, u"--on-conflict-do-nothing"_s};
    QTest::newRow("clean") << QStringList{u"--clean"_s, u"--if-exists"_s};
    QTest::newRow("clean, create") << QStringList{u"--clean"_s, u"--create"_s};
    QTest::newRow("every name quoted, no owners")
        << QStringList{u"--quote-all-identifiers"_s, u"--no-owner"_s, u"--no-privileges"_s};
    QTest::newRow("verbose, gzip") << QStringList{u"--verbose"_s, u"--compress=gzip:1"_s};
    QTest::newRow("zstd with checksum") << QStringList{u"--compress=zstd:level=9"_s};
    QTest::newRow("rows and triggers alone")
        << QStringList{u"--data-only"_s, u"--disable-triggers"_s};
    QTest::newRow("no comments, old quotes")
        << QStringList{u"--no-comments"_s, u"--disable-dollar-quoting"_s};
    QTest::newRow("partitions by their root") << QStringList{u"--load-via-partition-root"_s};
}

void TestRealDumps::countsAreTheServers()
{
    QFETCH(QStringList, options);
    const QString path = shop(options);
    const DumpInspection found = inspected(path);
    QVERIFY2(!found.problem, qPrintable(problemOf(found)));
    QCOMPARE(wordOf(found), u"complete"_s);
    if (found.index.isReadableInParts)
        QCOMPARE(tests::rangesBreach(path, found), QString());
    QMap<QString, qint64> counted = countedByTheServer(u"shop"_s);
    QCOMPARE(counted.size(), 12);
    if (options.contains(u"--load-via-partition-root"_s)) {
        for (const QString &part : {u"public.days_2026"_s, u"public.days_rest"_s})
            counted[u"public.days"_s] += std::exchange(counted[part], 0);
    }
    QMap<QString, qint64> read;
    for (const TableInDump &table : found.tables) {
        const QString name = table.schema + u'.' + table.name;
        QVERIFY2(!read.contains(name), qPrintable(name + u" is there twice"_s));
        read.insert(name, table.rows);
    }
    // Tables that get no rows may be left out of a dump of rows alone.
    for (auto it = counted.begin(); it != counted.end();)
        it = *it == 0 && !read.contains(it.key()) && options.contains(u"--data-only"_s)
                 ? counted.erase(it)
                 : std::next(it);
    QCOMPARE(read, counted);
}

void TestRealDumps::rowsAreTheServersByteForByte()
{
    class Rows final : public tests::RecordingVisitor {
    public:
        QMap<QString, QByteArray> byTable;
        Result<void> copyBegin(const CopyHeader &header) override
        {
            m_table = header.schema + u'.' + header.table;
            sql.insert(m_table, header.statement.sql);
            byTable.insert(m_table, {});
            return {};
        }
        Result<void> copyData(QByteArrayView data) override
        {
            byTable[m_table].append(data);
            return {};
        }
        QMap<QString, QByteArray> sql;

    private:
        QString m_table;
    };
    const QString path = shop({u"--compress=gzip"_s}, u"shop.sql.gz"_s);
    auto reader = DumpReader::open(path);
    QVERIFY(reader);
    Rows rows;
    TaskContext context;
    QVERIFY(reader->read(rows, context));
    auto session = postgres::Session::connect(m_server.connectionString(u"shop"_s), context);
    QVERIFY(session);
    QVERIFY(rows.byTable.size() >= 11);
    const DumpInspection found = inspected(path);
    for (const TableInDump &table : found.tables) {
        const QString name = table.schema + u'.' + table.name;
        // The dump's own list of columns, asked back from the server.
        QByteArray copy = rows.sql[name];
        const qsizetype from = copy.lastIndexOf(" FROM stdin");
        QVERIFY2(from > 0, qPrintable(name));
        copy = copy.first(from) + " TO stdout";
        QByteArray expected;
        const auto told = session->copyOut(
            copy,
            [&](QByteArrayView bytes) -> Result<void> {
                expected.append(bytes);
                return {};
            },
            context);
        QVERIFY2(told, qPrintable(told ? QString() : describe(told.error())));
        QVERIFY2(rows.byTable[name] == expected, qPrintable(name));
        QCOMPARE(table.bytes, expected.size());
        QCOMPARE(table.rows, expected.count('\n'));
    }
}

void TestRealDumps::sequencesAreTheServers()
{
    TaskContext context;
    auto session = postgres::Session::connect(m_server.connectionString(u"shop"_s), context);
    QVERIFY(session);
    for (const QStringList &options : {QStringList(), QStringList{u"--quote-all-identifiers"_s}}) {
        const DumpInspection found = inspected(shop(options));
        QCOMPARE(QString::number(found.sequences.size()),
                 m_server.scalar(u"shop"_s, "SELECT count(*) FROM pg_sequences"));
        for (const SequenceInDump &sequence : found.sequences) {
            const auto state =
                session->query(u"SELECT last_value, is_called FROM "_s.toUtf8() +
                                   qualified(sequence.schema, sequence.name).toUtf8(),
                               context);
            QVERIFY2(state, qPrintable(sequence.name));
            QCOMPARE(sequence.value, state->integer(0, 0));
            QCOMPARE(sequence.isCalled, state->isTrue(0, 1));
        }
    }
}

void TestRealDumps::aDatabaseInLatin1()
{
    m_server.execute(u"postgres"_s, "CREATE DATABASE old ENCODING 'LATIN1' TEMPLATE template0 "
                                    "LC_COLLATE 'C' LC_CTYPE 'C'");
    m_server.execute(u"old"_s,
                     "CREATE TABLE \"caf\xc3\xa9\" (\"pr\xc3\xa9nom\" text); INSERT INTO "
                     "\"caf\xc3\xa9\" VALUES ('Zo\xc3\xab'), ('Ren\xc3\xa9;');"
                     "CREATE TABLE \"caf\xc3\xa8\" (a text); INSERT INTO \"caf\xc3\xa8\" VALUES "
                     "('\xc3\xa0');");
    const QString path = m_files.dumped(m_server, u"pg_dump"_s, u"old"_s, {});
    QVERIFY(tests::DumpFiles::bytesOf(path).contains("Zo\xeb\n")); // not UTF-8, as it should be
    const DumpInspection found = inspected(path);
    QCOMPARE(wordOf(found), u"complete"_s);
    QCOMPARE(found.encoding, u"LATIN1"_s);
    QStringList rows = rowsOf(found);
    rows.sort();
    QCOMPARE(rows, QStringList({u"public.cafè 1"_s, u"public.café 2"_s}));
}

void TestRealDumps::aDatabaseWithNothingInIt()
{
    m_server.createDatabase(u"empty"_s);
    const DumpInspection found = inspected(m_files.dumped(m_server, u"pg_dump"_s, u"empty"_s, {}));
    QCOMPARE(wordOf(found), u"complete"_s); // whole, and with nothing in it
    QVERIFY(found.tables.isEmpty());
    QVERIFY(found.schemas.isEmpty());
    QVERIFY(found.objects.isEmpty());
    const DumpInspection schemas = inspected(shop({u"--schema-only"_s}));
    QCOMPARE(wordOf(schemas), u"complete"_s);
    QCOMPARE(schemas.tables.size(), 12);
    for (const TableInDump &table : schemas.tables)
        QCOMPARE(table.rows + table.bytes + table.copyLine, 0);
}

/// pg_dump writes another sort of \connect for such a name.
void TestRealDumps::aDatabaseWithAnOddName()
{
    m_server.createDatabase(u"My Shop; 2026"_s);
    const DumpInspection found =
        inspected(m_files.dumped(m_server, u"pg_dump"_s, u"My Shop; 2026"_s, {u"--create"_s}));
    QVERIFY2(!found.problem, qPrintable(problemOf(found)));
    QCOMPARE(wordOf(found), u"complete"_s);
    const QString warnings = found.warnings.join(u'\n');
    QVERIFY2(warnings.contains(u"\\connect was not run; the dump comes from My Shop; 2026"_s),
             qPrintable(warnings));
}

void TestRealDumps::noCutIsComplete_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QStringList>("options");
    QTest::newRow("plain") << u"pg_dump"_s << QStringList();
    QTest::newRow("inserts") << u"pg_dump"_s << QStringList{u"--inserts"_s};
    QTest::newRow("gzip") << u"pg_dump"_s << QStringList{u"--compress=gzip"_s};
    QTest::newRow("zstd") << u"pg_dump"_s << QStringList{u"--compress=zstd"_s};
    QTest::newRow("all databases") << u"pg_dumpall"_s << QStringList();
}

void TestRealDumps::noCutIsComplete()
{
    QFETCH(QString, program);
    QFETCH(QStringList, options);
    const QByteArray whole = tests::DumpFiles::bytesOf(
        m_files.dumped(m_server, program, u"shop"_s, options, u"whole"_s));
    for (int part = 1; part < 50; part += tests::thinnedStep(4)) {
        const DumpInspection found = m_files.inspected(whole.first(whole.size() * part / 50));
        const QString told = u"%1/50: %2: %3"_s.arg(part).arg(wordOf(found), problemOf(found));
        QVERIFY2(found.verdict != DumpVerdict::Complete, qPrintable(told));
        QVERIFY2(found.verdict != DumpVerdict::NotADump, qPrintable(told));
        QVERIFY2(found.problem && !found.problem->detail.isEmpty(), qPrintable(told));
    }
}

void TestRealDumps::noWrongByteInACompressedOneIsComplete_data()
{
    QTest::addColumn<QString>("option");
    QTest::newRow("gzip") << u"--compress=gzip"_s;
    QTest::newRow("gzip, squeezed hard") << u"--compress=gzip:9"_s;
}

void TestRealDumps::noWrongByteInACompressedOneIsComplete()
{
    QFETCH(QString, option);
    const QByteArray whole = tests::DumpFiles::bytesOf(shop({option}));
    QCOMPARE(wordOf(m_files.inspected(whole)), u"complete"_s);
    for (int part = 0; part < 50; ++part) {
        QByteArray bad = whole;
        const qsizetype at = 10 + (bad.size() - 11) * part / 49;
        bad[at] = static_cast<char>(bad[at] ^ 0x10);
        const DumpInspection found = m_files.inspected(bad);
        QVERIFY2(found.verdict != DumpVerdict::Complete, qPrintable(u"byte %1"_s.arg(at)));
    }
}

void TestRealDumps::sectionsInARow()
{
    QList<QByteArray> sections;
    for (const QString &section : {u"pre-data"_s, u"data"_s, u"post-data"_s})
        sections.append(tests::DumpFiles::bytesOf(shop({u"--section="_s + section})));
    const DumpInspection joined = m_files.inspected(sections.join());
    QVERIFY2(!joined.problem, qPrintable(problemOf(joined)));
    QCOMPARE(wordOf(joined), u"complete"_s);
    QCOMPARE(rowsOf(joined), rowsOf(inspected(shop({}))));
    // The rows came over only in part, up to the end of a table; the last section is whole.
    const QByteArray part = sections[1].first(sections[1].indexOf("\\.\n") + 3);
    const DumpInspection broken = m_files.inspected(sections[0] + part + sections[2]);
    QVERIFY(broken.verdict != DumpVerdict::Complete);
    // The same as an older pg_dump writes it, where nothing but the headers tells.
    const DumpInspection older = m_files.inspected(unrestricted(sections[0] + part + sections[2]));
    QCOMPARE(wordOf(older), u"truncated"_s);
    QVERIFY2(problemOf(older).contains(u"another dump begins at line"_s),
             qPrintable(problemOf(older)));
    QCOMPARE(wordOf(m_files.inspected(unrestricted(sections.join()))), u"complete"_s);
}

void TestRealDumps::everyDatabaseAtOnce()
{
    const QString path = m_files.dumped(m_server, u"pg_dumpall"_s, u"postgres"_s, {});
    const QByteArray whole = tests::DumpFiles::bytesOf(path);
    const DumpInspection found = m_files.inspected(whole);
    QVERIFY(found.verdict != DumpVerdict::Complete);
    QVERIFY2(problemOf(found).contains(u"more than one database (pg_dumpall)"_s),
             qPrintable(problemOf(found)));
    // The first database in it is whole, and says so; the file is not.
    const QByteArray inner = "\n-- PostgreSQL database dump complete\n";
    const qsizetype end = whole.indexOf(inner) + inner.size();
    const QByteArray first = whole.first(whole.indexOf("\n\\connect", end));
    QVERIFY(first.count("\\restrict ") == first.count("\\unrestrict "));
    const DumpInspection cut = m_files.inspected(first);
    QVERIFY2(cut.verdict == DumpVerdict::Truncated, qPrintable(wordOf(cut)));
}

void TestRealDumps::rolesAlone()
{
    m_server.execute(u"postgres"_s, "CREATE ROLE \"back\"\"up; bot\" LOGIN PASSWORD 'x;''y'");
    const QByteArray whole = tests::DumpFiles::bytesOf(
        m_files.dumped(m_server, u"pg_dumpall"_s, u"postgres"_s, {u"--globals-only"_s}));
    const DumpInspection found = m_files.inspected(whole);
    QVERIFY2(!found.problem, qPrintable(problemOf(found)));
    QCOMPARE(wordOf(found), u"complete"_s);
    QVERIFY(found.tables.isEmpty());
    QVERIFY(found.objects.value(u"platform"_s) >= 1);
    const qsizetype end = whole.indexOf("-- PostgreSQL database cluster dump complete");
    QVERIFY(m_files.inspected(whole.first(end)).verdict == DumpVerdict::Truncated);
}

void TestRealDumps::lz4IsNamed()
{
    const DumpInspection found = inspected(shop({u"--compress=lz4"_s}));
    QCOMPARE(wordOf(found), u"not-a-dump"_s);
    QVERIFY2(problemOf(found).contains(u"compressed with LZ4; unpack it first"_s),
             qPrintable(problemOf(found)));
}

MAYDAY_TEST(TestRealDumps);
#include "tst_realdumps.moc"
