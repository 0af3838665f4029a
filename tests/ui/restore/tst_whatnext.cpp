// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/screen.h"
#include "support/testmain.h"
#include "ui/kit/disclosure.h"
#include "ui/restore/restoretexts.h"
#include "ui/restore/verdictview.h"

#include <QTest>
#include <QTimeZone>

using namespace mayday;
using namespace mayday::ui;
using namespace Qt::StringLiterals;
using restore::Verdict;

namespace {

const QDateTime now(QDate(2026, 11, 23), QTime(15, 9), QTimeZone::UTC);

restore::RestoreRecord record(Verdict verdict)
{
    restore::RestoreRecord record;
    record.startedAt = now.addSecs(-3600);
    record.state = restore::RestoreState::Finished;
    record.receipt.emplace().verdict = verdict;
    record.receipt->tables = {{.schema = u"public"_s, .name = u"products"_s}};
    return record;
}

} // namespace

/// What the verdict says that a person has still to do, for each way of restoring.
class TestWhatNext : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsLeftToDo_data();
    void whatIsLeftToDo();
    void nothingIsLeftToDoWhereNothingHappened();
};

void TestWhatNext::whatIsLeftToDo_data()
{
    using restore::RestoreMode;
    QTest::addColumn<RestoreMode>("mode");
    QTest::addColumn<QStringList>("lines");
    const QString variables =
        u"No connection variable changes: shop on db.example:5433 keeps its name. If DATABASE_URL, "
        "or what it is called there, leads elsewhere, switch it and redeploy."_s;
    const QString replanned =
        u"Nobody was disconnected: restart or redeploy what says \"cached plan must not change "
        "result type\"."_s;
    const QString caches = u"Empty the application's caches: they hold what was there before."_s;
    const QString smoke =
        u"Run the smoke test: try the application as a customer would, before you say that it "
        "works."_s;
    const QString people =
        u"People and rights are those of the backup: whoever lost access since has it again."_s;
    const QString jobs =
        u"Scheduled jobs, queues and webhooks are those of the backup: look before they run."_s;
    const QString tell = u"Tell people: the button beside the verdict copies it for the chat."_s;
    QTest::newRow("schema by schema")
        << RestoreMode::Replace
        << QStringList{variables, replanned, caches, smoke, people, jobs, tell};
    QTest::newRow("the whole database")
        << RestoreMode::ReplaceDatabase
        << QStringList{variables,
                       u"Everybody was disconnected: restart or redeploy what does not connect "
                       "again by itself, pools and poolers too."_s,
                       caches,
                       smoke,
                       people,
                       jobs,
                       tell};
    QTest::newRow("in place")
        << RestoreMode::InPlace
        << QStringList{u"Keep the safety copy until you are sure: it is the only way back, and "
                       "nobody removes it."_s,
                       variables,
                       replanned,
                       caches,
                       smoke,
                       people,
                       jobs,
                       tell};
    QTest::newRow("only what was missing")
        << RestoreMode::Tables
        << QStringList{variables,
                       u"Nobody was disconnected: restart or redeploy what has given up on these "
                       "tables, or remembers which tables there are."_s,
                       smoke,
                       u"What was written to these tables after the backup is not in them."_s,
                       u"Rows that others deleted with them, by a foreign key, do not come back by "
                       "themselves: look at the tables around them."_s,
                       tell};
    QTest::newRow("a copy")
        << RestoreMode::Copy
        << QStringList{
               u"The live data and its name stay, so no connection variable has to be changed, and "
               "nothing has to be restarted."_s,
               u"What is to read the copy needs another connection: switch DATABASE_URL, or what "
               "it is called there, to the same address with "
               "options=-csearch_path=public_copy_20261123_150900, and redeploy it."_s,
               u"Before you say that rows are back, compare, bring them back, and run the smoke "
               "test: the copy alone changes nothing for customers."_s,
               u"Tell people that it is a copy: the button beside the verdict copies it for the "
               "chat."_s};
}

void TestWhatNext::whatIsLeftToDo()
{
    QFETCH(restore::RestoreMode, mode);
    QFETCH(QStringList, lines);
    restore::RestoreRecord done = record(Verdict::Proven);
    done.id = restore::freshRestoreId(now);
    done.mode = mode;
    done.connection = u"host=db.example port=5433 dbname=shop user=app"_s;
    done.receipt->mode = restore::modeKey(mode);
    if (mode == restore::RestoreMode::InPlace)
        done.receipt->safetyCopy = restore::SafetyCopy{.file = u"/b/before.sql.gz"_s};
    QCOMPARE(restoretexts::whatNext(done), lines);
    // Records of the first versions do not say where it was.
    done.connection.clear();
    const QString all = restoretexts::whatNext(done).join(u'\n');
    QVERIFY2(all.contains(u"onnection variable"_s) && all.contains(u"name"_s), qPrintable(all));
    QVERIFY(!all.contains(u"shop on"_s));
}

void TestWhatNext::nothingIsLeftToDoWhereNothingHappened()
{
    restore::RestoreRecord failed = record(Verdict::NotRestored);
    QCOMPARE(restoretexts::whatNext(failed), QStringList());
    failed.mode = restore::RestoreMode::Copy;
    QCOMPARE(restoretexts::whatNext(failed), QStringList());
    restore::RestoreRecord back = record(Verdict::Proven);
    back.putBackAt = now;
    QCOMPARE(restoretexts::whatNext(back), QStringList());
    // A database that was loaded in part and not swapped.
    restore::RestoreRecord unfinished;
    unfinished.mode = restore::RestoreMode::ReplaceDatabase;
    unfinished.state = restore::RestoreState::Settled;
    unfinished.committed = false;
    QCOMPARE(restoretexts::whatNext(unfinished), QStringList());
    unfinished.unfinished = u"shop_restoring_20261123_150900"_s;
    QCOMPARE(restoretexts::whatNext(unfinished),
             (QStringList{u"The live data and its name stay, so no connection variable has to be "
                          "changed, and nothing has to be restarted."_s,
                          u"Do not switch DATABASE_URL, or what it is called there, to database "
                          "shop_restoring_20261123_150900: it is unfinished, and nothing in it is "
                          "proven."_s,
                          u"Tell people that the restore did not take place: the button beside the "
                          "verdict copies it for the chat."_s}));
    const Theme theme;
    VerdictView view(theme);
    view.setRecord(unfinished);
    view.show();
    auto *fold = view.findChild<Disclosure *>();
    QVERIFY(fold->isVisible() && !fold->isOpen());
    fold->setOpen(true);
    QVERIFY2(tests::seenText(view).contains(u"Do not switch DATABASE_URL"_s),
             qPrintable(tests::seenText(view)));
}

MAYDAY_UI_TEST(TestWhatNext);
#include "tst_whatnext.moc"
