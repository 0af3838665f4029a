// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/dumpfiles.h"
#include "dump/dumpobjects.h"
#include "support/testmain.h"

#include <QSet>

#include <numeric>

using namespace mayday;
using namespace mayday::dump;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

namespace {

/// As pg_dump orders them: tables, rows, keys, indexes, triggers, rights.
const QByteArray ordersDump =
    "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n"
    "DROP TABLE IF EXISTS public.orders;\n"
    "CREATE FUNCTION public.total(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';\n"
    "ALTER FUNCTION public.total(a integer) OWNER TO shop;\n"
    "CREATE FUNCTION public.total(a text DEFAULT 'x') RETURNS integer LANGUAGE sql AS 'SELECT 2';\n"
    "ALTER FUNCTION public.total(a text) OWNER TO shop;\n"
    "CREATE TABLE public.orders (\n    id integer NOT NULL\n);\n"
    "ALTER TABLE public.orders OWNER TO shop;\n"
    "COMMENT ON TABLE public.orders IS 'what is paid';\n"
    "COMMENT ON COLUMN public.orders.id IS 'a number';\n"
    "CREATE SEQUENCE public.orders_id_seq;\n"
    "ALTER SEQUENCE public.orders_id_seq OWNED BY public.orders.id;\n"
    "CREATE TABLE public.orders_old (id integer);\n"
    "CREATE VIEW public.big AS SELECT 1 AS id;\n"
    "ALTER TABLE ONLY public.orders ALTER COLUMN id SET DEFAULT 1;\n"
    "COPY public.orders (id) FROM stdin;\n1\n2\n3\n\\.\n\n"
    "SELECT pg_catalog.setval('public.orders_id_seq', 3, true);\n"
    "ALTER TABLE ONLY public.orders\n    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);\n"
    "CREATE INDEX by_id ON public.orders USING btree (id);\n"
    "COMMENT ON INDEX public.by_id IS 'fast';\n"
    "CREATE TRIGGER audit BEFORE INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION f();\n"
    "COMMENT ON TRIGGER audit ON public.orders IS 'who';\n"
    "CREATE TRIGGER audit BEFORE INSERT ON public.orders_old FOR EACH ROW EXECUTE FUNCTION f();\n"
    "CREATE POLICY mine ON public.orders USING (true);\n"
    "ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY;\n"
    "GRANT ALL ON FUNCTION public.total(a text) TO PUBLIC;\n"
    "GRANT SELECT ON TABLE public.orders TO reader;\n"
    "GRANT USAGE ON SCHEMA public TO reader;\n"
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader;\n"
    "\n--\n-- PostgreSQL database dump complete\n--\n\n";

} // namespace

/// Statements put together to things.
class TestDumpObjects : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void thingsHaveTheirStatements();
    void aTableHasWhatBelongsToIt();
    void routinesOfOneNameAreTold();
    void namesAreFound_data();
    void namesAreFound();
    void whatIsNotMadeIsThereToo();
    void searchPathIsFollowed();
    void everyStatementIsSomewhere();

private:
    [[nodiscard]] DumpObjects objectsIn(const QByteArray &text) const
    {
        auto entries = m_files.inspected(text).index.objects.entries();
        if (!entries)
            qFatal("the test's own dump has no objects");
        return DumpObjects(*std::move(entries));
    }
    /// The statements' first words, one each; rows as "...".
    [[nodiscard]] static QStringList sqlOf(const QByteArray &text, const QList<DumpEntry> &entries)
    {
        QStringList sql;
        for (const DumpEntry &entry : entries)
            sql.append(QString::fromUtf8(text.sliced(entry.offset, entry.end - entry.offset)));
        return sql;
    }
    [[nodiscard]] static QStringList titles(const DumpObjects &objects,
                                            const QList<qsizetype> &numbers)
    {
        QStringList all;
        for (const qsizetype number : numbers)
            all.append(kindWord(objects.all()[number].kind) + u' ' + objects.all()[number].title());
        return all;
    }

    DumpFiles m_files;
};

