// SPDX-License-Identifier: GPL-3.0-or-later
// kill -9 at any moment: the real maydayctl restores, also in place, beside the database and a
// single table, copies and puts back in a real server, and dies after a random part of the time
// that takes. MAYDAY_KILLS says how often for each of the seven kinds of work, so that 1000 are
// 7,000 deaths: some two hours, a quarter of them in pg_dump. Without it they are 50 in all, at
// least seven of each kind. MAYDAY_SEED repeats a run.
#include "app/ctl/ctlfixture.h"
#include "app/restore/restorefixture.h"
#include "backup/manifest.h"
#include "core/profile.h"
#include "restore/restoredesk.h"
#include "support/testmain.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QScopeGuard>
#include <QTest>

#include <algorithm>
#include <array>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

namespace {

constexpr int patienceWithDeaths = 60000;
constexpr int rows = 8000;
constexpr int killsUnlessTold = 50; ///< of all kinds together

enum class Work { Restore, PutBack, Copy, PutBackOfTheNewest, InPlace, Database, Tables };
constexpr std::array works{Work::Restore, Work::PutBack,  Work::Copy,  Work::PutBackOfTheNewest,
                           Work::InPlace, Work::Database, Work::Tables};

const char *nameOf(Work work)
{
    switch (work) {
    case Work::Restore: return "restore";
    case Work::PutBack: return "put-back";
    case Work::Copy: return "copy";
    case Work::InPlace: return "restore in place";
    case Work::Database: return "restore beside the database";
    case Work::Tables: return "restore of a missing table";
    case Work::PutBackOfTheNewest: break;
    }
    return "put-back of the newest";
}

/// What a kill found: before the server had committed, or after.
struct Tally {
    int before = 0;
    int after = 0;
    int tooLate = 0;
    qint64 spent = 0;   ///< milliseconds for all rows of that kind
    qint64 dumping = 0; ///< of it in pg_dump
};

/// What a comparison of dumps can see and one of rows cannot: rights, policies, a trigger, a
/// function that was made later.
constexpr const char *more =
    "CREATE FUNCTION public.noted() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN"
    " RETURN new; END; $f$;"
    "CREATE TRIGGER noted BEFORE INSERT ON public.listings FOR EACH ROW"
    " EXECUTE FUNCTION public.noted();"
    "ALTER TABLE public.products ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY of_all ON public.products FOR SELECT USING (id > 0);"
    "GRANT SELECT ON public.products TO PUBLIC; GRANT INSERT (price) ON public.listings TO PUBLIC;"
    "REVOKE ALL ON FUNCTION public.twice(integer) FROM PUBLIC;";

} // namespace

/// Whenever it dies: the live data is what it was or what it was to become, to the letter of a
/// pg_dump after each death, nothing stands on the server that `kept` does not list, the next start
/// tells which of both is true, and a put-back brings the first state again.
class TestRestoreKill : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aKillAtAnyMomentIsToldTruly_data();
    void aKillAtAnyMomentIsToldTruly();
    void theKillsTookPlace();

