// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/incidentreport.h"
#include "report/markdownwriter.h"
#include "runbook/markdowntree.h"
#include "runbook/runbookreader.h"
#include "support/fakeclock.h"
#include "support/testmain.h"

#include <QRandomGenerator>
#include <QTest>
#include <QTimeZone>

using namespace mayday;
using namespace mayday::incident;
using namespace mayday::report;
using namespace mayday::tests;
using namespace Qt::StringLiterals;
using runbook::MarkdownBlock;
using runbook::MarkdownInline;

namespace {

/// The same words in every place of an incident where people or files put words.
Incident incidentOf(const QString &text)
{
    const QDateTime at = FakeClock().now();
    Incident incident{.number = 7,
                      .title = text,
                      .runbookTitle = text,
                      .environment = text,
                      .openedAt = at,
                      .commander = text};
    const auto reading = runbook::readRunbook("## Do\n- [ ] Go\n- [ ] Wait\n", u"x.md"_s,
                                              runbook::VerbRegistry::standard());
    incident.checklist = runbook::Checklist(*reading.runbook);
    (void)incident.checklist.apply(
        {u"do/go"_s}, {.state = runbook::StepState::Overridden, .at = at, .reason = text});
    incident.timeline = {{.at = at, .who = text, .text = text},
                         {.at = at, .who = {}, .text = text}};
    incident.choices = {{.decision = u"d"_s, .option = text, .reason = text, .by = text, .at = at}};
    incident.evidence = {{.folder = text, .files = {text, text}, .manifestHash = text, .at = at}};
    incident.restores = {
        {.id = text,
         .file = text,
         .target = text,
         .startedAt = at,
         .verdict = u"differences"_s,
         .error = text,
         .tables = {{.name = text, .rowsInDump = 9, .rowsAfter = 3, .verdict = text, .note = text}},
         .left = {text},
         .notes = {text}}};
    return incident;
}

stack::Stack stackOf(const QString &name)
{
    stack::Stack stack;
    stack.name = name;
    return stack;
}

QString reportOf(const QString &text)
{
    return incidentReport(incidentOf(text), stackOf(text), FakeClock().now());
}

/// What kind of thing each part of the text is, without its words.
QString skeleton(const QList<MarkdownBlock> &blocks, int depth = 0)
{
    QString text;
    for (const MarkdownBlock &block : blocks) {
        text += QString(depth, u' ') + QString::number(int(block.kind)) + u'/' +
                QString::number(block.level) + (block.ordered ? u"o"_s : u""_s) +
                (block.ticked ? u"box"_s : u""_s) + u'\n';
        for (const MarkdownInline &part : block.inlines) {
            if (part.kind == MarkdownInline::Link || part.kind == MarkdownInline::Image ||
                part.strong)
                text += u"!"_s + part.text + u'\n';
        }
        text += skeleton(block.children, depth + 1);
    }
    return text;
}

QString skeletonOf(const QString &markdown)
{
    return skeleton(runbook::parseMarkdown(markdown.toUtf8()));
}

qsizetype linesOf(const QString &text)
{
    return text.count(u'\n');
}

const QString lossLine = u"written after the backup shop.sql was taken is not in the live data"_s;

} // namespace

/// The report as a reader's Markdown renderer sees it: what somebody typed at three in the morning,
/// or an attacker put into a table's name, is words and nothing else.
class TestReportText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anyTextIsReadBackAsItWas_data();
    void anyTextIsReadBackAsItWas();
    void randomTextIsReadBackAsItWas();
    void hostileWordsDoNotChangeTheReport_data();
    void hostileWordsDoNotChangeTheReport();
    void secretsAreTakenOutBeforeEscaping_data();
    void secretsAreTakenOutBeforeEscaping();
    void timesAreUtcWhereverTheyCameFrom_data();
    void timesAreUtcWhereverTheyCameFrom();
    void anEmptyIncidentIsStillAReport();
    void whatHappenedToARestoreIsSaid_data();
    void whatHappenedToARestoreIsSaid();
    void whatWasLostIsNotGuessed_data();
    void whatWasLostIsNotGuessed();
    void thousandsOfEntriesAreAllThere();
    void thePromiseIsInWholeWords_data();
    void thePromiseIsInWholeWords();
};

