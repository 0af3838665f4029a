// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "core/profile.h"
#include "incident/incidentdesk.h"
#include "postgres/session.h"
#include "restore/schemaswap.h"
#include "runbook/runbookreader.h"
#include "store/journalreader.h"
#include "support/fakeclock.h"
#include "support/testmain.h"

using namespace mayday;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// `kept` and `discard`: what restores leave in a database, and how it goes.
class TestCtlKept : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingIsKeptBeforeARestore();
    void listsTheNewestFirst();
    void discardTakesOneAwayAndSaysSo();
    void discardTakesWhatIsOld();
    void whatIsExpiredGoesByTheStack();
    void onePasswordIsNotShownToSeveralServers();
    void anOpenIncidentKeepsIt();
    void whatIsNotKeptIsNotDropped();
    void nobodyIsThereToConfirm();
    void aRestoreUnderWayIsNotDisturbed();
    void wordsThatAreOff();

private:
    [[nodiscard]] QString restored(const QString &database, int times = 1)
    {
        const QString target = m_ctl.liveDatabase(database);
        const QString file = m_ctl.write(u"ok.sql"_s, smallDump);
        for (int i = 0; i < times; ++i) {
            const Answer done =
                m_ctl.run({u"restore"_s, file, u"--target"_s, target, u"--yes"_s, u"--json"_s});
            if (done.code != 0)
                qFatal("%s", done.all().constData());
        }
        return target;
    }
    [[nodiscard]] QJsonArray kept(const QString &target)
    {
        return m_ctl.run({u"kept"_s, u"--target"_s, target, u"--json"_s})
            .json()["kept"_L1]
            .toArray();
    }
    [[nodiscard]] Answer discard(const QString &name, const QString &target,
                                 const QStringList &more = {u"--yes"_s, u"--json"_s})
    {
        return m_ctl.run(QStringList{u"discard"_s, name, u"--target"_s, target} + more);
    }

    /// So many days are taken off its mark.
    void age(const QString &database, const QString &name, int days)
    {
        m_ctl.server().execute(
            database, "DO $do$ BEGIN EXECUTE format('COMMENT ON SCHEMA %I IS %L', '" +
                          name.toUtf8() + "', replace(obj_description('" + name.toUtf8() +
                          "'::regnamespace), to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD'),"
                          " to_char(now() AT TIME ZONE 'UTC' - interval '" +
                          QByteArray::number(days) + " days', 'YYYY-MM-DD'))); END $do$");
    }
    /// And so is everything that the record says.
    void ageRecord(int days)
    {
        const QString file = Profile::under(m_ctl.profile()).journalFile();
        const auto events = store::readJournal(file);
        QVERIFY(events);
        for (const QString &part : {file, file + u"-wal"_s, file + u"-shm"_s})
            QFile::remove(part);
        FakeClock clock;
        clock.advance(std::chrono::milliseconds(
            clock.now().msecsTo(QDateTime::currentDateTimeUtc().addDays(-days))));
        const auto journal = store::Journal::open(file, clock).value();
        for (const store::JournalEvent &event : *events)
            QVERIFY(journal->appendNow(
                {.kind = event.kind, .subject = event.subject, .data = event.data}));
    }
    [[nodiscard]] QString stackOf(const QString &target, const QByteArray &line) const
    {
        return m_ctl.write(
            u"stack.yaml"_s,
            "stack: {name: Shop, environment: production}\ndatabases:\n  - id: main\n"
            "    connection: " +
                target.toUtf8() + "\n    " + line + '\n');
    }

    Ctl m_ctl;
};

void TestCtlKept::nothingIsKeptBeforeARestore()
{
    const QString target = m_ctl.liveDatabase(u"fresh"_s);
    const Answer answer = m_ctl.run({u"kept"_s, u"--target"_s, target});
    QVERIFY2(answer.code == 0, answer.all());
    QVERIFY2(answer.out.startsWith("Restores keep nothing in database fresh on "), answer.all());
    QVERIFY(kept(target).isEmpty());
}

