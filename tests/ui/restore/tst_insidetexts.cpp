// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/statementclass.h"
#include "support/screen.h"
#include "support/testmain.h"
#include "ui/kit/disclosure.h"
#include "ui/kit/fittedarea.h"
#include "ui/restore/insidetexts.h"
#include "ui/restore/planview.h"

#include <QLabel>
#include <QScrollBar>
#include <QTest>

using namespace mayday;
using namespace mayday::ui;
using namespace Qt::StringLiterals;

namespace {

dump::DumpInspection inspectionOf(const QStringList &warnings)
{
    dump::DumpInspection inspection;
    inspection.objects = {{dump::kindWord(dump::StatementClass::Table), 4},
                          {dump::kindWord(dump::StatementClass::View), 1},
                          {dump::kindWord(dump::StatementClass::Function), 1200},
                          {dump::kindWord(dump::StatementClass::Policy), 2}};
    inspection.warnings = warnings;
    return inspection;
}

QString plain(const QList<Fact> &facts)
{
    QStringList lines;
    for (const Fact &fact : facts)
        lines.append(fact.label + u": "_s + plainValue(fact));
    return lines.join(u'\n');
}

} // namespace

/// What a backup creates, and what of it runs code, is told before the button.
class TestInsideTexts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme.applyTo(*qApp); }
    void whatThereIs();
    void whatIsToBeReadFirst();
    void thePlanListsIt();
    void aLongPlanIsScrolled();
    void theManifestIsTold();

private:
    Theme m_theme;
};

void TestInsideTexts::whatThereIs()
{
    QCOMPARE(insidetexts::objects(inspectionOf({})), u"1,200 functions, 1 view, 2 policies"_s);
    QCOMPARE(plain(insidetexts::planFacts(inspectionOf({}))),
             u"Inside: 1,200 functions, 1 view, 2 policies See\u00a0all"_s);
    QVERIFY(insidetexts::planFacts(dump::DumpInspection()).isEmpty());
    QVERIFY(insidetexts::confirmFacts(inspectionOf({})).isEmpty());
}

void TestInsideTexts::whatIsToBeReadFirst()
{
    const auto two = inspectionOf({u"line 3: a DO block"_s, u"line 9: a language: plperlu"_s});
    QCOMPARE(plain(insidetexts::planFacts(two)),
             u"Inside: 1,200 functions, 1 view, 2 policies See\u00a0all · 2 things to read before "
             u"you go on "
             "Read them"_s);
    QCOMPARE(plain(insidetexts::confirmFacts(two)), u"Inside: line 3: a DO block, and 1 more"_s);
    QCOMPARE(insidetexts::warnings(inspectionOf({u"one"_s})),
             u"1 thing to read before you go on"_s);
}

void TestInsideTexts::thePlanListsIt()
{
    PlanView view(m_theme);
    view.resize(888, 560);
    view.setVisible(true);
    const auto two = inspectionOf({u"line 3: a DO block"_s, u"line 9: a language: plperlu"_s});
    view.showPlan({.sentence = u"Load it"_s,
                   .facts = insidetexts::planFacts(two),
                   .lossDetails = {},
                   .warnings = two.warnings,
                   .verb = u"Replace"_s});
    QVERIFY2(!tests::seenText(view).contains(u"plperlu"_s), qPrintable(tests::seenText(view)));
    Q_EMIT view.findChild<FactTable *>()->linkActivated(insidetexts::warningsTarget);
    QVERIFY2(tests::seenText(view).contains(u"line 9: a language: plperlu"_s),
             qPrintable(tests::seenText(view)));
    // Another backup, without any.
    view.showPlan({.sentence = u"Load it"_s,
                   .facts = {},
                   .lossDetails = {},
                   .warnings = {},
                   .verb = u"Replace"_s});
    QVERIFY2(!tests::seenText(view).contains(u"to read before"_s),
             qPrintable(tests::seenText(view)));
}

void TestInsideTexts::aLongPlanIsScrolled()
{
    PlanView view(m_theme);
    view.resize(768, 420); // what a window of 1024 by 640 leaves it
    QList<Fact> facts;
    for (int i = 0; i < 20; ++i)
        facts.append({u"Note"_s, {{u"View reports.daily would go on using the old schema. "_s}}});
    view.showPlan({.sentence = u"Load it beside the live data."_s,
                   .facts = facts,
                   .lossDetails = {},
                   .warnings = {},
                   .verb = u"Replace schema public"_s});
    view.setVisible(true);
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    const QStringList clipped = tests::clippedTexts(view);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
    QVERIFY(view.findChild<FittedArea *>()->verticalScrollBar()->maximum() > 0);
}

void TestInsideTexts::theManifestIsTold()
{
    QCOMPARE(insidetexts::manifest({}), QString());
    backup::ManifestCheck check{.isThere = true,
                                .isUsable = true,
                                .takenAt = {QDate(2026, 11, 30), QTime(8, 15), QTimeZone::UTC},
                                .tables = 47,
                                .rows = 60000};
    QCOMPARE(insidetexts::manifest(check), u"Manifest of 2026-11-30 08:15 UTC: 47 tables, 60,000 "
                                           "rows; it agrees with the file"_s);
    QVERIFY(insidetexts::manifestFacts(check).isEmpty());
    check.problems = {u"it has no table public.a"_s, u"it makes 1 of 2 views"_s};
    QVERIFY(insidetexts::manifest(check).endsWith(
        u"it does not agree with the file: it has no table public.a; it makes 1 of 2 views"_s));
    QCOMPARE(plain(insidetexts::manifestFacts(check)),
             u"Manifest: it has no table public.a; it makes 1 of 2 views"_s);
    QCOMPARE(insidetexts::manifest({.isThere = true, .problems = {u"it is damaged"_s}}),
             u"The manifest beside it is not used: it is damaged"_s);
}

MAYDAY_UI_TEST(TestInsideTexts);
#include "tst_insidetexts.moc"
