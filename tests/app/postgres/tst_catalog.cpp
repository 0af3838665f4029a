// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/catalog.h"
#include "postgres/session.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::postgres;

class TestCatalog final : public QObject {
    Q_OBJECT

private:
    Session open() { return Session::connect(m_server.connectionString(), m_context).value(); }

    tests::TempPostgres m_server;
    TaskContext m_context;

private Q_SLOTS:
    void init()
    {
        m_server.execute(u"postgres"_s, R"sql(
            DROP SCHEMA IF EXISTS "My Shop" CASCADE;
            CREATE SCHEMA "My Shop";
            SET search_path TO "My Shop";
            CREATE TABLE products (id int GENERATED ALWAYS AS IDENTITY, n serial, name text);
            CREATE TABLE "odd ""name" (x int);
            CREATE VIEW v AS SELECT 1;
            CREATE SEQUENCE "order number" START 500;
            INSERT INTO products (name) SELECT 'p' FROM generate_series(1, 30);
            ANALYZE products)sql");
    }

    void listsTables()
    {
        Session session = open();
        const auto found = tables(session, u"My Shop"_s, m_context);
        QVERIFY(found.has_value());
        QCOMPARE(found->size(), 2);
        QCOMPARE(found->at(0).name, u"odd \"name"_s);
        QCOMPARE(found->at(0).estimatedRows, -1);
        QCOMPARE(found->at(1).name, u"products"_s);
        QCOMPARE(found->at(1).estimatedRows, 30);
        QVERIFY(found->at(1).bytes > 0);
        QVERIFY(tables(session, u"nowhere"_s, m_context)->isEmpty());
    }

    void countsRows()
    {
        Session session = open();
        QCOMPARE(exactRowCount(session, u"My Shop"_s, u"products"_s, m_context).value(), 30);
        QCOMPARE(exactRowCount(session, u"My Shop"_s, u"odd \"name"_s, m_context).value(), 0);
        QCOMPARE(exactRowCount(session, u"My Shop"_s, u"gone"_s, m_context).error().kind,
                 ErrorKind::NotFound);
    }

    void tellsSequencesAndTheirColumns()
    {
        Session session = open();
        const auto found = sequences(session, u"My Shop"_s, m_context);
        QVERIFY(found.has_value());
        QCOMPARE(found->size(), 3);
        const auto named = [&](const QString &name) {
            return *std::ranges::find(*found, name, &SequenceFacts::name);
        };
        QCOMPARE(named(u"order number"_s).lastValue, 500);
        QVERIFY(!named(u"order number"_s).isCalled);
        QVERIFY(named(u"order number"_s).ownerTable.isEmpty());
        QCOMPARE(named(u"products_id_seq"_s).lastValue, 30);
        QVERIFY(named(u"products_id_seq"_s).isCalled);
        QCOMPARE(named(u"products_id_seq"_s).ownerColumn, u"id"_s);
        QCOMPARE(named(u"products_n_seq"_s).ownerTable, u"products"_s);
        QVERIFY(sequences(session, u"nowhere"_s, m_context)->isEmpty());
    }

    void knowsSchemas()
    {
        Session session = open();
        QVERIFY(schemaExists(session, u"My Shop"_s, m_context).value());
        QVERIFY(!schemaExists(session, u"my shop"_s, m_context).value());
    }

    void seesOtherSessions()
    {
        Session session = open();
        QVERIFY(sessionsUsing(session, u"My Shop"_s, m_context)->isEmpty());
        Session reader = open();
        QVERIFY(reader.execute("BEGIN; SELECT * FROM \"My Shop\".products", m_context).has_value());
        auto found = sessionsUsing(session, u"My Shop"_s, m_context);
        QCOMPARE(found->size(), 1);
        QCOMPARE(found->first().pid, reader.facts().backendPid);
        QCOMPARE(found->first().application, u"mayday"_s);
        QCOMPARE(found->first().state, u"idle in transaction"_s);
        QVERIFY(!found->first().writes);
        QVERIFY(reader.execute("DELETE FROM \"My Shop\".products", m_context).has_value());
        found = sessionsUsing(session, u"My Shop"_s, m_context);
        QVERIFY(found->first().writes);
    }

    void directConnectionIsNoPooler()
    {
        Session session = open();
        QVERIFY(!isTransactionPooler(session, m_context).value());
    }

    void lostConnectionIsAnErrorEverywhere()
    {
        Session session = open();
        session.close();
        QVERIFY(!tables(session, u"public"_s, m_context));
        QVERIFY(!exactRowCount(session, u"public"_s, u"t"_s, m_context));
        QVERIFY(!sequences(session, u"public"_s, m_context));
        QVERIFY(!schemaExists(session, u"public"_s, m_context));
        QVERIFY(!sessionsUsing(session, u"public"_s, m_context));
        QVERIFY(!isTransactionPooler(session, m_context));
    }
};

MAYDAY_TEST(TestCatalog);
#include "tst_catalog.moc"
