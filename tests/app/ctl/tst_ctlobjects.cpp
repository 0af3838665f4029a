// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "support/gzipbytes.h"
#include "support/testmain.h"

using namespace mayday;
using namespace Qt::StringLiterals;
using tests::Answer;
using tests::gzipped;

namespace {

const QByteArray listedDump =
    "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 17.11\n-- Dumped by "
    "pg_dump version 17.11\n\nSET client_encoding = 'UTF8';\n\n"
    "CREATE FUNCTION public.total(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';\n\n"
    "CREATE FUNCTION public.total(a text) RETURNS integer LANGUAGE sql AS 'SELECT 2';\n\n"
    "CREATE TABLE public.orders (\n    id integer NOT NULL\n);\n\n"
    "CREATE TABLE public.\"esc\x1b[31m\" (id integer);\n\n"
    "COPY public.orders (id) FROM stdin;\n1\n2\n3\n\\.\n\n"
    "ALTER TABLE ONLY public.orders\n    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);\n\n"
    "GRANT SELECT ON TABLE public.orders TO reader;\n\n"
    "--\n-- PostgreSQL database dump complete\n--\n\n";

const QByteArray ordersHead = "CREATE TABLE public.orders (\n    id integer NOT NULL\n);\n\n";
const QByteArray ordersTail =
    "ALTER TABLE ONLY public.orders\n    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);\n\n"
    "GRANT SELECT ON TABLE public.orders TO reader;\n\n";

} // namespace

/// What is in a backup, and the SQL of one thing in it, for scripts and people.
class TestCtlObjects : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everythingIsListed();
    void theListForPeople();
    void oneThingIsShown();
    void itsRowsToo();
    void lettersAreDecodedForJson();
    void aFullDiskIsSaid();
    void aNameOfSeveralThingsIsAsked();
    void aNameOfNothingIsSaid();
    void aCutFileShowsWhatItHas();
    void whatIsNoBackupHasNothing();
    void wordsThatClash_data();
    void wordsThatClash();

private:
    [[nodiscard]] QString file(bool isPacked = false) const
    {
        return m_ctl.write(isPacked ? u"a.sql.gz"_s : u"a.sql"_s,
                           isPacked ? gzipped(listedDump) : listedDump);
    }

    tests::Ctl m_ctl;
};

void TestCtlObjects::everythingIsListed()
{
    for (const bool isPacked : {false, true}) {
        const Answer answer =
            m_ctl.run({u"inspect"_s, file(isPacked), u"--objects"_s, u"--json"_s});
        QVERIFY2(answer.code == 0, answer.all());
        QCOMPARE(answer.json()["verdict"_L1].toString(), u"complete"_s);
        QCOMPARE(answer.json()["isCut"_L1].toBool(true), false);
        const QJsonArray objects = answer.json()["objects"_L1].toArray();
        QCOMPARE(objects.size(), 5);
        QCOMPARE(objects[0]["arguments"_L1].toString(), u"(a integer)"_s);
        const QJsonObject orders = objects[2].toObject();
        QCOMPARE(orders["kind"_L1].toString(), u"table"_s);
        QCOMPARE(orders["schema"_L1].toString(), u"public"_s);
        QCOMPARE(orders["name"_L1].toString(), u"orders"_s);
        QCOMPARE(orders["line"_L1].toInteger(),
                 listedDump.first(listedDump.indexOf("CREATE TABLE")).count('\n') + 1);
        QCOMPARE(orders["rows"_L1].toInteger(), 3);
        QVERIFY(orders["isMade"_L1].toBool());
        QCOMPARE(objects[4]["kind"_L1].toString(), u"constraint"_s);
        QCOMPARE(objects[4]["table"_L1].toString(), u"orders"_s);
    }
}

