// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/screen.h"
#include "support/testmain.h"
#include "ui/restore/plantexts.h"
#include "ui/restore/progressview.h"
#include "ui/restore/restoretexts.h"

#include <QSet>
#include <QTest>
#include <QTimeZone>

#include <algorithm>

using namespace mayday;
using namespace mayday::ui;
using namespace Qt::StringLiterals;
using restore::RestorePhase;
using restore::Verdict;

namespace {

const QDateTime now(QDate(2026, 11, 23), QTime(15, 9), QTimeZone::UTC);

restore::RestoreReceipt receipt(Verdict verdict)
{
    restore::RestoreReceipt receipt;
    receipt.verdict = verdict;
    receipt.tables = {{.schema = u"public"_s,
                       .name = u"products"_s,
                       .rowsInDump = 60012,
                       .rowsAfter = 60012,
                       .verdict = verdict}};
    receipt.seconds = 6;
    receipt.target = u"database shop on db:5432 as app"_s;
    receipt.file = u"/backups/shop.sql.gz"_s;
    return receipt;
}

restore::RestoreRecord record(Verdict verdict)
{
    restore::RestoreRecord record;
    record.startedAt = now.addSecs(-3600);
    record.state = restore::RestoreState::Finished;
    record.receipt = receipt(verdict);
    return record;
}

/// A backup of which only the file is known.
backup::BackupEntry unread(const QDateTime &modifiedAt = now)
{
    return {.path = u"/b/shop.sql.gz"_s,
            .fileName = u"shop.sql.gz"_s,
            .bytes = 9,
            .modifiedAt = modifiedAt,
            .inspection = std::nullopt,
            .error = std::nullopt};
}

} // namespace

class TestRestoreTexts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatTheServerHasTakenIsSaid();
    void theLossIsSaidInOneSentence();
    void theLossIsToldTableByTable();
    void thePlanNamesEverything();
    void thePlanTellsTheHostAndWhatHoldsSessions();
    void thePlanTellsHowOldTheLiveDataIs();
    void whatIsOnlyBelievedIsNoFact();
    void whatStandsBehindALinkIsASentence();
    void thePlanInPlaceNamesWhatItCosts();
    void aRestoreInPlaceSaysHowItIsUndone();
    void everyVerdictHasItsOwnWords();
    void neverSaysSuccess();
    void anAlarmHeadsThePlanAndIsAskedAgain();
    void timeIsForecastFromWhatWasProven();
    void everyPhaseHasASentence();
    void progressGivesARange();
    void everyConnectionSaysWhatItIsAt();
    void anInterruptedRestoreIsHonest();
};

void TestRestoreTexts::theLossIsSaidInOneSentence()
{
    restore::LossEstimate loss;
    loss.taken.source = backup::DataTimeSource::Dump;
    loss.interval = std::chrono::hours(3) + std::chrono::minutes(12);
    QVERIFY(plantexts::lossSentence(loss).contains(u"3 h 12 min"_s));
    QVERIFY(plantexts::lossSentence(loss).contains(u"no newer row"_s));
    loss.newerRows = 4100;
    loss.tables = {{.schema = u"public"_s, .name = u"orders"_s, .rowsLive = 9, .newerRows = 4100}};
    QVERIFY(plantexts::lossSentence(loss).contains(u"4,100 rows in 1 table"_s));
    QVERIFY(!plantexts::lossSentence(loss).contains(u"at least"_s));
    loss.isExact = false;
    QVERIFY(plantexts::lossSentence(loss).contains(u"at least 4,100"_s));
}

void TestRestoreTexts::theLossIsToldTableByTable()
{
    restore::LossEstimate loss;
    QVERIFY(!plantexts::lossDetails(loss).isEmpty());
    loss.tables = {{.schema = u"public"_s,
                    .name = u"orders"_s,
                    .rowsLive = 140,
                    .rowsInDump = 100,
                    .newerRows = 40,
                    .timeColumn = u"created_at"_s},
                   {.schema = u"public"_s, .name = u"events"_s, .rowsLive = -1, .rowsInDump = 7}};
    const QStringList lines = plantexts::lossDetails(loss).split(u'\n');
    QCOMPARE(lines.size(), 2);
    QVERIFY(lines[0].contains(u"140 rows now, 100 in the backup"_s) &&
            lines[0].contains(u"40 newer (by created_at)"_s));
    QVERIFY(lines[1].contains(u"no statistics of it; 7 in the backup"_s));
}

