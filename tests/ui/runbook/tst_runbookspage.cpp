// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fakeclock.h"
#include "support/keyboardwalk.h"
#include "support/screen.h"
#include "support/testmain.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/banner.h"
#include "ui/kit/copybutton.h"
#include "ui/kit/tableroles.h"
#include "ui/runbook/runbookmodel.h"
#include "ui/runbook/runbookspage.h"
#include "ui/runbook/steplistmodel.h"
#include "ui/runbook/wizardbench.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace Qt::StringLiterals;
using runbook::StepState;

namespace {

QByteArray book(const QByteArray &id, const QByteArray &title, const QByteArray &more = {})
{
    return "---\nid: " + id + "\ntitle: " + title + "\n" + more + "---\n\n# " + title +
           "\n\nWhat to do when " + title +
           ".\n\n## Immediate\n\n- [ ] Tell the team. (1 min)\n\n- [ ] Look at it. (1 min)\n";
}

} // namespace

/// The list of scenarios, and the list of steps beside a running one.
class TestRunbooksPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme.applyTo(*qApp); }
    void init();

    void theSelectedScenarioIsStartedByEnter();
    void theSummaryFollowsTheSelection();
    void anOldReviewIsMarked_data();
    void anOldReviewIsMarked();
    void aFileWithFindingsIsToldAndCostsOnlyItself();
    void findingsGoWhenTheFileIsMended();
    void tabReachesEverythingAndAllHasAName();
    void nothingIsClipped();

    void stepsAreListedWithTheirState();
    void theDecisionStandsWhereItBelongs();
    void everyStateHasItsWord_data();
    void everyStateHasItsWord();

private:
    void put(const QString &name, const QByteArray &text);
    void load()
    {
        m_page->setLibrary(
            runbook::RunbookLibrary::load(m_folder->path(), runbook::VerbRegistry::standard()));
    }
    [[nodiscard]] ActionTable &table() const { return *m_page->findChild<ActionTable *>(); }
    [[nodiscard]] int rowOf(const QString &title) const
    {
        for (int row = 0; row < table().model()->rowCount(); ++row) {
            if (table().model()->index(row, RunbookModel::Title).data().toString() == title)
                return row;
        }
        qFatal("no such scenario");
    }
    [[nodiscard]] QString cell(const QString &title, int column) const
    {
        return table().model()->index(rowOf(title), column).data().toString();
    }
    [[nodiscard]] static runbook::Checklist checklist()
    {
        return runbook::Checklist(*runbook::readRunbook(wizardMarkdown, u"data-loss.md"_s,
                                                        runbook::VerbRegistry::standard())
                                       .runbook);
    }
    [[nodiscard]] static QStringList texts(const StepListModel &model, int role = Qt::DisplayRole)
    {
        QStringList all;
        for (int row = 0; row < model.rowCount(); ++row)
            all.append(model.index(row).data(role).toString());
        return all;
    }

    Theme m_theme;
    FakeClock m_clock; // stands on 1 March 2026
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<RunbooksPage> m_page;
};

void TestRunbooksPage::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_page = std::make_unique<RunbooksPage>(m_theme, m_clock);
    m_page->resize(1192, 700);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    m_page->initialFocus()->setFocus();
}

void TestRunbooksPage::put(const QString &name, const QByteArray &text)
{
    QFile file(m_folder->filePath(name));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
}

void TestRunbooksPage::theSelectedScenarioIsStartedByEnter()
{
    const QAbstractItemModelTester tester(table().model());
    const QSignalSpy started(m_page.get(), &RunbooksPage::startScenario);
    QVERIFY(!seenButton(*m_page, u"Start this checklist"_s)->isEnabled());
    press(*m_page, Qt::Key_Return); // nothing is there yet
    QCOMPARE(started.size(), 0);
    put(u"shop.md"_s, book("shop-is-down", "Shop is down", "tier: critical\nrto: 15 min\n"));
    load();
    QCOMPARE(cell(u"Shop is down"_s, RunbookModel::TierColumn), u"Critical"_s);
    QCOMPARE(cell(u"Shop is down"_s, RunbookModel::Promise), u"15 min"_s);
    QCOMPARE(cell(u"Shop is down"_s, RunbookModel::Steps), u"2"_s);
    table().setCurrentIndex(table().model()->index(rowOf(u"Shop is down"_s), 0));
    press(*m_page, Qt::Key_Return);
    seenButton(*m_page, u"Start this checklist"_s)->setFocus();
    press(*m_page, Qt::Key_Space);
    QCOMPARE(started.size(), 2);
    for (const QList<QVariant> &one : started)
        QCOMPARE(one[0].value<runbook::RunbookId>().text(), u"shop-is-down"_s);
}

