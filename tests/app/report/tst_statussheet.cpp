// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/incident/incidentfixture.h"
#include "support/testmain.h"

#include "report/statussheet.h"

#include <QTimeZone>
#include <QXmlStreamReader>

using namespace mayday;
using namespace mayday::incident;
using namespace mayday::report;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

namespace {

stack::Stack sampleStack()
{
    stack::Stack stack;
    stack.name = u"Market <b>place</b>"_s;
    stack.contacts.append({.id = {},
                           .name = u"Railway"_s,
                           .url = QUrl(u"https://railway.example/?a=1&b=2"_s),
                           .phone = u"+49 1"_s,
                           .note = u"%1 & <i>"_s});
    stack::Provider provider;
    provider.name = u"Supabase"_s;
    provider.pageUrl = QUrl(u"https://status.example"_s);
    stack.providers.append(provider);
    return stack;
}

/// Whether every tag that was opened is closed, and nothing that was typed became one. The page
/// is HTML; its two void elements are the only difference to XML here.
QString firstFault(QByteArray page)
{
    page.replace("<!doctype html>\n", "").replace("<meta charset=\"utf-8\">", "");
    page.replace("<meta http-equiv=\"refresh\" content=\"15\">", "");
    QXmlStreamReader reader(page);
    static const QStringList known = {u"html"_s, u"head"_s,  u"title"_s, u"style"_s, u"body"_s,
                                      u"h1"_s,   u"h2"_s,    u"h3"_s,    u"p"_s,     u"table"_s,
                                      u"tr"_s,   u"td"_s,    u"ul"_s,    u"li"_s,    u"code"_s,
                                      u"pre"_s,  u"strong"_s};
    while (!reader.atEnd()) {
        if (reader.readNext() == QXmlStreamReader::StartElement && !known.contains(reader.name()))
            return reader.name().toString();
    }
    return reader.errorString();
}

} // namespace

/// The sheet on paper: whole, harmless and current.
class TestStatusSheet : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withoutAnIncidentItSaysSo();
    void theRunningIncidentIsOnIt();
    void hostileTextStaysText();
    void nothingIsLoadedFromElsewhere();
    void untilTheChoiceEveryWayIsOnPaper();
    void thePromiseInMinutes_data();
    void thePromiseInMinutes();
    void everyShippedScenarioCanBePrinted_data();
    void everyShippedScenarioCanBePrinted();
    void namesOfTheStackAreFilledIn();
    void timesAreUtc();
};

void TestStatusSheet::withoutAnIncidentItSaysSo()
{
    const QByteArray page = statusSheet(nullptr, sampleStack(), FakeClock().now());
    QVERIFY(page.contains("No incident is running"));
    QVERIFY(page.contains("Market &lt;b&gt;place&lt;/b&gt;"));
    QVERIFY(page.contains("https://railway.example/?a=1&amp;b=2"));
    QVERIFY(page.contains("%1 &amp; &lt;i&gt;"));
    QVERIFY(page.contains("Supabase status page"));
    QVERIFY(page.contains("Written 2026-03-01 03:00 UTC"));
    QCOMPARE(firstFault(page), QString());
}

void TestStatusSheet::theRunningIncidentIsOnIt()
{
    IncidentFixture fixture;
    fixture.open();
    fixture.desk->tick(fixture.step(u"Tell the team"_s));
    fixture.desk->defer(fixture.step(u"Tell everybody"_s));
    fixture.desk->overrideStep(fixture.step(u"Token"_s), u"not needed"_s);
    fixture.desk->recordChoice(fixture.running().checklist.decisions().first().id,
                               u"From our own dump"_s, {});
    fixture.written();
    const QByteArray page = statusSheet(fixture.desk->running(), sampleStack(),
                                        fixture.running().openedAt.addSecs(360));
    for (const char *part : {"PRODUCTION: Products are gone", "Ada", "SEV1",
                             "6 min since 2026-03-01 03:00 UTC", "15 min promised, 9 min left",
                             "<strong>Choose the dump</strong>", "[x] done</code>\nTell the team",
                             "[&gt;]", "not needed", "[ ] open</code>\nChoose the dump"})
        QVERIFY2(page.contains(part), part);
    QVERIFY(!page.contains("Ask the provider")); // of the way not taken
    QCOMPARE(firstFault(page), QString());
}

void TestStatusSheet::hostileTextStaysText()
{
    Incident incident{.title = u"</h1><script>alert(1)</script>%1 password=hunter2"_s,
                      .environment = u"a\"<"_s,
                      .openedAt = FakeClock().now(),
                      .commander = u"<img src=x>"_s};
    const QByteArray page = statusSheet(&incident, sampleStack(), FakeClock().now());
    QVERIFY(!page.contains("<script"));
    QVERIFY(!page.contains("<img"));
    QVERIFY(!page.contains("hunter2"));
    QCOMPARE(firstFault(page), QString());
}

void TestStatusSheet::nothingIsLoadedFromElsewhere()
{
    const QByteArray page = statusSheet(nullptr, sampleStack(), FakeClock().now());
    for (const char *word : {"src=", "href=", "url(", "@import"})
        QVERIFY2(!page.contains(word), word);
}