private:
    [[nodiscard]] static int envNumber(const char *name, int otherwise)
    {
        const QByteArray text = qgetenv(name);
        return text.isEmpty() ? otherwise : text.toInt();
    }
    [[nodiscard]] QStringList argumentsFor(Work work) const;
    [[nodiscard]] const Shop &shopOf(Work work) const
    {
        if (work == Work::InPlace)
            return *m_place;
        if (work == Work::Database)
            return *m_base;
        if (work == Work::Tables)
            return *m_lost;
        return work == Work::Restore || work == Work::Copy ? *m_shop : *m_pair;
    }
    void finish(Work work);
    void runAndKill(Work work, double share);
    [[nodiscard]] QList<RestoreRecord> recordsOfNextStart(const Shop &shop);
    /// Everything beside the live schema, by what the server says and by what the program says.
    void verifyNothingIsHidden(const Shop &shop);
    /// The live schema as pg_dump writes it; its time is counted for that kind of work.
    [[nodiscard]] QByteArray dumpOf(Work work);
    void verifyRestore(qsizetype recordsBefore);
    void verifyCopy(qsizetype recordsBefore);
    void verifyPutBack(Work work);
    void verifyInPlace(qsizetype recordsBefore);
    void verifyDatabase(qsizetype recordsBefore);
    void verifyTables(qsizetype recordsBefore);
    void loseTable() { m_lost->run("DROP TABLE public.products CASCADE"); }
    void undoInPlace(const QString &safetyCopy);
    [[nodiscard]] QStringList safetyCopies() const
    {
        QStringList names =
            QDir(m_ctl->path(u"copies"_s)).entryList(QDir::Files | QDir::Hidden, QDir::Name);
        names.removeIf(backup::isManifestName);
        return names;
    }
    void discardAll(const Shop &shop);
    void putBackAndDiscard(const Shop &shop);
    void count(Work work, bool hasHappened);
    /// Schemas in it and databases beside it.
    [[nodiscard]] static QString keptNames(const Shop &shop)
    {
        return shop.ask("SELECT string_agg(name, ' ' ORDER BY name) FROM (SELECT nspname AS name"
                        " FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public',"
                        " 'information_schema') UNION ALL SELECT datname FROM pg_database"
                        " WHERE datname LIKE current_database() || '\\_%') AS kept");
    }
    /// Which of the two schemas is live, and all its rows.
    [[nodiscard]] static QString liveRows(const Shop &shop)
    {
        return shop.ask("SELECT 'public'::regnamespace::oid || (SELECT md5(string_agg(p::text, '' "
                        "ORDER BY id)) FROM public.products p) || (SELECT "
                        "md5(string_agg(l::text, '' ORDER BY id)) FROM public.listings l)");
    }

    std::unique_ptr<Ctl> m_ctl;
    std::unique_ptr<Shop> m_shop;  ///< damaged; restored into, and as it was again
    std::unique_ptr<Shop> m_pair;  ///< restored once; its two states change places
    std::unique_ptr<Shop> m_place; ///< damaged; restored in place, and brought back by the copy
    std::unique_ptr<Shop> m_base;  ///< damaged; restored as a database, and put back
    std::unique_ptr<Shop> m_lost;  ///< without a table; that comes back, and is dropped again
    QByteArray m_shopDump;         ///< of m_shop at the beginning of each row, as of the others
    QByteArray m_baseDump;
    QByteArray m_placeBefore;
    QByteArray m_lostBefore;
    QByteArray m_pairDamaged; ///< m_pair's other state; that at the beginning is the backup's
    QThreadPool m_pool;
    QString m_file;
    QString m_pairRestore;
    QString m_before; ///< the live state of m_shop at the beginning of each row
    QString m_baseBefore;
    QString m_pairState; ///< what is live in m_pair then
    QByteArray m_backup;
    QHash<Work, qint64> m_takes; ///< milliseconds from start to end
    QHash<Work, Tally> m_tallies;
    bool m_wasKilled = false;
};

QStringList TestRestoreKill::argumentsFor(Work work) const
{
    const QStringList common{u"--target"_s, shopOf(work).target().withoutPassword(), u"--json"_s};
    switch (work) {
    case Work::Restore: return QStringList{u"restore"_s, m_file, u"--yes"_s} + common;
    case Work::Copy: return QStringList{u"copy"_s, m_file} + common;
    case Work::PutBack:
        return QStringList{u"put-back"_s, u"--restore"_s, m_pairRestore, u"--yes"_s} + common;
    case Work::InPlace:
        return QStringList{u"restore"_s,
                           m_file,
                           u"--in-place"_s,
                           u"--safety-copy-folder"_s,
                           m_ctl->path(u"copies"_s),
                           u"--yes"_s} +
               common;
    case Work::Database:
        return QStringList{u"restore"_s,       m_file, u"--database"_s,
                           u"--connections"_s, u"2"_s, u"--yes"_s} +
               common;
    case Work::Tables:
        return QStringList{u"restore"_s, m_file, u"--table"_s, u"products"_s, u"--yes"_s} + common;
    case Work::PutBackOfTheNewest: break;
    }
    return QStringList{u"put-back"_s, u"--yes"_s} + common;
}