void TestRunbooksPage::theSummaryFollowsTheSelection()
{
    put(u"shop.md"_s, book("aa-shop", "Shop is down"));
    put(u"mail.md"_s, book("aa-mail", "Mail is down"));
    load();
    table().setCurrentIndex(table().model()->index(rowOf(u"Mail is down"_s), 0));
    QVERIFY(seenText(*m_page).contains(u"What to do when Mail is down."_s));
    table().setCurrentIndex(table().model()->index(rowOf(u"Shop is down"_s), 0));
    QVERIFY(seenText(*m_page).contains(u"What to do when Shop is down."_s));
    QVERIFY(!seenText(*m_page).contains(u"Mail is down."_s));
}

void TestRunbooksPage::anOldReviewIsMarked_data()
{
    QTest::addColumn<QByteArray>("reviewed");
    QTest::addColumn<QString>("words");
    QTest::addColumn<bool>("isMarked");
    QTest::newRow("today") << QByteArray("reviewed: 2026-03-01\n") << u"2026-03-01"_s << false;
    QTest::newRow("90 days ago") << QByteArray("reviewed: 2025-12-01\n") << u"2025-12-01"_s
                                 << false;
    QTest::newRow("91 days ago") << QByteArray("reviewed: 2025-11-30\n") << u"2025-11-30, overdue"_s
                                 << true;
    QTest::newRow("never") << QByteArray() << u"never"_s << true;
}

void TestRunbooksPage::anOldReviewIsMarked()
{
    QFETCH(QByteArray, reviewed);
    QFETCH(bool, isMarked);
    put(u"shop.md"_s, book("aa-shop", "Shop is down", reviewed));
    load();
    QTEST(cell(u"Shop is down"_s, RunbookModel::Reviewed), "words");
    const QModelIndex mark =
        table().model()->index(rowOf(u"Shop is down"_s), RunbookModel::Reviewed);
    QCOMPARE(mark.data(InkRole).isValid(), isMarked);
}

void TestRunbooksPage::aFileWithFindingsIsToldAndCostsOnlyItself()
{
    put(u"shop.md"_s, book("aa-shop", "Shop is down"));
    put(u"broken.md"_s,
        "---\nid: broken\ntitle: Broken\nteir: critical\n---\n\nNo steps at all.\n");
    load();
    const auto *banner = seen<Banner>(*m_page);
    QVERIFY(banner);
    QCOMPARE(banner->text(), u"Some files need a look."_s);
    QVERIFY2(seenText(*m_page).contains(u"broken.md, line "_s), qPrintable(seenText(*m_page)));
    const QString copied = banner->findChild<CopyButton *>()->copyText();
    QVERIFY(copied.contains(u"broken.md, line 4"_s)); // "teir"
    QVERIFY(rowOf(u"Shop is down"_s) >= 0);
    QVERIFY(seenButton(*m_page, u"Start this checklist"_s)->isEnabled());
}

void TestRunbooksPage::findingsGoWhenTheFileIsMended()
{
    put(u"shop.md"_s, book("aa-shop", "Shop is down", "teir: critical\n"));
    load();
    QVERIFY(seen<Banner>(*m_page));
    put(u"shop.md"_s, book("aa-shop", "Shop is down", "tier: critical\n"));
    load();
    QVERIFY(!seenText(*m_page).contains(u"shop.md"_s));
}

void TestRunbooksPage::tabReachesEverythingAndAllHasAName()
{
    load();
    const QStringList missed = missedByTab(*m_page);
    QVERIFY2(missed.isEmpty(), qPrintable(missed.join(u", "_s)));
    int seen = 0;
    const QStringList nameless = namelessFor(*m_page, seen);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u", "_s)));
}

void TestRunbooksPage::nothingIsClipped()
{
    for (int number = 0; number < 4; ++number)
        put(u"%1.md"_s.arg(number),
            "---\nid: broken" + QByteArray::number(number) + "\nteir: x\n---\n\nNothing.\n");
    load();
    m_page->resize(936, 556);
    QTRY_COMPARE(m_page->size(), QSize(936, 556));
    QTRY_VERIFY2(clippedTexts(*m_page).isEmpty(), qPrintable(clippedTexts(*m_page).join(u" | "_s)));
}