void TestDumpObjects::thingsHaveTheirStatements()
{
    const DumpObjects objects = objectsIn(ordersDump);
    QList<qsizetype> all(objects.all().size());
    std::iota(all.begin(), all.end(), 0);
    QCOMPARE(
        titles(objects, all),
        (QStringList{u"function public.total(a integer)"_s, u"function public.total(a text)"_s,
                     u"table public.orders"_s, u"sequence public.orders_id_seq"_s,
                     u"table public.orders_old"_s, u"view public.big"_s,
                     u"constraint orders_pkey on public.orders"_s, u"index public.by_id"_s,
                     u"trigger audit on public.orders"_s, u"trigger audit on public.orders_old"_s,
                     u"policy mine on public.orders"_s, u"schema public"_s, u"grant "_s}));
    const DumpObject &orders = objects.all()[2];
    QVERIFY(orders.isMade);
    QCOMPARE(orders.line, ordersDump.first(ordersDump.indexOf("CREATE TABLE")).count('\n') + 1);
    QCOMPARE(orders.rows, 3);
    QCOMPARE(orders.rowBytes,
             qint64(strlen("COPY public.orders (id) FROM stdin;\n1\n2\n3\n\\.\n")));
    QVERIFY(!objects.all()[11].isMade); // public is there already
}

void TestDumpObjects::aTableHasWhatBelongsToIt()
{
    const DumpObjects objects = objectsIn(ordersDump);
    const QStringList sql = sqlOf(ordersDump, objects.entriesOf(2, DumpObjects::Rows::Without));
    const QStringList begins{u"CREATE TABLE public.orders ("_s,
                             u"ALTER TABLE public.orders OWNER"_s,
                             u"COMMENT ON TABLE public.orders"_s,
                             u"COMMENT ON COLUMN public.orders.id"_s,
                             u"CREATE SEQUENCE public.orders_id_seq"_s,
                             u"ALTER SEQUENCE public.orders_id_seq OWNED"_s,
                             u"ALTER TABLE ONLY public.orders ALTER COLUMN id SET DEFAULT"_s,
                             u"SELECT pg_catalog.setval("_s,
                             u"ALTER TABLE ONLY public.orders\n    ADD CONSTRAINT"_s,
                             u"CREATE INDEX by_id"_s,
                             u"COMMENT ON INDEX"_s,
                             u"CREATE TRIGGER audit BEFORE INSERT ON public.orders FOR"_s,
                             u"COMMENT ON TRIGGER"_s,
                             u"CREATE POLICY mine"_s,
                             u"ALTER TABLE public.orders ENABLE ROW"_s,
                             u"GRANT SELECT ON TABLE public.orders"_s};
    QCOMPARE(sql.size(), begins.size());
    for (qsizetype i = 0; i < sql.size(); ++i) {
        QVERIFY2(sql[i].startsWith(begins[i]), qPrintable(sql[i]));
        QVERIFY(sql[i].endsWith(u';'));
    }
    const QStringList withRows = sqlOf(ordersDump, objects.entriesOf(2, DumpObjects::Rows::With));
    QCOMPARE(withRows.size(), sql.size() + 1);
    QCOMPARE(withRows[7], u"COPY public.orders (id) FROM stdin;\n1\n2\n3\n\\.\n"_s);
}

void TestDumpObjects::routinesOfOneNameAreTold()
{
    const DumpObjects objects = objectsIn(ordersDump);
    QCOMPARE(sqlOf(ordersDump, objects.entriesOf(0, DumpObjects::Rows::With)).size(), 2);
    const QStringList second = sqlOf(ordersDump, objects.entriesOf(1, DumpObjects::Rows::With));
    QCOMPARE(second.size(), 3);
    QVERIFY(second[1].contains(u"total(a text) OWNER"_s));
    QVERIFY(second[2].startsWith(u"GRANT ALL ON FUNCTION public.total(a text)"_s));
}

