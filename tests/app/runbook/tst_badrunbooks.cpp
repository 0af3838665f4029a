// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/checklist.h"
#include "runbook/runbooklibrary.h"
#include "support/testmain.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::runbook;

namespace {

/// A folder of runbooks as a team keeps it, with whatever lies about in one.
class Folder final {
public:
    void write(const QString &name, const QByteArray &bytes) const
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }
    [[nodiscard]] RunbookLibrary load() const
    {
        return RunbookLibrary::load(m_folder.path(), VerbRegistry::standard());
    }

private:
    QTemporaryDir m_folder;
};

const Runbook *find(const RunbookLibrary &library, const QString &id)
{
    return library.find(*RunbookId::parse(id));
}

QStringList keysOf(const QList<Finding> &findings)
{
    QStringList keys;
    for (const Finding &finding : findings)
        keys += finding.key;
    return keys;
}

RunbookReading readPlan(const QByteArray &text)
{
    return readRunbook(text, u"plan.md"_s, VerbRegistry::standard());
}

QStringList actionsOf(const Runbook &book)
{
    QStringList actions;
    for (const Step &step : Checklist(book).order())
        actions += step.action;
    return actions;
}

} // namespace

/// Runbooks are written by hand, merged by git and found in any state: what is wrong is named by
/// its line, and costs as little as possible.
class TestBadRunbooks final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFaultOfAFileIsNamedInItsOrder()
    {
        const RunbookReading reading = readPlan("---\n"                            // 1
                                                "titel: Down\n"                    // 2
                                                "tier: huge\n"                     // 3
                                                "suggest:\n"                       // 4
                                                "  - probe backend faling 60 s\n"  // 5
                                                "  - probe backend failing 60 s\n" // 6
                                                "  - rows products droped\n"       // 7
                                                "---\n"                            // 8
                                                "\n"                               // 9
                                                "## Do\n"                          // 10
                                                "- [ ] Look\n"                     // 11
                                                "\n"                               // 12
                                                "  [Back](do:rolback?service=a)\n" // 13
                                                "\n"                               // 14
                                                "  ```sh {wirte}\n"                // 15
                                                "  ls\n"                           // 16
                                                "  ```\n"                          // 17
                                                "- [x] Go to {{servce.a.url}}\n"); // 18
        QStringList lines;
        for (const Finding &finding : reading.findings)
            lines += u"%1 %2 %3"_s.arg(finding.line).arg(finding.key, finding.nearest).trimmed();
        QCOMPARE(lines, (QStringList{u"2 unknown-key title"_s, u"3 bad-tier"_s,
                                     u"5 bad-suggest failing"_s, u"7 bad-suggest dropped"_s,
                                     u"13 unknown-verb rollback"_s, u"15 unknown-mark write"_s,
                                     u"18 ticked-box"_s, u"18 unknown-variable service.a.url"_s}));
        QCOMPARE(reading.runbook->suggest, QStringList{u"probe backend failing 60 s"_s});
        QCOMPARE(reading.runbook->tier, Tier::Major);
        QCOMPARE(actionsOf(*reading.runbook).size(), 2);
    }

    void aBadPartLeavesTheRestUsable_data()
    {
        QTest::addColumn<QByteArray>("part");
        QTest::addColumn<QString>("key");
        QTest::newRow("verb") << QByteArray("- [ ] Bad\n\n  [x](do:explode)\n")
                              << u"unknown-verb"_s;
        QTest::newRow("parameter")
            << QByteArray("- [ ] Bad\n\n  [x](check:http?service=a&sttus=1)\n")
            << u"unknown-parameter"_s;
        QTest::newRow("script link")
            << QByteArray("- [ ] Bad\n\n  [x](javascript:alert)\n") << u"unsafe-link"_s;
        QTest::newRow("file link")
            << QByteArray("- [ ] Bad\n\n  [x](file:///etc/passwd)\n") << u"unsafe-link"_s;
        QTest::newRow("data link")
            << QByteArray("- [ ] Bad\n\n  [x](data:text/html,x)\n") << u"unsafe-link"_s;
        QTest::newRow("timeout") << QByteArray("- [ ] Bad\n\n  ```sh {timeout=0}\n  ls\n  ```\n")
                                 << u"bad-timeout"_s;
        QTest::newRow("language") << QByteArray("- [ ] Bad\n\n  ```bsah\n  ls\n  ```\n")
                                  << u"unknown-language"_s;
        QTest::newRow("slot") << QByteArray("- [ ] Bad\n\n  **Udno:** no\n") << u"unknown-slot"_s;
        QTest::newRow("variable") << QByteArray("- [ ] Bad {{database.main.nmae}}\n")
                                  << u"unknown-variable"_s;
        QTest::newRow("ticked") << QByteArray("- [x] Bad\n") << u"ticked-box"_s;
    }
    void aBadPartLeavesTheRestUsable()
    {
        QFETCH(QByteArray, part);
        QFETCH(QString, key);
        const RunbookReading reading = readPlan("## Do\n- [ ] First\n" + part +
                                                "- [ ] Last\n\n  [ok](check:probe?service=a)\n");
        QCOMPARE(keysOf(reading.findings), QStringList{key});
        QVERIFY(reading.findings.first().line >= 3);
        const QStringList actions = actionsOf(*reading.runbook);
        QCOMPARE(actions.size(), 3);
        QCOMPARE(actions.first(), u"First"_s);
        QVERIFY(actions.at(1).startsWith(u"Bad"));
        const Step last = Checklist(*reading.runbook).order().last();
        QCOMPARE(last.action, u"Last"_s);
        QVERIFY(last.isSensed());
        // What was refused runs nothing and opens nothing.
        const Step bad = Checklist(*reading.runbook).order().at(1);
        QVERIFY(bad.actions.isEmpty() && bad.checks.isEmpty() && bad.links.isEmpty());
    }

    void aSuggestionThatIsNotUnderstoodIsExplained()
    {
        const RunbookReading reading =
            readPlan("---\nsuggest: status supabase majr\n---\n## Do\n- [ ] Go\n");
        QCOMPARE(keysOf(reading.findings), QStringList{u"bad-suggest"_s});
        QCOMPARE(reading.findings.first().nearest, u"major"_s);
        QVERIFY2(reading.findings.first().explanation.contains(u"unknown level majr"),
                 qPrintable(reading.findings.first().explanation));
        QVERIFY(reading.runbook->suggest.isEmpty());
    }

    void aMergeConflictIsReadAsText()
    {
        const RunbookReading reading = readPlan("## Do\n- [ ] First\n<<<<<<< HEAD\n- [ ] Ours\n"
                                                "=======\n- [ ] Theirs\n>>>>>>> other\n");
        QVERIFY(reading.runbook);
        const QString all = actionsOf(*reading.runbook).join(u' ');
        QVERIFY2(all.contains(u"First") && all.contains(u"Theirs"), qPrintable(all));
    }

    /// Whoever breaks the phases that all share must not take the first response from everybody.
    void aBrokenSharedFileDoesNotReplaceTheShippedOne_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("a picture") << QByteArray("\x89PNG\r\n\0\0", 8);
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("prose") << QByteArray("# First response\n\nWe should write this.\n");
        QTest::newRow("front matter only") << QByteArray("---\nplace: before\n---\n");
    }
    void aBrokenSharedFileDoesNotReplaceTheShippedOne()
    {
        QFETCH(QByteArray, bytes);
        const Folder folder;
        folder.write(u"response-first.md"_s, bytes);
        const RunbookLibrary library = folder.load();
        const Runbook *book = find(library, u"ddos"_s);
        QCOMPARE(actionsOf(*book).first(), u"Name what fell"_s);
        QVERIFY(!library.findings(folder.path(u"response-first.md"_s)).isEmpty());
        QVERIFY(library.findings(u":/runbooks/ddos.md"_s).isEmpty());
    }

    void twoFilesOfOneIdAreNamed()
    {
        const Folder folder;
        folder.write(u"a.md"_s, "---\nid: down\ntitle: A\n---\n## Do\n- [ ] a\n");
        folder.write(u"b.md"_s, "---\nid: down\ntitle: B\n---\n## Do\n- [ ] b\n");
        folder.write(u"mine.md"_s, "---\nid: ddos\ntitle: Mine\n---\n## Do\n- [ ] mine\n");
        const RunbookLibrary library = folder.load();
        QCOMPARE(find(library, u"down"_s)->title, u"B"_s);
        QVERIFY(library.findings(folder.path(u"a.md"_s)).isEmpty());
        const QList<Finding> findings = library.findings(folder.path(u"b.md"_s));
        QCOMPARE(keysOf(findings), QStringList{u"same-id"_s});
        QVERIFY2(findings.first().title.contains(folder.path(u"a.md"_s)),
                 qPrintable(findings.first().title));
        // Replacing a shipped one is what the folder is for.
        QCOMPARE(find(library, u"ddos"_s)->title, u"Mine"_s);
        QVERIFY(library.findings(folder.path(u"mine.md"_s)).isEmpty());
    }

    void aFileThatMayNotBeReadIsNamed()
    {
        if (geteuid() == 0)
            QSKIP("root may read everything");
        const Folder folder;
        folder.write(u"closed.md"_s, "## Do\n- [ ] Go\n");
        QVERIFY(QFile::setPermissions(folder.path(u"closed.md"_s), QFile::Permissions()));
        const RunbookLibrary library = folder.load();
        QVERIFY(!find(library, u"closed"_s));
        QCOMPARE(keysOf(library.findings(folder.path(u"closed.md"_s))),
                 QStringList{u"unreadable"_s});
        QCOMPARE(library.list().size(), 12);
    }

    void whatIsNoRunbookIsLeftAlone()
    {
        const Folder folder;
        QVERIFY(QDir().mkdir(folder.path(u"folder.md"_s)));
        folder.write(u"plan.md.swp"_s, "## Do\n- [ ] Go\n");
        folder.write(u"PLAN.txt"_s, "## Do\n- [ ] Go\n");
        QVERIFY(QFile::link(folder.path(u"gone.md"_s), folder.path(u"dangling.md"_s)));
        const RunbookLibrary library = folder.load();
        QCOMPARE(library.list().size(), 12);
        QCOMPARE(library.files().size(), 14);
    }

    void namesOfAnyScriptAreRead()
    {
        const Folder folder;
        folder.write(u"Störung 障害.md"_s, "## Do\n- [ ] Prüfen\n");
        folder.write(u"障害.md"_s, "---\ntitle: 障害\n---\n## 対応\n- [ ] 確認\n- [ ] 確認\n");
        const RunbookLibrary library = folder.load();
        QCOMPARE(library.list().size(), 14);
        QStringList titles;
        for (const Runbook &book : library.list()) {
            titles += book.title;
            QSet<StepId> ids;
            for (const Step &step : Checklist(book).order())
                ids.insert(step.id);
            QCOMPARE(ids.size(), Checklist(book).order().size());
        }
        QVERIFY(titles.contains(u"Störung 障害"_s));
        QVERIFY(titles.contains(u"障害"_s));
    }

    void anIncludeOfItselfEnds()
    {
        const Folder folder;
        folder.write(u"loop.md"_s, "---\ninclude: loop\n---\n## Do\n- [ ] Go\n");
        const RunbookLibrary library = folder.load();
        QCOMPARE(keysOf(library.findings(folder.path(u"loop.md"_s))),
                 QStringList{u"nested-include"_s});
        QVERIFY(find(library, u"loop"_s));
    }

    void loadingAgainShowsWhatChanged()
    {
        const Folder folder;
        folder.write(u"plan.md"_s, "## Do\n- [ ] Old\n");
        QCOMPARE(actionsOf(*find(folder.load(), u"plan"_s)), QStringList{u"Old"_s});
        folder.write(u"plan.md"_s, "## Do\n- [ ] New\n");
        QCOMPARE(actionsOf(*find(folder.load(), u"plan"_s)), QStringList{u"New"_s});
        QVERIFY(QFile::remove(folder.path(u"plan.md"_s)));
        QVERIFY(!find(folder.load(), u"plan"_s));
    }

    /// A step is named by its words: a tick must not move to another step when the file is edited.
    void editsElsewhereDoNotRenameAStep_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("reordered") << QByteArray("## Do (now)\n- [ ] Second\n- [ ] First\n");
        QTest::newRow("numbered") << QByteArray("## Do\n1. First\n2. Second\n");
        QTest::newRow("grown") << QByteArray(
            "# T\n\nWords.\n\n## Do\n### G\n- [ ] New\n- [ ] First (9 min)\n\n  More.\n"
            "- [ ] Optional: Second.\n");
        QTest::newRow("spaced") << QByteArray("\n\n##   Do  \n\n*  [ ]   First\n\n*  [ ] Second");
    }
    void editsElsewhereDoNotRenameAStep()
    {
        QFETCH(QByteArray, text);
        const RunbookReading reading = readPlan(text);
        QVERIFY(reading.runbook->step({u"do/first"_s}));
        QVERIFY(reading.runbook->step({u"do/second"_s}));
    }
};

MAYDAY_TEST(TestBadRunbooks);
#include "tst_badrunbooks.moc"