void TestRestoreKill::finish(Work work)
{
    QElapsedTimer timer;
    timer.start();
    const Answer answer = m_ctl->run(argumentsFor(work));
    QVERIFY2(answer.code == 0, answer.all());
    m_takes.insert(work, timer.elapsed());
}

void TestRestoreKill::initTestCase()
{
    m_ctl = std::make_unique<Ctl>();
    m_shop = std::make_unique<Shop>(m_ctl->server(), rows);
    m_pair = std::make_unique<Shop>(m_ctl->server(), rows);
    m_place = std::make_unique<Shop>(m_ctl->server(), rows);
    m_base = std::make_unique<Shop>(m_ctl->server(), rows);
    m_lost = std::make_unique<Shop>(m_ctl->server(), rows);
    for (const Shop *shop : {m_shop.get(), m_pair.get(), m_place.get(), m_base.get(), m_lost.get()})
        shop->run(more);
    loseTable();
    m_lostBefore = withoutKeys(m_lost->dump());
    m_backup = withoutKeys(m_shop->dump());
    m_file = m_shop->writeDump(m_shop->dump());
    for (const Shop *shop : {m_shop.get(), m_pair.get(), m_place.get(), m_base.get()})
        shop->run("DELETE FROM public.products WHERE id > 100; COMMENT ON SCHEMA public IS 'ours';"
                  "INSERT INTO public.products (id, name) VALUES (99999, 'since the backup')");
    m_before = m_shop->liveState();
    m_shopDump = withoutKeys(m_shop->dump());
    m_baseBefore = m_base->liveState();
    m_baseDump = withoutKeys(m_base->dump());
    m_pairDamaged = withoutKeys(m_pair->dump());
    m_placeBefore = withoutKeys(m_place->dump());
    const Answer restored = m_ctl->run({u"restore"_s, m_file, u"--yes"_s, u"--json"_s,
                                        u"--target"_s, m_pair->target().withoutPassword()});
    QVERIFY2(restored.code == 0, restored.all());
    m_pairRestore = restored.json()["id"_L1].toString();
    for (const Work work : works) {
        finish(work);
        if (work == Work::Restore || work == Work::Database)
            putBackAndDiscard(shopOf(work));
        if (work == Work::InPlace)
            undoInPlace(m_ctl->path(u"copies/"_s) + safetyCopies().last());
        if (work == Work::Tables)
            loseTable();
    }
    discardAll(*m_shop);
    QCOMPARE(m_shop->liveState(), m_before);
    QCOMPARE(withoutKeys(m_shop->dump()), m_shopDump);
    QCOMPARE(withoutKeys(m_base->dump()), m_baseDump);
    m_pairState = liveRows(*m_pair); // put back twice: restored
    QCOMPARE(withoutKeys(m_pair->dump()), m_backup);
}

void TestRestoreKill::discardAll(const Shop &shop)
{
    TaskContext context;
    for (const QString &name : keptNames(shop).split(u' ', Qt::SkipEmptyParts)) {
        const auto gone = discardKept(shop.target(), name, context);
        QVERIFY2(gone, gone ? "" : qPrintable(describe(gone.error())));
    }
}

void TestRestoreKill::aKillAtAnyMomentIsToldTruly_data()
{
    QTest::addColumn<Work>("work");
    QTest::addColumn<double>("share");
    const int each = envNumber("MAYDAY_KILLS", 0);
    const int kills = each > 0 ? each * static_cast<int>(works.size()) : killsUnlessTold;
    const int seed = envNumber("MAYDAY_SEED", QRandomGenerator::global()->bounded(1000000));
    qInfo("MAYDAY_SEED=%d, %d kills in all", seed, kills);
    QRandomGenerator random(static_cast<quint32>(seed));
    for (int kill = 0; kill < kills; ++kill) {
        const Work work = works[static_cast<size_t>(kill) % works.size()];
        const double share = random.generateDouble() * 1.1; // some between the commit and the end
        QTest::addRow("%d: %s at %.3f", kill + 1, nameOf(work), share) << work << share;
    }
}

