// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/checklist.h"
#include "runbook/runbooklibrary.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::runbook;

namespace {

RunbookId bookId(const QString &text)
{
    return *RunbookId::parse(text);
}

void writeFile(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

QByteArray shippedText(const QString &name)
{
    QFile file(u":/runbooks/%1.md"_s.arg(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Something a bad disk, a bad merge or a bad person does to a file.
QByteArray mutated(QByteArray text, QRandomGenerator &random)
{
    static const QList<QByteArray> scraps{"\n## ",
                                          "- [ ] ",
                                          "```",
                                          "{{",
                                          "}}",
                                          "](do:",
                                          "](check:x?",
                                          "---\n",
                                          "> ",
                                          "\0",
                                          "\xFF\xFE",
                                          "\r",
                                          "**Expect:**",
                                          "|",
                                          "<script>",
                                          "&amp;",
                                          "    ",
                                          "1. ",
                                          "### Option: ",
                                          "%",
                                          "\xF0\x9F\x94\xA5",
                                          "[",
                                          "(9999999999 min)",
                                          "{timeout="};
    for (int change = random.bounded(1, 12); change > 0 && !text.isEmpty(); --change) {
        const qsizetype at = random.bounded(int(text.size()));
        switch (random.bounded(5)) {
        case 0: text.remove(at, random.bounded(1, 200)); break;
        case 1: text[at] = char(random.bounded(256)); break;
        case 2: text.insert(at, text.mid(random.bounded(int(text.size())), 300)); break;
        case 3: text.truncate(at); break;
        default:
            text.insert(
                at, scraps.at(random.bounded(int(scraps.size()))).repeated(random.bounded(1, 40)));
        }
    }
    return text;
}

} // namespace

class TestRunbookLibrary final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void shipsTheTwelveScenarios()
    {
        const auto library = RunbookLibrary::load({}, VerbRegistry::standard());
        QStringList ids;
        for (const Runbook &book : library.list())
            ids += book.id.text();
        ids.sort();
        QCOMPARE(ids,
                 (QStringList{u"account-compromised"_s, u"all-clouds-down"_s, u"buggy-deployment"_s,
                              u"database-corruption"_s, u"ddos"_s, u"deleted-environment"_s,
                              u"github-down"_s, u"groq-down"_s, u"key-leak"_s, u"railway-outage"_s,
                              u"ransomware"_s, u"supabase-outage"_s}));
        QCOMPARE(library.files().size(), 14);
        for (qsizetype i = 1; i < library.list().size(); ++i)
            QVERIFY(library.list().at(i - 1).tier <= library.list().at(i).tier);
        QCOMPARE(library.list().first().tier, Tier::Critical);
        QVERIFY(!library.find(bookId(u"response-first"_s)));
    }

    void shippedRunbooksHaveNoFindings_data()
    {
        QTest::addColumn<QString>("file");
        const auto library = RunbookLibrary::load({}, VerbRegistry::standard());
        for (const auto &entry : library.files())
            QTest::newRow(qPrintable(entry.fileName)) << entry.fileName;
    }
    void shippedRunbooksHaveNoFindings()
    {
        QFETCH(QString, file);
        const auto library = RunbookLibrary::load({}, VerbRegistry::standard());
        for (const Finding &finding : library.findings(file))
            qWarning("%lld: %s: %s", finding.line, qPrintable(finding.key),
                     qPrintable(finding.title));
        QVERIFY(library.findings(file).isEmpty());
    }

    void shippedScenariosAreComplete()
    {
        const auto library = RunbookLibrary::load({}, VerbRegistry::standard());
        for (const Runbook &book : library.list()) {
            const QByteArray name = book.id.text().toUtf8();
            QVERIFY2(book.rto && !book.estimate.isEmpty() && book.reviewed, name);
            QVERIFY2(!book.summary.isEmpty(), name);
            QStringList slugs;
            int sensed = 0;
            for (const Phase &phase : book.phases) {
                slugs += phase.slug;
                for (const Group &group : phase.groups) {
                    for (const Step &step : group.steps) {
                        sensed += step.isSensed() ? 1 : 0;
                        QVERIFY2(step.isSensed() || step.estimate || phase.slug != u"recover",
                                 name + ' ' + step.id.value.toUtf8());
                    }
                }
            }
            QVERIFY2(slugs ==
                         QStringList({u"immediate"_s, u"recover"_s, u"after"_s, u"follow-up"_s}),
                     name + ": " + slugs.join(u' ').toUtf8());
            QVERIFY2(sensed > 0, name);
            QVERIFY2(book.messageTemplate(u"team"_s) && book.messageTemplate(u"resolved"_s), name);
        }
    }

    void databaseCorruptionGoesItsWay()
    {
        const auto library = RunbookLibrary::load({}, VerbRegistry::standard());
        const Runbook *book = library.find(bookId(u"database-corruption"_s));
        QVERIFY(book);
        QCOMPARE(book->rto->count(), 15);
        const Checklist list(*book);
        QVERIFY(list.decisions().isEmpty());
        QStringList flow;
        for (const Step &step : list.order()) {
            for (const VerbCall &call : step.actions)
                flow += u"do:"_s + call.verb + u' ' + call.parameters.value(0).second;
            for (const VerbCall &call : step.checks)
                flow += u"check:"_s + call.verb + u' ' + call.parameters.value(0).second;
        }
        QCOMPARE(
            flow.first(9),
            (QStringList{u"do:notify team"_s, u"do:notify initial"_s, u"do:evidence "_s,
                         u"do:restore main"_s, u"check:rows main"_s, u"check:http backend"_s,
                         u"check:probe main"_s, u"do:notify resolved"_s, u"do:notify closing"_s}));
        QCOMPARE(list.total(u"immediate"_s), 5);
        QCOMPARE(list.total(u"recover"_s), 6);
    }

    void theUsersRunbookReplacesTheShippedOne()
    {
        const QTemporaryDir folder;
        writeFile(
            folder.filePath(u"mine.md"_s),
            "---\nid: ddos\ntitle: Ours\ninclude: response-first\n---\n## Do\n- [ ] Own step\n");
        writeFile(folder.filePath(u"extra.md"_s), "## Do\n- [ ] Extra\n");
        const auto library = RunbookLibrary::load(folder.path(), VerbRegistry::standard());
        QCOMPARE(library.list().size(), 13);
        const Runbook *own = library.find(bookId(u"ddos"_s));
        QCOMPARE(own->title, u"Ours"_s);
        QCOMPARE(own->stepCount(), 6);
        QVERIFY(library.find(bookId(u"extra"_s)));
    }

    void aBadFileCostsOnlyItself()
    {
        const QTemporaryDir folder;
        writeFile(folder.filePath(u"ddos.md"_s), QByteArray("\x89PNG\0\0\0", 7));
        writeFile(folder.filePath(u"huge.md"_s), QByteArray(maxRunbookBytes + 1, '#'));
        writeFile(folder.filePath(u"good.md"_s), "## Do\n- [ ] Go\n");
        writeFile(folder.filePath(u"notes.txt"_s), "## Do\n- [ ] Go\n");
        const auto library = RunbookLibrary::load(folder.path(), VerbRegistry::standard());
        QCOMPARE(library.list().size(), 13);
        QCOMPARE(library.find(bookId(u"ddos"_s))->title, u"Flood of traffic (DDoS)"_s);
        QVERIFY(!library.findings(folder.filePath(u"ddos.md"_s)).isEmpty());
        QCOMPARE(library.findings(folder.filePath(u"huge.md"_s)).first().key, u"unreadable"_s);
        QVERIFY(library.findings(folder.filePath(u"good.md"_s)).isEmpty());
        QCOMPARE(RunbookLibrary::load(folder.filePath(u"missing"_s), VerbRegistry::standard())
                     .list()
                     .size(),
                 12);
    }

    void theUsersSharedPhasesAreUsed()
    {
        const QTemporaryDir folder;
        writeFile(folder.filePath(u"response-first.md"_s),
                  "---\nplace: before\n---\n## Immediate\n- [ ] Call the boss\n");
        const auto library = RunbookLibrary::load(folder.path(), VerbRegistry::standard());
        const Checklist list(*library.find(bookId(u"ddos"_s)));
        QCOMPARE(list.current()->action, u"Call the boss"_s);
    }

    void filesBehindTheLimitAreNamed()
    {
        const QTemporaryDir folder;
        for (int i = 0; i < 502; ++i) {
            QFile file(folder.filePath(u"note%1.md"_s.arg(i, 4, 10, QChar(u'0'))));
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
        const auto library = RunbookLibrary::load(folder.path(), VerbRegistry::standard());
        const QList<Finding> findings = library.findings(folder.path());
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings.first().title, u"2 files were left out, from note0500.md on"_s);
    }

    void mutatedRunbooksAreReadSafely()
    {
        const VerbRegistry verbs = VerbRegistry::standard();
        const auto library = RunbookLibrary::load({}, verbs);
        const IncludeSource include = [](const QString &name) -> std::optional<QByteArray> {
            return shippedText(name);
        };
        QRandomGenerator random(20261123);
        QElapsedTimer slowest;
        for (int round = 0; round < 1500; round += tests::thinnedStep(10)) {
            const auto &entry = library.files().at(random.bounded(int(library.files().size())));
            QFile file(entry.fileName);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray text = mutated(file.readAll(), random);
            slowest.start();
            const RunbookReading reading = readRunbook(text, entry.fileName, verbs, include);
            QVERIFY2(slowest.elapsed() < 5000, text);
            QVERIFY(reading.runbook || reading.hasErrors());
            const qint64 lines = text.count('\n') + text.count('\r') + 1;
            for (const Finding &finding : reading.findings)
                QVERIFY2(finding.line >= 0 && finding.line <= lines, qPrintable(finding.key));
            if (!reading.runbook)
                continue;
            const Checklist list(*reading.runbook);
            QSet<StepId> ids;
            for (const Phase &phase : reading.runbook->phases) {
                for (const Group &group : phase.groups) {
                    for (const Step &step : group.steps) {
                        QVERIFY(!step.action.isEmpty() && !ids.contains(step.id));
                        ids.insert(step.id);
                    }
                }
            }
            QVERIFY(list.current() || list.currentDecision());
        }
    }
};

MAYDAY_TEST(TestRunbookLibrary);
#include "tst_runbooklibrary.moc"
