// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "restore/contentcheck.h"
#include "support/testmain.h"

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

namespace {

/// Every way in which a value may be spelt by a server, and a table without a key.
constexpr auto oddTables =
    "CREATE DOMAIN public.moment AS timestamptz;\n"
    "CREATE TABLE public.odd (a integer, \"b c\" text, at timestamptz, due public.moment, span "
    "interval,\n"
    "  day date, num numeric, ratio float8, raw bytea, tags text[], doc jsonb, mood public.kind,\n"
    "  times timestamptz[], cash money, r daterange, twice integer GENERATED ALWAYS AS (a * 2) "
    "STORED);\n"
    "INSERT INTO public.odd (a, \"b c\", at, due, span, day, num, ratio, raw, tags, doc, mood, "
    "times, cash, r)\n"
    "SELECT n, E'tab\\t back\\\\slash\\r\\nline' || n, '2026-03-29 00:30:00+00'::timestamptz + n * "
    "interval '1 hour',\n"
    "  '0044-03-15 12:00:00+00 BC', '1 year 2 days 03:04:05.678', '2026-02-28', n / 7.0, n / "
    "3.0::float8,\n"
    "  decode('00ff0a', 'hex'), ARRAY['a,b', NULL, '\"'], '{\"k\": [1, 2]}', 'b', ARRAY[now()], "
    "12.5,\n"
    "  '[2026-01-01,2026-02-01)'\n"
    "  FROM generate_series(1, 200) n;\n"
    "INSERT INTO public.odd (a) VALUES (NULL), (NULL);\n"
    "CREATE TABLE public.parted (id integer, t text) PARTITION BY RANGE (id);\n"
    "CREATE TABLE public.parted_1 PARTITION OF public.parted FOR VALUES FROM (0) TO (50);\n"
    "CREATE TABLE public.parted_2 PARTITION OF public.parted FOR VALUES FROM (50) TO (1000);\n"
    "INSERT INTO public.parted SELECT n, 'row ' || n FROM generate_series(1, 99) n;\n";

} // namespace

/// The rows of a backup beside those in a real database, letter by letter.
class TestContentCheck : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void theSourceIsTheSame_data();
    void theSourceIsTheSame();
    void aRestoreIsTheSame();
    void timeZonesDoNotCount();
    void anyChangeIsFound_data();
    void anyChangeIsFound();
    void whatIsMissingIsSaid();
    void floatsOfAnOldServerAreDoubted();
    void insertsAreNotCompared();
    void onlyTheTablesAskedForCount();
    void itSaysHowFarItIs();
    void aCutFileIsNoAnswer();
    void aStopEndsIt();

private:
    [[nodiscard]] ContentCheck checked(const QString &file, TaskContext context = {}) const
    {
        const auto check = checkContent({.file = file, .target = m_shop->target()}, context);
        if (!check)
            qFatal("%s", qPrintable(describe(check.error())));
        return *check;
    }
    [[nodiscard]] static TableContent in(const ContentCheck &check, const QString &name)
    {
        for (const TableContent &table : check.tables) {
            if (table.name == name)
                return table;
        }
        return {};
    }
    [[nodiscard]] static QString said(const ContentCheck &check)
    {
        return QString::fromUtf8(QJsonDocument(toJson(check)).toJson());
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    std::unique_ptr<Shop> m_shop;
};

void TestContentCheck::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
}

void TestContentCheck::init()
{
    m_shop = std::make_unique<Shop>(*m_server, 500);
    m_shop->run(oddTables);
}

void TestContentCheck::theSourceIsTheSame_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::newRow("plain") << QStringList();
    QTest::newRow("in another encoding") << QStringList{u"--encoding=LATIN1"_s};
    QTest::newRow("rows of partitions by their root")
        << QStringList{u"--load-via-partition-root"_s};
    QTest::newRow("quoted names") << QStringList{u"--quote-all-identifiers"_s};
}

void TestContentCheck::theSourceIsTheSame()
{
    QFETCH(QStringList, options);
    m_shop->run("UPDATE public.products SET name = 'Größe ' || id WHERE id < 20");
    const ContentCheck check = checked(m_shop->writeDump(m_shop->dump(options)));
    QVERIFY2(check.isSame(), qPrintable(said(check)));
    QCOMPARE(in(check, u"products"_s).inFile.rows(), 500);
    const TableContent odd = in(check, u"odd"_s);
    QCOMPARE(odd.inDatabase.rows(), 202);
    QCOMPARE(odd.leftOut, QStringList({u"times"_s, u"cash"_s}));
    QCOMPARE(in(check, u"empty_one"_s).inFile.rows(), 0);
}