void TestReportText::anyTextIsReadBackAsItWas_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"plain words",
                             "*a* _b_ ~c~ `d`",
                             "**bold** __bold__",
                             "<b>x</b> &amp; &#60;",
                             "[a](b) ![c](d) [e]: f",
                             "# not a heading",
                             "### x ###",
                             "- item",
                             "+ item",
                             "* item",
                             "1. item",
                             "12345) item",
                             "1986\\. year",
                             "> quote",
                             "| a | b |",
                             "---",
                             "***",
                             "===",
                             "```sh",
                             "~~~",
                             "    indented",
                             "a\\",
                             "\\\\",
                             "\\*",
                             "a  \\",
                             "trailing #",
                             "[x] box",
                             "[ ] box",
                             "<!-- hidden -->",
                             "<script>alert(1)</script>",
                             "a\nb\n\n# c",
                             "a\r\n- b",
                             "tab\tand\tmore",
                             "(1) [2] {3}",
                             "50 % & more",
                             "!important",
                             "a_b_c_d",
                             "x*y*z",
                             "`` ` ``",
                             "&copy;",
                             "+1",
                             "=",
                             "-",
                             "#",
                             "1)",
                             "\\"})
        QTest::newRow(text) << QString::fromLatin1(text);
    QTest::newRow("scripts") << u"Störung 障害 🔥 مرحبا"_s;
    QTest::newRow("separators") << u"a\u2028b\u00a0c"_s;
}

void TestReportText::anyTextIsReadBackAsItWas()
{
    QFETCH(QString, text);
    MarkdownWriter out;
    out.paragraph(text);
    out.bullet(text);
    out.heading(2, text);
    out.table({text, u"B"_s}, {{u"x"_s, text}});
    const QList<MarkdownBlock> blocks = runbook::parseMarkdown(out.text().toUtf8());
    QCOMPARE(blocks.size(), 4);
    const QString wanted = text.simplified();
    QCOMPARE(blocks.at(0).kind, MarkdownBlock::Paragraph);
    QCOMPARE(runbook::plainText(blocks.at(0).inlines), wanted);
    QCOMPARE(blocks.at(1).kind, MarkdownBlock::List);
    QCOMPARE(blocks.at(1).children.size(), 1);
    QVERIFY(!blocks.at(1).children.first().ticked);
    QCOMPARE(runbook::plainText(blocks.at(1).children.first().children.value(0).inlines), wanted);
    QCOMPARE(blocks.at(2).kind, MarkdownBlock::Heading);
    QCOMPARE(runbook::plainText(blocks.at(2).inlines), wanted);
    QCOMPARE(blocks.at(3).kind, MarkdownBlock::Table);
}

/// Whatever can be typed with the characters Markdown cares about.
void TestReportText::randomTextIsReadBackAsItWas()
{
    const QString alphabet = u"ab1 *_`~#>|-+=.)(][<>&!\\:;\"'{}\t\n%$@^/"_s;
    QRandomGenerator random(20261123);
    for (int round = 0; round < 3000; ++round) {
        QString text = u"x"_s; // so that it is never empty
        for (int i = random.bounded(1, 40); i > 0; --i)
            text += alphabet.at(random.bounded(int(alphabet.size())));
        if (random.bounded(2) == 0)
            text = text.sliced(1).simplified().isEmpty() ? text : text.sliced(1);
        MarkdownWriter out;
        out.paragraph(text);
        const QList<MarkdownBlock> blocks = runbook::parseMarkdown(out.text().toUtf8());
        QVERIFY2(blocks.size() == 1 && blocks.first().kind == MarkdownBlock::Paragraph,
                 qPrintable(text));
        QCOMPARE(runbook::plainText(blocks.first().inlines), text.simplified());
    }
}