/// Somebody who printed the sheet before the choice was made has the steps of every way in hand.
void TestStatusSheet::untilTheChoiceEveryWayIsOnPaper()
{
    IncidentFixture fixture;
    fixture.open();
    fixture.desk->tick(fixture.step(u"Tell the team"_s));
    fixture.desk->tick(fixture.step(u"Token"_s));
    fixture.written();
    const auto page = [&fixture] {
        return statusSheet(fixture.desk->running(), sampleStack(), fixture.clock.now());
    };
    for (const char *part :
         {"<strong>decide: From the provider or From our own dump</strong>",
          "If you choose: From the provider</h3>", "[ ] open</code>\nAsk the provider for a copy",
          "If you choose: From our own dump</h3>", "[ ] open</code>\nChoose the dump"})
        QVERIFY2(page().contains(part), part);
    QCOMPARE(firstFault(page()), QString());
    fixture.desk->recordChoice(fixture.running().checklist.decisions().first().id,
                               u"From the provider"_s, {});
    fixture.written();
    QVERIFY(page().contains("<strong>Ask the provider for a copy</strong>"));
    QVERIFY(!page().contains("If you choose"));
    QVERIFY(!page().contains("Choose the dump"));
    QCOMPARE(firstFault(page()), QString());
}

void TestStatusSheet::thePromiseInMinutes_data()
{
    QTest::addColumn<int>("seconds");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("opened") << 0 << QByteArray("15 min promised, 15 min left");
    QTest::newRow("the last minute") << 899 << QByteArray("15 min promised, 0 min left");
    QTest::newRow("a second late") << 901 << QByteArray("15 min promised, missed by 0 min");
    QTest::newRow("hours late") << 8100 << QByteArray("15 min promised, missed by 120 min");
}

void TestStatusSheet::thePromiseInMinutes()
{
    QFETCH(int, seconds);
    QFETCH(QByteArray, words);
    const Incident incident{
        .title = u"x"_s, .openedAt = FakeClock().now(), .rto = std::chrono::minutes(15)};
    const QByteArray page =
        statusSheet(&incident, sampleStack(), incident.openedAt.addSecs(seconds));
    QVERIFY2(page.contains(words), page);
}

void TestStatusSheet::everyShippedScenarioCanBePrinted_data()
{
    QTest::addColumn<QString>("id");
    const auto library = runbook::RunbookLibrary::load({}, runbook::VerbRegistry::standard());
    for (const runbook::Runbook &book : library.list())
        QTest::newRow(qPrintable(book.id.text())) << book.id.text();
}

/// Every step and every command of it is on the page before anything was chosen, and no command's
/// text is taken for markup.
void TestStatusSheet::everyShippedScenarioCanBePrinted()
{
    QFETCH(QString, id);
    const auto library = runbook::RunbookLibrary::load({}, runbook::VerbRegistry::standard());
    const runbook::Runbook book = *library.find(*runbook::RunbookId::parse(id));
    Incident incident{.title = book.title, .openedAt = FakeClock().now()};
    incident.checklist = runbook::Checklist(book);
    const QByteArray page = statusSheet(&incident, sampleStack(), incident.openedAt);
    QCOMPARE(firstFault(page), QString());
    for (const runbook::Phase &phase : book.phases) {
        QVERIFY2(page.contains(phase.title.toHtmlEscaped().toUtf8()), qPrintable(phase.title));
        for (const runbook::Group &group : phase.groups) {
            for (const runbook::Step &step : group.steps) {
                const QByteArray action = "</code>\n" + step.action.toHtmlEscaped().toUtf8();
                QVERIFY2(page.contains(action), action);
                for (const runbook::CommandBlock &command : step.commands) {
                    const QByteArray line =
                        command.text.section(u' ', 0, 1).toHtmlEscaped().toUtf8();
                    QVERIFY2(page.contains("<pre>" + line), line);
                }
            }
        }
    }
}

void TestStatusSheet::namesOfTheStackAreFilledIn()
{
    const auto reading = runbook::readRunbook(
        "## Do\n- [ ] Open {{stack.name}} and {{database.nowhere.name}}\n\n  ```sh\n"
        "  echo {{stack.name}}\n  ```\n",
        u"x.md"_s, runbook::VerbRegistry::standard());
    Incident incident{.title = u"x"_s, .openedAt = FakeClock().now()};
    incident.checklist = runbook::Checklist(*reading.runbook);
    const QByteArray page = statusSheet(&incident, sampleStack(), incident.openedAt);
    const QByteArray name = "Market &lt;b&gt;place&lt;/b&gt;";
    QVERIFY2(page.contains("<strong>Open " + name + " and {{database.nowhere.name}}"), page);
    QVERIFY2(page.contains("<pre>echo " + name + "</pre>"), page);
    QCOMPARE(firstFault(page), QString());
}

void TestStatusSheet::timesAreUtc()
{
    const QTimeZone there("Asia/Kolkata");
    if (!there.isValid())
        QSKIP("this computer knows no time zones");
    const Incident incident{.title = u"x"_s, .openedAt = FakeClock().now().toTimeZone(there)};
    const QByteArray page =
        statusSheet(&incident, sampleStack(), FakeClock().now().addSecs(60).toTimeZone(there));
    QVERIFY(page.contains("1 min since 2026-03-01 03:00 UTC"));
    QVERIFY(page.contains("Written 2026-03-01 03:01 UTC"));
}

MAYDAY_TEST(TestStatusSheet);
#include "tst_statussheet.moc"