void TestContentCheck::aRestoreIsTheSame()
{
    for (const QStringList &options : {QStringList{}, QStringList{u"--format=custom"_s}}) {
        const QString file = m_shop->writeDump(m_shop->dump(options));
        m_shop->run("DELETE FROM public.products WHERE id > 100; DELETE FROM public.odd");
        QVERIFY(!checked(file).isSame());
        const RestoreReceipt receipt = m_shop->restore(file);
        QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
        QVERIFY2(checked(file).isSame(), qPrintable(said(checked(file))));
    }
}

/// pg_dump writes moments in the time zone of whoever calls it.
void TestContentCheck::timeZonesDoNotCount()
{
    for (const char *zone : {"Europe/Berlin", "Asia/Kathmandu", "America/New_York"}) {
        m_shop->run("ALTER DATABASE " + m_shop->database().toUtf8() + " SET timezone TO '" + zone +
                    "'");
        const QByteArray text = m_shop->dump();
        QVERIFY(!text.contains("2026-03-29 01:30:00+00\t"));
        m_shop->run("ALTER DATABASE " + m_shop->database().toUtf8() +
                    " SET timezone TO 'Pacific/Auckland'");
        const ContentCheck check = checked(m_shop->writeDump(text));
        QVERIFY2(check.isSame(), qPrintable(QString::fromLatin1(zone) + said(check)));
    }
}

void TestContentCheck::anyChangeIsFound_data()
{
    QTest::addColumn<QByteArray>("change");
    QTest::addColumn<QString>("table");
    const auto row = [](const char *sql, const QString &table) {
        QTest::newRow(sql) << QByteArray(sql) << table;
    };
    row("UPDATE public.products SET name = name || ' ' WHERE id = 250", u"products"_s);
    row("DELETE FROM public.listings WHERE id = 500", u"listings"_s);
    row("INSERT INTO public.odd (a) VALUES (NULL)", u"odd"_s);
    row("UPDATE public.odd SET at = at + interval '1 microsecond' WHERE a = 7", u"odd"_s);
    row("UPDATE public.odd SET ratio = ratio * (1 + 1e-15::float8) WHERE a = 7", u"odd"_s);
    row("UPDATE public.odd SET tags = ARRAY['a', 'b', NULL, '\"'] WHERE a = 7", u"odd"_s);
    row("UPDATE public.odd SET \"b c\" = '' WHERE a IS NULL", u"odd"_s);
    row("UPDATE public.parted SET id = id + 50 WHERE id = 1", u"parted_1"_s);
    row("UPDATE public.products a SET name = b.name FROM public.products b "
        "WHERE a.id + b.id = 21 AND a.id IN (10, 11)",
        u"products"_s);
}

void TestContentCheck::anyChangeIsFound()
{
    QFETCH(QByteArray, change);
    QFETCH(QString, table);
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run(change);
    const ContentCheck check = checked(file);
    QVERIFY(!check.isSame());
    QCOMPARE(in(check, table).verdict, ContentVerdict::Different);
    QVERIFY(in(check, table).why.isEmpty());
    for (const TableContent &other : check.tables) {
        if (!other.name.startsWith(table.section(u'_', 0, 0)))
            QVERIFY2(other.verdict == ContentVerdict::Same, qPrintable(other.name));
    }
}

void TestContentCheck::whatIsMissingIsSaid()
{
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run("DROP TABLE public.parted_2; ALTER TABLE public.odd DROP COLUMN day;"
                "ALTER TABLE public.empty_one ADD COLUMN more integer");
    const ContentCheck check = checked(file);
    QCOMPARE(in(check, u"parted_2"_s).verdict, ContentVerdict::Different);
    QVERIFY(in(check, u"parted_2"_s).why.contains(u"no such table"_s));
    QCOMPARE(in(check, u"odd"_s).verdict, ContentVerdict::Different);
    QVERIFY(in(check, u"odd"_s).why.contains(u"no column day"_s));
    // A column that the backup does not know holds nothing of it.
    QCOMPARE(in(check, u"empty_one"_s).verdict, ContentVerdict::Same);
}