void TestReportText::hostileWordsDoNotChangeTheReport_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("heading") << u"x\n\n# Everything is fine\n"_s;
    QTest::newRow("table") << u"x | y |\n| --- | --- |\n| z | z |"_s;
    QTest::newRow("end of table") << u"x |\n\n## Timeline"_s;
    QTest::newRow("link") << u"[log in](https-less://evil)"_s;
    QTest::newRow("image") << u"![x](y)"_s;
    QTest::newRow("html") << u"</td></table><script>x</script>"_s;
    QTest::newRow("comment") << u"<!-- the rest is hidden"_s;
    QTest::newRow("fence") << u"```\nx"_s;
    QTest::newRow("tick") << u"[x] done"_s;
    QTest::newRow("list") << u"- a\n- b"_s;
    QTest::newRow("definition") << u"[a]: /b"_s;
    QTest::newRow("placeholders") << u"%1 %2 %99 %L1"_s;
}

void TestReportText::hostileWordsDoNotChangeTheReport()
{
    QFETCH(QString, text);
    const QString harmless = reportOf(u"words"_s);
    const QString report = reportOf(text);
    QCOMPARE(linesOf(report), linesOf(harmless));
    QCOMPARE(skeletonOf(report), skeletonOf(harmless));
}

void TestReportText::secretsAreTakenOutBeforeEscaping_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("secret");
    QTest::newRow("GitHub") << u"used ghp_abcdefghijklmnopqrstuv"_s << u"abcdefghijklmnop"_s;
    QTest::newRow("Supabase") << u"key sbp_0123456789abcdef0123"_s << u"0123456789abcdef"_s;
    QTest::newRow("Stripe") << u"sk_live_0123456789abcdefgh"_s << u"0123456789abcdef"_s;
    QTest::newRow("Groq") << u"gsk_0123456789abcdefghij"_s << u"0123456789abcdef"_s;
    QTest::newRow("address") << u"postgres://app:hunt_er*2@db/shop"_s << u"er"_s + u"*2"_s;
    QTest::newRow("environment") << u"SUPABASE_SERVICE_TOKEN=hunter2"_s << u"hunter2"_s;
    QTest::newRow("webhook") << u"https://hooks.slack.com/services/T0_1/B0_2/abc"_s << u"B0"_s;
}

void TestReportText::secretsAreTakenOutBeforeEscaping()
{
    QFETCH(QString, text);
    QFETCH(QString, secret);
    const QString report = reportOf(text).remove(u'\\');
    QVERIFY2(!report.contains(secret), qPrintable(report));
    QVERIFY(report.contains(u"[hidden]"));
}

void TestReportText::timesAreUtcWhereverTheyCameFrom_data()
{
    QTest::addColumn<QByteArray>("zone");
    QTest::newRow("UTC") << QByteArray("UTC");
    QTest::newRow("India") << QByteArray("Asia/Kolkata");
    QTest::newRow("New York") << QByteArray("America/New_York");
    QTest::newRow("Kiritimati") << QByteArray("Pacific/Kiritimati");
}

void TestReportText::timesAreUtcWhereverTheyCameFrom()
{
    QFETCH(QByteArray, zone);
    const QTimeZone there(zone);
    if (!there.isValid())
        QSKIP("this computer knows no time zones");
    Incident incident = incidentOf(u"words"_s);
    const QDateTime opened =
        QDateTime(QDate(2026, 3, 29), QTime(0, 59, 59), QTimeZone::UTC).toTimeZone(there);
    incident.openedAt = opened;
    incident.closedAt = opened.addSecs(61);
    incident.timeline.first().at = opened.addSecs(1);
    incident.restores.first().startedAt = opened.addSecs(2);
    const QString report = incidentReport(incident, {}, opened.addDays(1));
    for (const QString &line :
         {u"| Opened | 2026-03-29 00:59:59 UTC |"_s, u"| Closed | 2026-03-29 01:01:00 UTC |"_s,
          u"| Started | 2026-03-29 01:00:01 UTC |"_s, u"| 2026-03-29 01:00:00 UTC | words |"_s})
        QVERIFY2(report.contains(line), qPrintable(line + u'\n' + report));
}

