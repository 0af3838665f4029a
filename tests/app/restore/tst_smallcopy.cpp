// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/smallcopy.h"
#include "restore/statementqueue.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QRandomGenerator>
#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace Qt::StringLiterals;

namespace {

const QByteArray copyTwo = QByteArrayLiteral("COPY public.t (a, b) FROM stdin");

/// A value in COPY's text format, of pieces that mean something to one of the two grammars.
QByteArray oddValue(QRandomGenerator &random)
{
    static const QByteArrayList pieces = {
        "x",  "'",   "''",    "\\\\", "\\t",   "\\n",    "\\r", "\\b", "\\v", "\\f", "$$", "--",
        "/*", "\";", "\\x41", "\\x4", "\\101", "\\0417", "\\8", "\\q", "%s",  "$1",  "E'", "ä",
        "語", "😀",  " ",     "NULL", "\\\\N", "\\\\.",  "(",   ",",   ")",   "\\'"};
    QByteArray value;
    for (quint32 n = random.bounded(6U); n > 0; --n)
        value += pieces[random.bounded(static_cast<int>(pieces.size()))];
    return value;
}

} // namespace

/// Rows as INSERT and rows as COPY are the same rows; and the way of many statements to the server.
class TestSmallCopy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void saysItAsAnInsert();
    void leavesTheDoubtfulToCopy_data();
    void leavesTheDoubtfulToCopy();
    void everyValueArrivesAsByCopy();
    void everyTypeArrivesAsByCopy();
    void aRefusedRowIsNamedByItsLine();
    void whatOnlyCopyCanDoIsDoneByCopy();
    void theCulpritIsNamed();
    void aSwallowedRowIsNoticed();

private:
    [[nodiscard]] QString ask(const QByteArray &sql) const
    {
        return m_server->scalar(u"postgres"_s, sql);
    }
    /// Empty tables of these columns: one for COPY, one for INSERT.
    void makeTables(const QByteArray &columns) const
    {
        m_server->execute(u"postgres"_s, "DROP TABLE IF EXISTS public.t, public.by_insert;"
                                         "CREATE TABLE public.t (" +
                                             columns +
                                             ");"
                                             "CREATE TABLE public.by_insert (" +
                                             columns + ")");
    }
    void sendBoth(const QByteArray &copy, const QByteArray &rows);
    [[nodiscard]] QString difference() const
    {
        return ask("SELECT count(*) FROM ((TABLE t EXCEPT ALL TABLE by_insert) UNION ALL"
                   " (TABLE by_insert EXCEPT ALL TABLE t)) AS different");
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    TaskContext m_context;
};

void TestSmallCopy::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
}

void TestSmallCopy::saysItAsAnInsert()
{
    QCOMPARE(insertFor(copyTwo, "1\tit's\n\\N\t\n", true),
             QByteArray("INSERT INTO public.t (a, b) OVERRIDING SYSTEM VALUE VALUES "
                        "('1','it''s'),(NULL,'')"));
    QCOMPARE(insertFor("COPY \"a (b\".\"c\"\"d\" (\"x, y\", z) FROM stdin", "1\t2\n", false),
             QByteArray("INSERT INTO \"a (b\".\"c\"\"d\" (\"x, y\", z) OVERRIDING SYSTEM VALUE "
                        "VALUES ('1','2')"));
    QCOMPARE(insertFor(copyTwo, "a\\\\b\t\\x41\n", true),
             QByteArray("INSERT INTO public.t (a, b) OVERRIDING SYSTEM VALUE VALUES "
                        "(E'a\\\\b','A')"));
    QCOMPARE(insertFor(copyTwo, "", true), QByteArray("SELECT a, b FROM public.t WHERE false"));
}

void TestSmallCopy::leavesTheDoubtfulToCopy_data()
{
    QTest::addColumn<QByteArray>("copy");
    QTest::addColumn<QByteArray>("rows");
    const auto row = [](const char *name, const QByteArray &copy, const QByteArray &rows) {
        QTest::newRow(name) << copy << rows;
    };
    row("options", "COPY public.t (a, b) FROM stdin WITH (FORMAT csv)", "1,2\n");
    row("no columns", "COPY public.t FROM stdin", "1\t2\n");
    row("from a file", "COPY public.t (a, b) FROM '/etc/passwd'", "1\t2\n");
    row("a condition", "COPY public.t (a, b) FROM stdin WHERE a > 0", "1\t2\n");
    row("too few values", copyTwo, "1\n");
    row("too many values", copyTwo, "1\t2\t3\n");
    row("the last line open", copyTwo, "1\t2");
    row("CR LF", copyTwo, "1\t2\r\n");
    row("a newline taken in", copyTwo, "1\t2\\\n3\t4\n");
    row("a tab taken in", copyTwo, "1\\\t2\t3\n");
    row("an end inside a value", copyTwo, "1\ta\\.b\n");
    row("a zero byte", copyTwo, QByteArray("1\t\0\n", 4));
    row("a zero byte by number", copyTwo, "1\t\\000\n");
    row("not UTF-8", copyTwo, "1\t\xff\xfe\n");
}

