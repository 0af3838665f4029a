// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/incident/incidentfixture.h"
#include "support/keyboardwalk.h"
#include "support/screen.h"
#include "support/scriptedprompter.h"
#include "support/testmain.h"
#include "ui/incident/incidentmodel.h"
#include "ui/incident/incidentspage.h"
#include "ui/incident/timelinemodel.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/stateglyph.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace Qt::StringLiterals;

class TestIncidentsPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void anEmptyRecordSaysWhatToDo();
    void aRunningIncidentIsNamed();
    void theNewestIsSelectedFirst();
    void theTimelineFollowsTheSelection();
    void theTimelineGrowsUnderTheReader();
    void anOlderIncidentStaysInViewWhileAnotherRuns();
    void theReportIsCopiedByOneKey();
    void theReportOfAClosedIncidentIsSaved();
    void aReportThatCannotBeSavedSaysWhy_data();
    void aReportThatCannotBeSavedSaysWhy();
    void whoCancelsSavesNothing();
    void theTableIsCopiedAsText();
    void longTextsCanBeReadWhole();
    void closedIncidentsKeepTheirTime();
    void tabReachesEverythingAndAllHasAName();
    void nothingIsClipped_data();
    void nothingIsClipped();

private:
    void openOne(const QString &title, bool drill = false);
    void closeOne();
    [[nodiscard]] ActionTable &table() const { return *tableOf<IncidentModel>(); }
    [[nodiscard]] ActionTable &timeline() const { return *tableOf<TimelineModel>(); }
    [[nodiscard]] static QString cell(const ActionTable &table, int row, int column)
    {
        return table.model()->index(row, column).data().toString();
    }
    [[nodiscard]] static QString lastLine(const ActionTable &table)
    {
        return cell(table, table.model()->rowCount() - 1, TimelineModel::What);
    }
    template <typename Model>
    [[nodiscard]] ActionTable *tableOf() const
    {
        for (ActionTable *table : m_page->findChildren<ActionTable *>()) {
            if (qobject_cast<Model *>(table->model()))
                return table;
        }
        qFatal("there is no such table");
    }

    Theme m_theme;
    std::unique_ptr<IncidentFixture> m_fixture;
    std::unique_ptr<test::ScriptedPrompter> m_prompter;
    std::unique_ptr<IncidentsPage> m_page;
};

void TestIncidentsPage::init()
{
    m_theme.applyTo(*qApp);
    m_fixture = std::make_unique<IncidentFixture>();
    m_prompter = std::make_unique<test::ScriptedPrompter>();
    m_page = std::make_unique<IncidentsPage>(
        IncidentsPage::Parts{.theme = m_theme,
                             .incidents = *m_fixture->desk,
                             .clock = m_fixture->clock,
                             .prompter = *m_prompter,
                             .report =
                                 [this](const incident::IncidentId &id) {
                                     const incident::Incident *found = m_fixture->desk->find(id);
                                     return found ? u"# Report of "_s + found->title : QString();
                                 },
                             .reportFolder = m_fixture->folder.path()});
    m_page->resize(1192, 700);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    m_page->initialFocus()->setFocus();
}

void TestIncidentsPage::cleanup()
{
    m_page.reset();
    m_prompter.reset();
    m_fixture.reset();
}

void TestIncidentsPage::openOne(const QString &title, bool drill)
{
    m_fixture->open(
        {.title = title, .drill = drill, .environment = u"production"_s, .commander = u"Ada"_s});
}

void TestIncidentsPage::closeOne()
{
    for (const runbook::Decision &decision : QList(m_fixture->running().checklist.decisions()))
        m_fixture->desk->recordChoice(decision.id, decision.options.front(), {});
    m_fixture->written();
    for (const runbook::Step &step : m_fixture->running().checklist.order())
        m_fixture->desk->overrideStep(step.id, u"only a test of the ending"_s);
    m_fixture->written();
    m_fixture->desk->close();
    m_fixture->written();
    QVERIFY(!m_fixture->desk->running());
}

void TestIncidentsPage::anEmptyRecordSaysWhatToDo()
{
    QCOMPARE(m_page->sentence(), u"Nothing has happened yet."_s);
    QVERIFY(
        table().accessibleDescription().contains(u"Start a checklist on Now. A drill counts"_s));
    QVERIFY(!seenButton(*m_page, u"Save the report"_s)->isEnabled());
    QVERIFY(!seenButton(*m_page, u"Copy the report"_s)->isEnabled());
    QGuiApplication::clipboard()->setText(u"before"_s);
    press(*m_page, Qt::Key_C);
    press(*m_page, Qt::Key_S, Qt::ControlModifier);
    QVERIFY(m_prompter->asked.isEmpty());
    QCOMPARE(QGuiApplication::clipboard()->text(), u"before"_s);
}

