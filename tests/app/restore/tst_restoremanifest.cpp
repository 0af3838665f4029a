// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "app/restore/roundtrip.h"
#include "backup/databasedump.h"
#include "backup/manifest.h"
#include "core/atomicfile.h"
#include "restore/manifestcompare.h"
#include "restore/putback.h"
#include "support/steprelay.h"
#include "support/testmain.h"

#include <QJsonDocument>
#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

namespace {

/// Objects as pg_dump's comments name them, "priced VIEW", gone from a dump; its end stays.
QByteArray withoutEntries(const QByteArray &dump, QByteArrayList names)
{
    QByteArray rest;
    for (const DumpEntry &entry : entriesOf(dump)) {
        const QByteArray name = entry.name + ' ' + entry.type;
        if (!names.contains(name)) {
            rest += entry.text;
            continue;
        }
        names.removeAll(name);
        const qsizetype end = entry.text.indexOf("--\n-- PostgreSQL database dump complete");
        rest += end < 0 ? QByteArray() : entry.text.sliced(end);
    }
    if (!names.isEmpty())
        qFatal("%s is not in the dump", names.join(' ').constData());
    return rest;
}

QString toldBy(const RestoreReceipt &receipt)
{
    return receipt.notes.join(u'\n');
}

} // namespace

/// What the server had when the dump was made is missed when it is not there after a restore, and
/// nothing else ever is.
class TestRestoreManifest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void whatWasDumpedIsThere_data();
    void whatWasDumpedIsThere();
    void everyKindOfThingIsFoundAgain_data();
    void everyKindOfThingIsFoundAgain();
    void whatIsMissingIsNamed_data();
    void whatIsMissingIsNamed();
    void otherRowsAreNamed();
    void oneThatIsNotUsableIsANote_data();
    void oneThatIsNotUsableIsANote();
    void whatIsLeftOutIsNotMissed();
    void aFewTablesAreNotAsked();
    void withoutOneNothingIsAsked_data();
    void withoutOneNothingIsAsked();
    void whatIsInWhatIsMissingIsNotNamedAgain();
    void whatNobodyCountedDoesNotAgree();
    void largeObjectsAreInNoCopy();

private:
    [[nodiscard]] backup::DumpReceipt dumped(const QStringList &schemas = {u"public"_s})
    {
        TaskContext context;
        auto made = backup::makeDump({.source = m_shop->target(),
                                      .schemas = schemas,
                                      .file = m_folder.filePath(u"%1.sql.gz"_s.arg(++m_files))},
                                     context);
        if (!made)
            qFatal("%s", qPrintable(describe(made.error())));
        return *made;
    }
    /// Another text, with the manifest of what was dumped.
    [[nodiscard]] QString rewritten(const QByteArray &text, backup::Manifest manifest)
    {
        const QString file = m_folder.filePath(u"%1.sql"_s.arg(++m_files));
        write(file, text);
        manifest.bytes = text.size();
        manifest.ends = backup::endsOf(file);
        write(backup::manifestFileOf(file), QJsonDocument(toJson(manifest)).toJson());
        return file;
    }
    static void write(const QString &file, const QByteArray &bytes)
    {
        if (auto written = writeFileAtomically(file, bytes); !written)
            qFatal("%s", qPrintable(describe(written.error())));
    }
    [[nodiscard]] RestoreReceipt restored(const QString &file, RestoreMode mode,
                                          const QStringList &leaveOut = {},
                                          const QList<TableName> &tables = {})
    {
        RestorePlan plan = m_shop->plan(file);
        plan.plannedAt = plan.plannedAt.addSecs(++m_files); // names of its own
        plan.mode = mode;
        plan.leaveOut = leaveOut;
        plan.tables = tables;
        plan.safetyFolder = m_folder.path();
        const SystemClock clock;
        TaskContext context;
        return RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    std::unique_ptr<Shop> m_shop;
    std::unique_ptr<TripServer> m_trip;
    QTemporaryDir m_folder;
    QByteArray m_text; ///< of the shop
    backup::Manifest m_manifest;
    int m_files = 0;
};

