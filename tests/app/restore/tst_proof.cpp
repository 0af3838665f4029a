// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "restore/proof.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// The proof counts on the server and believes nobody: not the file, not the load, not the tags the
/// server answered with. What it finds in a faithful copy of an odd database is a note and no lie.
class TestProof : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void rowsAreCounted_data();
    void rowsAreCounted();
    void aSequenceIsWhereTheDumpSaysOrItIsNotProven_data();
    void aSequenceIsWhereTheDumpSaysOrItIsNotProven();
    void aSequenceBehindItsColumnIsNoted_data();
    void aSequenceBehindItsColumnIsNoted();
    void aSequenceBehindAsTheDumpSaysIsNoDifference();
    void hiddenRowsAreAnErrorAndNoUndercount();
    void whatTheLoadLeftBehindDoesNotMatter();
    void aTableThatIsGoneIsAnError();
    void largeObjectsAreCounted();
    void everyTableIsToldAsItIsCounted();
    void aStopEndsTheCounting();
    void oddDatabasesComeBackProven_data();
    void oddDatabasesComeBackProven();
    void whatIsNotValidIsNoted();
    void partitionsAreCountedOnce();
    void rowsLoadedThroughTheRootAreFound();
    void tablesWhoseNamesReadTheSameAreKeptApart();

private:
    /// An empty database and a session inside a transaction, as after a load.
    postgres::Session session()
    {
        static int number = 0;
        m_database = u"proof%1"_s.arg(++number);
        const auto where = m_server->createDatabase(m_database);
        auto opened = postgres::Session::connect(where, m_context);
        if (!opened || !opened->execute("BEGIN", m_context))
            qFatal("no session");
        return *std::move(opened);
    }
    ProofResult proven(postgres::Session &session, const QList<TableTally> &tallies,
                       const QList<dump::SequenceInDump> &sequences = {})
    {
        auto proof = prove(session, tallies, sequences, m_context, [](const ProofResult &) {});
        if (!proof)
            qFatal("%s", qPrintable(describe(proof.error())));
        return *std::move(proof);
    }
    /// A dump of everything in the shop's own schema, restored over it.
    RestoreReceipt roundTrip(const Shop &shop, const QStringList &options = {})
    {
        return shop.restore(shop.writeDump(shop.dump(options)));
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    QString m_database;
    TaskContext m_context;
};

void TestProof::rowsAreCounted_data()
{
    QTest::addColumn<int>("there");
    QTest::addColumn<qint64>("inDump");
    QTest::addColumn<Verdict>("verdict");
    QTest::addColumn<QString>("note");
    QTest::newRow("all") << 7 << qint64(7) << Verdict::Proven << QString();
    QTest::newRow("none, and none expected") << 0 << qint64(0) << Verdict::Proven << QString();
    QTest::newRow("one missing") << 6 << qint64(7) << Verdict::Differences << u"1 row missing"_s;
    QTest::newRow("all missing") << 0 << qint64(1200) << Verdict::Differences
                                 << u"1200 rows missing"_s;
    QTest::newRow("one too many") << 8 << qint64(7) << Verdict::Differences << u"1 row too many"_s;
    QTest::newRow("twice as many")
        << 14 << qint64(7) << Verdict::Differences << u"7 rows too many"_s;
}

void TestProof::rowsAreCounted()
{
    QFETCH(int, there);
    QFETCH(qint64, inDump);
    QFETCH(Verdict, verdict);
    QFETCH(QString, note);
    auto session = this->session();
    QVERIFY(session.execute("CREATE TABLE public.t AS SELECT generate_series(1, " +
                                QByteArray::number(there) + ")",
                            m_context));
    const ProofResult proof =
        proven(session, {{.schema = u"public"_s, .name = u"t"_s, .rows = inDump}});
    QCOMPARE(proof.isProven, verdict == Verdict::Proven);
    QCOMPARE(proof.tables.front().verdict, verdict);
    QCOMPARE(proof.tables.front().rowsAfter, there);
    QCOMPARE(proof.tables.front().rowsInDump, inDump);
    QCOMPARE(proof.tables.front().note, note);
}

