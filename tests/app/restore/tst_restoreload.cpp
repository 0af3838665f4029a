// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "postgres/quoting.h"
#include "restore/bringback.h"
#include "restore/putback.h"
#include "support/liveload.h"
#include "support/steprelay.h"
#include "support/testmain.h"

#include <QTest>

#include <algorithm>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;
using tests::BlockWatch;
using tests::LiveLoad;
using tests::LiveUser;

namespace {

constexpr int rowsOfBackup = 3000;
constexpr int rowsLeft = 100;
/// Generous: a machine may stand still by itself. What is aimed at is printed.
constexpr std::chrono::seconds longestAllowed{10};

/// A shop of which most was deleted, and the backup from before that.
struct Damaged {
    explicit Damaged(tests::TempPostgres &server) : shop(server, rowsOfBackup)
    {
        shop.run("CREATE FUNCTION public.order_one(text) RETURNS void LANGUAGE plpgsql AS $f$"
                 " DECLARE made bigint; BEGIN"
                 " INSERT INTO public.products (name) VALUES ($1) RETURNING id INTO made;"
                 " INSERT INTO public.listings (product_id, price) VALUES (made, 1000000);"
                 " END; $f$");
        file = shop.writeDump(shop.dump());
        shop.run("DELETE FROM public.products WHERE id > " + QByteArray::number(rowsLeft));
    }

    Shop shop;
    QString file;
};

void plain(LiveUser &user)
{
    const QString value = user.freshValue();
    if (user.ask("INSERT INTO public.products (name) VALUES ('" + value.toUtf8() + "')"))
        user.isCommitted(value);
}

void prepared(LiveUser &user)
{
    const QString value = user.freshValue();
    if (user.ask("EXECUTE add_one ('" + value.toUtf8() + "')"))
        user.isCommitted(value);
}

void throughAFunction(LiveUser &user)
{
    const QString value = user.freshValue();
    if (user.ask("SELECT public.order_one('" + value.toUtf8() + "')"))
        user.isCommitted(value);
}

/// A parent and its child, as an application writes them: in one transaction.
void inATransaction(LiveUser &user)
{
    const QString value = user.freshValue();
    if (!user.ask("BEGIN"))
        return;
    const auto id = user.ask("INSERT INTO public.products (name) VALUES ('" + value.toUtf8() +
                             "') RETURNING id");
    if (id &&
        user.ask("INSERT INTO public.listings (product_id, price) VALUES (" + id->toUtf8() +
                 ", 1000000)") &&
        user.ask("COMMIT"))
        user.isCommitted(value);
}

/// The other way: the child goes before its parent. Each pair comes whole: of two transactions with
/// the swap between them the second one would rightly miss the first one's row.
void withdrawn(LiveUser &user)
{
    const auto id = user.ask("WITH made AS (INSERT INTO public.products (name) VALUES ('" +
                             user.freshValue().toUtf8() +
                             "') RETURNING id) INSERT INTO public.listings (product_id, price)"
                             " SELECT id, 1000000 FROM made RETURNING product_id");
    if (!id)
        return;
    const QByteArray number = id->toUtf8();
    if (user.ask("BEGIN") && user.ask("DELETE FROM public.listings WHERE product_id = " + number) &&
        user.ask("DELETE FROM public.products WHERE id = " + number))
        (void)user.ask("COMMIT");
}

/// The number first and the row later, as some libraries do.
void numberFirst(LiveUser &user)
{
    const QString value = user.freshValue();
    const auto id = user.ask("SELECT nextval('public.products_id_seq')");
    if (id && user.ask("INSERT INTO public.products (id, name) VALUES (" + id->toUtf8() + ", '" +
                       value.toUtf8() + "')"))
        user.isCommitted(value);
}

/// Everything of before or everything of after, and never a mixture.
void readPair(LiveUser &user)
{
    const auto pair = user.ask("SELECT (SELECT count(*) FROM products WHERE kind = 'a'::kind)"
                               " || ' ' || (SELECT count(*) FROM public.listings WHERE price < "
                               "1000000)");
    if (pair && *pair != u"%1 %1"_s.arg(rowsLeft) && *pair != u"%1 %1"_s.arg(rowsOfBackup))
        user.complain(u"saw "_s + *pair);
}

void readPrepared(LiveUser &user)
{
    const auto rows = user.ask("EXECUTE count_them");
    if (rows && rows->toInt() != rowsLeft && rows->toInt() != rowsOfBackup)
        user.complain(u"saw "_s + *rows);
}

QList<LiveLoad::Part> users()
{
    return {{u"plain"_s, plain},
            {u"order"_s, inATransaction},
            {u"another order"_s, inATransaction},
            {u"withdrawal"_s, withdrawn},
            {u"function"_s, throughAFunction},
            {u"number"_s, numberFirst},
            {u"prepared"_s, prepared,
             "PREPARE add_one (text) AS INSERT INTO public.products (name) VALUES ($1)"},
            {u"pair"_s, readPair},
            {u"view"_s, readPrepared,
             "PREPARE count_them AS SELECT count(*) FROM public.priced WHERE price < 1000000"}};
}

/// A restore or the like with everybody at work from before its start until after its end.
class Watched final {
public:
    using Span = std::pair<LiveUser::Clock::time_point, LiveUser::Clock::time_point>;

