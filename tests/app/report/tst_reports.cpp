// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/incidentreport.h"
#include "report/markdownwriter.h"
#include "report/statussheet.h"

#include <QJsonArray>
#include <QTest>
#include <QTimeZone>

using namespace mayday;
using namespace Qt::StringLiterals;
using report::MarkdownWriter;

namespace {

const QDateTime opened(QDate(2026, 11, 23), QTime(2, 0), QTimeZone::UTC);

runbook::Runbook sampleRunbook()
{
    runbook::Step tell;
    tell.id = {u"immediate/tell"_s};
    tell.action = u"Tell the team <now>"_s;
    runbook::Step restore;
    restore.id = {u"recover/restore"_s};
    restore.action = u"Restore {{database.main.name}}"_s;
    restore.commands = {{.language = u"sql"_s, .text = u"SELECT 1 < 2"_s}};
    runbook::Runbook runbook;
    runbook.title = u"Data loss"_s;
    runbook.phases = {{.title = u"Immediate (0-15 min)"_s, .slug = u"immediate"_s, .groups = {{.steps = {tell}}}},
                      {.title = u"Recover"_s, .slug = u"recover"_s, .groups = {{.steps = {restore}}}}};
    return runbook;
}

incident::Incident sampleIncident()
{
    incident::Incident incident;
    incident.id = incident::IncidentId::parse(u"drill-1"_s).value();
    incident.number = 3;
    incident.title = u"Data *loss*"_s;
    incident.drill = true;
    incident.environment = u"practice"_s;
    incident.commander = u"Kim"_s;
    incident.rto = std::chrono::minutes(15);
    incident.openedAt = opened;
    incident.checklist = runbook::Checklist(sampleRunbook());
    incident.timeline = {{.sequence = 1, .at = opened, .who = u"Kim"_s, .kind = u"note.added"_s, .text = u"a | b password=hunter2"_s}};
    return incident;
}

store::JournalEvent restoreEvent(const QString &incident)
{
    store::JournalEvent event;
    event.kind = u"restore.finished"_s;
    event.at = opened.addSecs(300);
    event.data = {{u"incident"_s, incident},
                  {u"receipt"_s, QJsonObject{{u"verdict"_s, u"proven"_s}, {u"seconds"_s, 4.2}, {u"target"_s, u"database shop"_s},
                                             {u"notes"_s, QJsonArray{u"owner left out"_s}},
                                             {u"tables"_s, QJsonArray{QJsonObject{{u"schema"_s, u"public"_s}, {u"name"_s, u"products"_s},
                                                                                 {u"rowsInDump"_s, 60012}, {u"rowsAfter"_s, 60012}, {u"verdict"_s, u"proven"_s}}}}}}};
    return event;
}

} // namespace

class TestReports : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void escapesWhatMarkdownWouldTake_data();
    void escapesWhatMarkdownWouldTake();
    void tablesKeepTheirShape();
    void theReportTellsTheIncident();
    void aReportWithoutRestoreSaysSo();
    void anUnkeptPromiseIsSaidPlainly();
    void theSheetIsSafeAndComplete();
    void theSheetWithoutIncident();
};

void TestReports::escapesWhatMarkdownWouldTake_data()
{
    QTest::addColumn<QString>("plain");
    QTest::addColumn<QString>("escaped");
    QTest::newRow("plain") << u"60,012 rows."_s << u"60,012 rows."_s;
    QTest::newRow("stars") << u"*a* _b_"_s << u"\\*a\\* \\_b\\_"_s;
    QTest::newRow("html") << u"<script>"_s << u"\\<script\\>"_s;
    QTest::newRow("pipe") << u"a|b"_s << u"a\\|b"_s;
    QTest::newRow("list") << u"- a"_s << u"\\- a"_s;
    QTest::newRow("lines") << u"a\n\n# b"_s << u"a \\# b"_s;
    QTest::newRow("backslash") << u"a\\b"_s << u"a\\\\b"_s;
}

void TestReports::escapesWhatMarkdownWouldTake()
{
    QFETCH(QString, plain);
    QFETCH(QString, escaped);
    QCOMPARE(MarkdownWriter::escaped(plain), escaped);
}

void TestReports::tablesKeepTheirShape()
{
    MarkdownWriter out;
    out.heading(2, u"T"_s);
    out.table({u"a"_s, u"b"_s}, {{u"1|2"_s, u"3\n4"_s}});
    out.bullet(u"x"_s);
    out.bullet(u"y"_s);
    out.paragraph(u"end"_s);
    QCOMPARE(out.text(), u"## T\n\n| a | b |\n| --- | --- |\n| 1\\|2 | 3 4 |\n\n- x\n- y\n\nend\n\n"_s);
}

void TestReports::theReportTellsTheIncident()
{
    stack::Stack stack;
    stack.name = u"Marketplace"_s;
    incident::Incident incident = sampleIncident();
    incident.closedAt = opened.addSecs(600);
    const QString text = report::incidentReport(incident, {restoreEvent(u"drill-1"_s), restoreEvent(u"other"_s)}, stack, opened.addSecs(9999));
    for (const QString &word : {u"# Drill 3: Data \\*loss\\*"_s, u"Marketplace"_s, u"Kim"_s, u"10 min 0 s"_s, u"kept"_s, u"60,012"_s,
                                u"verdict proven"_s, u"owner left out"_s, u"Steps still open"_s, u"Tell the team"_s, u"02:00:00"_s})
        QVERIFY2(text.contains(word), qPrintable(word + u" is missing in\n"_s + text));
    QCOMPARE(text.count(u"verdict proven"_s), 1); // the other incident's restore is not ours
    QVERIFY(!text.contains(u"hunter2"_s));
}

void TestReports::aReportWithoutRestoreSaysSo()
{
    const QString text = report::incidentReport(sampleIncident(), {}, {}, opened.addSecs(60));
    QVERIFY(text.contains(u"Nothing was restored."_s));
    QVERIFY(text.contains(u"still running"_s));
}

void TestReports::anUnkeptPromiseIsSaidPlainly()
{
    incident::Incident incident = sampleIncident();
    incident.closedAt = opened.addSecs(20 * 60);
    QVERIFY(report::incidentReport(incident, {}, {}, opened).contains(u"missed by 5 min 0 s"_s));
    incident.rto = {};
    QVERIFY(report::incidentReport(incident, {}, {}, opened).contains(u"nothing was promised"_s));
}

void TestReports::theSheetIsSafeAndComplete()
{
    stack::Stack stack;
    stack.contacts = {{.id = {}, .name = u"A & B"_s, .url = {}, .phone = u"+49 1"_s, .note = {}}};
    const incident::Incident incident = sampleIncident();
    const QByteArray html = report::statusSheet(&incident, stack, opened);
    for (const char *word : {"DRILL", "Tell the team &lt;now&gt;", "SELECT 1 &lt; 2", "A &amp; B", "+49 1", "Immediate", "http-equiv=\"refresh\""})
        QVERIFY2(html.contains(word), word);
    QVERIFY(!html.contains("<now>"));
    QVERIFY(!html.contains("src=")); // self-contained
}

void TestReports::theSheetWithoutIncident()
{
    QVERIFY(report::statusSheet(nullptr, {}, opened).contains("No incident is running"));
}

QTEST_GUILESS_MAIN(TestReports)
#include "tst_reports.moc"