void TestProof::aSequenceIsWhereTheDumpSaysOrItIsNotProven_data()
{
    QTest::addColumn<QByteArray>("state");
    QTest::addColumn<qint64>("value");
    QTest::addColumn<bool>("isCalled");
    QTest::addColumn<QString>("note");
    QTest::newRow("as said") << QByteArray("42, true") << qint64(42) << true << QString();
    QTest::newRow("fresh") << QByteArray("1, false") << qint64(1) << false << QString();
    QTest::newRow("behind") << QByteArray("41, true") << qint64(42) << true
                            << u"sequence public.Numbers is at 41, the dump says 42"_s;
    QTest::newRow("ahead") << QByteArray("43, true") << qint64(42) << true
                           << u"sequence public.Numbers is at 43, the dump says 42"_s;
    // The next value would be handed out twice, or one be skipped: the numbers alone look equal.
    QTest::newRow("its value not used")
        << QByteArray("42, false") << qint64(42) << true
        << u"sequence public.Numbers gives 42 next, the dump says it is used"_s;
    QTest::newRow("its value used")
        << QByteArray("42, true") << qint64(42) << false
        << u"sequence public.Numbers has used 42, the dump says it comes next"_s;
}

void TestProof::aSequenceIsWhereTheDumpSaysOrItIsNotProven()
{
    QFETCH(QByteArray, state);
    QFETCH(qint64, value);
    QFETCH(bool, isCalled);
    QFETCH(QString, note);
    auto session = this->session();
    QVERIFY(session.execute("CREATE SEQUENCE public.\"Numbers\"; SELECT "
                            "setval('public.\"Numbers\"', " +
                                state + ")",
                            m_context));
    const ProofResult proof = proven(
        session, {},
        {{.schema = u"public"_s, .name = u"Numbers"_s, .value = value, .isCalled = isCalled}});
    QCOMPARE(proof.isProven, note.isEmpty());
    QCOMPARE(proof.notes.value(0), note);
}

void TestProof::aSequenceBehindItsColumnIsNoted_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("sequence");
    QTest::newRow("in step") << QByteArray("CREATE TABLE public.t (id serial);"
                                           "INSERT INTO public.t SELECT FROM generate_series(1, 3)")
                             << u"ok"_s;
    QTest::newRow("behind") << QByteArray("CREATE TABLE public.t (id serial);"
                                          "INSERT INTO public.t VALUES (500)")
                            << u"behind its column"_s;
    QTest::newRow("empty table") << QByteArray("CREATE TABLE public.t (id serial)") << u"ok"_s;
    QTest::newRow("identity") << QByteArray("CREATE TABLE public.t (id int GENERATED BY DEFAULT AS "
                                            "IDENTITY); INSERT INTO public.t VALUES (9)")
                              << u"behind its column"_s;
    QTest::newRow("counting down, in step")
        << QByteArray("CREATE TABLE public.t (id int); CREATE SEQUENCE public.s INCREMENT -1 "
                      "MAXVALUE 100 START 100 OWNED BY public.t.id; INSERT INTO public.t SELECT "
                      "nextval('public.s') FROM generate_series(1, 3)")
        << u"ok"_s;
    QTest::newRow("counting down, behind")
        << QByteArray("CREATE TABLE public.t (id int); CREATE SEQUENCE public.s INCREMENT -1 "
                      "MAXVALUE 100 START 100 OWNED BY public.t.id; INSERT INTO public.t "
                      "VALUES (3), (90)")
        << u"behind its column"_s;
    QTest::newRow("column of text: nothing to compare")
        << QByteArray("CREATE TABLE public.t (code text); CREATE SEQUENCE public.s OWNED BY "
                      "public.t.code; INSERT INTO public.t VALUES ('A-7000')")
        << QString();
    QTest::newRow("column of numeric")
        << QByteArray("CREATE TABLE public.t (id numeric); CREATE SEQUENCE public.s OWNED BY "
                      "public.t.id; INSERT INTO public.t VALUES (1.5), (77)")
        << u"behind its column"_s;
}

void TestProof::aSequenceBehindItsColumnIsNoted()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, sequence);
    auto session = this->session();
    QVERIFY(session.execute(sql, m_context));
    const auto rows = postgres::exactRowCount(session, u"public"_s, u"t"_s, m_context);
    const ProofResult proof =
        proven(session, {{.schema = u"public"_s, .name = u"t"_s, .rows = *rows}});
    QVERIFY(proof.isProven); // the copy is faithful; the fault is the original's
    QCOMPARE(proof.tables.front().sequence, sequence);
    // Nobody said its value: the next new row would take a number that is taken.
    const bool isBehind = sequence.startsWith(u"behind"_s);
    QCOMPARE(proof.hasDifferences, isBehind);
    QCOMPARE(proof.notes.join(u' ').contains(u"because the dump does not say its value"_s),
             isBehind);
}