void TestReportText::anEmptyIncidentIsStillAReport()
{
    const QString report = incidentReport({}, {}, FakeClock().now());
    for (const QString &part :
         {u"# Incident 0:\n"_s, u"| Opened | not known |"_s, u"| Closed | still running |"_s,
          u"0 min 0 s; nothing was promised"_s, u"Nothing was restored."_s,
          u"Nothing that Mayday did lost data."_s, u"None that Mayday knows of."_s,
          u"None was kept."_s, u"| When | Who | What |"_s})
        QVERIFY2(report.contains(part), qPrintable(part + u'\n' + report));
    QVERIFY(report.endsWith(u'\n'));
}

void TestReportText::whatHappenedToARestoreIsSaid_data()
{
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<int>("committed"); // -1: nobody asked
    QTest::addColumn<QString>("words");
    QTest::newRow("proven") << u"proven"_s << -1
                            << u"| Verdict | proven: every table holds the rows of the backup |"_s;
    QTest::newRow("differences") << u"differences"_s << -1
                                 << u"| Verdict | restored with differences |"_s;
    QTest::newRow("not restored") << u"not-restored"_s << -1
                                  << u"| Verdict | not restored: the live data is as it was |"_s;
    QTest::newRow("interrupted") << QString() << -1
                                 << u"| Verdict | no verdict: it was interrupted |"_s;
    QTest::newRow("took effect") << QString() << 1
                                 << u"interrupted; the server says that it did take effect"_s;
    QTest::newRow("nothing") << QString() << 0
                             << u"interrupted; the server says that nothing changed"_s;
}

void TestReportText::whatHappenedToARestoreIsSaid()
{
    QFETCH(QString, verdict);
    QFETCH(int, committed);
    QFETCH(QString, words);
    Incident incident = incidentOf(u"words"_s);
    RestoreNote &note = incident.restores.first();
    note.verdict = verdict;
    note.error.clear();
    note.committed = committed < 0 ? std::nullopt : std::optional(committed == 1);
    const QString report = incidentReport(incident, {}, FakeClock().now());
    QVERIFY2(report.contains(words), qPrintable(report));
    QVERIFY(!report.contains(u"| Reason |"));
    QVERIFY(report.contains(u"| Ended | not known |"));
}

void TestReportText::whatWasLostIsNotGuessed_data()
{
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<int>("committed");
    QTest::addColumn<bool>("isPutBack");
    QTest::addColumn<QString>("says");
    const QString nothing = u"Nothing that Mayday did lost data."_s;
    const QString unknown = u"Not known: restore r1 has no verdict"_s;
    QTest::newRow("proven") << u"proven"_s << -1 << false << lossLine;
    QTest::newRow("differences") << u"differences"_s << -1 << false << lossLine;
    QTest::newRow("put back") << u"proven"_s << -1 << true << nothing;
    QTest::newRow("not restored") << u"not-restored"_s << -1 << false << nothing;
    QTest::newRow("took effect") << QString() << 1 << false << lossLine;
    QTest::newRow("nothing changed") << QString() << 0 << false << nothing;
    QTest::newRow("nobody asked the server") << QString() << -1 << false << unknown;
}