void TestRestoreManifest::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_shop = std::make_unique<Shop>(*m_server, 200);
    m_shop->run("CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS"
                " 'BEGIN RETURN new; END';"
                "CREATE TRIGGER touched BEFORE UPDATE ON public.products FOR EACH ROW EXECUTE"
                " FUNCTION public.touch();"
                "ALTER TABLE public.products ENABLE ROW LEVEL SECURITY;"
                "CREATE POLICY own ON public.products USING (id > 0);"
                "CREATE RULE quiet AS ON DELETE TO public.empty_one DO INSTEAD NOTHING;"
                "CREATE DOMAIN public.price AS numeric CHECK (VALUE >= 0);"
                "CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) FROM public.listings;"
                "CREATE SCHEMA aside; CREATE TABLE aside.notes (id integer);"
                "INSERT INTO aside.notes VALUES (1)");
    m_text = m_shop->dump();
    m_manifest = backup::manifestBeside(dumped().file)->value();
}

void TestRestoreManifest::whatWasDumpedIsThere_data()
{
    QTest::addColumn<RestoreMode>("mode");
    // First, as the others leave schemas beside those that are dumped.
    QTest::newRow("the whole database") << RestoreMode::ReplaceDatabase;
    QTest::newRow("beside the schema") << RestoreMode::Replace;
    QTest::newRow("in place") << RestoreMode::InPlace;
    QTest::newRow("as a copy") << RestoreMode::Copy;
}

void TestRestoreManifest::whatWasDumpedIsThere()
{
    QFETCH(RestoreMode, mode);
    const bool isDatabase = mode == RestoreMode::ReplaceDatabase;
    const backup::DumpReceipt dump = dumped(isDatabase ? QStringList() : QStringList{u"public"_s});
    const RestoreReceipt receipt = restored(dump.file, mode);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QVERIFY2(toldBy(receipt).contains(isDatabase ? u" agrees: 4 tables, 401 rows and "_s
                                                 : u" agrees: 3 tables, 400 rows and "_s),
             why(receipt));
}

void TestRestoreManifest::everyKindOfThingIsFoundAgain_data()
{
    QTest::addColumn<bool>("asOwner");
    QTest::addColumn<RestoreMode>("mode");
    QTest::newRow("superuser") << false << RestoreMode::Replace;
    QTest::newRow("owner, the whole database") << true << RestoreMode::ReplaceDatabase;
}

/// There are differences in what is never switched on unasked; the manifest has none of its own.
void TestRestoreManifest::everyKindOfThingIsFoundAgain()
{
    QFETCH(bool, asOwner);
    QFETCH(RestoreMode, mode);
    if (!m_trip)
        m_trip = std::make_unique<TripServer>();
    const QString source = m_trip->filled(u"everything"_s, asOwner);
    TaskContext context;
    const auto made = backup::makeDump(
        {.source = m_trip->at(source, asOwner), .file = m_folder.filePath(source + modeKey(mode))},
        context);
    QVERIFY2(made, made ? "" : qPrintable(describe(made.error())));
    const QString database = m_trip->freshDatabase();
    const RestoreReceipt receipt = restoredFrom(made->file, m_trip->at(database, asOwner), mode);
    QVERIFY2(!receipt.error, why(receipt));
    QVERIFY2(toldBy(receipt).contains(u"UTC agrees: "_s), why(receipt));
    discardLeft(receipt, *m_trip, database);
    m_trip->dropDatabase(database);
}

void TestRestoreManifest::whatIsMissingIsNamed_data()
{
    QTest::addColumn<QByteArrayList>("entries");
    QTest::addColumn<QString>("words");
    QTest::newRow("a table, and what is on it")
        << QByteArrayList{"empty_one TABLE", "empty_one TABLE DATA", "empty_one quiet RULE"}
        << u"table public.empty_one"_s;
    QTest::newRow("things of their own")
        << QByteArrayList{"priced VIEW", "counted MATERIALIZED VIEW",
                          "counted MATERIALIZED VIEW DATA", "twice(integer) FUNCTION",
                          "price DOMAIN"}
        << u"domain public.price; function public.twice(integer); materialized view "
           "public.counted; view public.priced"_s;
    QTest::newRow("things on a table")
        << QByteArrayList{"products own POLICY",
                          "products ROW SECURITY",
                          "listings_product_id_idx INDEX",
                          "listings listings_product_id_fkey FK CONSTRAINT",
                          "products touched TRIGGER",
                          "empty_one quiet RULE"}
        << u"foreign key listings_product_id_fkey on public.listings; index "
           "listings_product_id_idx on public.listings; policy own on public.products; row "
           "security on public.products; rule quiet on public.empty_one; trigger touched on "
           "public.products"_s;
}

