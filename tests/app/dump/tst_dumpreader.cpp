// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/dumpfiles.h"
#include "app/dump/recordingvisitor.h"
#include "dump/dumpinspection.h"
#include "dump/dumpreader.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;

namespace {

/// Every sort of object whose text could mislead a scanner, and rows that look like SQL.
constexpr const char *schema = R"(
CREATE SCHEMA "odd; name";
CREATE TYPE mood AS ENUM ('so;so', 'it''s');
CREATE TABLE products (id bigserial PRIMARY KEY, title text NOT NULL DEFAULT 'a;b', price numeric CHECK (price > 0), feeling mood);
CREATE TABLE "odd; name"."Lines" (id int GENERATED ALWAYS AS IDENTITY, product bigint REFERENCES products ON DELETE CASCADE, note text);
CREATE TABLE empty_one (a int);
CREATE TABLE measures (at date NOT NULL, v int) PARTITION BY RANGE (at);
CREATE TABLE measures_2026 PARTITION OF measures FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE FUNCTION f1(x int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS $fn$ begin return (select $$1;$$::text)::int; end; $fn$;
CREATE FUNCTION f2(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN x > 0 THEN CASE x WHEN 1 THEN 2 ELSE 3 END ELSE 4 END; SELECT 5; END;
CREATE FUNCTION f3() RETURNS trigger LANGUAGE plpgsql AS 'begin /* '';'' */ return new; end';
CREATE PROCEDURE p1(INOUT a int) LANGUAGE sql BEGIN ATOMIC INSERT INTO empty_one VALUES (a); SELECT 1; END;
CREATE VIEW v1 AS SELECT id, CASE WHEN price > 1 THEN 'x;' ELSE E'\\;' END AS "end" FROM products;
CREATE MATERIALIZED VIEW m1 AS SELECT count(*) FROM products;
CREATE RULE r1 AS ON INSERT TO empty_one DO ALSO (SELECT 1; SELECT 2);
CREATE TRIGGER t1 BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION f3();
CREATE INDEX i1 ON products (lower(title || ';'));
CREATE POLICY po1 ON products USING (title <> ';');
ALTER TABLE products ENABLE ROW LEVEL SECURITY;
CREATE SEQUENCE s1 START 40; SELECT nextval('s1');
CREATE PUBLICATION pub FOR TABLE products;
COMMENT ON TABLE products IS 'a; ''comment'' \ with -- all /* of it';
GRANT SELECT ON products TO PUBLIC;
SELECT lo_from_bytea(0, '\x00ff');
INSERT INTO products (title, price, feeling) SELECT E'row ' || i || E'\n\\.\t; \\', i, 'it''s' FROM generate_series(1, 5000) i;
INSERT INTO products (title) VALUES (E'\\.'), (E'\\restrict x'), (''), ('COPY a FROM stdin;');
INSERT INTO "odd; name"."Lines" (product, note) SELECT id, NULL FROM products;
INSERT INTO measures SELECT '2026-01-01'::date + i, i FROM generate_series(0, 99) i;
)";

} // namespace

class TestDumpReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void readsWhatPgDumpWrites_data();
    void readsWhatPgDumpWrites();
    void rowsAreUntouched();

private:
    QString dumped(const QString &name, const QStringList &options);

    tests::TempPostgres m_server;
    QTemporaryDir m_folder;
};

void TestDumpReader::initTestCase()
{
    m_server.createDatabase(u"shop"_s);
    m_server.execute(u"shop"_s, schema);
}

QString TestDumpReader::dumped(const QString &name, const QStringList &options)
{
    const QString path = m_folder.filePath(name);
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"PGPASSWORD"_s, QString::fromUtf8(m_server.password().reveal()));
    process.setProcessEnvironment(environment);
    process.start(
        u"pg_dump"_s,
        options +
            QStringList{u"--file="_s + path,
                        u"--dbname="_s + m_server.connectionString(u"shop"_s).withoutPassword()});
    if (!process.waitForFinished(-1) || process.exitCode() != 0)
        qFatal("pg_dump: %s", process.readAllStandardError().constData());
    return path;
}

