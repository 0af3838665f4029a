// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/dumpfiles.h"
#include "app/dump/objectranges.h"
#include "dump/objectindex.h"
#include "support/gzipbytes.h"
#include "support/testmain.h"

using namespace mayday;
using namespace mayday::dump;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

namespace {

const QByteArray indexedHead = "--\n-- PostgreSQL database dump\n--\n\n"
                               "SET client_encoding = 'UTF8';\n\n";
const QByteArray indexedEnd = "\n--\n-- PostgreSQL database dump complete\n--\n\n";

QByteArray insertsOf(const QByteArray &table, int count)
{
    QByteArray text;
    for (int i = 0; i < count; ++i)
        text += "INSERT INTO " + table + " VALUES (" + QByteArray::number(i) + ", 'a;b\n(c');\n";
    return text + "\n\n";
}

/// What a careless reader would cut in the wrong place or name wrongly.
QByteArray hostile()
{
    return indexedHead +
           "CREATE TABLE \"a\nb\".\"quo\"\"te; DROP\" (\"x;y\" integer);\n"
           "COMMENT ON TABLE \"a\nb\".\"quo\"\"te; DROP\" IS 'it''s; -- \n\\. $$';\n"
           "CREATE FUNCTION public.f(a integer DEFAULT (1 + 2), b text = ')') RETURNS text\n"
           "    LANGUAGE sql AS $f$ SELECT ';'; $f$;\n"
           "CREATE FUNCTION public.\"f(\"(a text) RETURNS text LANGUAGE sql BEGIN ATOMIC\n"
           " SELECT CASE WHEN true THEN 'x;' END;\nEND ;\n"
           "/* ; */ SELECT 1 /* ; */ ; SELECT 2;\n;;\n"
           "COPY \"a\nb\".\"quo\"\"te; DROP\" (\"x;y\") FROM stdin;\n1\n2\n\\.\n"
           "CREATE TABLE public.\xe5\x95\x86\xe5\x93\x81 (id integer);\n" +
           insertsOf("public.\xe5\x95\x86\xe5\x93\x81", 3) +
           "ALTER TABLE ONLY public.\xe5\x95\x86\xe5\x93\x81\n    ADD CONSTRAINT \"p;k\" PRIMARY "
           "KEY (id);\n" +
           indexedEnd;
}

/// Strings with backslashes, and a setting that comes later.
QByteArray escaping()
{
    return indexedHead +
           "CREATE TABLE public.t (a text);\nSET standard_conforming_strings = off;\n"
           "INSERT INTO public.t VALUES ('it\\'s');\nINSERT INTO public.t VALUES ('x\\\\');\n" +
           indexedEnd;
}

QByteArray bytesOfFile(const char *name)
{
    return DumpFiles::bytesOf(
        QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/dumps/%1").arg(QLatin1StringView(name)));
}

DumpEntry entryNamed(const QString &name, qint64 offset)
{
    return {.kind = StatementClass::Table,
            .about = StatementClass::Table,
            .role = EntryRole::Makes,
            .schema = u"public"_s,
            .name = name,
            .offset = offset,
            .end = offset + 40,
            .line = offset / 10 + 1};
}

bool isSame(const DumpEntry &one, const DumpEntry &other)
{
    return one.kind == other.kind && one.about == other.about && one.role == other.role &&
           one.escapes == other.escapes && one.schema == other.schema && one.name == other.name &&
           one.arguments == other.arguments && one.table == other.table &&
           one.other == other.other && one.offset == other.offset && one.end == other.end &&
           one.line == other.line && one.rows == other.rows;
}

} // namespace

/// Where each statement of a dump is.
class TestObjectIndex : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rangesAreTheStatements_data();
    void rangesAreTheStatements();
    void whatEachStatementIs_data();
    void whatEachStatementIs();
    void insertsInARowAreOne();
    void insertsThatStandApartAreNot();
    void rowsOfInsertsCanBeLeftOut_data() { kinds(); }
    void rowsOfInsertsCanBeLeftOut();
    void tablesInTurnHaveNoBlocks();
    void millionsOfInsertsAreOneEntry();
    void hundredThousandObjectsAreSmall();
    void whatIsTooMuchIsLeftOut();
    void survivesItsBytes();
    void damagedBytesAreNoList();
    void aCutDumpHasWhatCameBefore();

private:
    static void kinds()
    {
        QTest::addColumn<bool>("isPacked");
        QTest::newRow("plain") << false;
        QTest::newRow("gz") << true;
    }
    [[nodiscard]] DumpInspection look(const QString &path) const
    {
        TaskContext context;
        auto found = inspectText(path, context);
        if (!found)
            qFatal("%s", qPrintable(describe(found.error())));
        return *std::move(found);
    }