    explicit Watched(const Shop &shop) : m_shop(shop), m_load(shop.target(), users()) {}

    /// work: gets the way to the server.
    void during(const std::function<void(const postgres::ConnectionString &)> &work)
    {
        m_load.awaitRounds(10);
        BlockWatch watch(m_shop.target());
        {
            const StepRelay relay(m_shop.target(), "COMMIT", [this] {
                m_swap.first = LiveUser::Clock::now();
                return StepRelay::Then::GoOn;
            });
            work(relay.connectionString());
            m_swap.second = LiveUser::Clock::now();
        }
        m_load.awaitRounds(10);
        m_load.stop();
        m_blocked = watch.stop();
        m_looks = watch.looks();
    }

    [[nodiscard]] QStringList committed() const { return m_load.committed(); }
    [[nodiscard]] QStringList failures() const { return m_load.failures(); }
    [[nodiscard]] int looks() const { return m_looks; }
    /// Those who were seen waiting for Mayday before it came to its last step.
    [[nodiscard]] QStringList blockedBefore() const
    {
        QStringList all;
        for (const LiveUser::Wait &wait : m_blocked) {
            if (wait.to < m_swap.first)
                all.append(wait.statement);
        }
        return all;
    }
    [[nodiscard]] std::chrono::milliseconds longest(bool atTheSwap) const
    {
        const auto wait = m_load.longest(m_swap.first, m_swap.second, atTheSwap);
        return std::chrono::ceil<std::chrono::milliseconds>(wait.to - wait.from);
    }
    void print(const char *what) const
    {
        qInfo(
            "%s: %lld statements of 9 sessions, longest %lld ms; at the swap, which took %lld ms, "
            "%lld ms",
            what, qlonglong(m_load.statements()), qlonglong(longest(false).count()),
            qlonglong(
                std::chrono::ceil<std::chrono::milliseconds>(m_swap.second - m_swap.first).count()),
            qlonglong(longest(true).count()));
    }

private:
    const Shop &m_shop;
    LiveLoad m_load;
    Span m_swap;
    QList<LiveUser::Wait> m_blocked;
    int m_looks = 0;
};

QSet<QString> namesIn(const Shop &shop, const QString &schema)
{
    const QString all = shop.ask("SELECT string_agg(name, E'\\n') FROM " +
                                 postgres::quoteIdentifier(schema).toUtf8() + ".products");
    const QStringList names = all.split(u'\n', Qt::SkipEmptyParts);
    return {names.begin(), names.end()};
}

QString missing(const QStringList &values, const QSet<QString> &from)
{
    QStringList gone = values;
    gone.removeIf([&from](const QString &value) { return from.contains(value); });
    return gone.isEmpty() ? QString()
                          : u"%1 of %2 are gone: %3 ..."_s.arg(gone.size())
                                .arg(values.size())
                                .arg(gone.first(std::min<qsizetype>(gone.size(), 5)).join(u", "_s));
}

} // namespace

/// A restore of a database in use: nobody's statement fails or waits, nobody sees half of it, and
/// every row whose commit was confirmed is there afterwards or can be brought back.
class TestRestoreLoad : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void aRestoreDisturbsNobodyAndLosesNothing();
    void aCopyIsNeverNoticed();
    void aPutBackDisturbsNobodyAndLosesNothing();