void TestCtlObjects::theListForPeople()
{
    const Answer answer = m_ctl.run({u"inspect"_s, file(), u"--objects"_s});
    QVERIFY2(answer.code == 0, answer.all());
    const QByteArrayList lines = answer.out.trimmed().split('\n');
    QCOMPARE(lines.size(), 5);
    QVERIFY2(lines[0].simplified().startsWith("function line 10 "), answer.all());
    QVERIFY2(lines[0].endsWith("public.total(a integer)"), answer.all());
    QVERIFY2(lines[2].contains("public.orders (3 rows in "), answer.all());
    QVERIFY2(lines[4].endsWith("orders_pkey on public.orders"), answer.all());
    QVERIFY2(!answer.out.contains('\x1b'), answer.all()); // a name does not paint the terminal
}

void TestCtlObjects::oneThingIsShown()
{
    for (const bool isPacked : {false, true}) {
        for (const QString &name :
             {u"orders"_s, u"public.orders"_s, u"table public.orders"_s, u"\"orders\""_s}) {
            const Answer answer = m_ctl.run({u"inspect"_s, file(isPacked), u"--show"_s, name});
            QVERIFY2(answer.code == 0, answer.all());
            QCOMPARE(answer.out, ordersHead + ordersTail);
            QVERIFY(answer.err.isEmpty());
        }
    }
    const Answer json = m_ctl.run({u"inspect"_s, file(), u"--show=total(a text)"_s, u"--json"_s});
    QVERIFY2(json.code == 0, json.all());
    QCOMPARE(json.json()["object"_L1]["kind"_L1].toString(), u"function"_s);
    QCOMPARE(json.json()["sql"_L1].toString(),
             u"CREATE FUNCTION public.total(a text) RETURNS integer LANGUAGE sql AS 'SELECT 2';"
             "\n\n"_s);
}

void TestCtlObjects::itsRowsToo()
{
    const Answer answer =
        m_ctl.run({u"inspect"_s, file(true), u"--show"_s, u"orders"_s, u"--with-rows"_s});
    QVERIFY2(answer.code == 0, answer.all());
    QCOMPARE(answer.out,
             ordersHead + "COPY public.orders (id) FROM stdin;\n1\n2\n3\n\\.\n\n" + ordersTail);
    // And the server makes that table of it.
    m_ctl.server().createDatabase(u"shown"_s);
    m_ctl.server().execute(u"shown"_s, "CREATE ROLE reader");
    QByteArray sql = answer.out;
    sql.replace("COPY public.orders (id) FROM stdin;\n1\n2\n3\n\\.\n", "");
    m_ctl.server().execute(u"shown"_s, sql);
    QCOMPARE(m_ctl.server().scalar(u"shown"_s, "SELECT count(*) FROM pg_catalog.pg_constraint"
                                               " WHERE conname = 'orders_pkey'"),
             u"1"_s);
}

void TestCtlObjects::lettersAreDecodedForJson()
{
    QByteArray latin = listedDump;
    latin.replace("AS 'SELECT 2'", "AS 'SELECT 2 /* \xe4 */'").replace("UTF8", "LATIN1");
    const QString path = m_ctl.write(u"latin.sql"_s, latin);
    const QStringList call{u"inspect"_s, path, u"--show=total(a text)"_s};
    const Answer json = m_ctl.run(call + QStringList{u"--json"_s});
    QVERIFY2(json.code == 0, json.all());
    const QString sql = json.json()["sql"_L1].toString();
    QVERIFY2(sql.startsWith(u"CREATE FUNCTION"_s) && sql.contains(u"/* \u00e4 */"_s), json.all());
    const Answer asItStands = m_ctl.run(call);
    QVERIFY2(asItStands.out.startsWith("SET client_encoding = 'LATIN1';\n\n") &&
                 asItStands.out.contains("/* \xe4 */"),
             asItStands.all());
    latin.replace("LATIN1", "MULE_INTERNAL");
    (void)m_ctl.write(u"latin.sql"_s, latin);
    const Answer refused = m_ctl.run(call + QStringList{u"--json"_s});
    QVERIFY2(refused.code != 0 && QByteArray(refused.all()).contains("MULE_INTERNAL"),
             refused.all());
    QCOMPARE(m_ctl.run(call).code, 0);
}