void TestRestoreManifest::whatIsMissingIsNamed()
{
    QFETCH(QByteArrayList, entries);
    QFETCH(QString, words);
    const QString file = rewritten(withoutEntries(m_text, entries), m_manifest);
    const RestoreReceipt receipt = restored(file, RestoreMode::Replace);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QVERIFY2(
        receipt.notes.contains(u"the manifest of the backup has what is not there now: "_s + words),
        why(receipt));
    QVERIFY2(!toldBy(receipt).contains(u"agrees"_s), why(receipt));
    TaskContext context;
    const auto back = putBack(m_shop->target(), receipt.id.text(),
                              SystemClock().now().addSecs(1000 + m_files), context);
    QVERIFY2(!back.error, why(back));
}

void TestRestoreManifest::otherRowsAreNamed()
{
    backup::Manifest more = m_manifest;
    for (backup::CountedTable &table : more.content.tables)
        table.rows += table.name == "products"_L1 ? 1 : 0;
    const RestoreReceipt receipt = restored(rewritten(m_text, more), RestoreMode::Replace);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QVERIFY2(toldBy(receipt).contains(u"other counts of rows: public.products has 200 rows, not "
                                      "201"_s),
             why(receipt));
}

void TestRestoreManifest::oneThatIsNotUsableIsANote_data()
{
    QTest::addColumn<QByteArray>("manifest");
    QTest::addColumn<QString>("words");
    QTest::newRow("of another file") << QByteArray() << u"another file than this one"_s;
    QTest::newRow("damaged") << QByteArray("{\"manifest\": 1") << u"it is damaged: "_s;
    QTest::newRow("newer") << QByteArray("{\"manifest\": 9}") << u"a newer Mayday"_s;
}

void TestRestoreManifest::oneThatIsNotUsableIsANote()
{
    QFETCH(QByteArray, manifest);
    QFETCH(QString, words);
    const QString file = m_folder.filePath(u"%1.sql"_s.arg(++m_files));
    write(file, m_text);
    write(backup::manifestFileOf(file),
          manifest.isEmpty() ? QJsonDocument(toJson(m_manifest)).toJson() : manifest);
    const RestoreReceipt receipt = restored(file, RestoreMode::Replace);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QVERIFY2(toldBy(receipt).contains(u"the manifest beside the backup is not used: "_s) &&
                 toldBy(receipt).contains(words),
             why(receipt));
}

void TestRestoreManifest::whatIsLeftOutIsNotMissed()
{
    const backup::DumpReceipt dump = dumped({u"public"_s, u"aside"_s});
    m_shop->run("DROP TABLE aside.notes");
    const RestoreReceipt receipt = restored(dump.file, RestoreMode::Replace, {u"aside"_s});
    m_shop->run("CREATE TABLE aside.notes (id integer); INSERT INTO aside.notes VALUES (1)");
    QVERIFY2(!receipt.error, why(receipt));
    QVERIFY2(toldBy(receipt).contains(u" agrees: 3 tables, 400 rows and "_s), why(receipt));
}

void TestRestoreManifest::aFewTablesAreNotAsked()
{
    const RestoreReceipt receipt =
        restored(dumped().file, RestoreMode::Copy, {}, {{u"public"_s, u"products"_s}});
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QVERIFY2(!toldBy(receipt).contains(u"manifest"_s), why(receipt));
}

void TestRestoreManifest::withoutOneNothingIsAsked_data()
{
    QTest::addColumn<bool>("isThere");
    QTest::newRow("none") << false;
    QTest::newRow("one") << true;
}

/// A restore over a long line takes no longer for what is not there.
void TestRestoreManifest::withoutOneNothingIsAsked()
{
    QFETCH(bool, isThere);
    const backup::DumpReceipt dump = dumped();
    QVERIFY(isThere || QFile::remove(dump.manifest));
    StepRelay relay(m_shop->target(), "named (class, oid, nsp, kind, short)",
                    [] { return StepRelay::Then::GoOn; });
    RestorePlan plan = m_shop->plan(dump.file);
    plan.plannedAt = plan.plannedAt.addSecs(++m_files);
    plan.target = relay.connectionString();
    const SystemClock clock;
    TaskContext context;
    const RestoreReceipt receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(relay.hasStruck(), isThere);
}