void TestCtlKept::listsTheNewestFirst()
{
    const QString target = restored(u"twice"_s, 2);
    const QJsonArray list = kept(target);
    QCOMPARE(list.size(), 2);
    const QJsonObject newest = list[0].toObject();
    QVERIFY(newest["name"_L1].toString().startsWith(u"public_before_"_s));
    QCOMPARE(newest["original"_L1].toString(), u"public"_s);
    QCOMPARE(newest["file"_L1].toString(), u"ok.sql"_s);
    QCOMPARE(newest["holds"_L1].toString(), u"before"_s);
    QCOMPARE(newest["tables"_L1].toInteger(), 1);
    QVERIFY(newest["bytes"_L1].toInteger() > 0);
    QVERIFY(newest["at"_L1].toString() >= list[1].toObject()["at"_L1].toString());
    const QByteArray rows = "SELECT string_agg(id::text, ' ' ORDER BY id) FROM ";
    const auto rowsOf = [&](const QJsonValue &one) {
        return m_ctl.server().scalar(u"twice"_s,
                                     rows + one["name"_L1].toString().toUtf8() + ".products");
    };
    QCOMPARE(rowsOf(list[0]), u"1 2 3"_s);
    QCOMPARE(rowsOf(list[1]), u"99"_s);
    const Answer text = m_ctl.run({u"kept"_s, u"--target"_s, target});
    QVERIFY2(text.out.contains("public as it was before ok.sql took its place; 1 tables, "),
             text.all());
}

void TestCtlKept::discardTakesOneAwayAndSaysSo()
{
    const QString target = restored(u"going"_s, 2);
    const QJsonObject oldest = kept(target)[1].toObject();
    const QString name = oldest["name"_L1].toString();
    const Answer answer = discard(name, target);
    QVERIFY2(answer.code == 0, answer.all());
    QCOMPARE(answer.json()["discarded"_L1].toObject(), oldest);
    QCOMPARE(kept(target).size(), 1);
    QCOMPARE(m_ctl.products(u"going"_s), u"1 2 3"_s);
    const auto events = store::readJournal(Profile::under(m_ctl.profile()).journalFile(), {});
    QVERIFY(events && !events->isEmpty());
    const store::JournalEvent last = events->last();
    QCOMPARE(last.kind, u"restore.discarded"_s);
    QCOMPARE(last.subject, oldest["restore"_L1].toString());
    QCOMPARE(last.data["schema"_L1].toString(), name);
    // And a second time there is nothing to discard.
    QCOMPARE(discard(name, target).code, 2);
}

void TestCtlKept::discardTakesWhatIsOld()
{
    const QString target = restored(u"aging"_s, 2);
    const QString name = kept(target)[1].toObject()["name"_L1].toString();
    const auto older = [&](const QString &days) {
        return m_ctl.run({u"discard"_s, u"--older-than"_s, days, u"--target"_s, target, u"--yes"_s,
                          u"--json"_s});
    };
    QVERIFY(older(u"1"_s).json()["discarded"_L1].toArray().isEmpty());
    age(u"aging"_s, name, 9);
    QVERIFY(older(u"10"_s).json()["discarded"_L1].toArray().isEmpty());
    const Answer gone = older(u"8"_s);
    QVERIFY2(gone.code == 0, gone.all());
    QCOMPARE(gone.json()["discarded"_L1].toArray().size(), 1);
    QCOMPARE(gone.json()["discarded"_L1][0]["name"_L1].toString(), name);
    QCOMPARE(kept(target).size(), 1);
    QCOMPARE(older(u"soon"_s).code, m_ctl.run({u"discard"_s}).code); // wrong use
}