    DumpFiles m_files;
};

void TestObjectIndex::rangesAreTheStatements_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const QList<std::pair<const char *, QByteArray>> texts{
        {"shop", bytesOfFile("shop.sql")},
        {"inserts", bytesOfFile("inserts.sql")},
        {"stripped", bytesOfFile("stripped.sql")},
        {"as people write", bytesOfFile("oddshop.sql")},
        {"hostile names", hostile()},
        {"many inserts", indexedHead + insertsOf("public.a", 500) + insertsOf("public.b", 7) +
                             insertsOf("public.a", 1) + indexedEnd}};
    for (const auto &[name, text] : texts) {
        const qsizetype half = text.size() / 2;
        QTest::addRow("%s", name) << text;
        QTest::addRow("%s, CRLF", name) << QByteArray(text).replace("\n", "\r\n");
        QTest::addRow("%s, gz", name) << gzipped(text);
        QTest::addRow("%s, gz in two", name)
            << QByteArray(gzipped(text.first(half)) + gzipped(text.sliced(half)));
    }
    QTest::addRow("far enough for a point") << gzipped(
        indexedHead + insertsOf("public.a", 230'000) + insertsOf("public.b", 7) + indexedEnd);
}

void TestObjectIndex::rangesAreTheStatements()
{
    QFETCH(QByteArray, bytes);
    const QString path = m_files.written(bytes);
    const DumpInspection inspection = look(path);
    QVERIFY(inspection.index.isReadableInParts);
    QCOMPARE(rangesBreach(path, inspection), QString());
}

void TestObjectIndex::whatEachStatementIs_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("expected"); // kind about role schema|name|arguments|table|other
    const auto row = [](const QByteArray &sql, const QString &expected) {
        QTest::newRow(sql.left(60).constData()) << sql << expected;
    };
    row("CREATE TABLE a.b (c integer)", u"table table 1 a|b|||"_s);
    row("ALTER TABLE a.b OWNER TO x", u"owner table 2 a|b|||"_s);
    row("ALTER TABLE ONLY a.b ADD CONSTRAINT c PRIMARY KEY (d)", u"constraint table 1 a|c||b|"_s);
    row("ALTER TABLE ONLY a.b ADD CONSTRAINT \"c.d\" FOREIGN KEY (d) REFERENCES a.e(f)",
        u"foreign-key table 1 a|c.d||b|"_s);
    row("COMMENT ON CONSTRAINT c ON a.b IS ''", u"comment constraint 2 a|c||b|"_s);
    row("CREATE UNIQUE INDEX i ON ONLY a.b USING btree (c)", u"index index 1 a|i||b|"_s);
    row("COMMENT ON INDEX a.i IS 'x'", u"comment index 2 a|i|||"_s);
    row("ALTER INDEX a.i ATTACH PARTITION a.j", u"index index 2 a|i|||a.j"_s);
    row("ALTER TABLE ONLY a.b ATTACH PARTITION a.c FOR VALUES IN (1)",
        u"table table 2 a|b|||a.c"_s);
    row("CREATE SEQUENCE a.s", u"sequence sequence 1 a|s|||"_s);
    row("ALTER SEQUENCE a.s OWNED BY a.b.id", u"sequence sequence 2 a|s|||a.b"_s);
    row("ALTER TABLE a.b ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME a.s)",
        u"sequence table 2 a|b|||"_s);
    row("SELECT pg_catalog.setval('a.s', 1, true)", u"sequence-set sequence 2 a|s|||"_s);
    row("CREATE FUNCTION a.f(b integer DEFAULT g(1, 2), VARIADIC c text[]) RETURNS text AS 'x'",
        u"function function 1 a|f|(b integer, VARIADIC c text[])||"_s);
    row("COMMENT ON FUNCTION a.f(b integer, VARIADIC c text[]) IS 'x'",
        u"comment function 2 a|f|(b integer, VARIADIC c text[])||"_s);
    row("GRANT ALL ON FUNCTION a.f() TO x", u"grant function 2 a|f|()||"_s);
    row("CREATE AGGREGATE a.g(integer) (SFUNC = a.h, STYPE = integer)",
        u"function function 1 a|g|(integer)||"_s);
    row("CREATE OPERATOR a.=== (FUNCTION = a.f, LEFTARG = integer)",
        u"function function 1 a|===|||"_s);
    row("CREATE TRIGGER t BEFORE INSERT ON a.b FOR EACH ROW EXECUTE FUNCTION a.f()",
        u"trigger trigger 1 a|t||b|"_s);
    row("ALTER TABLE a.b ENABLE ROW LEVEL SECURITY", u"policy table 2 a|b|||"_s);
    row("CREATE POLICY p ON a.b USING (true)", u"policy policy 1 a|p||b|"_s);
    row("GRANT SELECT ON TABLE a.b TO x", u"grant table 2 a|b|||"_s);
    row("GRANT USAGE ON SCHEMA a TO x", u"grant schema 2 |a|||"_s);
    row("ALTER DEFAULT PRIVILEGES IN SCHEMA a GRANT SELECT ON TABLES TO x",
        u"grant other 2 ||||"_s);
    row("CREATE EXTENSION IF NOT EXISTS e WITH SCHEMA a", u"extension extension 1 |e|||"_s);
    row("DROP TABLE IF EXISTS a.b", u"table table 3 a|b|||"_s);
    row("SET search_path = a", u"session other 0 ||||"_s);
    row("INSERT INTO a.b VALUES (1), (2)", u"data table 5 a|b|||"_s);
    row("SELECT pg_catalog.lo_create('16400')", u"large-object large-object 1 |16400|||"_s);
    row("ALTER LARGE OBJECT 16400 OWNER TO x", u"owner large-object 2 |16400|||"_s);
    row("UPDATE a.b SET c = 1", u"other table 2 a|b|||"_s);
}