void TestRestoreManifest::whatIsInWhatIsMissingIsNotNamedAgain()
{
    const ManifestScope scope{.restored = {u"public"_s}, .leftOut = {u"out"_s}};
    const backup::Manifest manifest{
        .content = {
            .schemas = {u"gone"_s, u"out"_s, u"public"_s},
            .tables = {{u"public"_s, u"a"_s, 1}, {u"gone"_s, u"b"_s, 1}, {u"out"_s, u"c"_s, 1}},
            .sequences = {{u"public"_s, u"s"_s, 1, true}},
            .others = {{u"public"_s, u"policy"_s, u"own on public.a"_s},
                       {u"public"_s, u"row security"_s, u"on public.a"_s},
                       {u"public"_s, u"trigger"_s, u"t on public.z"_s},
                       {u"gone"_s, u"view"_s, u"gone.v"_s},
                       {u""_s, u"extension"_s, u"citext"_s}}}};
    QCOMPARE(missingAfter(manifest, {}, scope),
             (QStringList{u"schema gone"_s, u"table public.a"_s, u"sequence public.s"_s,
                          u"trigger t on public.z"_s, u"extension citext"_s}));
    QCOMPARE(missingAfter(manifest, manifest.content, scope), QStringList{u"schema gone"_s});
    // What an extension brings is left out with its schema.
    backup::Manifest homed{.content = {.others = {{u""_s, u"extension"_s, u"citext"_s}},
                                       .schemaOfExtension = {{u"citext"_s, u"out"_s}}}};
    QCOMPARE(missingAfter(homed, {}, scope), QStringList());
    homed.content.schemaOfExtension[u"citext"_s] = u"public"_s;
    QCOMPARE(missingAfter(homed, {}, scope), QStringList{u"extension citext"_s});
    // An empty schema public is not in a dump.
    const backup::Manifest bare{.content = {.schemas = {u"public"_s}}};
    QCOMPARE(missingAfter(bare, {}, {}), QStringList());
}

void TestRestoreManifest::whatNobodyCountedDoesNotAgree()
{
    const backup::Manifest manifest{
        .content = {.schemas = {u"public"_s},
                    .tables = {{u"public"_s, u"a"_s, 1},
                               {u"public"_s, u"b"_s, 4},
                               {u"public"_s, u"none"_s, 0},
                               {u"public"_s, u"part"_s, 7},
                               {u"out"_s, u"c"_s, 9}},
                    .others = {{u"public"_s, u"view"_s, u"public.v"_s}}}};
    const ManifestScope scope{.restored = {u"public"_s}, .leftOut = {u"out"_s}};
    QList<TableResult> counted{{.schema = u"public"_s, .name = u"a"_s, .rowsAfter = 1},
                               {.schema = u"public"_s,
                                .name = u"part"_s,
                                .rowsAfter = 0,
                                .note = u"counted with public.whole"_s}};
    QCOMPARE(otherRows(manifest, counted, scope),
             QStringList{u"public.b was not filled, and has 4 rows there"_s});
    counted.append({.schema = u"public"_s, .name = u"b"_s, .rowsAfter = 4});
    QCOMPARE(otherRows(manifest, counted, scope), QStringList());
    QVERIFY2(agreement(manifest, counted, scope)
                 .contains(u" agrees: 2 tables, 5 rows and 1 other things"_s),
             qPrintable(agreement(manifest, counted, scope)));
}

void TestRestoreManifest::largeObjectsAreInNoCopy()
{
    m_shop->run("SELECT lo_create(4711), lo_create(4712)");
    const backup::DumpReceipt dump = dumped({});
    const RestoreReceipt copy = restored(dump.file, RestoreMode::Copy);
    const RestoreReceipt stayed = restored(dump.file, RestoreMode::Replace);
    m_shop->run("SELECT lo_unlink(4711), lo_unlink(4712)");
    QVERIFY2(!copy.error, why(copy));
    QVERIFY2(toldBy(copy).contains(u"large objects are in no copy: the manifest of the backup has "
                                   "2"_s),
             why(copy));
    // Those that were there before are there.
    QVERIFY2(!stayed.error && toldBy(stayed).contains(u" agrees: "_s), why(stayed));
}

MAYDAY_TEST(TestRestoreManifest);
#include "tst_restoremanifest.moc"