/// As PostgreSQL 11 writes them: all digits that may be needed.
void TestContentCheck::floatsOfAnOldServerAreDoubted()
{
    m_shop->run("DROP TABLE public.odd; CREATE TABLE public.measured (id integer, ratio float8);"
                "INSERT INTO public.measured VALUES (1, 0.1), (2, 0.5)");
    QByteArray text = m_shop->dump();
    text.replace("-- Dumped from database version 17", "-- Dumped from database version 11");
    text.replace("1\t0.1\n", "1\t0.10000000000000001\n");
    const TableContent doubted = in(checked(m_shop->writeDump(text)), u"measured"_s);
    QCOMPARE(doubted.verdict, ContentVerdict::NotCompared);
    QVERIFY(doubted.why.contains(u"floating point"_s));
    m_shop->run("DELETE FROM public.measured WHERE id = 2");
    QCOMPARE(in(checked(m_shop->writeDump(text)), u"measured"_s).verdict,
             ContentVerdict::Different);
}

void TestContentCheck::insertsAreNotCompared()
{
    const ContentCheck check =
        checked(m_shop->writeDump(m_shop->dump({u"--inserts"_s, u"--exclude-table=odd"_s})));
    QVERIFY(!check.isSame());
    QCOMPARE(in(check, u"products"_s).verdict, ContentVerdict::NotCompared);
    QVERIFY(in(check, u"products"_s).why.contains(u"INSERT"_s));
}

void TestContentCheck::onlyTheTablesAskedForCount()
{
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run("DELETE FROM public.odd");
    TaskContext context;
    const auto check =
        checkContent({.file = file,
                      .target = m_shop->target(),
                      .tables = {{u"public"_s, u"products"_s}, {u"public"_s, u"empty_one"_s}}},
                     context);
    QVERIFY(check && check->isSame());
    QCOMPARE(check->tables.size(), 2);
    QCOMPARE(check->rows(), 500);
}

void TestContentCheck::itSaysHowFarItIs()
{
    const QString file = m_shop->writeDump(m_shop->dump());
    TaskContext context;
    QList<ContentProgress> told;
    const auto check =
        checkContent({.file = file, .target = m_shop->target()}, context,
                     [&](const ContentProgress &progress) { told.append(progress); });
    QVERIFY(check && check->isSame());
    const auto half =
        std::ranges::find(told, false, [](const ContentProgress &p) { return p.isReading; });
    QVERIFY(half != told.end());
    QCOMPARE(half->total, check->rows());
    QCOMPARE(half->tablesTotal, check->tables.size());
    QCOMPARE(told.last().done, check->rows());
    QCOMPARE(told.last().tables, check->tables.size());
    QVERIFY(std::ranges::is_sorted(half, told.end(), {}, &ContentProgress::done));
}

void TestContentCheck::aCutFileIsNoAnswer()
{
    const QByteArray text = m_shop->dump();
    for (int part = 1; part < 10; ++part) {
        TaskContext context;
        const auto check =
            checkContent({.file = m_shop->writeDump(text.first(text.size() * part / 10)),
                          .target = m_shop->target()},
                         context);
        QVERIFY2(!check, qPrintable(QString::number(part)));
        QCOMPARE(check.error().kind, ErrorKind::Corrupt);
    }
    TaskContext context;
    QCOMPARE(
        checkContent({.file = u"/no/such.sql"_s, .target = m_shop->target()}, context).error().kind,
        ErrorKind::NotFound);
}

void TestContentCheck::aStopEndsIt()
{
    const QString file = m_shop->writeDump(m_shop->dump());
    std::stop_source stop;
    TaskContext context(stop.get_token());
    qsizetype tables = 0;
    const auto check = checkContent({.file = file, .target = m_shop->target()}, context,
                                    [&](const ContentProgress &progress) {
                                        tables = progress.tables;
                                        if (tables == 2)
                                            stop.request_stop();
                                    });
    QVERIFY(!check);
    QCOMPARE(check.error().kind, ErrorKind::Cancelled);
    QVERIFY(tables < 4);
}

MAYDAY_TEST(TestContentCheck);
#include "tst_contentcheck.moc"