void TestIncidentsPage::aRunningIncidentIsNamed()
{
    openOne(u"Products are gone"_s);
    QCOMPARE(m_page->sentence(), u"Products are gone is running."_s);
    QCOMPARE(cell(table(), 0, IncidentModel::Number), u"Incident 1"_s);
    QCOMPARE(cell(table(), 0, IncidentModel::State), u"Running"_s);
    closeOne();
    QCOMPARE(cell(table(), 0, IncidentModel::State), u"Closed"_s);
    QVERIFY2(m_page->sentence().startsWith("1 incident"_L1) &&
                 m_page->sentence().endsWith("in the record."_L1),
             qPrintable(m_page->sentence()));
}

void TestIncidentsPage::theNewestIsSelectedFirst()
{
    const QAbstractItemModelTester incidents(table().model());
    const QAbstractItemModelTester lines(timeline().model());
    openOne(u"The first"_s);
    QCOMPARE(table().currentIndex().row(), 0);
    closeOne();
    openOne(u"The second"_s, true);
    QCOMPARE(table().currentIndex().row(), 0);
    QCOMPARE(cell(table(), 0, IncidentModel::Title), u"The second"_s);
    QCOMPARE(cell(table(), 0, IncidentModel::Number), u"Drill 2"_s);
    QCOMPARE(cell(table(), 1, IncidentModel::Title), u"The first"_s);
    QVERIFY(cell(timeline(), 0, TimelineModel::What).startsWith("Drill opened"_L1));
}

void TestIncidentsPage::theTimelineFollowsTheSelection()
{
    openOne(u"The first"_s);
    m_fixture->desk->addNote(u"A line of the first"_s);
    m_fixture->written();
    closeOne();
    openOne(u"The second"_s);
    QCOMPARE(timeline().model()->rowCount(), 1);
    press(*m_page, Qt::Key_Down);
    QVERIFY(timeline().model()->rowCount() > 5);
    QCOMPARE(cell(timeline(), 1, TimelineModel::What), u"A line of the first"_s);
    QCOMPARE(cell(timeline(), 1, TimelineModel::Who), u"Ada"_s);
    QCOMPARE(lastLine(timeline()), u"Incident closed"_s);
    press(*m_page, Qt::Key_Up);
    QVERIFY(cell(timeline(), 0, TimelineModel::What).contains(u"The second"_s));
}

void TestIncidentsPage::theTimelineGrowsUnderTheReader()
{
    openOne(u"Products are gone"_s);
    timeline().setCurrentIndex(timeline().model()->index(0, TimelineModel::What));
    const QSignalSpy reset(timeline().model(), &QAbstractItemModel::modelReset);
    const QSignalSpy inserted(timeline().model(), &QAbstractItemModel::rowsInserted);
    m_fixture->desk->addNote(u"The pool is full"_s);
    m_fixture->written();
    m_fixture->desk->tick(m_fixture->step(u"Tell the team"_s));
    m_fixture->written();
    QCOMPARE(lastLine(timeline()), u"Done: Tell the team"_s);
    QCOMPARE(inserted.size(), 2);
    QCOMPARE(reset.size(), 0);
    QCOMPARE(timeline().currentIndex().row(), 0);
}

void TestIncidentsPage::anOlderIncidentStaysInViewWhileAnotherRuns()
{
    openOne(u"The first"_s);
    closeOne();
    openOne(u"The second"_s);
    press(*m_page, Qt::Key_Down);
    const int lines = timeline().model()->rowCount();
    m_fixture->desk->addNote(u"Meanwhile"_s);
    m_fixture->written();
    QCOMPARE(table().currentIndex().row(), 1);
    QCOMPARE(timeline().model()->rowCount(), lines);
    QVERIFY(seenText(*m_page).contains(u"The second is running."_s));
}

void TestIncidentsPage::theReportIsCopiedByOneKey()
{
    openOne(u"The first"_s);
    closeOne();
    openOne(u"The second"_s);
    press(*m_page, Qt::Key_C);
    QCOMPARE(QGuiApplication::clipboard()->text(), u"# Report of The second"_s);
    QVERIFY(seenText(*m_page).contains(u"The report is on the clipboard."_s));
    press(*m_page, Qt::Key_Down);
    press(*m_page, Qt::Key_C);
    QCOMPARE(QGuiApplication::clipboard()->text(), u"# Report of The first"_s);
}

void TestIncidentsPage::theReportOfAClosedIncidentIsSaved()
{
    openOne(u"The first"_s);
    const QString id = m_fixture->running().id.text();
    closeOne();
    const QString path = m_fixture->folder.filePath(u"post-mortem.md"_s);
    m_prompter->texts = {path};
    press(*m_page, Qt::Key_S, Qt::ControlModifier);
    QTRY_VERIFY(QFile::exists(path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), "# Report of The first");
    QVERIFY(seenText(*m_page).contains(u"Saved as %1."_s.arg(path)));
    const FileQuestion &asked = m_prompter->fileQuestions.value(0);
    QCOMPARE(asked.mode, FileQuestion::Mode::Save);
    QCOMPARE(asked.suggestedName, id + u".md"_s);
    QCOMPARE(asked.folder, m_fixture->folder.path());
}

