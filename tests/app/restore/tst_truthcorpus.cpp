// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/truthcase.h"
#include "core/clock.h"
#include "postgres/session.h"
#include "restore/restorerunner.h"
#include "support/temppostgres.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

namespace {

const QString cases = QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/truth");

/// What stands in the database before anybody restores anything.
const QByteArray liveSetup =
    "CREATE TABLE public.products (id bigserial PRIMARY KEY, name text NOT NULL);"
    "INSERT INTO public.products (name) VALUES ('live one'), ('live two');"
    "COMMENT ON SCHEMA public IS 'ours';"
    "CREATE SCHEMA other;"
    "CREATE TABLE other.ledger (id integer PRIMARY KEY, amount integer);"
    "INSERT INTO other.ledger VALUES (1, 10), (2, 20), (3, 30);"
    "COMMENT ON TABLE other.ledger IS 'ours';"
    "GRANT SELECT ON other.ledger TO reader;"
    "CREATE SEQUENCE other.counter; SELECT setval('other.counter', 7);"
    "CREATE FUNCTION other.wipe() RETURNS integer LANGUAGE sql AS"
    " 'UPDATE other.ledger SET amount = 0; SELECT 1';"
    "SELECT lo_from_bytea(4242, 'ours');"
    "COMMENT ON DATABASE live IS 'ours'";

/// The rows, names, owners, rights and comments of a schema, with the identity of each thing.
const QByteArray schemaState =
    "WITH chosen AS MATERIALIZED (SELECT oid FROM pg_namespace WHERE nspname ~ '@') "
    "SELECT string_agg(x, E'\\n' ORDER BY x) FROM ("
    "SELECT 'schema ' || n.oid || n.nspname || n.nspowner || coalesce(n.nspacl::text, '') ||"
    " coalesce(obj_description(n.oid, 'pg_namespace'), '') AS x FROM pg_namespace n"
    " WHERE n.nspname ~ '@' UNION ALL "
    "SELECT 'class ' || c.oid || c.relname || c.relowner || coalesce(c.relacl::text, '') ||"
    " c.relrowsecurity || coalesce(obj_description(c.oid, 'pg_class'), '')"
    " FROM pg_class c WHERE c.relnamespace IN (SELECT oid FROM chosen) UNION ALL "
    "SELECT 'column ' || a.attrelid || a.attname || a.atttypid || a.attisdropped"
    " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    " WHERE c.relnamespace IN (SELECT oid FROM chosen) UNION ALL "
    "SELECT 'rows ' || c.oid || coalesce(query_to_xml(format('SELECT * FROM %s', c.oid::regclass),"
    " true, false, '')::text, '') FROM pg_class c"
    " WHERE c.relkind IN ('r', 'S') AND c.relnamespace IN (SELECT oid FROM chosen) UNION ALL "
    "SELECT 'type ' || t.oid || t.typname || t.typowner FROM pg_type t"
    " WHERE t.typnamespace IN (SELECT oid FROM chosen) UNION ALL "
    "SELECT 'routine ' || p.oid || p.proname || p.proowner || coalesce(p.proacl::text, '') ||"
    " p.prosrc FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM chosen)"
    ") AS everything";

/// What belongs to no schema.
const QByteArray globalState =
    "SELECT string_agg(x, E'\\n' ORDER BY x) FROM ("
    "SELECT 'role ' || a::text AS x FROM pg_authid a UNION ALL "
    "SELECT 'member ' || m::text FROM pg_auth_members m UNION ALL "
    "SELECT 'setting ' || s::text FROM pg_db_role_setting s UNION ALL "
    "SELECT 'database ' || d.datdba || coalesce(d.datacl::text, '') || datconnlimit ||"
    " coalesce(shobj_description(d.oid, 'pg_database'), '') FROM pg_database d"
    " WHERE d.datname = current_database() UNION ALL "
    "SELECT 'large object ' || m::text || md5(lo_get(m.oid)) FROM pg_largeobject_metadata m"
    " WHERE m.oid = 4242 UNION ALL "
    "SELECT 'tablespace ' || spcname FROM pg_tablespace UNION ALL "
    "SELECT 'event trigger ' || evtname FROM pg_event_trigger UNION ALL "
    "SELECT 'publication ' || pubname FROM pg_publication"
    ") AS everything";

QByteArray stateOf(const QByteArray &schemas)
{
    return QByteArray(schemaState).replace('@', schemas);
}

} // namespace