void TestProof::aSequenceBehindAsTheDumpSaysIsNoDifference()
{
    auto session = this->session();
    QVERIFY(session.execute("CREATE TABLE public.t (id serial); INSERT INTO public.t VALUES (500);"
                            "SELECT setval('public.t_id_seq', 7)",
                            m_context));
    const ProofResult proof =
        proven(session, {{.schema = u"public"_s, .name = u"t"_s, .rows = 1}},
               {{.schema = u"public"_s, .name = u"t_id_seq"_s, .value = 7, .isCalled = true}});
    QVERIFY(proof.isProven);
    QVERIFY(!proof.hasDifferences); // the copy is faithful; the fault is the original's
    QVERIFY(proof.notes.join(u' ').contains(u"as it was when the dump was made"_s));
}

void TestProof::hiddenRowsAreAnErrorAndNoUndercount()
{
    m_server->execute(u"postgres"_s, "CREATE ROLE clerk LOGIN PASSWORD 'pw'");
    static_cast<void>(session());
    m_server->execute(m_database,
                      "GRANT CREATE ON DATABASE " + m_database.toUtf8() +
                          " TO clerk; CREATE TABLE public.t AS SELECT generate_series(1, 9) AS id;"
                          "ALTER TABLE public.t ENABLE ROW LEVEL SECURITY;"
                          "CREATE POLICY few ON public.t USING (id < 3); GRANT SELECT ON public.t "
                          "TO clerk");
    const auto where = m_server->connectionString(m_database);
    const auto asClerk =
        postgres::ConnectionString::parse(
            u"host=127.0.0.1 port=%1 dbname=%2 user=clerk"_s.arg(where.port()).arg(m_database))
            ->withPassword(Secret("pw"));
    auto clerk = postgres::Session::connect(asClerk, m_context);
    QVERIFY(clerk && clerk->execute("BEGIN", m_context));
    // Two rows would be counted, and two rows are claimed: the lie would be perfect.
    const auto proof = prove(*clerk, {{.schema = u"public"_s, .name = u"t"_s, .rows = 2}}, {},
                             m_context, [](const ProofResult &) {});
    QVERIFY(!proof);
    QCOMPARE(proof.error().sqlState, u"42501"_s);
}

void TestProof::whatTheLoadLeftBehindDoesNotMatter()
{
    auto session = this->session();
    QVERIFY(session.execute("CREATE ROLE passer_by;"
                            "CREATE TABLE public.t AS SELECT generate_series(1, 4);"
                            "CREATE SCHEMA decoy; CREATE TABLE decoy.t (id int);"
                            "CREATE FUNCTION decoy.max(integer) RETURNS integer LANGUAGE sql AS "
                            "'SELECT 99'; SET search_path = decoy, public; SET ROLE passer_by",
                            m_context));
    const ProofResult proof = proven(session, {{.schema = u"public"_s, .name = u"t"_s, .rows = 4}});
    QVERIFY(proof.isProven);
    QCOMPARE(session.query("SELECT current_user", m_context)->text(0, 0), u"postgres"_s);
}

void TestProof::aTableThatIsGoneIsAnError()
{
    auto session = this->session();
    const auto proof = prove(session, {{.schema = u"public"_s, .name = u"lost"_s, .rows = 0}}, {},
                             m_context, [](const ProofResult &) {});
    QVERIFY(!proof); // "0 rows expected, 0 found" must not be proven by a table that is not there
    QCOMPARE(proof.error().sqlState, u"42P01"_s);
    auto other = this->session();
    const auto sequence = prove(other, {}, {{.schema = u"public"_s, .name = u"gone"_s, .value = 1}},
                                m_context, [](const ProofResult &) {});
    QVERIFY(!sequence);
}

void TestProof::largeObjectsAreCounted()
{
    auto session = this->session();
    QVERIFY(session.execute("SELECT lo_create(4711), lo_create(4712)", m_context));
    QVERIFY(proveLargeObjects(session, {}, m_context));
    QVERIFY(proveLargeObjects(session, {"4711", "4712"}, m_context));
    QVERIFY(proveLargeObjects(session, {"4711", "0"}, m_context)); // nobody knows which that was
    const auto missing = proveLargeObjects(session, {"4711", "4712", "4713"}, m_context);
    QCOMPARE(missing.error().kind, ErrorKind::Corrupt);
    QVERIFY2(missing.error().detail.contains(u"has made 3, and 2 are there"_s),
             qPrintable(missing.error().detail));
}