void TestRestoreKill::runAndKill(Work work, double share)
{
    QProcess process;
    m_ctl->start(process, argumentsFor(work));
    m_wasKilled = !process.waitForFinished(static_cast<int>(share * double(m_takes[work])));
    if (!m_wasKilled)
        return;
    process.kill();
    QVERIFY(process.waitForFinished(patienceWithDeaths));
}

/// As the window does it: folded from the journal, and what is open is asked about.
QList<RestoreRecord> TestRestoreKill::recordsOfNextStart(const Shop &shop)
{
    const SystemClock clock;
    const auto journal =
        store::Journal::open(Profile::under(m_ctl->profile()).journalFile(), clock);
    if (!journal || !(*journal)->health().intact)
        qFatal("the journal is damaged");
    RestoreDesk desk(**journal, clock, m_pool);
    QObject::connect(&desk, &RestoreDesk::failed, &desk,
                     [](const Error &error) { qWarning("%s", qPrintable(describe(error))); });
    desk.replay((*journal)->read().value());
    const QList<RestoreRecord> open = desk.records();
    for (const RestoreRecord &record : open)
        desk.settle(record.id, shop.target());
    const auto isOpen = [&desk] {
        return std::ranges::any_of(desk.records(), &RestoreRecord::isToBeAsked);
    };
    if (!QTest::qWaitFor([&] { return !isOpen(); }, patienceWithDeaths))
        qWarning("the server does not tell");
    return desk.records();
}

void TestRestoreKill::verifyNothingIsHidden(const Shop &shop)
{
    const Answer answer =
        m_ctl->run({u"kept"_s, u"--json"_s, u"--target"_s, shop.target().withoutPassword()});
    QVERIFY2(answer.code == 0, answer.all());
    QStringList listed;
    for (const auto &kept : answer.json()["kept"_L1].toArray())
        listed.append(kept["name"_L1].toString());
    listed.sort();
    QCOMPARE(listed.join(u' '), keptNames(shop));
}

QByteArray TestRestoreKill::dumpOf(Work work)
{
    QElapsedTimer timer;
    timer.start();
    QByteArray dump = withoutKeys(shopOf(work).dump());
    m_tallies[work].dumping += timer.elapsed();
    return dump;
}

void TestRestoreKill::verifyRestore(qsizetype recordsBefore)
{
    const QList<RestoreRecord> records = recordsOfNextStart(*m_shop);
    const bool isKnown = records.size() > recordsBefore;
    const QString now = m_shop->liveState();
    const bool hasHappened = now != m_before;
    QCOMPARE(dumpOf(Work::Restore), hasHappened ? m_backup : m_shopDump);
    QVERIFY2(isKnown || !hasHappened, "it has happened, and the record does not know of it");
    if (isKnown)
        QCOMPARE(records.front().isInEffect(), hasHappened);
    verifyNothingIsHidden(*m_shop);
    count(Work::Restore, hasHappened);
    if (hasHappened)
        putBackAndDiscard(*m_shop);
    QCOMPARE(m_shop->liveState(), m_before);
}

/// What was begun stands beside the live database, and the next start names it.
void TestRestoreKill::verifyDatabase(qsizetype recordsBefore)
{
    const QList<RestoreRecord> records = recordsOfNextStart(*m_base);
    const bool isKnown = records.size() > recordsBefore;
    const bool hasHappened = m_base->liveState() != m_baseBefore;
    const QString beside = keptNames(*m_base);
    QVERIFY2(isKnown || beside.isEmpty(), "there is something, and the record does not know of it");
    QCOMPARE(dumpOf(Work::Database), hasHappened ? m_backup : m_baseDump);
    if (isKnown) {
        QCOMPARE(records.front().isInEffect(), hasHappened);
        QCOMPARE(records.front().unfinished, hasHappened ? QString() : beside);
    }
    verifyNothingIsHidden(*m_base);
    count(Work::Database, hasHappened);
    if (hasHappened)
        putBackAndDiscard(*m_base);
    else
        discardAll(*m_base);
    QCOMPARE(m_base->liveState(), m_baseBefore);
    QCOMPARE(keptNames(*m_base), QString());
}