/// Some hundred damaged, hostile and odd dumps, each restored by the whole engine into a real
/// server, and what has to be said of it, written down beforehand. What is said is compared with
/// the server by questions of our own.
class TestTruthCorpus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void tellsTheTruth_data();
    void tellsTheTruth();
    void theCorpusIsWhole();
    void aRowLargerThanAnyBuffer();

private:
    [[nodiscard]] QString ask(const QByteArray &sql);
    void administer(const QByteArray &sql);
    void open(const TruthCase &found);
    [[nodiscard]] QByteArray textOf(const TruthCase &found);
    [[nodiscard]] QByteArray dumped(const QStringList &options);
    [[nodiscard]] RestoreReceipt restored(const QByteArray &bytes, const QString &name);
    [[nodiscard]] RestoreReceipt restoredFile(const QString &path);
    void verifyRefusal(const TruthCase &found, const RestoreReceipt &receipt);
    void verifyFacts(const TruthCase &found, const RestoreReceipt &receipt);

    std::unique_ptr<tests::TempPostgres> m_server;
    std::optional<postgres::Session> m_administrator;
    std::optional<postgres::Session> m_session; ///< ours, beside the engine's
    QTemporaryDir m_folder;
    QString m_database;
    int m_number = 0;
    int m_seen = 0;
};

void TestTruthCorpus::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_server->execute(u"postgres"_s, "CREATE ROLE app; CREATE ROLE reader");
    TaskContext context;
    m_administrator =
        postgres::Session::connect(m_server->connectionString(u"postgres"_s), context).value();
    m_server->createDatabase(u"live"_s);
    m_server->execute(u"live"_s, liveSetup);
    m_server->createDatabase(u"oddshop"_s);
    m_server->execute(u"oddshop"_s,
                      fileBytes(QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/dumps/oddshop.sql")));
    m_server->execute(u"oddshop"_s, fileBytes(cases + u"/oddshop-more.sql"_s));
}

QString TestTruthCorpus::ask(const QByteArray &sql)
{
    TaskContext context;
    const auto rows = m_session->query(sql, context);
    if (!rows)
        return u"error: "_s + describe(rows.error());
    return rows->rowCount() > 0 ? rows->text(0, 0) : QString();
}

/// On one connection for all cases: a new one costs more than what it does here.
void TestTruthCorpus::administer(const QByteArray &sql)
{
    TaskContext context;
    if (const auto done = m_administrator->execute(sql, context); !done)
        qFatal("%s", qPrintable(describe(done.error())));
}

/// A live database to restore into. The one that was there serves again as long as nothing changed.
void TestTruthCorpus::open(const TruthCase &found)
{
    if (!m_database.isEmpty() && found.live.isEmpty())
        return;
    m_session.reset();
    if (!m_database.isEmpty())
        administer("DROP DATABASE " + m_database.toUtf8() + " WITH (FORCE)");
    m_database = u"live%1"_s.arg(++m_number);
    m_server->copyDatabase(m_database, u"live"_s);
    administer("COMMENT ON DATABASE " + m_database.toUtf8() + " IS 'ours'");
    if (!found.live.isEmpty())
        m_server->execute(m_database, found.live);
    m_server->forgetSessions(); // for one more, sequences are moved on further
    TaskContext context;
    m_session = postgres::Session::connect(m_server->connectionString(m_database), context).value();
}

QByteArray TestTruthCorpus::dumped(const QStringList &options)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"PGPASSWORD"_s, QString::fromUtf8(m_server->password().reveal()));
    process.setProcessEnvironment(environment);
    process.start(
        u"pg_dump"_s,
        QStringList{u"--dbname="_s + m_server->connectionString(u"oddshop"_s).withoutPassword()} +
            options);
    if (!process.waitForFinished() || process.exitCode() != 0)
        qFatal("pg_dump: %s", process.readAllStandardError().constData());
    return process.readAllStandardOutput();
}