void TestObjectIndex::whatEachStatementIs()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, expected);
    const auto entries =
        m_files.inspected(indexedHead + sql + ";\n" + indexedEnd).index.objects.entries();
    QVERIFY(entries && entries->size() == 2);
    const DumpEntry &entry = entries->last();
    const QString other =
        entry.other.name.isEmpty() ? QString() : entry.other.schema + u'.' + entry.other.name;
    QCOMPARE(
        u"%1 %2 %3 %4"_s.arg(kindWord(entry.kind), kindWord(entry.about))
            .arg(std::to_underlying(entry.role))
            .arg(QStringList{entry.schema, entry.name, entry.arguments, entry.table, other}.join(
                u'|')),
        expected);
}

void TestObjectIndex::insertsInARowAreOne()
{
    const QByteArray text = indexedHead + insertsOf("public.a", 300) +
                            "INSERT INTO public.b VALUES (1), (2),\n(3);\n" + indexedEnd;
    const DumpIndex index = m_files.inspected(text).index;
    const auto entries = index.objects.entries();
    QVERIFY(entries && entries->size() == 3);
    QCOMPARE(entries->at(1).rows, 300);
    QCOMPARE(entries->at(2).rows, 3);
    QVERIFY(index.blocks.isEmpty());
    QCOMPARE(index.inserts.size(), 2);
    for (const DataBlock &block : index.inserts) {
        QVERIFY(block.isInserts);
        QVERIFY(text.sliced(block.offset).startsWith("INSERT INTO public." + block.table.toUtf8()));
        QVERIFY(text.first(block.end).endsWith(");"));
        QCOMPARE(block.line, text.first(block.offset).count('\n') + 1);
        QCOMPARE(block.endLine, text.first(block.end).count('\n') + 1);
    }
    QCOMPARE(index.inserts[0].rows, 300);
    QCOMPARE(index.inserts[1].rows, 3);
}

