// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/keptmarks.h"
#include "restore/keptexpiry.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// The rules by which what is kept goes or stays, without a server.
class TestKeptRules : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theRules_data();
    void theRules();
};

void TestKeptRules::theRules_data()
{
    QTest::addColumn<KeptLook>("look");
    QTest::addColumn<ExpiryRules>("rules");
    QTest::addColumn<KeptFate>("fate");
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const auto lookOf = [&now](const QList<KeptSchema> &kept) {
        return KeptLook{.kept = kept, .serverNow = now, .withTables = {u"public"_s}, .inUse = {}};
    };
    const ExpiryRules days{.keepDays = 14};
    const KeptSchema old = keptMark(u"public_before_1"_s, u"restore-1"_s, 14.01);
    QTest::newRow("past") << lookOf({old}) << days << KeptFate::Due;
    QTest::newRow("no days") << lookOf({old}) << ExpiryRules{} << KeptFate::ByHand;
    QTest::newRow("a little early")
        << lookOf({keptMark(u"a"_s, u"restore-1"_s, 13.99)}) << days << KeptFate::Later;
    QTest::newRow("no restore in the mark")
        << lookOf({keptMark(u"a"_s, {}, 99)}) << days << KeptFate::ByHand;
    KeptSchema timeless = old;
    timeless.at = {};
    QTest::newRow("no time in the mark") << lookOf({timeless}) << days << KeptFate::ByHand;
    QTest::newRow("the same restore was moved again")
        << lookOf({old, keptMark(u"app_before_1"_s, u"restore-1"_s, 2)}) << days << KeptFate::Later;
    QTest::newRow("another restore was made")
        << lookOf({old, keptMark(u"public_before_2"_s, u"restore-2"_s, 2)}) << days
        << KeptFate::Due;
    KeptLook behind = lookOf({old});
    behind.serverNow = now.addDays(-1);
    QTest::newRow("the server's clock says no") << behind << days << KeptFate::Later;
    QTest::newRow("an incident") << lookOf({old})
                                 << ExpiryRules{.keepDays = 14, .isIncidentOpen = true}
                                 << KeptFate::IncidentOpen;
    QTest::newRow("nobody saw its end")
        << lookOf({old}) << ExpiryRules{.keepDays = 14, .unsettled = {u"restore-1"_s}}
        << KeptFate::Unsettled;
    QTest::newRow("nobody saw the end of another")
        << lookOf({old}) << ExpiryRules{.keepDays = 14, .unsettled = {u"restore-2"_s}}
        << KeptFate::Due;
    KeptLook bare = lookOf({old});
    bare.withTables = {u"public_before_1"_s};
    QTest::newRow("nothing is live") << bare << days << KeptFate::OnlyCopy;
    KeptSchema app = keptMark(u"app_before_1"_s, u"restore-1"_s, 20);
    app.original = u"app"_s;
    QTest::newRow("nothing is live of its companion")
        << lookOf({old, app}) << days << KeptFate::OnlyCopy;
    KeptSchema database = old;
    database.name = u"shop_before_1"_s;
    database.original = u"shop"_s;
    database.isDatabase = true;
    QTest::newRow("a database") << lookOf({database}) << days << KeptFate::Due;
    KeptLook visited = lookOf({database});
    visited.inUse = {u"shop_before_1"_s};
    QTest::newRow("a database in use") << visited << days << KeptFate::InUse;
    KeptLook empty = lookOf({database, keptMark(u"public_before_2"_s, u"restore-2"_s, 1)});
    empty.withTables = {u"public_before_2"_s};
    QTest::newRow("a database, and nothing live in the other")
        << empty << days << KeptFate::OnlyCopy;
}

void TestKeptRules::theRules()
{
    QFETCH(KeptLook, look);
    QFETCH(ExpiryRules, rules);
    QFETCH(KeptFate, fate);
    const QDateTime now = QDateTime::currentDateTimeUtc();
    QCOMPARE(fateKey(termOf(look.kept.front(), look, rules, now).fate), fateKey(fate));
    QCOMPARE(!dueOf(look, rules, now).isEmpty(), fate == KeptFate::Due);
    // And never by our clock alone.
    QVERIFY(dueOf(look, rules, now.addDays(-30)).isEmpty());
}

MAYDAY_TEST(TestKeptRules);
#include "tst_keptrules.moc"