/// pg_dump's options; " + " stands between those of files that are joined.
QByteArray TestTruthCorpus::textOf(const TruthCase &found)
{
    if (found.pgDump.isEmpty())
        return fileBytes(cases + u'/' + found.source);
    QByteArray text;
    for (const QString &options : found.pgDump.split(u" + "_s))
        text += dumped(options.split(u' ', Qt::SkipEmptyParts));
    return text;
}

RestoreReceipt TestTruthCorpus::restoredFile(const QString &path)
{
    const SystemClock clock;
    const RestorePlan plan{.id = freshRestoreId(clock.now()),
                           .file = path,
                           .target = m_server->connectionString(m_database),
                           .environment = u"test"_s,
                           .plannedAt = clock.now()};
    TaskContext context;
    return RestoreRunner(plan, clock, {}).run(std::nullopt, context);
}

RestoreReceipt TestTruthCorpus::restored(const QByteArray &bytes, const QString &name)
{
    QFile file(m_folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("the dump could not be written");
    file.close();
    const RestoreReceipt receipt = restoredFile(file.fileName());
    file.remove();
    return receipt;
}

void TestTruthCorpus::tellsTheTruth_data()
{
    QTest::addColumn<QString>("name");
    tests::Thinned thinned(16);
    for (const QString &file : QDir(cases).entryList({u"*.expect"_s}, QDir::Files, QDir::Name)) {
        const QString name = file.chopped(7);
        if (thinned.takesNext())
            QTest::newRow(qPrintable(name)) << name;
    }
}

void TestTruthCorpus::tellsTheTruth()
{
    QFETCH(QString, name);
    ++m_seen;
    const TruthCase found = readCase(cases, name);
    const QByteArray bytes = bytesOf(found, textOf(found));
    open(found);
    const QByteArray outside = stateOf(found.replacesOther ? "^nothing$" : "^other$");
    const QString outsideBefore = ask(outside);
    const QString globalBefore = ask(globalState);
    const QString liveBefore = ask(stateOf("^(?!pg_|information_schema)"));
    const QString identity = ask("SELECT 'public.products'::regclass::oid");
    const QByteArray liveRows =
        "SELECT query_to_xml(format('SELECT * FROM %s', c.oid::regclass), true, false, '')"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = " +
        identity.toUtf8() + " AND n.nspname ~ '^public(_before_|$)'";
    const QString rowsBefore = ask(liveRows);

    const RestoreReceipt receipt = restored(bytes, name);

    const QString told = verdictKey(receipt.verdict) +
                         (receipt.error ? u": "_s + describe(*receipt.error) : QString()) +
                         u" | "_s + receipt.notes.join(u" | "_s);
    const bool isUntouched = ask(stateOf("^(?!pg_|information_schema)")) == liveBefore;
    if (!isUntouched || found.verdict != "not-restored"_L1 || !found.live.isEmpty())
        m_database.clear(); // the next case gets a new one
    const auto forget = qScopeGuard([this, old = u"live%1"_s.arg(m_number)] {
        if (!m_database.isEmpty())
            return;
        m_session.reset();
        administer("DROP DATABASE " + old.toUtf8() + " WITH (FORCE)");
    });
    QVERIFY2(verdictKey(receipt.verdict) == found.verdict, qPrintable(told));
    QVERIFY2(ask(outside) == outsideBefore, qPrintable(u"the schema other changed; "_s + told));
    QVERIFY2(ask(globalState) == globalBefore, qPrintable(u"the server changed; "_s + told));
    for (const QString &note : found.notes)
        QVERIFY2(receipt.notes.join(u'\n').contains(note), qPrintable(note + u" <> "_s + told));
    if (receipt.verdict == Verdict::NotRestored) {
        QVERIFY2(isUntouched, qPrintable(u"the live data changed; "_s + told));
        verifyRefusal(found, receipt);
    } else {
        QVERIFY2(!rowsBefore.isEmpty() && ask(liveRows) == rowsBefore, "the old data are gone");
        verifyFacts(found, receipt);
    }
}

/// What a frightened person reads has to lead to the place, and to the place only.
void TestTruthCorpus::verifyRefusal(const TruthCase &found, const RestoreReceipt &receipt)
{
    QVERIFY(receipt.error.has_value());
    const QString told = describe(*receipt.error);
    QVERIFY2(receipt.error->sqlState == found.sqlState, qPrintable(told));
    if (found.line > 0)
        QVERIFY2(receipt.error->line == found.line, qPrintable(told));
    if (!found.object.isEmpty())
        QVERIFY2(receipt.error->subject.contains(found.object), qPrintable(told));
    for (const QString &part : found.says)
        QVERIFY2(told.contains(part), qPrintable(told));
    QVERIFY2(!told.contains(u"s3cret"_s), "the text of a row is in the error");
    QVERIFY(!receipt.error->subject.isEmpty());
    QVERIFY(receipt.left.isEmpty());
    QCOMPARE(receipt.tablesProven(), 0);
    // A server notices a moment later that its client has gone.
    QTRY_COMPARE_WITH_TIMEOUT(
        ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mayday restore'"
            " AND state <> 'idle' AND datname = current_database()"),
        u"0"_s, 30000);
}