void TestRunbooksPage::stepsAreListedWithTheirState()
{
    StepListModel model;
    const QAbstractItemModelTester tester(&model);
    runbook::Checklist list = checklist();
    model.setChecklist(list, list.current()->id);
    QCOMPARE(texts(model).value(0), u"Immediate · 0 of 4"_s);
    QCOMPARE(texts(model).value(1), u"Tell the team"_s);
    QVERIFY(model.index(1).data(StepListModel::CurrentRole).toBool());
    QVERIFY(!(model.flags(model.index(0)) & Qt::ItemIsSelectable));
    const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    const runbook::StepId first = list.current()->id;
    QVERIFY(list.apply(first, {.state = StepState::Done, .at = m_clock.now(), .by = u"Ada"_s}));
    model.setChecklist(list, first);
    QCOMPARE(texts(model).value(0), u"Immediate · 1 of 4"_s);
    QVERIFY(!model.index(1).data(StepListModel::CurrentRole).toBool());
    QVERIFY(model.index(1).data(StepListModel::ShownRole).toBool());
    QVERIFY(model.index(2).data(StepListModel::CurrentRole).toBool());
    model.setChecklist(list, first); // nothing new: nothing said
    QCOMPARE(changed.size(), 1);
    QCOMPARE(reset.size(), 0); // the list stays where it is scrolled to
    QCOMPARE(model.indexOf(first).row(), 1);
    QVERIFY(!model.indexOf({u"no/such-step"_s}).isValid());
}

void TestRunbooksPage::theDecisionStandsWhereItBelongs()
{
    StepListModel model;
    const QAbstractItemModelTester tester(&model);
    runbook::Checklist list = checklist();
    model.setChecklist(list, {});
    QVERIFY(!model.indexOfDecision().isValid()); // other things come first
    for (const runbook::Step &step : list.order()) {
        if (list.phaseOf(step.id)->slug == "immediate"_L1)
            QVERIFY(list.apply(step.id, {.state = StepState::Overridden,
                                         .at = m_clock.now(),
                                         .by = u"Ada"_s,
                                         .reason = u"not needed"_s}));
    }
    model.setChecklist(list, {});
    const QStringList rows = texts(model);
    QCOMPARE(rows.mid(5), QStringList({u"Recover · 0 of 0"_s,
                                       u"Choose the way: From the provider or From our own dump"_s,
                                       u"After · 0 of 1"_s, u"Tell everybody that it is over"_s}));
    QCOMPARE(model.indexOfDecision().row(), 6);
    QVERIFY(model.stepAt(model.indexOfDecision()).value.isEmpty());
    QVERIFY(list.choose(list.currentDecision()->id, u"From our own dump"_s));
    model.setChecklist(list, {});
    QVERIFY(!model.indexOfDecision().isValid());
    QCOMPARE(texts(model).value(6), u"Restore the dump"_s);
}

void TestRunbooksPage::everyStateHasItsWord_data()
{
    QTest::addColumn<QString>("action");
    QTest::addColumn<StepState>("state");
    QTest::addColumn<QString>("spoken");
    QTest::newRow("open") << u"Tell the team"_s << StepState::Open << u"Tell the team, open"_s;
    QTest::newRow("open, sensed") << u"See that"_s << StepState::Open
                                  << u"See that the backend answers, open, checks itself"_s;
    QTest::newRow("done") << u"Tell the team"_s << StepState::Done << u"Tell the team, done"_s;
    QTest::newRow("sensed") << u"See that"_s << StepState::Sensed
                            << u"See that the backend answers, seen to be so"_s;
    QTest::newRow("overridden") << u"Tell the team"_s << StepState::Overridden
                                << u"Tell the team, overridden"_s;
    QTest::newRow("deferred") << u"Tell the team"_s << StepState::Deferred
                              << u"Tell the team, deferred"_s;
}

void TestRunbooksPage::everyStateHasItsWord()
{
    QFETCH(QString, action);
    QFETCH(StepState, state);
    runbook::Checklist list = checklist();
    runbook::StepId id;
    for (const runbook::Step &step : list.order()) {
        if (step.action.startsWith(action))
            id = step.id;
    }
    if (state != StepState::Open)
        QVERIFY(list.apply(
            id, {.state = state, .at = m_clock.now(), .by = u"Ada"_s, .reason = u"seen"_s}));
    StepListModel model;
    model.setChecklist(list, {});
    QTEST(model.indexOf(id).data(Qt::AccessibleTextRole).toString(), "spoken");
}

MAYDAY_UI_TEST(TestRunbooksPage);
#include "tst_runbookspage.moc"