private:
    void verifyUndisturbed(const Watched &watched);
    void verifyAllComesBack(const Shop &shop, const QString &restore, const QStringList &committed);

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestRestoreLoad::verifyUndisturbed(const Watched &watched)
{
    const QStringList failures = watched.failures();
    QVERIFY2(failures.isEmpty(),
             qPrintable(
                 u"%1 failed: %2"_s.arg(failures.size())
                     .arg(failures.first(std::min<qsizetype>(failures.size(), 5)).join(u"\n"_s))));
    QVERIFY(watched.looks() > 5);
    QVERIFY2(watched.blockedBefore().isEmpty(), qPrintable(watched.blockedBefore().join(u'\n')));
    QVERIFY(watched.longest(false) < longestAllowed);
    QVERIFY(watched.longest(true) < longestAllowed);
    QVERIFY(watched.committed().size() > 100);
}

/// One by one: live, or in what is kept and told so; and live after it was brought back.
void TestRestoreLoad::verifyAllComesBack(const Shop &shop, const QString &restore,
                                         const QStringList &committed)
{
    const QString kept = shop.ask(
        "SELECT nspname FROM pg_namespace WHERE obj_description(oid, 'pg_namespace') LIKE '%" +
        restore.toUtf8() + "%'");
    QVERIFY(!kept.isEmpty());
    const QSet<QString> live = namesIn(shop, u"public"_s);
    const QSet<QString> aside = namesIn(shop, kept);
    QCOMPARE(missing(committed, live | aside), QString());
    QVERIFY(!aside.isEmpty() && !live.isEmpty());

    TaskContext context;
    const auto comparison = compareWithKept(shop.target(), restore, context, {});
    QVERIFY2(comparison, comparison ? "" : qPrintable(describe(comparison.error())));
    const auto products = std::ranges::find(comparison->tables, u"products"_s,
                                            [](const TableComparison &t) { return t.pair.name; });
    QCOMPARE(products->onlyKept, (aside - live).size());
    const BringBackReceipt brought = bringBack(
        shop.target(), restore,
        {{.schema = u"public"_s, .name = u"products"_s, .choice = TableChoice::AddMissing},
         {.schema = u"public"_s, .name = u"listings"_s, .choice = TableChoice::AddMissing}},
        context);
    QVERIFY2(brought.verdict == Verdict::Proven, why(brought));
    QCOMPARE(missing(committed, namesIn(shop, u"public"_s)), QString());
    // An order is a product and its listing, whole.
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products p WHERE (name LIKE '%order%' OR name "
                      "LIKE 'function%') AND NOT EXISTS (SELECT FROM public.listings l WHERE "
                      "l.product_id = p.id AND price = 1000000)"),
             u"0"_s);
}

void TestRestoreLoad::aRestoreDisturbsNobodyAndLosesNothing()
{
    const Damaged damaged(*m_server);
    const Shop &shop = damaged.shop;
    RestorePlan plan = shop.plan(damaged.file);
    RestoreReceipt receipt;
    Watched watched(shop);
    watched.during([&](const postgres::ConnectionString &target) {
        plan.target = target;
        const SystemClock clock;
        TaskContext context;
        receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    });
    watched.print("restore");
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    verifyUndisturbed(watched);
    verifyAllComesBack(shop, plan.id.text(), watched.committed());
}

void TestRestoreLoad::aCopyIsNeverNoticed()
{
    const Damaged damaged(*m_server);
    const Shop &shop = damaged.shop;
    RestorePlan plan = shop.plan(damaged.file);
    plan.mode = RestoreMode::Copy;
    RestoreReceipt receipt;
    Watched watched(shop);
    watched.during([&](const postgres::ConnectionString &target) {
        plan.target = target;
        const SystemClock clock;
        TaskContext context;
        receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    });
    watched.print("copy");
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    verifyUndisturbed(watched);
    QCOMPARE(missing(watched.committed(), namesIn(shop, u"public"_s)), QString());
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products WHERE kind = 'a'").toInt(), rowsLeft);
}

void TestRestoreLoad::aPutBackDisturbsNobodyAndLosesNothing()
{
    const Damaged damaged(*m_server);
    const Shop &shop = damaged.shop;
    const RestoreReceipt restored = shop.restore(damaged.file);
    QCOMPARE(restored.verdict, Verdict::Proven);
    PutBackReceipt receipt;
    Watched watched(shop);
    watched.during([&](const postgres::ConnectionString &target) {
        TaskContext context;
        receipt = putBack(target, restored.id.text(), SystemClock().now().addSecs(1), context);
    });
    watched.print("put-back");
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    verifyUndisturbed(watched);
    verifyAllComesBack(shop, restored.id.text(), watched.committed());
}

MAYDAY_TEST(TestRestoreLoad);
#include "tst_restoreload.moc"