void TestTruthCorpus::verifyFacts(const TruthCase &found, const RestoreReceipt &receipt)
{
    QVERIFY(!receipt.error);
    for (const auto &[table, count] : found.rows) {
        const QString counted = ask("SELECT count(*) FROM " + table.toUtf8());
        QVERIFY2(counted == QString::number(count), qPrintable(table + u" has "_s + counted));
    }
    for (const auto &[sequence, state] : found.sequences) {
        const QString is =
            ask("SELECT last_value || ' ' || left(is_called::text, 1) FROM " + sequence.toUtf8());
        QVERIFY2(is == state, qPrintable(sequence + u" is at "_s + is));
    }
    for (const QByteArray &check : found.checks) {
        const QString answer = ask(check);
        QVERIFY2(answer == "t"_L1, qPrintable(QString::fromUtf8(check) + u" says "_s + answer));
    }
    for (const TableResult &table : receipt.tables) {
        QCOMPARE(table.verdict, Verdict::Proven);
        QCOMPARE(table.rowsInDump, table.rowsAfter);
    }
}

/// Every file is a case or the text of one, and there are as many as were promised.
void TestTruthCorpus::theCorpusIsWhole()
{
    QStringList used{u"oddshop-more.sql"_s};
    int proven = 0;
    const QStringList expectations = QDir(cases).entryList({u"*.expect"_s}, QDir::Files);
    for (const QString &file : expectations) {
        const TruthCase found = readCase(cases, file.chopped(7));
        used.append(found.source);
        proven += found.verdict == "not-restored"_L1 ? 0 : 1;
        const bool isFounded =
            found.verdict == "not-restored"_L1 || !found.rows.isEmpty() || !found.checks.isEmpty();
        QVERIFY2(isFounded, qPrintable(file + u" claims a success without a fact"_s));
    }
    for (const QString &file : QDir(cases).entryList({u"*.sql"_s}, QDir::Files))
        QVERIFY2(used.contains(file), qPrintable(file + u" is the text of no case"_s));
    QVERIFY2(expectations.size() >= 200, qPrintable(QString::number(expectations.size())));
    QVERIFY(proven >= 60);
}

/// One value of 200 MB, as a film in bytea is.
void TestTruthCorpus::aRowLargerThanAnyBuffer()
{
    constexpr qint64 megabytes = tests::isSanitized ? 64 : 200;
    const QString path = m_folder.filePath(u"large.sql"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.large (id integer, t "
               "text);\nCOPY public.large (id, t) FROM stdin;\n1\t");
    const QByteArray piece(1024 * 1024, 'x');
    for (qint64 i = 0; i < megabytes; ++i)
        QCOMPARE(file.write(piece), piece.size());
    file.write("\n2\tsmall\n\\.\n\n--\n-- PostgreSQL database dump complete\n--\n");
    file.close();
    open({.live = "SELECT 1"});
    const RestoreReceipt receipt = restoredFile(path);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(ask("SELECT string_agg(length(t)::text, ',' ORDER BY id) FROM public.large"),
             u"%1,5"_s.arg(megabytes * 1024 * 1024));
}

MAYDAY_TEST(TestTruthCorpus);
#include "tst_truthcorpus.moc"