void TestRestoreTexts::thePlanNamesEverything()
{
    restore::RestorePlan plan;
    plan.target = postgres::ConnectionString::parse(
                      u"host=db.example port=5433 dbname=shop user=app password=hunter2"_s)
                      .value();
    restore::PreflightReport report;
    report.serverVersion = u"17.11 (Debian 17.11-1)"_s;
    report.schemas = {
        {.name = u"public"_s, .exists = true, .owner = u"app"_s, .tables = 9, .bytes = 42'000'000}};
    report.loss = restore::LossEstimate{};
    report.notes = {{restore::PreflightNote::Weight::Warning,
                     u"View reports.daily would go on using the old schema."_s}};
    const backup::BackupEntry entry = unread(now.addSecs(-7200));
    QString all;
    for (const Fact &fact : plantexts::planFacts(entry, plan, report, {}, now))
        all += fact.label + u": "_s + plainValue(fact) + u'\n';
    for (const QString &word :
         {u"shop.sql.gz"_s, u"public"_s, u"db.example:5433"_s, u"17.11"_s, u"42 MB"_s,
          u"You will lose"_s, u"Undo"_s, u"reports.daily"_s, u"2 h"_s})
        QVERIFY2(all.contains(word), qPrintable(word + u" is missing in\n"_s + all));
    QVERIFY(!all.contains(u"hunter2"_s));
    QCOMPARE(plantexts::replaceVerb(plan, report),
             u"Replace schema public in shop on db.example:5433"_s);
}

void TestRestoreTexts::anAlarmHeadsThePlanAndIsAskedAgain()
{
    restore::RestorePlan plan;
    plan.target =
        postgres::ConnectionString::parse(u"host=db.example dbname=shop user=app"_s).value();
    restore::PreflightReport report;
    report.loss = restore::LossEstimate{};
    report.notes = {{restore::PreflightNote::Weight::Warning, u"careful"_s},
                    {restore::PreflightNote::Weight::Alarm, u"nothing is in it"_s}};
    const backup::BackupEntry entry{.path = u"/b/shop.sql"_s,
                                    .fileName = u"shop.sql"_s,
                                    .bytes = 9,
                                    .modifiedAt = now,
                                    .inspection = std::nullopt,
                                    .error = std::nullopt};
    const auto alarmsIn = [](const QList<Fact> &facts) {
        return std::ranges::count_if(facts, [](const Fact &fact) {
            return plainValue(fact).contains(u"nothing is in it"_s);
        });
    };
    const QList<Fact> facts = plantexts::planFacts(entry, plan, report, {}, now);
    QCOMPARE(plainValue(facts.front()), u"nothing is in it"_s);
    QCOMPARE(alarmsIn(facts), 1);
    const QList<Fact> asked = plantexts::confirmFacts(plan, report);
    QCOMPARE(plainValue(asked.front()), u"nothing is in it"_s);
    QCOMPARE(alarmsIn(asked), 1);
    plan.mode = restore::RestoreMode::Tables; // what is live stays
    QCOMPARE(alarmsIn(plantexts::planFacts(entry, plan, report, {}, now)), 0);
    QCOMPARE(alarmsIn(plantexts::confirmFacts(plan, report)), 0);
}