/// Whatever stands between them is not part of the rows: psql's commands least of all.
void TestObjectIndex::insertsThatStandApartAreNot()
{
    for (const QByteArray &between :
         {"SET a.b = 1;"_ba, "END;"_ba, "\\connect shop\n"_ba, "-- a word\n"_ba,
          "COPY public.a (id) FROM stdin;\n1\n\\.\n"_ba, "DELETE FROM public.a;\n"_ba}) {
        const DumpIndex index =
            m_files
                .inspected(indexedHead + "INSERT INTO public.a VALUES (1);" + between +
                           "INSERT INTO public.a VALUES (2);\n" + indexedEnd)
                .index;
        QVERIFY2(index.inserts.size() == 2, between.constData());
        for (const DataBlock &block : index.inserts)
            QCOMPARE(block.rows, 1);
    }
}

void TestObjectIndex::rowsOfInsertsCanBeLeftOut()
{
    QFETCH(bool, isPacked);
    const QByteArray text = indexedHead + "CREATE TABLE public.a (id integer, t text);\n" +
                            insertsOf("public.a", 3) + insertsOf("public.b", 230'000) +
                            insertsOf("public.c", 2) + indexedEnd;
    const QString path = m_files.written(isPacked ? gzipped(text) : text);
    const DumpIndex index = look(path).index;
    const auto isIt = [](const DataBlock &block) {
        return block.table == u"b"_s;
    };
    auto reader = DumpReader::ofParts(path, index.partsWithout(isIt), index.points);
    RecordingVisitor rest;
    TaskContext context;
    QVERIFY(reader.read(rest, context));
    RecordingVisitor expected;
    QVERIFY(DumpReader::open(path)->read(expected, context));
    expected.events.removeIf([](const QString &event) { return event.contains(u"public.b"_s); });
    QCOMPARE(rest.events, expected.events); // the lines too
    QVERIFY(reader.completionLineSeen());
    QCOMPARE(reader.lines(), text.count('\n') + 1);
    QVERIFY(reader.plainBytes() < 1000);
}

/// As somebody's own script writes them: there is nothing to gain, and no list without an end.
void TestObjectIndex::tablesInTurnHaveNoBlocks()
{
    QByteArray text = indexedHead;
    for (int i = 0; i < 11'000; ++i)
        text += i % 2 ? "INSERT INTO a VALUES (1);\n" : "INSERT INTO b VALUES (1);\n";
    const DumpIndex index = m_files.inspected(text + indexedEnd).index;
    QVERIFY(index.inserts.isEmpty());
    QVERIFY(!index.objects.isCut());
}

void TestObjectIndex::millionsOfInsertsAreOneEntry()
{
    DumpStatement insert{.sql = {},
                         .offset = 100,
                         .end = 140,
                         .kind = StatementClass::Data,
                         .objectSchema = u"public"_s,
                         .objectName = u"a"_s};
    ObjectIndex index;
    DumpEntry first = entryNamed(u"a"_s, 0);
    first.role = EntryRole::Inserts;
    first.end = 99;
    first.rows = 1;
    index.add(first);
    bool isOne = true;
    for (int i = 0; i < 1'000'000; ++i, insert.offset += 41, insert.end += 41)
        isOne = index.extendInserts(insert, 1) && isOne;
    QVERIFY(isOne);
    QCOMPARE(index.entries()->size(), 1);
    QCOMPARE(index.entries()->first().rows, 1'000'001);
    QVERIFY(index.toBytes().size() < 200);
}

void TestObjectIndex::hundredThousandObjectsAreSmall()
{
    ObjectIndex index;
    qint64 at = 0;
    for (int i = 0; i < 100'000; ++i) {
        DumpEntry entry = entryNamed(u"relation_with_a_longer_name_%1"_s.arg(i), at);
        index.add(entry);
        for (const StatementClass kind : {StatementClass::Owner, StatementClass::Comment}) {
            entry.kind = kind;
            entry.role = EntryRole::Changes;
            entry.offset += 200;
            entry.end += 200;
            index.add(entry);
        }
        at = entry.end + 90;
    }
    const QByteArray bytes = index.toBytes();
    QVERIFY2(bytes.size() < 3'000'000, QByteArray::number(bytes.size()));
    const auto entries = ObjectIndex::fromBytes(bytes).entries();
    QVERIFY(entries && entries->size() == 300'000);
    QCOMPARE(entries->last().end, at - 90);
    QCOMPARE(entries->last().name, u"relation_with_a_longer_name_99999"_s);
}

void TestObjectIndex::whatIsTooMuchIsLeftOut()
{
    ObjectIndex index(3);
    for (int i = 0; i < 3; ++i)
        index.add(entryNamed(u"t%1"_s.arg(i), i * 100));
    QVERIFY(!index.isCut());
    index.add(entryNamed(u"t3"_s, 300));
    QVERIFY(index.isCut());
    const ObjectIndex again = ObjectIndex::fromBytes(index.toBytes());
    QVERIFY(again.isCut());
    QCOMPARE(again.entries()->size(), 3);
    QCOMPARE(again.entries()->last().name, u"t2"_s);
}

void TestObjectIndex::survivesItsBytes()
{
    for (const QByteArray &text : {bytesOfFile("shop.sql"), hostile(), escaping()}) {
        const ObjectIndex index = m_files.inspected(text).index.objects;
        const auto before = index.entries();
        const auto after = ObjectIndex::fromBytes(index.toBytes()).entries();
        QVERIFY(before && after && !before->isEmpty());
        QCOMPARE(after->size(), before->size());
        for (qsizetype i = 0; i < before->size(); ++i)
            QVERIFY2(isSame(after->at(i), before->at(i)), qPrintable(before->at(i).name));
    }
    QVERIFY(ObjectIndex::fromBytes({}).isEmpty());
    QVERIFY(ObjectIndex::fromBytes(ObjectIndex().toBytes()).entries()->isEmpty());
    const auto entries = m_files.inspected(escaping()).index.objects.entries();
    QVERIFY(entries->last().escapes && !entries->first().escapes);
    QVERIFY(m_files.inspected(escaping()).index.inserts.isEmpty());
}

void TestObjectIndex::damagedBytesAreNoList()
{
    const QByteArray good = m_files.inspected(bytesOfFile("shop.sql")).index.objects.toBytes();
    for (qsizetype at = 1; at < good.size(); ++at) {
        QByteArray bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 0x55);
        (void)ObjectIndex::fromBytes(bad).entries(); // and nothing happens
        QVERIFY(!ObjectIndex::fromBytes(good.first(at)).entries() || at == 1);
    }
}

/// A dump that stops early is shown as far as it goes.
void TestObjectIndex::aCutDumpHasWhatCameBefore()
{
    const QByteArray text = bytesOfFile("shop.sql");
    const auto whole = m_files.inspected(text).index.objects.entries();
    for (qsizetype size = 200; size < text.size(); size += 97) {
        const auto cut = m_files.inspected(text.first(size)).index.objects.entries();
        QVERIFY(cut && cut->size() <= whole->size());
        for (qsizetype i = 0; i < cut->size(); ++i)
            QVERIFY(isSame(cut->at(i), whole->at(i)));
        const bool isAll = cut->size() == whole->size() || whole->at(cut->size()).end > size;
        QVERIFY2(isAll, QByteArray::number(size));
    }
}

MAYDAY_TEST(TestObjectIndex);
#include "tst_objectindex.moc"