void TestRestoreKill::verifyCopy(qsizetype recordsBefore)
{
    const QList<RestoreRecord> records = recordsOfNextStart(*m_shop);
    const bool isKnown = records.size() > recordsBefore;
    verifyNothingIsHidden(*m_shop);
    const QString copy = keptNames(*m_shop);
    const bool hasHappened = !copy.isEmpty();
    if (hasHappened) {
        QVERIFY(isKnown);
        QCOMPARE(m_shop->ask("SELECT count(*) FROM " + copy.toUtf8() + ".products"),
                 QString::number(rows));
    }
    if (isKnown)
        QCOMPARE(records.front().canBeCompared(), hasHappened);
    QCOMPARE(dumpOf(Work::Copy), m_shopDump); // whether or not there is a copy
    count(Work::Copy, hasHappened);
    discardAll(*m_shop);
    QCOMPARE(m_shop->liveState(), m_before); // it was never anything else
}

/// The state that a restore brought is in effect, or the one before it, and the record knows which.
void TestRestoreKill::verifyPutBack(Work work)
{
    const QList<RestoreRecord> records = recordsOfNextStart(*m_pair);
    const auto record = std::ranges::find(records, m_pairRestore,
                                          [](const RestoreRecord &r) { return r.id.text(); });
    QVERIFY(record != records.end());
    const QString now = liveRows(*m_pair);
    const bool hasHappened = now != m_pairState;
    // The pair is restored at the beginning of each row, so what has happened is its undo.
    QCOMPARE(record->isInEffect(), !hasHappened);
    QCOMPARE(dumpOf(work), hasHappened ? m_pairDamaged : m_backup);
    verifyNothingIsHidden(*m_pair);
    QCOMPARE(keptNames(*m_pair).count(u' '), 0);
    count(work, hasHappened);
    if (hasHappened) {
        QCOMPARE(m_pair->ask("SELECT name FROM public.products WHERE id = 99999"),
                 u"since the backup"_s);
        const Answer redone = m_ctl->run(argumentsFor(Work::PutBack));
        QVERIFY2(redone.code == 0, redone.all());
    }
    QCOMPARE(liveRows(*m_pair), m_pairState);
}

/// The safety copy is there and whole whenever it is needed; what is left of one otherwise is seen
/// as that, and goes.
void TestRestoreKill::verifyInPlace(qsizetype recordsBefore)
{
    const QList<RestoreRecord> records = recordsOfNextStart(*m_place);
    const bool isKnown = records.size() > recordsBefore;
    const QByteArray now = dumpOf(Work::InPlace);
    const bool hasHappened = now != m_placeBefore;
    if (hasHappened) {
        QCOMPARE(now, m_backup);
        QVERIFY2(isKnown, "it has happened, and the record does not know of it");
    }
    if (isKnown)
        QCOMPARE(records.front().isInEffect(), hasHappened);
    QCOMPARE(keptNames(*m_place), QString());
    count(Work::InPlace, hasHappened);
    if (hasHappened)
        undoInPlace(records.front().safetyCopy);
    for (const QString &name : safetyCopies())
        QVERIFY2(name.startsWith(u'.') != name.endsWith(".sql.gz"_L1), qPrintable(name));
    QVERIFY(QDir(m_ctl->path(u"copies"_s)).removeRecursively());
}