void TestRestoreTexts::thePlanTellsTheHostAndWhatHoldsSessions()
{
    restore::RestorePlan plan;
    plan.target =
        postgres::ConnectionString::parse(u"host=db.example dbname=shop user=app"_s).value();
    const backup::BackupEntry entry = unread();
    const auto said = [&](const restore::PreflightReport &report) {
        QString all;
        for (const Fact &fact : plantexts::planFacts(entry, plan, report, {}, now))
            all += fact.label + u": "_s + plainValue(fact) + u'\n';
        return all;
    };
    restore::PreflightReport report;
    for (const QString &label :
         {u"Host: "_s, u"Sessions: "_s, u"By hand: "_s, u"Left out here: "_s})
        QVERIFY2(!said(report).contains(label), qPrintable(said(report)));
    report.host = restore::hostProfile({.logins = {u"rdsadmin"_s}, .user = u"app"_s});
    report.limits = {.sessions = 12, .sessionsHere = 3, .most = 1000};
    report.notes = restore::notesOf(QList<restore::LimitInForce>{
        {.name = u"statement_timeout"_s, .value = u"120 s"_s, .whose = u"of role app"_s}});
    for (const QString &words :
         {u"Host: Amazon RDS or Aurora  (told by the role rdsadmin). app is no superuser there."_s,
          u"rds.extensions"_s, u"By hand: Settings of the server stand in its parameter group"_s,
          u"Sessions: 12 of 1,000 in use, 3 of them in this database\n"_s,
          u"Note: statement_timeout of role app is 120 s; Mayday switches it off for its own "
          "connections and has checked that it is off.\n"_s})
        QVERIFY2(said(report).contains(words), qPrintable(said(report)));
    report.isPoolerExcluded = true;
    QVERIFY2(said(report).contains(u"in this database; no transaction pooler found in between\n"_s),
             qPrintable(said(report)));
    report.host = {};
    report.notMade.switches = {u"publication a"_s, u"publication b"_s, u"event trigger c"_s};
    QVERIFY2(said(report).contains(u"Left out here: 2 publications, 1 event trigger: no restore"_s),
             qPrintable(said(report)));
    plan.mode = restore::RestoreMode::Tables;
    QVERIFY(!said(report).contains(u"Left out here"_s));
}