void TestCtlKept::whatIsExpiredGoesByTheStack()
{
    const QString target = restored(u"expiring"_s, 2);
    const QString oldest = kept(target)[1].toObject()["name"_L1].toString();
    age(u"expiring"_s, oldest, 9);
    ageRecord(9);
    const auto expired = [this](const QString &stack, const QStringList &more = {u"--yes"_s}) {
        return m_ctl.run(
            QStringList{u"discard"_s, u"--expired"_s, u"--stack"_s, stack, u"--json"_s} + more);
    };
    const auto shown = [&](const QString &stack) {
        return m_ctl.run({u"kept"_s, u"--target"_s, target, u"--stack"_s, stack});
    };
    QString stack = stackOf(target, "schema: public");
    QVERIFY2(shown(stack).out.contains("kept for 9 days; stays until it is discarded"),
             shown(stack).all());
    QVERIFY2(expired(stack).code == 0, expired(stack).all());
    QCOMPARE(kept(target).size(), 2);

    stack = stackOf(target, "keep-days: 14");
    QVERIFY2(shown(stack).out.contains(", in 5 days"), shown(stack).all());
    QVERIFY(expired(stack).json()["discarded"_L1].toArray().isEmpty());

    stack = stackOf(target, "keep-days: 8");
    QVERIFY2(shown(stack).out.contains("kept for 9 days; due to go"), shown(stack).all());
    QCOMPARE(expired(stack, {}).code, 2); // nobody there to say yes
    QCOMPARE(kept(target).size(), 2);
    const Answer gone = expired(stack);
    QVERIFY2(gone.code == 0, gone.all());
    QCOMPARE(gone.json()["discarded"_L1].toArray().size(), 1);
    QCOMPARE(gone.json()["discarded"_L1][0]["name"_L1].toString(), oldest);
    QCOMPARE(kept(target).size(), 1);
    const auto events = store::readJournal(Profile::under(m_ctl.profile()).journalFile());
    QVERIFY(events && !events->isEmpty());
    QCOMPARE(events->last().kind, u"restore.discarded"_s);
    QCOMPARE(events->at(events->size() - 2).kind, u"restore.discarding"_s);
    QCOMPARE(events->last().data["keepDays"_L1].toInt(), 8);
    QCOMPARE(m_ctl.products(u"expiring"_s), u"1 2 3"_s);
    QCOMPARE(m_ctl.run({u"discard"_s, u"--expired"_s, u"--target"_s, target}).code, 64);
}

void TestCtlKept::onePasswordIsNotShownToSeveralServers()
{
    const QString target = restored(u"lonely"_s);
    const QString stack = stackOf(
        target, "keep-days: 8\n  - id: other\n    connection: host=127.0.0.1 port=1 user=app "
                "dbname=shop\n    keep-days: 8");
    const Answer answer =
        m_ctl.run({u"discard"_s, u"--expired"_s, u"--stack"_s, stack, u"--yes"_s, u"--json"_s});
    QVERIFY2(answer.code == 2, answer.all());
    QVERIFY2(answer.error()["detail"_L1].toString().contains(u"~/.pgpass"_s), answer.all());
}

