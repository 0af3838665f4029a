// SPDX-License-Identifier: GPL-3.0-or-later
#include "practice/practicesample.h"
#include "support/testmain.h"

#include "postgres/catalog.h"
#include "postgres/session.h"
#include "practice/practicestack.h"
#include "support/temppostgres.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::practice;

class TestPracticeSample final : public QObject {
    Q_OBJECT

private:
    [[nodiscard]] qint64 number(const QByteArray &sql)
    {
        return m_server.scalar(u"shop"_s, sql).toLongLong();
    }

    tests::TempPostgres m_server;
    process::SystemProcessRunner m_runner;
    TaskContext m_context;
    PracticeSample m_sample{m_runner, m_server.connectionString()};
    const QDateTime m_end = QDateTime::currentDateTimeUtc().addSecs(-3 * 3600);

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(!m_sample.isFilled(m_context).value());
        QElapsedTimer time;
        time.start();
        const auto filled = m_sample.fill(m_end, m_context);
        qInfo("filled in %lld ms", time.elapsed());
        QVERIFY2(filled.has_value(), filled ? "" : qUtf8Printable(describe(filled.error())));
        QVERIFY(m_sample.isFilled(m_context).value());
    }

    void hasRowsEnoughAndEverySort()
    {
        auto session = postgres::Session::connect(m_sample.shop(), m_context);
        QVERIFY(session.has_value());
        QVERIFY(!session->facts().isSuperuser);
        qint64 rows = 0;
        const auto tables = postgres::tables(*session, u"public"_s, m_context);
        for (const postgres::TableFacts &table : *tables) {
            const qint64 count =
                postgres::exactRowCount(*session, u"public"_s, table.name, m_context).value();
            QVERIFY2(count > 0, qUtf8Printable(table.name));
            rows += count;
        }
        QVERIFY2(rows >= 60'000, QByteArray::number(rows).constData());
        QCOMPARE(tables->size(), 10);
        QVERIFY(postgres::sequences(*session, u"public"_s, m_context)->size() >= 6);
        QVERIFY(
            number(
                "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND confdeltype = 'c'") >=
            4);
        QVERIFY(number("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'") >= 15);
        QCOMPARE(number("SELECT count(*) FROM pg_attribute WHERE attgenerated = 's'"), 1);
        QVERIFY(number("SELECT count(*) FROM active_listings") > 0);
        QVERIFY(number("SELECT (order_total(1) * 100)::bigint") > 0);
        QVERIFY(number("SELECT count(DISTINCT title) FROM products") > 1000);
    }

    void noRowIsYoungerThanItsEnd()
    {
        for (const char *table : {"users", "products", "listings", "orders", "events"}) {
            const QByteArray sql = QByteArray("SELECT max(created_at) <= timestamptz '") +
                                   m_end.toString(Qt::ISODateWithMs).toLatin1() + "' FROM " + table;
            QCOMPARE(m_server.scalar(u"shop"_s, sql), u"t"_s);
        }
        QVERIFY(number("SELECT count(*) FROM orders WHERE created_at > now() - interval '2 days'") >
                0);
    }

    void dumpIsRealAndDatedAndCarriesNoPassword()
    {
        QTemporaryDir folder;
        const auto path = m_sample.dump(folder.filePath(u"backups"_s), m_end, m_context);
        QVERIFY2(path.has_value(), path ? "" : qUtf8Printable(describe(path.error())));
        QCOMPARE(QFileInfo(*path).fileName(),
                 m_end.toLocalTime().toString(u"'shop_'yyyyMMdd_HHmmss'.sql.gz'"_s));
        QVERIFY(std::abs(QFileInfo(*path).lastModified().secsTo(m_end)) <= 1);
        QCOMPARE(QDir(folder.filePath(u"backups"_s)).entryList(QDir::Files).size(), 1);
        const auto text = m_runner.run({.program = u"/bin/gzip"_s, .arguments = {u"-dc"_s, *path}},
                                       {.captureLimit = 256 * 1024 * 1024}, m_context);
        QVERIFY(text->output.contains("-- PostgreSQL database dump complete"));
        QVERIFY(text->output.contains("COPY public.products ("));
        QVERIFY(!text->output.contains(m_server.password().reveal()));
    }

    void failedDumpLeavesNothing()
    {
        QTemporaryDir folder;
        PracticeSample broken(m_runner, m_server.connectionString().withPassword(Secret("wrong")));
        const auto path = broken.dump(folder.path(), m_end, m_context);
        QCOMPARE(path.error().kind, ErrorKind::Refused);
        QVERIFY(QDir(folder.path()).entryList(QDir::Files).isEmpty());
    }

    void newerRowsComeAfterTheDump()
    {
        const QDateTime now = QDateTime::currentDateTimeUtc();
        QVERIFY(m_sample.addNewerRows(m_end, now, m_context).has_value());
        const QByteArray newer = " WHERE created_at > timestamptz '" +
                                 m_end.toString(Qt::ISODateWithMs).toLatin1() + "'";
        QCOMPARE(number("SELECT count(*) FROM products" + newer), 12);
        QCOMPARE(number("SELECT count(*) FROM orders" + newer), 40);
        QVERIFY(number("SELECT count(*) FROM events" + newer) >= 90);
        QCOMPARE(number("SELECT count(*) FROM orders WHERE created_at > now()"), 0);
    }

    void breakingDeletesProductsAndWhatHangsOnThem()
    {
        const qint64 before = number("SELECT count(*) FROM products");
        QCOMPARE(m_sample.breakData(BreakKind::DeleteProducts, m_context).value(), before);
        for (const char *table : {"products", "listings", "product_images", "bulk_job_items"})
            QCOMPARE(number(QByteArray("SELECT count(*) FROM ") + table), 0);
        QVERIFY(number("SELECT count(*) FROM orders") > 7000);
        QCOMPARE(number("SELECT payload->>'count' FROM events WHERE kind = 'products.deleted'"),
                 before);
    }

    void fillsAgainWhileSomebodyIsConnected()
    {
        auto other = postgres::Session::connect(m_sample.shop(), m_context);
        QVERIFY(other.has_value());
        QVERIFY(m_sample.fill(m_end, m_context).has_value());
        QCOMPARE(number("SELECT count(*) FROM products"), 12'000);
    }

    void stoppedFillIsNotFilled()
    {
        std::stop_source source;
        source.request_stop();
        TaskContext context(source.get_token());
        QCOMPARE(m_sample.fill(m_end, context).error().kind, ErrorKind::Cancelled);
        m_server.execute(u"postgres"_s, "DROP DATABASE shop WITH (FORCE); ");
        QVERIFY(!m_sample.isFilled(m_context).value());
        m_server.execute(u"postgres"_s, "CREATE DATABASE shop OWNER shop");
        QVERIFY(!m_sample.isFilled(m_context).value());
    }

    void aDropBrokenOffIsFilledAgain()
    {
        // What the server makes of a database whose DROP was cancelled half way.
        m_server.execute(u"postgres"_s,
                         "UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'shop'");
        const auto filled = m_sample.isFilled(m_context);
        QVERIFY2(filled.has_value(), filled ? "" : qUtf8Printable(describe(filled.error())));
        QVERIFY(!*filled);
        QVERIFY(m_sample.fill(m_end, m_context).has_value());
        QVERIFY(m_sample.isFilled(m_context).value());
    }

    void aServerThatIsGoneIsNotTakenForAnEmptyOne()
    {
        const auto away = postgres::ConnectionString::parse(
            u"host=127.0.0.1 port=1 dbname=postgres user=postgres"_s);
        const PracticeSample sample(m_runner, away->withPassword(Secret("x")));
        QCOMPARE(sample.isFilled(m_context).error().kind, ErrorKind::Unreachable);
        QCOMPARE(sample.fill(m_end, m_context).error().kind, ErrorKind::Unreachable);
    }

    void breakingTwiceFindsNothingMore()
    {
        QVERIFY(m_sample.breakData(BreakKind::DeleteProducts, m_context).value() > 0);
        QCOMPARE(m_sample.breakData(BreakKind::DeleteProducts, m_context).value(), 0);
    }

    void aDumpGoesNowhereElseThanItsFolder()
    {
        QTemporaryDir folder;
        QFile inTheWay(folder.filePath(u"backups"_s));
        QVERIFY(inTheWay.open(QIODevice::WriteOnly));
        QVERIFY(!m_sample.dump(inTheWay.fileName(), m_end, m_context).has_value());
        std::stop_source source;
        source.request_stop();
        TaskContext stopped(source.get_token());
        const QString other = folder.filePath(u"other"_s);
        QCOMPARE(m_sample.dump(other, m_end, stopped).error().kind, ErrorKind::Cancelled);
        QVERIFY(QDir(other).entryList(QDir::Files).isEmpty()); // no half a dump on the shelf
    }

    void describesItselfAsAStack()
    {
        const auto stack = practiceStack(QUrl(u"http://127.0.0.1:4711"_s), m_sample.shop());
        QVERIFY2(stack.has_value(), stack ? "" : qUtf8Printable(describe(stack.error())));
        QVERIFY(stack->practice);
        QCOMPARE(stack->providers.size(), 3);
        QCOMPARE(stack->providers.first().statusUrl,
                 QUrl(u"http://127.0.0.1:4711/vercel/api/v2/summary.json"_s));
        QCOMPARE(stack->services.first().healthUrl(),
                 QUrl(u"http://127.0.0.1:4711/backend/health"_s));
        QCOMPARE(stack->services.last().healthUrl(), QUrl(u"http://127.0.0.1:4711/frontend/"_s));
        const auto reached = postgres::ConnectionString::parse(stack->databases.first().connection);
        QCOMPARE(reached->display(), m_sample.shop().display());
        QVERIFY(!reached->hasPassword());
        QCOMPARE(stack->databases.first().credential, QString(practiceCredential));
    }
};

MAYDAY_TEST(TestPracticeSample);
#include "tst_practicesample.moc"
