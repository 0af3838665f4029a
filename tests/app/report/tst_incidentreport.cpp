// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/incident/incidentfixture.h"
#include "support/testmain.h"

#include "report/incidentreport.h"
#include "report/markdownwriter.h"

using namespace mayday;
using namespace mayday::incident;
using namespace mayday::report;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// The post-mortem's raw material: complete, in UTC, harmless to render, without secrets.
class TestIncidentReport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatPeopleTypedStaysText_data();
    void whatPeopleTypedStaysText();
    void tablesKeepTheirColumns();
    void theSummaryIsThere();
    void thePromiseIsJudged_data();
    void thePromiseIsJudged();
    void restoresAreToldWithEveryCount();
    void aRestoreThatWasPutBackLostNothing();
    void stepsDecisionsAndFollowUps();
    void secretsAreNotInIt();

private:
    static QString reportOf(const IncidentFixture &fixture)
    {
        stack::Stack stack;
        stack.name = u"Marketplace"_s;
        return incidentReport(fixture.running(), stack, fixture.clock.now());
    }
    static void restore(IncidentFixture &fixture, const QString &verdict, int rowsAfter);
};

void TestIncidentReport::restore(IncidentFixture &fixture, const QString &verdict, int rowsAfter)
{
    const QString id = fixture.running().id.text();
    const QJsonObject table{{u"schema"_s, u"public"_s},
                            {u"name"_s, u"products"_s},
                            {u"rowsInDump"_s, 60012},
                            {u"rowsAfter"_s, rowsAfter},
                            {u"verdict"_s, verdict}};
    const QJsonObject receipt{
        {u"verdict"_s, verdict},
        {u"tables"_s, QJsonArray{table}},
        {u"notes"_s, QJsonArray{u"roles left out"_s}},
        {u"left"_s, QJsonArray{QJsonObject{{u"what"_s, u"schema public_before"_s}}}}};
    QVERIFY(fixture.journal->appendNow({.kind = u"restore.started"_s,
                                        .subject = u"r1"_s,
                                        .data = {{u"incident"_s, id},
                                                 {u"file"_s, u"/b/shop_1.sql.gz"_s},
                                                 {u"target"_s, u"database shop"_s}}}));
    QVERIFY(fixture.journal->appendNow({.kind = u"restore.finished"_s,
                                        .subject = u"r1"_s,
                                        .data = {{u"incident"_s, id}, {u"receipt"_s, receipt}}}));
    fixture.written();
}

void TestIncidentReport::whatPeopleTypedStaysText_data()
{
    QTest::addColumn<QString>("plain");
    QTest::addColumn<QString>("markdown");
    QTest::newRow("plain") << u"Shop is down."_s << u"Shop is down."_s;
    QTest::newRow("emphasis") << u"*very* _bad_"_s << u"\\*very\\* \\_bad\\_"_s;
    QTest::newRow("html") << u"<script>x</script>"_s << u"\\<script\\>x\\</script\\>"_s;
    QTest::newRow("link") << u"[a](http://x)"_s << u"\\[a\\](http://x)"_s;
    QTest::newRow("image") << u"![a](b)"_s << u"\\!\\[a\\](b)"_s;
    QTest::newRow("entity") << u"&lt;"_s << u"\\&lt;"_s;
    QTest::newRow("code") << u"`rm`"_s << u"\\`rm\\`"_s;
    QTest::newRow("cell") << u"a | b"_s << u"a \\| b"_s;
    QTest::newRow("heading") << u"# a"_s << u"\\# a"_s;
    QTest::newRow("list") << u"- a"_s << u"\\- a"_s;
    QTest::newRow("number") << u"1. a"_s << u"1\\. a"_s;
    QTest::newRow("rule") << u"==="_s << u"\\==="_s;
    QTest::newRow("lines") << u"a\n\n# b"_s << u"a \\# b"_s;
    QTest::newRow("backslash") << u"a\\b"_s << u"a\\\\b"_s;
}

void TestIncidentReport::whatPeopleTypedStaysText()
{
    QFETCH(QString, plain);
    QTEST(MarkdownWriter::escaped(plain), "markdown");
}

void TestIncidentReport::tablesKeepTheirColumns()
{
    MarkdownWriter out;
    out.bullet(u"one"_s);
    out.bullet(u"two"_s);
    out.table({u"A"_s, u"B"_s}, {{u"x|y"_s, u"line\nbreak"_s}});
    out.heading(2, u"Next"_s);
    QCOMPARE(out.text(),
             u"- one\n- two\n\n| A | B |\n| --- | --- |\n| x\\|y | line break |\n\n## Next\n\n"_s);
}