void TestProof::everyTableIsToldAsItIsCounted()
{
    auto session = this->session();
    QList<TableTally> tallies;
    for (int i = 0; i < 4; ++i) {
        const QString name = u"t%1"_s.arg(i);
        QVERIFY(session.execute("CREATE TABLE public." + name.toUtf8() + " (id int)", m_context));
        tallies.append({.schema = u"public"_s, .name = name, .rows = i == 2 ? 5 : 0});
    }
    QList<qsizetype> counted;
    const auto proof = prove(session, tallies, {}, m_context, [&](const ProofResult &at) {
        counted.append(std::ranges::count_if(at.tables, [](const TableResult &table) {
            return table.rowsAfter >= 0; // what is not counted yet claims nothing
        }));
        QVERIFY(!at.isProven);
    });
    QVERIFY(proof);
    QCOMPARE(counted, (QList<qsizetype>{1, 2, 3, 4})); // one that differs does not end the counting
    QVERIFY(!proof->isProven);
    QCOMPARE(proof->tables[3].verdict, Verdict::Proven);
}

void TestProof::aStopEndsTheCounting()
{
    auto session = this->session();
    QVERIFY(session.execute("CREATE TABLE public.a (id int); CREATE TABLE public.b (id int)",
                            m_context));
    std::stop_source stop;
    TaskContext context(stop.get_token());
    const auto proof = prove(
        session, {{.schema = u"public"_s, .name = u"a"_s}, {.schema = u"public"_s, .name = u"b"_s}},
        {}, context, [&stop](const ProofResult &) { stop.request_stop(); });
    QVERIFY(!proof);
    QCOMPARE(proof.error().kind, ErrorKind::Cancelled);
}

void TestProof::oddDatabasesComeBackProven_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::newRow("inheritance") << QByteArray(
        "CREATE TABLE public.base (id int); CREATE TABLE public.child () INHERITS (public.base);"
        "INSERT INTO public.base VALUES (1); INSERT INTO public.child VALUES (2), (3)");
    QTest::newRow("codes from a sequence") << QByteArray(
        "CREATE SEQUENCE public.codes; CREATE TABLE public.coded (code text DEFAULT 'A-' || "
        "nextval('public.codes')); ALTER SEQUENCE public.codes OWNED BY public.coded.code;"
        "INSERT INTO public.coded DEFAULT VALUES");
    QTest::newRow("generated columns")
        << QByteArray("CREATE TABLE public.g (a int, b int GENERATED ALWAYS AS (a * 2) STORED);"
                      "INSERT INTO public.g (a) VALUES (1), (2)");
    QTest::newRow("domains and ranges")
        << QByteArray("CREATE DOMAIN public.positive AS int CHECK (VALUE > 0);"
                      "CREATE TYPE public.span AS RANGE (subtype = float8);"
                      "CREATE TABLE public.d (p public.positive, s public.span);"
                      "INSERT INTO public.d VALUES (1, '[1,2)'), (NULL, 'empty')");
    QTest::newRow("bytes and odd text") << QByteArray(
        "CREATE TABLE public.b (b bytea, t text); INSERT INTO public.b SELECT decode(md5(g::text), "
        "'hex'), E'\\\\N\\n\\\\.\\r\\t' || chr(g) FROM generate_series(1, 300) g");
    QTest::newRow("rows filtered by policies")
        << QByteArray("CREATE TABLE public.r (id int); INSERT INTO public.r VALUES (1), (2);"
                      "ALTER TABLE public.r ENABLE ROW LEVEL SECURITY;"
                      "CREATE POLICY none ON public.r USING (false)");
    QTest::newRow("unlogged") << QByteArray("CREATE UNLOGGED TABLE public.u (id int);"
                                            "INSERT INTO public.u VALUES (1)");
    QTest::newRow("two tables in a circle") << QByteArray(
        "CREATE TABLE public.x (id int PRIMARY KEY, y int);"
        "CREATE TABLE public.y (id int PRIMARY KEY, x int REFERENCES public.x);"
        "ALTER TABLE public.x ADD FOREIGN KEY (y) REFERENCES public.y DEFERRABLE INITIALLY "
        "DEFERRED; BEGIN; INSERT INTO public.x VALUES (1, 1); INSERT INTO public.y VALUES (1, 1); "
        "COMMIT");
    QTest::newRow("sequence without a table")
        << QByteArray("CREATE SEQUENCE public.lonely; SELECT setval('public.lonely', 9, false)");
    QTest::newRow("a name with a dot") << QByteArray(
        "CREATE TABLE public.\"a.b\" (id serial PRIMARY KEY); INSERT INTO public.\"a.b\" SELECT "
        "generate_series(1, 4)");
}