void TestCtlKept::anOpenIncidentKeepsIt()
{
    const QString target = restored(u"burning"_s);
    const QString name = kept(target)[0].toObject()["name"_L1].toString();
    age(u"burning"_s, name, 9);
    ageRecord(9);
    const QString stack = stackOf(target, "keep-days: 8");
    const QString file = Profile::under(m_ctl.profile()).journalFile();
    const SystemClock clock;
    const auto reading = runbook::readRunbook(
        "---\nid: fire\ntitle: Fire\ntier: critical\n---\n\n# Fire\n\n## Do\n\n"
        "- [ ] Optional: Ring the bell. (1 min)\n",
        u"fire.md"_s, runbook::VerbRegistry::standard());
    QVERIFY(reading.runbook);
    const auto inDesk = [&](const std::function<void(incident::IncidentDesk &)> &act, bool isOpen) {
        const auto journal = store::Journal::open(file, clock).value();
        incident::IncidentDesk desk(*journal, clock);
        desk.replay(journal->read().value());
        act(desk);
        QTRY_COMPARE(desk.running() != nullptr, isOpen);
    };
    inDesk(
        [&](incident::IncidentDesk &desk) {
            desk.open(*reading.runbook, {},
                      {.title = u"Fire"_s, .environment = {}, .commander = {}});
        },
        true);
    const QStringList words{u"discard"_s, u"--expired"_s, u"--stack"_s,
                            stack,        u"--yes"_s,     u"--json"_s};
    const Answer stays = m_ctl.run(words);
    QVERIFY2(stays.code == 0, stays.all());
    QCOMPARE(stays.json()["stays"_L1][0]["fate"_L1].toString(), u"incident-open"_s);
    QCOMPARE(kept(target).size(), 1);
    inDesk([](incident::IncidentDesk &desk) { desk.close(); }, false);
    QVERIFY(m_ctl.run(words).json()["discarded"_L1].toArray().isEmpty()); // on that day
    QCOMPARE(kept(target).size(), 1);
    ageRecord(9);
    QCOMPARE(m_ctl.run(words).json()["discarded"_L1].toArray().size(), 1);
    QVERIFY(kept(target).isEmpty());
}

void TestCtlKept::whatIsNotKeptIsNotDropped()
{
    const QString target = restored(u"careful"_s);
    for (const QString &name : {u"public"_s, u"pg_catalog"_s, u"no_such"_s}) {
        const Answer answer = discard(name, target);
        QVERIFY2(answer.code == 2, answer.all());
        QCOMPARE(answer.error()["kind"_L1].toString(), u"not-found"_s);
    }
    QCOMPARE(m_ctl.products(u"careful"_s), u"1 2 3"_s);
    QCOMPARE(kept(target).size(), 1);
}

void TestCtlKept::nobodyIsThereToConfirm()
{
    const QString target = restored(u"asked"_s);
    const QString name = kept(target)[0]["name"_L1].toString();
    const Answer answer = discard(name, target, {u"--json"_s});
    QVERIFY2(answer.code == 2, answer.all());
    QVERIFY(answer.error()["detail"_L1].toString().contains(u"not confirmed"_s));
    QCOMPARE(kept(target).size(), 1);
}

void TestCtlKept::aRestoreUnderWayIsNotDisturbed()
{
    const QString target = restored(u"busy"_s);
    const QString name = kept(target)[0]["name"_L1].toString();
    TaskContext context;
    auto other =
        postgres::Session::connect(m_ctl.server().connectionString(u"busy"_s), context).value();
    QVERIFY(other.execute("BEGIN", context));
    QVERIFY(restore::lockForRestore(other, context));
    const Answer answer = discard(name, target);
    QVERIFY2(answer.code == 2, answer.all());
    QVERIFY(answer.error()["detail"_L1].toString().contains(u"is running"_s));
    QVERIFY(other.execute("ROLLBACK", context));
    QCOMPARE(discard(name, target).code, 0);
}

void TestCtlKept::wordsThatAreOff()
{
    const QString target = m_ctl.liveDatabase(u"words"_s);
    for (const QStringList &words :
         {QStringList{u"kept"_s},
          {u"kept"_s, u"--target"_s, target, u"more"_s},
          {u"discard"_s, u"--target"_s, target, u"--yes"_s},
          {u"discard"_s, u"a"_s, u"b"_s, u"--target"_s, target, u"--yes"_s},
          {u"discard"_s, u"--all"_s, u"--target"_s, target, u"--yes"_s}}) {
        const Answer answer = m_ctl.run(words + QStringList{u"--json"_s});
        QVERIFY2(answer.code == 64, answer.all());
    }
}

MAYDAY_TEST(TestCtlKept);
#include "tst_ctlkept.moc"