void TestIncidentsPage::aReportThatCannotBeSavedSaysWhy_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("a file where a folder should be") << u"journal.sqlite/report.md"_s;
    QTest::newRow("a folder in its place") << u"taken"_s;
}

void TestIncidentsPage::aReportThatCannotBeSavedSaysWhy()
{
    QFETCH(QString, name);
    QVERIFY(QDir(m_fixture->folder.path()).mkpath(u"taken/inside"_s));
    openOne(u"The first"_s);
    m_prompter->texts = {m_fixture->folder.filePath(name)};
    seenButton(*m_page, u"Save the report"_s)->click();
    QTRY_COMPARE(m_prompter->shown.size(), 1);
    QVERIFY(m_prompter->shown.first().subject.contains(name));
    QVERIFY(!seenText(*m_page).contains(u"Saved as"_s));
}

void TestIncidentsPage::whoCancelsSavesNothing()
{
    openOne(u"The first"_s);
    const QStringList before = QDir(m_fixture->folder.path()).entryList();
    seenButton(*m_page, u"Save the report"_s)->click();
    m_fixture->written();
    QCOMPARE(m_prompter->asked.size(), 1);
    QVERIFY(m_prompter->shown.isEmpty());
    QCOMPARE(QDir(m_fixture->folder.path()).entryList(), before);
}

void TestIncidentsPage::theTableIsCopiedAsText()
{
    openOne(u"Products are gone"_s);
    table().setFocus();
    press(*m_page, Qt::Key_C, Qt::ControlModifier);
    const QStringList lines = QGuiApplication::clipboard()->text().split(u'\n');
    QCOMPARE(lines.size(), 2);
    QCOMPARE(lines[0], u"Number\tScenario\tOpened (UTC)\tTook\tState"_s);
    QVERIFY2(lines[1].startsWith("Incident 1\tProducts are gone\t03:00\t"_L1),
             qPrintable(lines[1]));
    QVERIFY(lines[1].endsWith("\tRunning"_L1));
}

void TestIncidentsPage::longTextsCanBeReadWhole()
{
    const QString title = u"Every product of every marketplace is gone "_s.repeated(8).trimmed();
    const QString note = u"The connection pool is full and nothing goes through it "_s.repeated(9);
    openOne(title);
    m_fixture->desk->addNote(note);
    m_fixture->written();
    QVERIFY(m_page->minimumSizeHint().width() <= 936);
    const auto *lines = timeline().model();
    QCOMPARE(lines->index(1, TimelineModel::What).data(Qt::ToolTipRole).toString(), note.trimmed());
    QVERIFY(lines->index(1, TimelineModel::At)
                .data(Qt::ToolTipRole)
                .toString()
                .startsWith("1 March 2026, 03:00 UTC"_L1));
    const QStringList clipped = clippedTexts(*m_page);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
    QVERIFY(timeline().horizontalScrollBar()->maximum() == 0);
}

void TestIncidentsPage::closedIncidentsKeepTheirTime()
{
    openOne(u"The first"_s);
    m_fixture->clock.advance(std::chrono::minutes(12));
    closeOne();
    const QString took = cell(table(), 0, IncidentModel::Took);
    QVERIFY2(took.startsWith("12 min"_L1), qPrintable(took));
    m_fixture->clock.advance(std::chrono::hours(30));
    QCOMPARE(cell(table(), 0, IncidentModel::Took), took);
    QCOMPARE(cell(table(), 0, IncidentModel::Opened), u"Sun 03:00"_s); // no longer today
    QCOMPARE(table().model()->index(0, IncidentModel::State).data(ShapeRole).toInt(),
             static_cast<int>(StateShape::Ok));
}

void TestIncidentsPage::tabReachesEverythingAndAllHasAName()
{
    openOne(u"Products are gone"_s);
    const QStringList missed = missedByTab(*m_page);
    QVERIFY2(missed.isEmpty(), qPrintable(missed.join(u", "_s)));
    int seen = 0;
    const QStringList nameless = namelessFor(*m_page, seen);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u", "_s)));
    QVERIFY(seen > 10);
}

void TestIncidentsPage::nothingIsClipped_data()
{
    QTest::addColumn<QSize>("size");
    QTest::newRow("1280x800") << QSize(1192, 716);
    QTest::newRow("1024x640") << QSize(936, 556);
}

void TestIncidentsPage::nothingIsClipped()
{
    QFETCH(QSize, size);
    openOne(u"Products are gone"_s);
    m_page->resize(size);
    QTRY_COMPARE(m_page->size(), size);
    const QStringList clipped = clippedTexts(*m_page);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
    QVERIFY(table().height() >= 3 * table().rowHeight(0));
}

MAYDAY_UI_TEST(TestIncidentsPage);
#include "tst_incidentspage.moc"