/// It is there whole, with the keys of others and the view, or not at all.
void TestRestoreKill::verifyTables(qsizetype recordsBefore)
{
    const QList<RestoreRecord> records = recordsOfNextStart(*m_lost);
    const bool isKnown = records.size() > recordsBefore;
    const QByteArray now = dumpOf(Work::Tables);
    const bool hasHappened = now != m_lostBefore;
    if (hasHappened) {
        QCOMPARE(now, m_backup);
        QVERIFY2(isKnown, "it has happened, and the record does not know of it");
    }
    if (isKnown)
        QCOMPARE(records.front().isInEffect(), hasHappened);
    QCOMPARE(keptNames(*m_lost), QString());
    count(Work::Tables, hasHappened);
    if (!hasHappened)
        return;
    loseTable();
    QCOMPARE(withoutKeys(m_lost->dump()), m_lostBefore);
}

void TestRestoreKill::undoInPlace(const QString &safetyCopy)
{
    const Answer undone =
        m_ctl->run({u"restore"_s, safetyCopy, u"--in-place"_s, u"--safety-copy-folder"_s,
                    m_ctl->path(u"copies/more"_s), u"--yes"_s, u"--json"_s, u"--target"_s,
                    m_place->target().withoutPassword()});
    QVERIFY2(undone.code == 0, undone.all());
    QCOMPARE(withoutKeys(m_place->dump()), m_placeBefore);
}

void TestRestoreKill::putBackAndDiscard(const Shop &shop)
{
    TaskContext context;
    const PutBackReceipt back = putBack(shop.target(), {}, SystemClock().now().addSecs(1), context);
    QVERIFY2(!back.error, back.error ? qPrintable(describe(*back.error)) : "");
    discardAll(shop);
}

void TestRestoreKill::count(Work work, bool hasHappened)
{
    Tally &tally = m_tallies[work];
    ++(!m_wasKilled ? tally.tooLate : hasHappened ? tally.after : tally.before);
}

void TestRestoreKill::aKillAtAnyMomentIsToldTruly()
{
    QFETCH(Work, work);
    QFETCH(double, share);
    QElapsedTimer timer;
    timer.start();
    const auto counted = qScopeGuard([&] { m_tallies[work].spent += timer.elapsed(); });
    const qsizetype recordsBefore = recordsOfNextStart(shopOf(work)).size();
    runAndKill(work, share);
    switch (work) {
    case Work::Restore: verifyRestore(recordsBefore); break;
    case Work::Copy: verifyCopy(recordsBefore); break;
    case Work::InPlace: verifyInPlace(recordsBefore); break;
    case Work::Database: verifyDatabase(recordsBefore); break;
    case Work::Tables: verifyTables(recordsBefore); break;
    case Work::PutBack:
    case Work::PutBackOfTheNewest: verifyPutBack(work); break;
    }
}

/// How long a run takes differs, so a late kill may find nobody.
void TestRestoreKill::theKillsTookPlace()
{
    int kills = 0;
    int all = 0;
    for (const Work work : works) {
        const Tally &tally = m_tallies[work];
        const int runs = tally.before + tally.after + tally.tooLate;
        const double perRun = 1000.0 * std::max(runs, 1);
        qInfo("%s: %d killed before the commit, %d after it, %d ended by themselves; a whole one "
              "takes %lld ms, a kill with all that is looked at then %.2f s, of it pg_dump %.2f s",
              nameOf(work), tally.before, tally.after, tally.tooLate, qlonglong(m_takes[work]),
              double(tally.spent) / perRun, double(tally.dumping) / perRun);
        kills += tally.before + tally.after;
        all += runs;
    }
    // Nobody of the dead is still at work, or holds what the next one needs.
    QTRY_COMPARE_WITH_TIMEOUT(m_shop->ask("SELECT count(*) FROM pg_stat_activity WHERE"
                                          " application_name IN ('mayday restore', 'mayday "
                                          "put-back')"),
                              u"0"_s, patienceWithDeaths);
    QVERIFY2(kills >= all / 2, qPrintable(u"%1 of %2"_s.arg(kills).arg(all)));
}

MAYDAY_TEST(TestRestoreKill);
#include "tst_restorekill.moc"