/// An interrupted restore may have replaced the data: the report must not say that nothing was
/// lost.
void TestReportText::whatWasLostIsNotGuessed()
{
    QFETCH(QString, verdict);
    QFETCH(int, committed);
    QFETCH(bool, isPutBack);
    QFETCH(QString, says);
    Incident incident;
    RestoreNote note{.id = u"r1"_s,
                     .file = u"/b/shop.sql"_s,
                     .target = u"database shop"_s,
                     .startedAt = FakeClock().now(),
                     .verdict = verdict};
    note.committed = committed < 0 ? std::nullopt : std::optional(committed == 1);
    if (isPutBack)
        note.putBackAt = FakeClock().now();
    incident.restores = {note};
    const QString report = incidentReport(incident, {}, FakeClock().now());
    const QString part = report.section(u"## What was lost"_s, 1).section(u"## "_s, 0, 0);
    QVERIFY2(part.contains(says), qPrintable(part));
    QCOMPARE(part.contains(u"Nothing that Mayday did"), says.startsWith(u"Nothing"));
    if (says != lossLine)
        return;
    incident.restores.first().rowsBroughtBack = 1240;
    QVERIFY(incidentReport(incident, {}, FakeClock().now())
                .contains(lossLine + u", but for 1,240 rows that were brought back."_s));
}

void TestReportText::thousandsOfEntriesAreAllThere()
{
    constexpr int most = 5000;
    Incident incident = incidentOf(u"words"_s);
    incident.timeline.clear();
    for (int i = 0; i < most; ++i)
        incident.timeline.append({.sequence = i,
                                  .at = incident.openedAt.addSecs(i),
                                  .who = u"Ada"_s,
                                  .text = u"entry %1 | with_a bar"_s.arg(i)});
    const QString report = incidentReport(incident, {}, incident.openedAt.addDays(1));
    const QString timeline = report.section(u"## Timeline"_s, 1);
    QCOMPARE(linesOf(timeline.trimmed()), most + 1); // with the head of the table
    qsizetype from = 0;
    for (int i = 0; i < most; ++i) {
        from = timeline.indexOf(u"entry %1 \\| with\\_a bar |\n"_s.arg(i), from);
        QVERIFY2(from >= 0, qPrintable(QString::number(i)));
    }
    const QList<MarkdownBlock> blocks = runbook::parseMarkdown(timeline.toUtf8());
    QCOMPARE(blocks.size(), 1);
    QCOMPARE(blocks.first().kind, MarkdownBlock::Table);
}

void TestReportText::thePromiseIsInWholeWords_data()
{
    QTest::addColumn<int>("seconds");
    QTest::addColumn<bool>("isClosed");
    QTest::addColumn<QString>("words");
    QTest::newRow("at once") << 0 << true << u"0 min 0 s of the promised 1 h 30 min: kept"_s;
    QTest::newRow("running") << 59 << false
                             << u"0 min 59 s of the promised 1 h 30 min: still running"_s;
    QTest::newRow("the last second")
        << 5400 << true << u"1 h 30 min of the promised 1 h 30 min: kept"_s;
    QTest::newRow("a second late")
        << 5401 << true << u"1 h 30 min of the promised 1 h 30 min: missed by 0 min 1 s"_s;
    QTest::newRow("running and late")
        << 9060 << false << u"2 h 31 min of the promised 1 h 30 min: missed by 1 h 1 min"_s;
    QTest::newRow("two days") << 2 * 86400 << true
                              << u"48 h 0 min of the promised 1 h 30 min: missed by 46 h 30 min"_s;
}

void TestReportText::thePromiseIsInWholeWords()
{
    QFETCH(int, seconds);
    QFETCH(bool, isClosed);
    QFETCH(QString, words);
    Incident incident = incidentOf(u"words"_s);
    incident.rto = std::chrono::minutes(90);
    const QDateTime end = incident.openedAt.addSecs(seconds);
    if (isClosed)
        incident.closedAt = end;
    const QString report = incidentReport(incident, {}, isClosed ? end.addDays(9) : end);
    QVERIFY2(report.contains(u"| Recovery time | %1 |"_s.arg(words)), qPrintable(report));
}

MAYDAY_TEST(TestReportText);
#include "tst_reporttext.moc"