/// Half of it would look like all of it.
void TestCtlObjects::aFullDiskIsSaid()
{
    QProcess process;
    process.setStandardOutputFile(u"/dev/full"_s);
    m_ctl.start(process, {u"inspect"_s, file(), u"--show"_s, u"orders"_s});
    const Answer answer = tests::Ctl::answerOf(process);
    QCOMPARE(answer.code, 2);
    QVERIFY2(answer.err.contains("standard output"), answer.all());
}

void TestCtlObjects::aNameOfSeveralThingsIsAsked()
{
    const Answer answer = m_ctl.run({u"inspect"_s, file(), u"--show"_s, u"public.total"_s});
    QCOMPARE(answer.code, 2);
    QVERIFY2(answer.out.isEmpty(), answer.all());
    QVERIFY2(answer.err.contains("2 things have this name"), answer.all());
    QVERIFY2(answer.err.contains("function public.total(a integer) (line 10)"), answer.all());
    QVERIFY2(answer.err.contains("function public.total(a text) (line 12)"), answer.all());
    const Answer json = m_ctl.run({u"inspect"_s, file(), u"--show"_s, u"total"_s, u"--json"_s});
    QCOMPARE(json.error()["kind"_L1].toString(), u"refused"_s);
}

void TestCtlObjects::aNameOfNothingIsSaid()
{
    const Answer answer = m_ctl.run({u"inspect"_s, file(), u"--show"_s, u"order"_s});
    QCOMPARE(answer.code, 2);
    QVERIFY2(answer.err.contains("similar: table public.orders (line 14)"), answer.all());
    const Answer none = m_ctl.run({u"inspect"_s, file(), u"--show"_s, u"zebra"_s, u"--json"_s});
    QCOMPARE(none.code, 2);
    QCOMPARE(none.error()["kind"_L1].toString(), u"not-found"_s);
}

void TestCtlObjects::aCutFileShowsWhatItHas()
{
    const QString cut =
        m_ctl.write(u"cut.sql"_s, listedDump.first(listedDump.indexOf("GRANT SELECT")));
    const Answer list = m_ctl.run({u"inspect"_s, cut, u"--objects"_s});
    QCOMPARE(list.code, 2);
    QVERIFY2(list.out.contains("public.orders (3 rows"), list.all());
    QVERIFY2(list.out.contains("warning: truncated"), list.all());
    const Answer shown = m_ctl.run({u"inspect"_s, cut, u"--show"_s, u"orders"_s, u"--with-rows"_s});
    QVERIFY2(shown.code == 1, shown.all());
    QVERIFY2(shown.out.contains("1\n2\n3\n\\.\n"), shown.all());
    QVERIFY2(shown.err.contains("The file is truncated"), shown.all());
}

void TestCtlObjects::whatIsNoBackupHasNothing()
{
    const Answer page =
        m_ctl.run({u"inspect"_s, m_ctl.write(u"page.sql"_s, "<html></html>"), u"--objects"_s});
    QCOMPARE(page.code, 2);
    QVERIFY2(page.err.contains("a web page"), page.all());
}

void TestCtlObjects::wordsThatClash_data()
{
    QTest::addColumn<QStringList>("more");
    QTest::newRow("both") << QStringList{u"--objects"_s, u"--show"_s, u"orders"_s};
    QTest::newRow("rows of nothing") << QStringList{u"--with-rows"_s};
    QTest::newRow("rows of a list") << QStringList{u"--objects"_s, u"--with-rows"_s};
    QTest::newRow("rows as JSON") << QStringList{u"--show"_s, u"orders"_s, u"--with-rows"_s,
                                                 u"--json"_s};
    QTest::newRow("no name") << QStringList{u"--show"_s};
}

void TestCtlObjects::wordsThatClash()
{
    QFETCH(QStringList, more);
    QCOMPARE(m_ctl.run(QStringList{u"inspect"_s, file()} + more).code, 64);
}

MAYDAY_TEST(TestCtlObjects);
#include "tst_ctlobjects.moc"
