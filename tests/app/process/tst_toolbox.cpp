// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/toolbox.h"
#include "support/testmain.h"

#include <QScopeGuard>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::process;

namespace {

/// Answers for programs that are not there.
class ScriptedRunner final : public ProcessRunner {
public:
    using ProcessRunner::run;
    Result<ProcessOutcome> run(const CommandLine &command, const RunOptions &,
                               TaskContext &) override
    {
        seen.append(command.program + u' ' + command.arguments.join(u' '));
        return ProcessOutcome{.exitCode = exitCode, .output = answer};
    }
    QByteArray answer;
    int exitCode = 0;
    QStringList seen;
};

} // namespace

class TestToolbox final : public QObject {
    Q_OBJECT

private:
    TaskContext m_context;

private Q_SLOTS:
    void findsInPath() { QVERIFY(Toolbox::find(u"env"_s)->endsWith("/env"_L1)); }

    void missingProgramIsNotFound()
    {
        const auto path = Toolbox::find(u"no-such-program"_s);
        QCOMPARE(path.error().kind, ErrorKind::NotFound);
        QVERIFY(path.error().detail.contains("PATH"_L1));
    }

    void findsServerProgramsOutsidePath()
    {
        // Debian keeps initdb out of PATH.
        const auto path = Toolbox::findPostgres(u"initdb"_s);
        QVERIFY(path.has_value());
        QVERIFY(QFileInfo(*path).isExecutable());
        QVERIFY(!postgresFolders().isEmpty());
    }

    void readsVersions_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QVersionNumber>("version");
        QTest::newRow("pg_dump") << QByteArray("pg_dump (PostgreSQL) 17.11 (Debian 17.11-1)\n")
                                 << QVersionNumber(17, 11);
        QTest::newRow("git") << QByteArray("git version 2.47.3\n") << QVersionNumber(2, 47, 3);
        QTest::newRow("beta") << QByteArray("pg_dump (PostgreSQL) 19beta1\n") << QVersionNumber(19);
    }
    void readsVersions()
    {
        QFETCH(QByteArray, answer);
        ScriptedRunner runner;
        runner.answer = answer;
        QTEST(Toolbox(runner).versionOf(u"/x/tool"_s, m_context).value(), "version");
        QCOMPARE(runner.seen, QStringList{u"/x/tool --version"_s});
    }

    void silenceIsUnsupportedAndFailureRefused()
    {
        ScriptedRunner runner;
        QCOMPARE(Toolbox(runner).versionOf(u"/x/tool"_s, m_context).error().kind,
                 ErrorKind::Unsupported);
        runner.exitCode = 1;
        QCOMPARE(Toolbox(runner).versionOf(u"/x/tool"_s, m_context).error().kind,
                 ErrorKind::Refused);
    }

    void findsAllWithVersions()
    {
        SystemProcessRunner runner;
        const QList<Tool> tools = Toolbox(runner).findAll(u"pg_dump"_s, m_context);
        QVERIFY(!tools.isEmpty());
        QVERIFY(tools.first().version.majorVersion() >= 13);
    }

    void aWrapperBesideThemIsNotAsked()
    {
        const QTemporaryDir folder;
        const QString wrapper = folder.filePath(u"pg_wrapper"_s);
        QVERIFY(QFile::copy(Toolbox::find(u"env"_s).value(), wrapper));
        QVERIFY(QFile::link(wrapper, folder.filePath(u"pg_dump"_s)));
        const QByteArray before = qgetenv("PATH");
        qputenv("PATH", folder.path().toUtf8());
        const auto restorePath = qScopeGuard([&] { qputenv("PATH", before); });
        ScriptedRunner runner;
        runner.answer = "pg_dump (PostgreSQL) 17.11\n";
        const QList<Tool> tools = Toolbox(runner).findAll(u"pg_dump"_s, m_context);
        QVERIFY(!tools.isEmpty());
        for (const Tool &tool : tools)
            QVERIFY2(!tool.path.startsWith(folder.path()), qPrintable(tool.path));
        // Alone it is better than nothing.
        const QString other = folder.filePath(u"pg_other"_s);
        QVERIFY(QFile::link(wrapper, other));
        QCOMPARE(Toolbox(runner).findAll(u"pg_other"_s, m_context).size(), 1);
    }
};

MAYDAY_TEST(TestToolbox);
#include "tst_toolbox.moc"