void TestSmallCopy::leavesTheDoubtfulToCopy()
{
    QFETCH(QByteArray, copy);
    QFETCH(QByteArray, rows);
    QVERIFY(!insertFor(copy, rows, true));
    QVERIFY(!insertFor(copyTwo, "1\t\xc3\xa4\n", false)); // a letter, in who knows what encoding
}

void TestSmallCopy::sendBoth(const QByteArray &copy, const QByteArray &rows)
{
    auto session = postgres::Session::connect(m_server->connectionString(), m_context).value();
    const auto insert = insertFor(copy, rows, true);
    QVERIFY(insert);
    QVERIFY(session.copyInBegin(copy, m_context) && session.copyInWrite(rows, m_context));
    const auto copied = session.copyInFinish(m_context);
    QVERIFY2(copied, copied ? "" : qPrintable(describe(copied.error())));
    const auto inserted =
        session.execute(QByteArray(*insert).replace("public.t ", "public.by_insert "), m_context);
    QVERIFY2(inserted, inserted ? "" : qPrintable(describe(inserted.error())));
    QCOMPARE(*inserted, *copied);
}

void TestSmallCopy::everyValueArrivesAsByCopy()
{
    makeTables("a text, b text");
    QRandomGenerator random(20261123);
    for (int round = 0; round < 40; ++round) {
        QByteArray rows;
        for (int i = 0; i < 100; ++i)
            rows += oddValue(random) + '\t' + oddValue(random) + '\n';
        sendBoth(copyTwo, rows);
    }
    QCOMPARE(ask("SELECT count(*) FROM by_insert"), u"4000"_s);
    QCOMPARE(difference(), u"0"_s);
}

void TestSmallCopy::everyTypeArrivesAsByCopy()
{
    m_server->execute(
        u"postgres"_s,
        "CREATE TYPE mood AS ENUM ('so so', 'it''s'); CREATE DOMAIN small AS int CHECK "
        "(VALUE < 100); CREATE TYPE pair AS (a text, b int)");
    makeTables(
        "n numeric(8,2), c char(4), v varchar(3), i interval, t timestamptz(3), j jsonb,"
        " x bytea, m mood, s small, p pair, ar text[], b bit(3), f float8, u uuid, r int4range,"
        " id bigint GENERATED ALWAYS AS IDENTITY, k \"char\", bo boolean, tsv tsvector");
    sendBoth(
        "COPY public.t (n, c, v, i, t, j, x, m, s, p, ar, b, f, u, r, id, k, bo, tsv) FROM stdin",
        "1234.567\tab\tabc\t1 day 02:03:04.5\t2026-01-01 00:00:00.12345+00\t{\"a\": "
        "\"q\\\\\"uo\"}\t"
        "\\\\x00ff\tit's\t7\t(\"a,\\\\\"b\",3)\t{a,\"b c\",NULL,\"\\\\\\\\\"}\t101\t1e-300\t"
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\t[1,5)\t77\tx\tt\t'a':1 'b':2\n"
        "NaN\t\\N\t\\N\t\\N\tinfinity\t[]\t\\N\t\\N\t\\N\t\\N\t{}\t\\N\t-0\t\\N\tempty\t78\t\\N\t"
        "f\t\\N\n");
    QCOMPARE(ask("SELECT count(*) FROM by_insert"), u"2"_s);
    QCOMPARE(ask("SELECT string_agg(i::text, '|') FROM by_insert i"),
             ask("SELECT string_agg(i::text, '|') FROM t i"));
}