void TestDumpObjects::namesAreFound_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const QString &name, const QStringList &expected) {
        QTest::newRow(qPrintable(name)) << name << expected;
    };
    const QString orders = u"table public.orders"_s;
    const QStringList audits{u"trigger audit on public.orders"_s,
                             u"trigger audit on public.orders_old"_s};
    row(u"orders"_s, {orders});
    row(u"public.orders"_s, {orders});
    row(u"\"public\".\"orders\""_s, {orders});
    row(u"table orders"_s, {orders});
    row(u"table public.orders"_s, {orders});
    row(u"view orders"_s, {});
    row(u"Orders"_s, {});
    row(u"order"_s, {});
    row(u"audit"_s, audits);
    row(u"orders.audit"_s, {audits[0]});
    row(u"audit on public.orders"_s, {audits[0]});
    row(u"trigger audit on public.orders_old"_s, {audits[1]});
    row(u"total"_s, {u"function public.total(a integer)"_s, u"function public.total(a text)"_s});
    row(u"total(a text)"_s, {u"function public.total(a text)"_s});
    row(u"orders_pkey"_s, {u"constraint orders_pkey on public.orders"_s});
    row(u""_s, {});
    row(u"table "_s, {});
}

void TestDumpObjects::namesAreFound()
{
    QFETCH(QString, name);
    QFETCH(QStringList, expected);
    const DumpObjects objects = objectsIn(ordersDump);
    QCOMPARE(titles(objects, objects.find(name)), expected);
}

/// pg_dump --data-only, and what people write.
void TestDumpObjects::whatIsNotMadeIsThereToo()
{
    const QByteArray text = "--\n-- PostgreSQL database dump\n--\n\n"
                            "INSERT INTO public.a VALUES (1);\nINSERT INTO public.a VALUES (2);\n"
                            "COMMENT ON TABLE public.a IS 'x';\nUPDATE public.b SET c = 1;\n"
                            "VACUUM;\n"
                            "\n--\n-- PostgreSQL database dump complete\n--\n\n";
    const DumpObjects objects = objectsIn(text);
    QCOMPARE(titles(objects, {0, 1, 2}),
             (QStringList{u"table public.a"_s, u"table public.b"_s, u"other "_s}));
    QVERIFY(!objects.all()[0].isMade);
    QCOMPARE(objects.all()[0].rows, 2);
    QCOMPARE(objects.all()[0].entries.size(), 2);
}

void TestDumpObjects::searchPathIsFollowed()
{
    const QByteArray text =
        "--\n-- PostgreSQL database dump\n--\n\nSET search_path = shop, pg_catalog;\n"
        "CREATE TABLE a (id integer);\nALTER TABLE a OWNER TO x;\nCOMMENT ON TABLE a IS 'x';\n"
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE PROCEDURE f();\n"
        "SET search_path = other, pg_catalog;\nCREATE TABLE a (id integer);\n"
        "\n--\n-- PostgreSQL database dump complete\n--\n\n";
    const DumpObjects objects = objectsIn(text);
    QCOMPARE(titles(objects, objects.find(u"a"_s)),
             (QStringList{u"table shop.a"_s, u"table other.a"_s}));
    QCOMPARE(objects.entriesOf(0, DumpObjects::Rows::With).size(), 4);
}

/// Nothing that a dump says is in no thing, but settings and what drops.
void TestDumpObjects::everyStatementIsSomewhere()
{
    for (const char *name : {"shop.sql", "oddshop.sql", "inserts.sql", "stripped.sql"}) {
        const auto entries = m_files
                                 .inspected(DumpFiles::bytesOf(
                                     QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/dumps/%1")
                                         .arg(QLatin1StringView(name))))
                                 .index.objects.entries();
        QVERIFY(entries && !entries->isEmpty());
        const DumpObjects objects(*entries);
        QSet<qsizetype> given;
        for (const DumpObject &object : objects.all())
            given.unite(QSet<qsizetype>(object.entries.begin(), object.entries.end()));
        for (qsizetype i = 0; i < entries->size(); ++i) {
            const EntryRole role = entries->at(i).role;
            const bool isNone = role == EntryRole::Settings || role == EntryRole::Drops;
            QVERIFY2(given.contains(i) != isNone, qPrintable(entries->at(i).name));
        }
    }
}

MAYDAY_TEST(TestDumpObjects);
#include "tst_dumpobjects.moc"