void TestIncidentReport::theSummaryIsThere()
{
    IncidentFixture fixture;
    fixture.open();
    const QString text = reportOf(fixture);
    QVERIFY(text.startsWith("# Incident 1: Products are gone\n"_L1));
    for (const QString &part :
         {u"| Stack | Marketplace |"_s, u"| Environment | production |"_s, u"| Led by | Ada |"_s,
          u"| Opened | 2026-03-01 03:00:00 UTC |"_s, u"| Closed | still running |"_s,
          u"| Checklist | Data loss |"_s, u"Nothing was restored."_s, u"## Timeline"_s})
        QVERIFY2(text.contains(part), qPrintable(part + u"\n"_s + text));
}

void TestIncidentReport::thePromiseIsJudged_data()
{
    QTest::addColumn<int>("minutes");
    QTest::addColumn<QString>("words");
    QTest::newRow("kept") << 14 << u"14 min 0 s of the promised 15 min 0 s: kept"_s;
    QTest::newRow("missed") << 75
                            << u"1 h 15 min of the promised 15 min 0 s: missed by 1 h 0 min"_s;
}

void TestIncidentReport::thePromiseIsJudged()
{
    QFETCH(int, minutes);
    QFETCH(QString, words);
    Incident incident{
        .title = u"x"_s, .openedAt = FakeClock().now(), .rto = std::chrono::minutes(15)};
    incident.closedAt = incident.openedAt.addSecs(minutes * 60);
    const QString text = incidentReport(incident, {}, incident.openedAt.addDays(3));
    QVERIFY2(text.contains(words), qPrintable(text));
}

void TestIncidentReport::restoresAreToldWithEveryCount()
{
    IncidentFixture fixture;
    fixture.open();
    restore(fixture, u"differences"_s, 60000);
    const QString text = reportOf(fixture);
    for (const QString &part :
         {u"### Restore r1"_s, u"| Verdict | restored with differences |"_s,
          u"| Backup | /b/shop\\_1.sql.gz |"_s,
          u"| public.products | 60,012 | 60,000 | differences |  |"_s, u"- roles left out"_s,
          u"after the backup shop\\_1.sql.gz was taken"_s,
          u"public.products: 12 rows of the backup are missing."_s,
          u"- [ ] left on the server by restore r1: schema public\\_before"_s})
        QVERIFY2(text.contains(part), qPrintable(part + u"\n"_s + text));
    QVERIFY(!text.contains("success"_L1, Qt::CaseInsensitive)); // R12
}

void TestIncidentReport::aRestoreThatWasPutBackLostNothing()
{
    IncidentFixture fixture;
    fixture.open();
    restore(fixture, u"proven"_s, 60012);
    QVERIFY(!reportOf(fixture).contains("Nothing that Mayday did lost data"_L1));
    QVERIFY(fixture.journal->appendNow(
        {.kind = u"restore.putback"_s,
         .subject = u"r1"_s,
         .data = {{u"incident"_s, fixture.running().id.text()},
                  {u"receipt"_s, QJsonObject{{u"verdict"_s, u"proven"_s}}}}}));
    fixture.written();
    QVERIFY(reportOf(fixture).contains("Nothing that Mayday did lost data"_L1));
    QVERIFY(reportOf(fixture).contains("| Put back | 2026-03-01"_L1));
}

void TestIncidentReport::stepsDecisionsAndFollowUps()
{
    IncidentFixture fixture;
    fixture.open();
    fixture.desk->overrideStep(fixture.step(u"Tell the team"_s), u"they | know"_s);
    fixture.desk->defer(fixture.step(u"Tell everybody"_s));
    fixture.desk->recordChoice(fixture.running().checklist.decisions().first().id,
                               u"From the provider"_s, u"no dump"_s);
    fixture.desk->evidenceKept(u"/e/1"_s, {u"a.txt"_s}, u"abcd"_s);
    fixture.written();
    const QString text = reportOf(fixture);
    for (const QString &part :
         {u"## Steps that were overridden\n\n- Tell the team: they \\| know\n"_s,
          u"- From the provider: no dump (Ada, 2026-03-01 03:00:07 UTC)"_s,
          u"- [ ] put off: Tell everybody that it is over"_s,
          u"- [ ] overridden, look again: Tell the team"_s,
          u"- [ ] open: Ask the provider for a copy"_s, u"SHA-256 of its manifest: abcd"_s})
        QVERIFY2(text.contains(part), qPrintable(part + u"\n"_s + text));
    QVERIFY(!text.contains("Choose the dump"_L1)); // of the way not taken
}

void TestIncidentReport::secretsAreNotInIt()
{
    Incident incident{.title = u"postgres://app:hunter2@db/shop"_s, .openedAt = FakeClock().now()};
    incident.timeline.append(
        {.at = incident.openedAt, .who = u"Ada"_s, .text = u"password=hunter2"_s});
    QVERIFY(!incidentReport(incident, {}, incident.openedAt).contains("hunter2"_L1));
}

MAYDAY_TEST(TestIncidentReport);
#include "tst_incidentreport.moc"