void TestSmallCopy::aRefusedRowIsNamedByItsLine()
{
    makeTables("a int CHECK (a < 3), b text");
    auto session = postgres::Session::connect(m_server->connectionString(), m_context).value();
    for (const QByteArray &bad : {QByteArray("5"), QByteArray("x")}) {
        QVERIFY(session.execute("BEGIN", m_context));
        StatementQueue queue(session, m_context,
                             [](const dump::DumpStatement &, qint64) { return Result<void>(); });
        const dump::CopyHeader header{
            .statement = {.sql = copyTwo, .line = 10}, .schema = u"public"_s, .table = u"t"_s};
        QVERIFY(queue.addCopy(header, "1\tone\n2\ttwo\n" + bad + "\tbad\n", 3).value());
        QVERIFY(queue.add({.sql = "SELECT 1/0", .line = 20}));
        const auto sent = queue.flush();
        QVERIFY(!sent);
        QCOMPARE(sent.error().line, 13);
        QCOMPARE(sent.error().subject, u"public.t"_s);
        QVERIFY(!sent.error().detail.contains(u"bad"_s));
        QVERIFY(session.execute("ROLLBACK", m_context));
    }
}

/// A rule makes an INSERT something else; the rows still have to arrive as they do by COPY.
void TestSmallCopy::whatOnlyCopyCanDoIsDoneByCopy()
{
    makeTables("a int, b text");
    m_server->execute(u"postgres"_s,
                      "CREATE FUNCTION no() RETURNS int LANGUAGE plpgsql AS 'BEGIN RAISE "
                      "EXCEPTION ''not you''; END';"
                      "CREATE RULE no AS ON INSERT TO t DO INSTEAD SELECT no()");
    auto session = postgres::Session::connect(m_server->connectionString(), m_context).value();
    QVERIFY(session.execute("BEGIN", m_context));
    QList<qint64> done;
    StatementQueue queue(session, m_context, [&](const dump::DumpStatement &, qint64 rows) {
        done.append(rows);
        return Result<void>();
    });
    QVERIFY(queue.add({.sql = "CREATE TABLE before (n int)", .line = 1}));
    const dump::CopyHeader header{
        .statement = {.sql = copyTwo, .line = 10}, .schema = u"public"_s, .table = u"t"_s};
    QVERIFY(queue.addCopy(header, "1\tone\n2\ttwo\n", 2).value());
    QVERIFY(queue.add({.sql = "INSERT INTO before VALUES (1)", .line = 14}));
    const auto sent = queue.flush();
    QVERIFY2(sent, sent ? "" : qPrintable(describe(sent.error())));
    QCOMPARE(done, QList<qint64>({0, 2, 1}));
    QVERIFY(session.execute("COMMIT", m_context));
    QCOMPARE(ask("SELECT string_agg(a || b, ',') FROM t"), u"1one,2two"_s);
    QCOMPARE(ask("SELECT count(*) FROM before"), u"1"_s);
}

void TestSmallCopy::theCulpritIsNamed()
{
    auto session = postgres::Session::connect(m_server->connectionString(), m_context).value();
    for (const int culprit : {0, 1, 15, 16, 17, 40, 99}) {
        QVERIFY(session.execute("BEGIN", m_context));
        int done = 0;
        StatementQueue queue(session, m_context, [&](const dump::DumpStatement &, qint64) {
            ++done;
            return Result<void>();
        });
        Result<void> sent;
        for (int i = 0; sent && i < 100; ++i)
            sent = queue.add({.sql = i == culprit ? "SELECT 1/0" : "SELECT 1",
                              .line = 100 + i,
                              .objectName = u"thing"_s});
        if (sent)
            sent = queue.flush();
        QVERIFY(!sent);
        QCOMPARE(sent.error().line, 100 + culprit);
        QCOMPARE(sent.error().sqlState, u"22012"_s);
        QCOMPARE(done, culprit);
        QVERIFY(session.execute("ROLLBACK", m_context));
    }
}

void TestSmallCopy::aSwallowedRowIsNoticed()
{
    makeTables("a int, b text");
    m_server->execute(u"postgres"_s,
                      "CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN "
                      "NULL; END'; CREATE TRIGGER drop_it BEFORE INSERT ON t FOR EACH ROW EXECUTE "
                      "FUNCTION drop_it()");
    auto session = postgres::Session::connect(m_server->connectionString(), m_context).value();
    QVERIFY(session.execute("BEGIN", m_context));
    StatementQueue queue(session, m_context,
                         [](const dump::DumpStatement &, qint64) { return Result<void>(); });
    const dump::CopyHeader header{
        .statement = {.sql = copyTwo, .line = 10}, .schema = u"public"_s, .table = u"t"_s};
    QVERIFY(queue.addCopy(header, "1\tone\n", 1).value());
    const auto sent = queue.flush();
    QVERIFY(!sent);
    QCOMPARE(sent.error().kind, ErrorKind::Corrupt);
    QVERIFY(sent.error().detail.contains(u"1 rows"_s));
}

MAYDAY_TEST(TestSmallCopy);
#include "tst_smallcopy.moc"
