// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/runbookreader.h"
#include "support/testmain.h"

#include <QJsonArray>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::runbook;

namespace {

RunbookReading readText(const QByteArray &text, const IncludeSource &include = {})
{
    return readRunbook(text, u"demo.md"_s, VerbRegistry::standard(), include);
}

QStringList keysOf(const RunbookReading &reading)
{
    QStringList keys;
    for (const Finding &finding : reading.findings)
        keys += finding.key;
    return keys;
}

/// The first step of a text that stands under one phase.
Step firstStep(const QByteArray &item)
{
    const RunbookReading reading = readText("## Do\n\n" + item);
    if (!reading.runbook)
        return {};
    return reading.runbook->phases.first().groups.first().steps.first();
}

} // namespace

class TestRunbookReader final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTheFrontMatter()
    {
        const RunbookReading reading =
            readText(R"(---
id: lost-data
title: Lost data
tier: critical
rto: 15 min
estimate: 10-30 min
suggest:
  - probe database failing 60 s
  - status supabase major
include: response-first
reviewed: 2026-11-01
---
## Do
- [ ] Act.
)",
                     [](const QString &) { return QByteArray("## First\n- [ ] Look.\n"); });
        QVERIFY2(reading.findings.isEmpty(), qPrintable(keysOf(reading).join(u' ')));
        const Runbook &book = *reading.runbook;
        QCOMPARE(book.id.text(), u"lost-data"_s);
        QCOMPARE(book.title, u"Lost data"_s);
        QCOMPARE(book.tier, Tier::Critical);
        QCOMPARE(book.rto->count(), 15);
        QCOMPARE(book.estimate, u"10-30 min"_s);
        QCOMPARE(book.suggest.size(), 2);
        QCOMPARE(book.include, QStringList{u"response-first"_s});
        QCOMPARE(book.reviewed, QDate(2026, 11, 1));
        QCOMPARE(book.phases.size(), 2);
        QCOMPARE(book.phases.first().title, u"First"_s);
    }

    void worksWithoutFrontMatter()
    {
        const auto reading = readRunbook("# Big fire\n\nRun.\n\n1. Leave the house.\n",
                                         u"/x/House Fire.md"_s, VerbRegistry::standard());
        QVERIFY(reading.findings.isEmpty());
        QCOMPARE(reading.runbook->id.text(), u"house-fire"_s);
        QCOMPARE(reading.runbook->title, u"Big fire"_s);
        QCOMPARE(reading.runbook->summary, u"Run."_s);
        QCOMPARE(reading.runbook->phases.first().title, u"Steps"_s);
    }

    void splitsAStepIntoItsParts()
    {
        const Step step = firstStep(
            R"(- [ ] Restore `main` with v1.2 from status.example.com. It is *safe*. (5 min)
  **Expect:** All is well.
  **If not:** Stop.
  Then call.

  A second paragraph with <b>HTML</b>.

  **Check:** [It answers](check:http?service=backend&status=200)

  **Undo:** Put back:
  - one
  - two

  **Why**: because.

  [Restore it](do:restore?database=main) or [open](do:open?page=backups)

  See [the manual](https://example.com/a?b=c) and <https://example.org>.
)");
        QCOMPARE(step.action, u"Restore main with v1.2 from status.example.com"_s);
        QCOMPARE(step.estimate, std::chrono::minutes(5));
        QCOMPARE(step.expect, u"All is well."_s);
        QCOMPARE(step.ifNot, u"Stop. Then call."_s);
        QCOMPARE(step.check, u"It answers"_s);
        QCOMPARE(step.undo, u"Put back:\n• one\n• two"_s);
        QCOMPARE(step.why, u"because."_s);
        QVERIFY(step.isSensed());
        QCOMPARE(step.checks.first().parameter(u"status"_s), u"200"_s);
        QCOMPARE(step.actions.size(), 2);
        QCOMPARE(step.actions.first().label, u"Restore it"_s);
        QCOMPARE(step.actions.first().line, 18);
        QCOMPARE(step.links.size(), 2);
        QCOMPARE(step.links.first().url, u"https://example.com/a?b=c"_s);
        QVERIFY2(step.body.startsWith(u"It is safe.\n\nA second paragraph with <b>HTML</b>."),
                 qPrintable(step.body));
        QCOMPARE(step.line, 3);
    }

    void findsTheFirstSentence_data()
    {
        QTest::addColumn<QByteArray>("item");
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("body");
        QTest::newRow("plain") << QByteArray("- [ ] Go") << u"Go"_s << QString();
        QTest::newRow("ordered") << QByteArray("1. Go. Now.") << u"Go"_s << u"Now."_s;
        QTest::newRow("ordered with paren") << QByteArray("1) Go.") << u"Go"_s << QString();
        QTest::newRow("question") << QByteArray("- [ ] Is it us? Look.") << u"Is it us?"_s
                                  << u"Look."_s;
        QTest::newRow("host") << QByteArray("- [ ] Open a.example.com now")
                              << u"Open a.example.com now"_s << QString();
        QTest::newRow("e.g.") << QByteArray("- [ ] Stop jobs, e.g. Imports. Wait.")
                              << u"Stop jobs, e.g. Imports"_s << u"Wait."_s;
        QTest::newRow("estimate") << QByteArray("- [ ] Go (2-5 min). Run.") << u"Go"_s << u"Run."_s;
        QTest::newRow("other brackets")
            << QByteArray("- [ ] Go (home). Run.") << u"Go (home)"_s << u"Run."_s;
        QTest::newRow("html") << QByteArray("- [ ] <script>x()</script>")
                              << u"<script>x()</script>"_s << QString();
        QTest::newRow("link") << QByteArray("- [ ] [Back](do:rollback?service=b)") << u"Back"_s
                              << QString();
        QTest::newRow("picture") << QByteArray("- [ ] ![A fire](fire.png)")
                                 << u"(picture: A fire)"_s << QString();
        QTest::newRow("nested list") << QByteArray("1. Go\n   - by foot\n   - by car\n") << u"Go"_s
                                     << u"• by foot\n• by car"_s;
        QTest::newRow("table") << QByteArray("- [ ] Go\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |\n")
                               << u"Go"_s << u"a | b\n1 | 2"_s;
        QTest::newRow("quote") << QByteArray("- [ ] Say\n\n  > Hello\n") << u"Say"_s << u"Hello"_s;
        QTest::newRow("umlauts") << QByteArray("- [ ] Größe prüfen. Ähnlich.") << u"Größe prüfen"_s
                                 << u"Ähnlich."_s;
    }
    void findsTheFirstSentence()
    {
        QFETCH(QByteArray, item);
        const Step step = firstStep(item);
        QTEST(step.action, "action");
        QTEST(step.body, "body");
    }

    void optionalStepsDoNotBlock()
    {
        const Step step = firstStep("- [ ] Optional: tidy up.");
        QCOMPARE(step.action, u"Tidy up"_s);
        QVERIFY(!step.required);
    }

    void nestedBoxesBecomeSteps()
    {
        const auto reading =
            readText("## Do\n- [ ] One\n  - [ ] Two\n    - [x] Three\n- [ ] Four\n");
        const QList<Step> steps = reading.runbook->phases.first().groups.first().steps;
        QStringList actions;
        for (const Step &step : steps)
            actions += step.action;
        QCOMPARE(actions, (QStringList{u"One"_s, u"Two"_s, u"Three"_s, u"Four"_s}));
        QVERIFY(steps.first().body.isEmpty());
    }

    void readsCommands()
    {
        const Step step =
            firstStep("- [ ] Run\n\n  ```Bash {write}{timeout=5m} {expect=\"a } b\"}\n"
                      "  echo \"$X\"\n\n  exit\n  ```\n\n  ```sql\n  SELECT 1;\n  ```\n"
                      "\n  ~~~http {danger timeout=30s}\n  GET {{service.backend.url}}\n"
                      "  ~~~\n\n  ```\n  plain\n  ```\n");
        QCOMPARE(step.commands.size(), 4);
        const CommandBlock &shell = step.commands.at(0);
        QCOMPARE(shell.language, u"bash"_s);
        QCOMPARE(shell.text, u"echo \"$X\"\n\nexit"_s);
        QVERIFY(shell.write && !shell.danger);
        QCOMPARE(shell.timeout, std::chrono::minutes(5));
        QCOMPARE(shell.expect, u"a } b"_s);
        QCOMPARE(shell.line, 5);
        QCOMPARE(step.commands.at(1).language, u"sql"_s);
        QVERIFY(!step.commands.at(1).write);
        QVERIFY(step.commands.at(2).danger);
        QCOMPARE(step.commands.at(2).timeout, std::chrono::seconds(30));
        QCOMPARE(step.commands.at(3).language, QString());
    }

    void readsOptionsAndSlugs()
    {
        const auto reading = readText("## Recover (15-60 min)\n### Option: A\n- [ ] Go.\n"
                                      "### Option: B\n- [ ] Go.\n### Check\n- [ ] Look.\n");
        QVERIFY(reading.findings.isEmpty());
        const Phase &phase = reading.runbook->phases.first();
        QCOMPARE(phase.slug, u"recover"_s);
        QCOMPARE(phase.groups.at(0).option, u"A"_s);
        QCOMPARE(phase.groups.at(2).option, QString());
        QCOMPARE(phase.groups.at(0).steps.first().id.value, u"recover/go"_s);
        QCOMPARE(phase.groups.at(1).steps.first().id.value, u"recover/go-2"_s);
    }

    void stepIdsSurviveEditsElsewhere()
    {
        const auto before = readText("## Do\n- [ ] Alpha\n- [ ] Beta\n");
        const auto after = readText("Words.\n\n## Do\n- [ ] Beta\n- [ ] Gamma\n- [ ] Alpha\n");
        const auto &steps = before.runbook->phases.first().groups.first().steps;
        for (const Step &step : steps)
            QVERIFY(after.runbook->step(step.id));
    }

    void headingsWithoutLettersStillHaveIds()
    {
        const auto reading = readText("## 緊急\n- [ ] 止める\n- [ ] 待つ\n");
        const auto &steps = reading.runbook->phases.first().groups.first().steps;
        QCOMPARE(steps.at(0).id.value, u"phase-1/step"_s);
        QCOMPARE(steps.at(1).id.value, u"phase-1/step-2"_s);
    }

    void readsMessageTemplates()
    {
        const auto reading =
            readText("## Do\n- [ ] Tell [x](do:notify?template=first-public)\n"
                     "## Messages\n### First public message\n"
                     "> We see [what].\n> Next by [time], [what] again.\n\n> Second.\n"
                     "### Status Template\n> - a\n> - b\n");
        QVERIFY2(reading.findings.isEmpty(), qPrintable(keysOf(reading).join(u' ')));
        const Runbook &book = *reading.runbook;
        QCOMPARE(book.templates.size(), 3);
        QCOMPARE(book.templates.first().name, u"first-public"_s);
        QCOMPARE(book.templates.first().text, u"We see [what]. Next by [time], [what] again."_s);
        QCOMPARE(book.templates.first().placeholders, (QStringList{u"what"_s, u"time"_s}));
        QCOMPARE(book.templates.at(1).name, u"first-public-2"_s);
        QCOMPARE(book.messageTemplate(u"status"_s)->text, u"• a\n• b"_s);
        QCOMPARE(book.phases.size(), 1);
    }

    void mergesIncludedPhases()
    {
        const auto include = [](const QString &name) -> std::optional<QByteArray> {
            if (name == u"first")
                return "---\nplace: before\n---\n## Now\n- [ ] Look\n### A message\n> shared\n";
            if (name == u"last")
                return "---\nplace: after\n---\n## Now\n- [ ] Rest\n## Later\n- [ ] Learn\n";
            return std::nullopt;
        };
        const auto reading = readText("---\ninclude: [last, first]\n---\n## Now\n- [ ] Act\n"
                                      "### A message\n> own\n",
                                      include);
        QVERIFY2(reading.findings.isEmpty(), qPrintable(keysOf(reading).join(u' ')));
        QStringList ids;
        for (const Phase &phase : reading.runbook->phases) {
            for (const Group &group : phase.groups) {
                for (const Step &step : group.steps)
                    ids += step.id.value;
            }
        }
        QCOMPARE(ids, (QStringList{u"now/look"_s, u"now/act"_s, u"now/rest"_s, u"later/learn"_s}));
        QCOMPARE(reading.runbook->messageTemplate(u"a"_s)->text, u"own"_s);
    }

    void anyLineEndAndEncodingReadsTheSame_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const QString text =
            u"---\ntitle: Größe\n---\n## Do\n\n- [ ] Prüfen\n  **Why:** [x](do:nope)\n"_s;
        QTest::newRow("lf") << text.toUtf8();
        QTest::newRow("crlf") << QString(text).replace(u"\n"_s, u"\r\n"_s).toUtf8();
        QTest::newRow("cr") << QString(text).replace(u'\n', u'\r').toUtf8();
        QTest::newRow("bom") << "\xEF\xBB\xBF" + text.toUtf8();
        QStringEncoder little(QStringConverter::Utf16LE, QStringConverter::Flag::WriteBom);
        QTest::newRow("utf-16le") << QByteArray(little(text));
        QStringEncoder big(QStringConverter::Utf16BE, QStringConverter::Flag::WriteBom);
        QTest::newRow("utf-16be") << QByteArray(big(text));
    }
    void anyLineEndAndEncodingReadsTheSame()
    {
        QFETCH(QByteArray, bytes);
        const auto reading = readText(bytes);
        QCOMPARE(keysOf(reading), QStringList{u"unknown-verb"_s});
        QCOMPARE(reading.findings.first().line, 7);
        QCOMPARE(reading.runbook->title, u"Größe"_s);
        QCOMPARE(reading.runbook->phases.first().groups.first().steps.first().action, u"Prüfen"_s);
    }

    void everyFindingNamesLineAndNearest_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("key");
        QTest::addColumn<qint64>("line");
        QTest::addColumn<QString>("nearest");
        const auto row = [](const char *name, const QByteArray &text, const char *key, qint64 line,
                            const char *nearest = "") {
            QTest::newRow(name) << text << QString::fromLatin1(key) << line
                                << QString::fromLatin1(nearest);
        };
        const QByteArray step = "## Do\n- [ ] Go\n";
        const auto front = [&step](const QByteArray &yaml) {
            return "---\n" + yaml + "\n---\n" + step;
        };
        row("too large", QByteArray(maxRunbookBytes + 1, 'x'), "too-large", 0);
        row("zero bytes", QByteArray("## Do\n- [ ] \0x", 14), "not-text", 0);
        row("not utf-8",
            "## Do\n- [ ] Pr\xFC"
            "fen\n",
            "encoding", 0);
        row("no steps", "# Title\n\nWords.\n", "no-steps", 0);
        row("empty file", "", "no-steps", 0);
        row("open front matter", "---\ntitle: x\n" + step, "front-matter-open", 1);
        row("broken yaml", front("title: [x"), "front-matter", 3);
        row("yaml list", front("- x"), "front-matter", 2);
        row("unknown key", front("title: x\nteir: major"), "unknown-key", 3, "tier");
        row("bad id", front("id: Lost Data"), "bad-id", 2, "lost-data");
        row("bad tier", front("tier: critcal"), "bad-tier", 2, "critical");
        row("bad rto", front("rto: soon"), "bad-rto", 2);
        row("bad reviewed", front("reviewed: 32 May"), "bad-reviewed", 2);
        row("bad place", front("place: befor"), "bad-place", 2, "before");
        row("bad suggest", front("suggest:\n  - moon full"), "bad-suggest", 3);
        row("bad include", front("include: [../../etc/passwd]"), "bad-include", 2, "etc-passwd");
        row("missing include", front("include: nowhere"), "missing-include", 1);
        row("unknown verb", step + "\n  [x](do:rolback?service=a)\n", "unknown-verb", 4,
            "rollback");
        row("verb of the other kind", step + "\n  [x](check:restore?database=a)\n", "unknown-verb",
            4, "do:restore");
        row("unknown parameter", step + "\n  [x](do:restore?database=a&bakup=b)\n",
            "unknown-parameter", 4, "backup");
        row("missing parameter", step + "\n  [x](do:rollback)\n", "missing-parameter", 4,
            "service");
        row("missing one of", step + "\n  [x](check:probe)\n", "missing-parameter", 4, "service");
        row("repeated parameter", step + "\n  [x](do:backup?database=a&database=b)\n",
            "repeated-parameter", 4);
        row("bad value", step + "\n  [x](do:maintenance-page?service=a&state=onn)\n", "bad-value",
            4, "on");
        row("empty value", step + "\n  [x](do:backup?database=)\n", "bad-value", 4);
        row("verb outside", "## Do\n\n[x](do:backup?database=a)\n\n- [ ] Go\n", "verb-outside-step",
            3);
        row("unsafe link", step + "\n  [x](javascript:alert)\n", "unsafe-link", 4);
        row("unknown slot", step + "\n  **Expcet:** x\n", "unknown-slot", 4, "expect");
        row("unknown mark", step + "\n  ```sh {wirte}\n  x\n  ```\n", "unknown-mark", 4, "write");
        row("bad timeout", step + "\n  ```sh {timeout=ages}\n  x\n  ```\n", "bad-timeout", 4);
        row("unknown language", step + "\n  ```bsah\n  x\n  ```\n", "unknown-language", 4, "bash");
        row("command outside", step + "\n```sh\nx\n```\n", "command-outside-step", 4);
        row("empty step", step + "1.\n", "empty-step", 3);
        row("long action", "## Do\n- [ ] " + QByteArray(150, 'x') + "\n", "long-action", 2);
        row("long group", "## Do\n### G\n" + QByteArray("- [ ] Go\n").repeated(10), "long-group",
            2);
        row("plain bullet", step + "\ntext\n\n* bullet\n", "plain-bullet", 6);
        row("ticked box", "## Do\n- [x] Go\n", "ticked-box", 2);
        row("ticked ordered box", "## Do\n1. [X] Go [ ] there\n", "ticked-box", 2);
        row("empty option",
            "## Do\n### Option: A\n### Option: B\n- [ ] b\n### Option: C\n- [ ] c\n",
            "empty-option", 2);
        row("lone option", "## Do\n### Option: A\n- [ ] a\n", "lone-option", 3);
        row("same option", "## Do\n### Option: A\n- [ ] a\n### Option: A\n- [ ] b\n", "same-option",
            5);
        row("empty template", step + "### First message\n", "empty-template", 3);
        row("unknown template",
            step + "\n  [x](do:notify?template=frist)\n### First message\n> Hello\n",
            "unknown-template", 4, "first");
        row("unknown variable", step + "  {{service.backend.ulr}}\n", "unknown-variable", 3,
            "service.backend.url");
        row("variable part", step + "  {{databse.main.name}}\n", "unknown-variable", 3,
            "database.main.name");
        row("variable without field", step + "  {{database.main}}\n", "unknown-variable", 3,
            "database.main.name");
    }
    void everyFindingNamesLineAndNearest()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, key);
        const RunbookReading reading = readText(text);
        QCOMPARE(keysOf(reading), QStringList{key});
        QTEST(reading.findings.first().line, "line");
        QTEST(reading.findings.first().nearest, "nearest");
        QVERIFY(!reading.findings.first().title.isEmpty());
        QVERIFY(!reading.findings.first().explanation.isEmpty());
    }

    void aBadLinkLeavesAHumanStep()
    {
        const Step step = firstStep("- [ ] Go\n\n  [It is well](check:htpp?service=backend)\n");
        QVERIFY(!step.isSensed());
        QCOMPARE(step.body, u"It is well"_s);
    }

    void knownVariablesAndForeignOnesAreNoFindings()
    {
        const auto reading =
            readText("## Do\n- [ ] {{ service.backend.url }} {{contact.railway}} "
                     "{{database.main.schema}} ${{Postgres.URL}} {{stack.name}}\n");
        QVERIFY2(reading.findings.isEmpty(), qPrintable(keysOf(reading).join(u' ')));
    }

    void nestedIncludesAreNotFollowed()
    {
        int asked = 0;
        const auto reading =
            readText("---\ninclude: a\n---\n## Do\n- [ ] Go\n", [&asked](const QString &) {
                ++asked;
                return QByteArray("---\ninclude: a\n---\n## X\n- [ ] y\n");
            });
        QCOMPARE(asked, 1);
        QCOMPARE(keysOf(reading), QStringList{u"nested-include"_s});
    }

    void deepNestingIsReadAsText()
    {
        const auto quotes =
            readText("## Do\n- [ ] Go\n\n  " + QByteArray("> ").repeated(50'000) + "deep");
        QVERIFY(quotes.runbook);
        QVERIFY(quotes.runbook->phases.first().groups.first().steps.first().body.contains(u"deep"));
        QByteArray lists = "## Do\n";
        for (int i = 0; i < 300; ++i)
            lists += QByteArray(2 * i, ' ') + "- [ ] level\n";
        QVERIFY(readText(lists).runbook);
        QVERIFY(readText("## Do\n- [ ] " + QByteArray("*").repeated(100'000) + "x").runbook);
        QVERIFY(readText("## Do\n- [ ] x " + QByteArray("[").repeated(50'000)).runbook);
        QVERIFY(
            readText("---\ntitle: " + QByteArray("[").repeated(50'000) + "\n---\n## Do\n- [ ] x")
                .runbook);
    }

    void answersJson()
    {
        const QJsonObject json =
            toJson(readText("---\nrto: 4 h\n---\n## Do\n- [ ] Go\n\n"
                            "  [x](check:probe?service=a)\n\n  [y](do:nope)\n"));
        QCOMPARE(json[u"file"].toString(), u"demo.md"_s);
        QCOMPARE(json[u"usable"].toBool(), true);
        QCOMPARE(json[u"warnings"].toInt(), 1);
        QCOMPARE(json[u"errors"].toInt(), 0);
        QCOMPARE(json[u"runbook"][u"rtoMinutes"].toInt(), 240);
        QCOMPARE(json[u"runbook"][u"sensed"].toInt(), 1);
        QCOMPARE(json[u"runbook"][u"phases"][0][u"steps"].toInt(), 1);
        QCOMPARE(json[u"findings"][0][u"key"].toString(), u"unknown-verb"_s);
        QCOMPARE(json[u"findings"][0][u"line"].toInt(), 9);
        const QJsonObject bad = toJson(readText(""), u"empty.md"_s);
        QCOMPARE(bad[u"usable"].toBool(), false);
        QCOMPARE(bad[u"errors"].toInt(), 1);
        QVERIFY(!bad.contains(u"runbook"));
        QVERIFY(readText("").hasErrors());
    }
};

MAYDAY_TEST(TestRunbookReader);
#include "tst_runbookreader.moc"