void TestDumpReader::readsWhatPgDumpWrites_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("format");
    QTest::newRow("plain") << QStringList() << u"plain"_s;
    QTest::newRow("gz") << QStringList{u"--compress=gzip:9"_s} << u"plain.gz"_s;
    QTest::newRow("zstd") << QStringList{u"--compress=zstd"_s} << u"plain.zst"_s;
    QTest::newRow("clean, create")
        << QStringList{u"--clean"_s, u"--create"_s, u"--if-exists"_s} << u"plain"_s;
    QTest::newRow("inserts") << QStringList{u"--rows-per-insert=7"_s} << u"plain"_s;
    QTest::newRow("column inserts")
        << QStringList{u"--column-inserts"_s, u"--on-conflict-do-nothing"_s} << u"plain"_s;
    QTest::newRow("LATIN1, verbose")
        << QStringList{u"--encoding=LATIN1"_s, u"--verbose"_s} << u"plain"_s;
    QTest::newRow("all identifiers quoted")
        << QStringList{u"--quote-all-identifiers"_s} << u"plain"_s;
    QTest::newRow("data only") << QStringList{u"--data-only"_s} << u"plain"_s;
}

void TestDumpReader::readsWhatPgDumpWrites()
{
    QFETCH(QStringList, options);
    QFETCH(QString, format);
    TaskContext context;
    const auto found =
        tests::inspectText(dumped(QString::fromLatin1(QTest::currentDataTag()), options), context);
    QVERIFY(found);
    QCOMPARE(found->format, format);
    QVERIFY2(!found->problem, qPrintable(found->problem ? describe(*found->problem) : QString()));
    QCOMPARE(verdictKey(found->verdict), u"complete"_s);
    QVERIFY(found->serverVersion.startsWith(u"1"_s));
    QMap<QString, qint64> rows;
    for (const TableInDump &table : found->tables) {
        if (table.rows > 0)
            rows.insert(table.schema + u'.' + table.name, table.rows);
    }
    const QMap<QString, qint64> expected = {{u"public.products"_s, 5004},
                                            {u"odd; name.Lines"_s, 5004},
                                            {u"public.measures_2026"_s, 100}};
    QCOMPARE(rows, expected);
    QCOMPARE(found->sequences.size(), 3);
    QVERIFY(found->schemas.contains(u"odd; name"_s));
    if (options.contains(u"--data-only"_s))
        return;
    QCOMPARE(found->objects.value(u"function"_s), 4);
    QCOMPARE(found->objects.value(u"table"_s), 5);
    QCOMPARE(found->objects.value(u"view"_s), 2);
    QCOMPARE(found->objects.value(u"trigger"_s), 1);
    QCOMPARE(found->objects.value(u"rule"_s), 1);
    QCOMPARE(found->objects.value(u"index"_s), 1);
    QCOMPARE(found->objects.value(u"policy"_s), 1);
    QCOMPARE(found->objects.value(u"foreign-key"_s), 1);
    QCOMPARE(found->objects.value(u"constraint"_s), 1);
    QCOMPARE(found->objects.value(u"publication"_s), 1);
    QCOMPARE(found->objects.value(u"type"_s), 1);
    QVERIFY(found->warnings.join(u'\n').contains(u"SECURITY DEFINER"_s));
}

void TestDumpReader::rowsAreUntouched()
{
    auto reader = DumpReader::open(
        dumped(u"rows.sql.gz"_s, {u"--compress=gzip"_s, u"--table=products"_s, u"--data-only"_s}));
    QVERIFY(reader);
    tests::RecordingVisitor visitor;
    TaskContext context;
    QVERIFY(reader->read(visitor, context));
    QVERIFY(reader->completionLineSeen());
    QVERIFY(visitor.rows.startsWith("1\trow 1\\n\\\\.\\t; \\\\\t1\tit's\n"));
    QVERIFY(visitor.rows.endsWith("5004\tCOPY a FROM stdin;\t\\N\t\\N\n"));
    QCOMPARE(visitor.rows.count('\n'), 5004);
}

MAYDAY_TEST(TestDumpReader);
#include "tst_dumpreader.moc"