void TestRestoreTexts::thePlanTellsHowOldTheLiveDataIs()
{
    restore::RestorePlan plan;
    plan.target =
        postgres::ConnectionString::parse(u"host=db.example dbname=shop user=app"_s).value();
    const backup::BackupEntry entry = unread();
    restore::PreflightReport report;
    const auto said = [&] {
        for (const Fact &fact : plantexts::planFacts(entry, plan, report, {}, now)) {
            if (fact.label == u"Live data"_s)
                return plainValue(fact);
        }
        return QString();
    };
    QCOMPARE(said(), u"0 B"_s);
    report.schemas = {{.name = u"public"_s, .exists = true, .bytes = 1'200'000'000}};
    QCOMPARE(said(), u"1.2 GB"_s); // nobody has looked
    report.loss = restore::LossEstimate{};
    QCOMPARE(said(), u"1.2 GB, age unknown: no time column tells it"_s);
    report.loss->sinceLastCommit = std::chrono::seconds(7);
    QCOMPARE(said(), u"1.2 GB, age unknown: no time column tells it; last commit on the whole "
                     "server 7 s ago"_s);
    report.loss->sinceLastCommit.reset();
    report.loss->newest = restore::NewestRow{.at = now.addSecs(-120),
                                             .age = std::chrono::minutes(2),
                                             .table = u"public.orders"_s,
                                             .column = u"created_at"_s};
    QCOMPARE(said(), u"1.2 GB, newest row written 2 min ago (public.orders.created_at)"_s);
    report.loss->isExact = false;
    report.loss->newest->isWithoutZone = true;
    QCOMPARE(said(), u"1.2 GB, newest row that was seen written 2 min ago "
                     "(public.orders.created_at, read as UTC)"_s);
}

void TestRestoreTexts::whatIsOnlyBelievedIsNoFact()
{
    restore::LossEstimate loss;
    loss.taken.source = backup::DataTimeSource::Manifest;
    loss.interval = std::chrono::hours(3);
    loss.isExact = false;
    loss.tables = {{.schema = u"public"_s,
                    .name = u"events"_s,
                    .rowsInDump = 1'100'000,
                    .notCounted = restore::NotCounted::TooBig,
                    .rowsByStatistics = 1'200'000},
                   {.schema = u"public"_s,
                    .name = u"locked"_s,
                    .rowsInDump = 7,
                    .notCounted = restore::NotCounted::Locked}};
    loss.moreByStatistics = 100'000;
    QCOMPARE(plantexts::lossSentence(loss),
             u"The changes of the last 3 h 00 min; no newer row was found. In 1 table that could "
             "not be counted about 100,000 rows more, by the server's statistics: an estimate. "
             "Nothing is known of 1 table."_s);
    QCOMPARE(plantexts::lossDetails(loss),
             u"public.events: too big to count in time; about 1,200,000 rows by the server's "
             "statistics, 1,100,000 in the backup\n"
             "public.locked: locked by somebody, and the server has no statistics of it; 7 in the "
             "backup"_s);
    loss.tables = {{.schema = u"public"_s, .name = u"t"_s, .rowsLive = 14, .rowsInDump = 10}};
    loss.isExact = true;
    loss.moreRows = 4;
    QCOMPARE(plantexts::lossSentence(loss),
             u"3 h 00 min of changes: at least 4 rows in 1 table."_s);
}

void TestRestoreTexts::whatStandsBehindALinkIsASentence()
{
    restore::RestorePlan plan;
    plan.mode = restore::RestoreMode::NewDatabase;
    restore::PreflightReport report;
    report.way.noDatabase =
        Error{.kind = ErrorKind::Denied, .subject = {}, .detail = u"it is somebody else's"_s};
    const backup::BackupEntry entry = unread();
    const QList<Fact> facts = plantexts::planFacts(entry, plan, report, {}, now);
    const auto way = std::ranges::find(facts, u"Way"_s, &Fact::label);
    QVERIFY(way != facts.end());
    const QString words = plainValue(*way);
    QVERIFY2(words.contains(u"Replace the schemas only. The whole database cannot be swapped: it "
                            "is somebody else's."_s),
             qPrintable(words));
}

void TestRestoreTexts::thePlanInPlaceNamesWhatItCosts()
{
    restore::RestorePlan plan;
    plan.target =
        postgres::ConnectionString::parse(u"host=db.example dbname=shop user=app"_s).value();
    plan.mode = restore::RestoreMode::InPlace;
    plan.safetyFolder = u"/backups"_s;
    plan.plannedAt = now;
    restore::PreflightReport report;
    report.schemas = {{.name = u"public"_s,
                       .exists = true,
                       .owner = u"platform"_s,
                       .tables = 9,
                       .rows = 4100,
                       .bytes = 42'000'000}};
    report.inPlace = restore::InPlaceFacts{.things = 12,
                                           .tables = 9,
                                           .lockedOutside = {u"auth.users"_s},
                                           .published = {u"Publication changes"_s}};
    report.safetySpace = 9'000'000'000;
    report.way.proposed = restore::RestoreMode::InPlace;
    report.way.reason = u"of the owner"_s;
    report.way.noSchema = Error{.kind = ErrorKind::Denied, .subject = {}, .detail = {}};
    report.way.noDatabase = report.way.noSchema;
    report.notes = {
        {restore::PreflightNote::Weight::Warning, u"1 session is writing and goes aside."_s, true}};
    QString all;
    const auto add = [&all](const QList<Fact> &facts) {
        for (const Fact &fact : facts)
            all += fact.label + u": "_s + plainValue(fact) + u'\n';
    };
    const backup::BackupEntry entry = unread();
    add(plantexts::planFacts(entry, plan, report, {}, now));
    for (const QString &word :
         {u"Way: in place"_s, u"because of the owner"_s,
          u"Goes first: 9 tables with about 4,100 rows, 42 MB, and 3 other things"_s,
          u"Writers: wait from the start"_s, u"Readers: read on while the safety copy is made"_s,
          u"auth.users"_s, u"Publication changes would lose the tables"_s,
          u"Safety copy: /backups/shop_before_"_s, u"9 GB are free there"_s,
          u"Undo: Restore the safety copy"_s})
        QVERIFY2(all.contains(word), qPrintable(word + u" is missing in\n"_s + all));
    QVERIFY(!all.contains(u"goes aside"_s)); // nothing does
    QVERIFY(!all.contains(u"Load it beside"_s));
    all.clear();
    add(plantexts::confirmFacts(plan, report));
    for (const QString &word : {u"db.example"_s, u"Goes first"_s, u"Readers"_s, u"Safety copy"_s,
                                u"Undo: Restore the safety copy"_s})
        QVERIFY2(all.contains(word), qPrintable(word + u" is missing in\n"_s + all));
    QCOMPARE(plantexts::replaceVerb(plan, report),
             u"Empty and refill schema public in shop on db.example:5432"_s);
    // Without statistics nobody knows how many rows there are.
    for (auto &schema : report.schemas)
        schema.rows = 0;
    all.clear();
    add(plantexts::confirmFacts(plan, report));
    QVERIFY2(all.contains(u"Goes first: 9 tables, 42 MB, and 3 other things"_s), qPrintable(all));
    // With nothing there it costs nothing.
    report.inPlace = restore::InPlaceFacts{};
    all.clear();
    add(plantexts::confirmFacts(plan, report));
    QVERIFY(all.contains(u"Safety copy: none is needed"_s) && !all.contains(u"Writers"_s));
}

void TestRestoreTexts::aRestoreInPlaceSaysHowItIsUndone()
{
    restore::RestoreRecord done = record(Verdict::Proven);
    done.mode = restore::RestoreMode::InPlace;
    done.safetyCopy = u"/backups/shop_before_1.sql.gz"_s;
    done.receipt->mode = u"in-place"_s;
    done.receipt->safetyCopy =
        restore::SafetyCopy{.file = done.safetyCopy, .bytes = 1000, .tables = 9, .rows = 4100};
    const QString detail = restoretexts::verdictDetail(*done.receipt);
    QVERIFY2(detail.contains(u"in the safety copy /backups/shop_before_1.sql.gz: 9 tables with "
                             "4,100 rows"_s),
             qPrintable(detail));
    QVERIFY(!detail.contains(u"put back"_s));
    QVERIFY(restoretexts::whatNext(done).join(u'\n').contains(u"Keep the safety copy"_s));
    done.receipt->safetyCopy.reset();
    QVERIFY(restoretexts::verdictDetail(*done.receipt).contains(u"Nothing was there before"_s));
    done.receipt.reset();
    done.committed = true;
    QVERIFY(restoretexts::interruptedSentence(done).contains(done.safetyCopy));
}

void TestRestoreTexts::everyVerdictHasItsOwnWords()
{
    QSet<QString> sentences, words, shapes;
    for (const Verdict verdict : {Verdict::Proven, Verdict::Differences, Verdict::NotRestored}) {
        sentences.insert(restoretexts::verdictSentence(receipt(verdict)));
        words.insert(restoretexts::verdictWord(verdict));
        shapes.insert(QString::number(static_cast<int>(restoretexts::verdictShape(verdict))));
    }
    QCOMPARE(sentences.size(), 3);
    QCOMPARE(words.size(), 3);
    QCOMPARE(shapes.size(), 3);
    auto stopped = receipt(Verdict::NotRestored);
    stopped.error = Error{.kind = ErrorKind::Cancelled, .subject = {}, .detail = {}};
    QVERIFY(restoretexts::verdictSentence(stopped).startsWith(u"Stopped"_s));
    auto unknown = receipt(Verdict::NotRestored);
    unknown.left = {{u"possibly a schema"_s, {}}};
    QVERIFY(!restoretexts::verdictSentence(unknown).contains(u"Nothing changed"_s));
    QVERIFY(restoretexts::verdictForChat(receipt(Verdict::Proven)).contains(u"shop.sql.gz"_s));
}

void TestRestoreTexts::neverSaysSuccess()
{
    for (const Verdict verdict : {Verdict::Proven, Verdict::Differences, Verdict::NotRestored}) {
        const QString all = restoretexts::verdictSentence(receipt(verdict)) +
                            restoretexts::verdictDetail(receipt(verdict)) +
                            restoretexts::verdictForChat(receipt(verdict));
        QVERIFY(!all.contains(u"success"_s, Qt::CaseInsensitive));
        QVERIFY(!all.contains(u'!'));
    }
}

void TestRestoreTexts::timeIsForecastFromWhatWasProven()
{
    QVERIFY(plantexts::timeForecast(1000, {}).isEmpty());
    QVERIFY(plantexts::timeForecast(1000, {record(Verdict::NotRestored)}).isEmpty());
    const QString forecast =
        plantexts::timeForecast(120024, {record(Verdict::NotRestored), record(Verdict::Proven)});
    QVERIFY2(forecast.contains(u"9 to 18 s"_s), qPrintable(forecast));
    QVERIFY(forecast.contains(u"14:09 UTC"_s));
}

void TestRestoreTexts::everyPhaseHasASentence()
{
    QSet<QString> sentences;
    for (int phase = 0; phase <= static_cast<int>(RestorePhase::Finished); ++phase) {
        restore::RestoreProgress progress;
        progress.phase = static_cast<RestorePhase>(phase);
        sentences.insert(restoretexts::progressSentence(progress));
    }
    QCOMPARE(sentences.size(), static_cast<int>(RestorePhase::Finished) + 1);
    const auto phases = restoretexts::progressPhases({.phase = RestorePhase::Proving});
    QCOMPARE(phases.first().state, PhaseState::Done);
    QCOMPARE(std::ranges::count(phases, PhaseState::Current, &ProgressPhase::state), 1);
    QCOMPARE(phases.last().state, PhaseState::Todo);
}

void TestRestoreTexts::progressGivesARange()
{
    restore::RestoreProgress progress;
    progress.phase = RestorePhase::Loading;
    progress.bytesTotal = 100'000'000;
    QVERIFY(!restoretexts::progressFacts(progress).left);
    progress.bytesDone = 50'000'000;
    progress.phaseElapsed = std::chrono::seconds(10);
    const auto facts = restoretexts::progressFacts(progress);
    QVERIFY(facts.left && facts.left->first < facts.left->second);
    QVERIFY(facts.sinceAnswer.has_value());
    progress.phase = RestorePhase::Inspecting; // no server is involved yet
    QVERIFY(!restoretexts::progressFacts(progress).sinceAnswer);
}

void TestRestoreTexts::everyConnectionSaysWhatItIsAt()
{
    restore::RestoreProgress progress;
    QCOMPARE(restoretexts::connectionLines(progress), QString());
    progress.connections = {u"public.products"_s, QString(), u"index listings_pkey"_s};
    QCOMPARE(restoretexts::connectionLines(progress), u"Connection 1: public.products\n"
                                                      "Connection 2: nothing to do at the moment\n"
                                                      "Connection 3: index listings_pkey"_s);
    const Theme theme;
    ProgressView view(theme);
    view.setProgress(progress);
    view.show();
    QVERIFY2(tests::seenText(view).contains(restoretexts::connectionLines(progress)),
             qPrintable(tests::seenText(view)));
    progress.connections.clear(); // one alone needs no list
    view.setProgress(progress);
    QVERIFY(!tests::seenText(view).contains(u"Connection 1"_s));
}

void TestRestoreTexts::anInterruptedRestoreIsHonest()
{
    restore::RestoreRecord record;
    record.startedAt = now;
    QVERIFY(restoretexts::interruptedSentence(record).contains(u"not known"_s));
    record.committed = false;
    QVERIFY(restoretexts::interruptedSentence(record).contains(u"nothing changed"_s));
    record.committed = true;
    QVERIFY(restoretexts::interruptedSentence(record).contains(u"had taken place"_s));
}

void TestRestoreTexts::whatTheServerHasTakenIsSaid()
{
    restore::RestoreProgress progress{.phase = restore::RestorePhase::Loading,
                                      .rowsTotal = 1'450'000,
                                      .table = u"public.products"_s,
                                      .rowsTaken = 1'290'000};
    QCOMPARE(restoretexts::progressDetail(progress),
             u"Loading public.products. The server has taken 1.2 of 1.4 million rows. The live "
             "data has not been touched."_s);
    progress.rowsTotal = 40'000;
    progress.rowsTaken = 1'200;
    QVERIFY(restoretexts::progressDetail(progress).contains(
        u"The server has taken 1,200 of 40,000 rows."_s));
    progress.phase = restore::RestorePhase::Proving;
    QVERIFY(!restoretexts::progressDetail(progress).contains(u"taken"_s));
}

MAYDAY_UI_TEST(TestRestoreTexts);
#include "tst_restoretexts.moc"