void TestProof::oddDatabasesComeBackProven()
{
    QFETCH(QByteArray, sql);
    const Shop shop(*m_server, 5);
    shop.run(sql);
    const QByteArray before = shop.dump();
    const RestoreReceipt receipt = roundTrip(shop);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(withoutKeys(shop.dump()), withoutKeys(before));
}

void TestProof::whatIsNotValidIsNoted()
{
    const Shop shop(*m_server, 50);
    // As teams add constraints to big tables: not checked for the rows that are there already.
    shop.run("ALTER TABLE public.products ADD CONSTRAINT short CHECK (length(name) < 3) NOT VALID");
    const QByteArray before = shop.dump();
    QVERIFY(before.contains("NOT VALID"));
    const RestoreReceipt receipt = roundTrip(shop);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QVERIFY2(receipt.notes.contains(u"1 constraint or index of public.products is not valid, as "
                                    "it was when the dump was made"_s),
             qPrintable(receipt.notes.join(u'\n')));
    QCOMPARE(withoutKeys(shop.dump()), withoutKeys(before));
}

void TestProof::partitionsAreCountedOnce()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE TABLE public.events (at date NOT NULL, n int) PARTITION BY RANGE (at);"
             "CREATE TABLE public.events_1 PARTITION OF public.events FOR VALUES FROM "
             "('2026-01-01') TO ('2026-02-01');"
             "CREATE TABLE public.events_rest PARTITION OF public.events DEFAULT;"
             "CREATE INDEX ON public.events (n);"
             "INSERT INTO public.events SELECT '2026-01-15', g FROM generate_series(1, 30) g;"
             "INSERT INTO public.events SELECT '2026-06-15', g FROM generate_series(1, 12) g");
    const QByteArray before = shop.dump();
    const RestoreReceipt receipt = roundTrip(shop);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(receipt.rowsRestored(), 5 + 5 + 42); // and not 84
    QCOMPARE(withoutKeys(shop.dump()), withoutKeys(before));
}

void TestProof::rowsLoadedThroughTheRootAreFound()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE TABLE public.events (n int) PARTITION BY HASH (n);"
             "CREATE TABLE public.events_0 PARTITION OF public.events FOR VALUES WITH (MODULUS 2, "
             "REMAINDER 0);"
             "CREATE TABLE public.events_1 PARTITION OF public.events FOR VALUES WITH (MODULUS 2, "
             "REMAINDER 1);"
             "INSERT INTO public.events SELECT generate_series(1, 40)");
    const RestoreReceipt receipt = roundTrip(shop, {u"--load-via-partition-root"_s});
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(receipt.rowsRestored(), 5 + 5 + 40);
    QCOMPARE(shop.ask("SELECT count(*) FROM public.events"), u"40"_s);
}

/// a."b.c" and "a.b".c; the one is made of parts, the other has rows of its own.
void TestProof::tablesWhoseNamesReadTheSameAreKeptApart()
{
    auto session = this->session();
    QVERIFY(session.execute(
        "CREATE SCHEMA a; CREATE SCHEMA \"a.b\"; CREATE TABLE a.\"b.c\" (x int) PARTITION BY LIST "
        "(x); CREATE TABLE a.part PARTITION OF a.\"b.c\" FOR VALUES IN (1); INSERT INTO a.part "
        "VALUES "
        "(1), (1); CREATE TABLE \"a.b\".c (x int CHECK (x < 0)); INSERT INTO \"a.b\".c VALUES (-1)",
        m_context));
    const ProofResult proof = proven(session, {{.schema = u"a.b"_s, .name = u"c"_s, .rows = 1},
                                               {.schema = u"a"_s, .name = u"b.c"_s, .rows = 0},
                                               {.schema = u"a"_s, .name = u"part"_s, .rows = 2}});
    QVERIFY2(proof.isProven, qPrintable(proof.tables.front().note));
    QCOMPARE(proof.tables.front().constraints, 1);
    QCOMPARE(proof.tables[1].constraints, 0);
    QVERIFY(proof.tables[2].note.isEmpty());
}

MAYDAY_TEST(TestProof);
#include "tst_proof.moc"
