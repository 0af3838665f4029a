// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/relationof.h"
#include "dump/statementclass.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;

namespace {

DumpStatement classified(const QByteArray &sql)
{
    DumpStatement statement{.sql = sql, .line = 1};
    classify(statement);
    return statement;
}

QString inWords(const QualifiedName &name)
{
    return name.name.isEmpty() ? QString() : name.schema + u'.' + name.name;
}

} // namespace

/// Which table a statement of a dump belongs to.
class TestRelationOf : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void relation_data();
    void relation();
    void otherEnds();
    void grantsOnSeveral();
};

void TestRelationOf::relation_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("relation");
    const auto row = [](const char *sql, const QString &relation) {
        QTest::newRow(sql) << QByteArray(sql) << relation;
    };
    const QString t = u"public.t"_s;
    for (const char *sql :
         {"CREATE TABLE public.t (id integer)",
          "CREATE UNLOGGED TABLE public.t ()",
          "CREATE FOREIGN TABLE public.t (a int) SERVER s",
          "COPY public.t (id) FROM stdin",
          "ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id)",
          "ALTER TABLE public.t OWNER TO app",
          "ALTER TABLE ONLY public.t REPLICA IDENTITY FULL",
          "ALTER TABLE public.t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "
          "public.s)",
          "ALTER TABLE ONLY public.t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES public.other(id)",
          "CREATE INDEX i ON ONLY public.t USING btree (a)",
          "CREATE UNIQUE INDEX \"on\" ON public.t (a)",
          "ALTER TABLE public.t CLUSTER ON i",
          "CREATE TRIGGER g BEFORE UPDATE OF a ON public.t FOR EACH ROW EXECUTE FUNCTION f()",
          "CREATE CONSTRAINT TRIGGER g AFTER INSERT ON public.t FROM public.other DEFERRABLE FOR "
          "EACH ROW EXECUTE FUNCTION f()",
          "ALTER TABLE public.t DISABLE TRIGGER g",
          "CREATE POLICY p ON public.t USING (true)",
          "ALTER TABLE public.t ENABLE ROW LEVEL SECURITY",
          "CREATE RULE r AS ON INSERT TO public.t DO NOTHING",
          "CREATE STATISTICS public.s (ndistinct) ON a, b FROM public.t",
          "GRANT SELECT ON TABLE public.t TO app",
          "GRANT ALL(a) ON TABLE public.t TO app",
          "REVOKE ALL ON public.t FROM app",
          "COMMENT ON TABLE public.t IS 'x'",
          "COMMENT ON COLUMN public.t.a IS 'x'",
          "COMMENT ON CONSTRAINT k ON public.t IS 'x'",
          "COMMENT ON TRIGGER g ON public.t IS 'x'",
          "COMMENT ON POLICY p ON public.t IS 'x'",
          "COMMENT ON RULE r ON public.t IS 'x'",
          "ALTER PUBLICATION p ADD TABLE ONLY public.t"})
        row(sql, t);
    row("CREATE TABLE \"on\".\"a.b\" ()", u"on.a.b"_s);
    row("CREATE SEQUENCE public.s", u"public.s"_s);
    row("ALTER SEQUENCE public.s OWNED BY public.t.id", u"public.s"_s);
    row("SELECT pg_catalog.setval('public.s', 5, true)", u"public.s"_s);
    row("GRANT USAGE ON SEQUENCE public.s TO app", u"public.s"_s);
    row("CREATE VIEW public.v AS SELECT 1", u"public.v"_s);
    row("COMMENT ON MATERIALIZED VIEW public.v IS 'x'", u"public.v"_s);
    row("COMMENT ON INDEX public.i IS 'x'", u"public.i"_s);
    // Others may have a table's name.
    for (const char *sql :
         {"CREATE FUNCTION public.t() RETURNS int LANGUAGE sql AS ''",
          "ALTER FUNCTION public.t() OWNER TO app", "COMMENT ON FUNCTION public.t() IS 'x'",
          "GRANT ALL ON FUNCTION public.t() TO app", "CREATE TYPE public.t AS ENUM ('a')",
          "ALTER TYPE public.t OWNER TO app", "COMMENT ON TYPE public.t IS 'x'",
          "GRANT USAGE ON SCHEMA t TO app", "ALTER SCHEMA t OWNER TO app",
          "COMMENT ON SCHEMA t IS 'x'", "COMMENT ON CONSTRAINT k ON DOMAIN public.t IS 'x'",
          "GRANT ALL ON ALL TABLES IN SCHEMA public TO app",
          "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO app",
          "SET search_path = t", "GRANT t TO app", "CREATE STATISTICS public.t ON a, b"})
        row(sql, {});
}

void TestRelationOf::relation()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, relation);
    QCOMPARE(inWords(relationOf(classified(sql))), relation);
}

void TestRelationOf::otherEnds()
{
    const auto key = classified("ALTER TABLE ONLY public.t ADD CONSTRAINT \"references\" FOREIGN "
                                "KEY (a) REFERENCES ONLY shop.\"o\"(id) ON DELETE CASCADE");
    QCOMPARE(inWords(referencedBy(key)), u"shop.o"_s);
    QCOMPARE(inWords(referencedBy(classified("CREATE TABLE public.t (a int REFERENCES b)"))),
             QString());
    const auto attach = classified("ALTER TABLE ONLY public.t ATTACH PARTITION public.t_1 FOR "
                                   "VALUES IN (1)");
    QCOMPARE(inWords(attachedBy(attach)), u"public.t_1"_s);
    QCOMPARE(inWords(attachedBy(classified("ALTER TABLE ONLY public.attach ATTACH PARTITION "
                                           "public.attach_1 DEFAULT"))),
             u"public.attach_1"_s);
    QCOMPARE(inWords(attachedBy(classified("ALTER INDEX public.i ATTACH PARTITION public.i_1"))),
             u"public.i_1"_s);
    const auto uses = sequencesUsedBy(classified("ALTER TABLE ONLY public.t ALTER COLUMN id SET "
                                                 "DEFAULT nextval('public.\"S q\"'::regclass)"));
    QCOMPARE(uses.size(), 1);
    QCOMPARE(inWords(uses[0]), u"public.S q"_s);
    QCOMPARE(inWords(sequenceOwnerIn(classified("ALTER SEQUENCE public.s OWNED BY public.t.id"))),
             u"public.t"_s);
    QCOMPARE(inWords(sequenceOwnerIn(classified("ALTER SEQUENCE public.s OWNED BY NONE"))),
             QString());
}

void TestRelationOf::grantsOnSeveral()
{
    QCOMPARE(grantedOn(classified("GRANT SELECT ON public.a, public.b TO app")).size(), 2);
    QCOMPARE(grantedOn(classified("GRANT SELECT, INSERT(a, b) ON TABLE public.a TO x, y")).size(),
             1);
    QCOMPARE(inWords(grantedOn(classified("GRANT ALL ON ALL TABLES IN SCHEMA s TO x"))[0]),
             u"s.*"_s);
    QVERIFY(doesOneThing(classified("ALTER TABLE a ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES "
                                    "c(a, b)")));
    QVERIFY(!doesOneThing(classified("ALTER TABLE a ADD CONSTRAINT k CHECK (b > 0), DROP COLUMN "
                                     "c")));
}

MAYDAY_TEST(TestRelationOf);
#include "tst_relationof.moc"
