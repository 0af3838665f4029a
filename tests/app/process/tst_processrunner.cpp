// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/processrunner.h"
#include "support/testmain.h"

#include <QTest>

#include <csignal>
#include <thread>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::process;
using namespace std::chrono_literals;

namespace {

/// The shell is the program under test here, never a way to build commands.
CommandLine script(const QString &text)
{
    return {.program = u"/bin/sh"_s, .arguments = {u"-c"_s, text}};
}

} // namespace

class TestProcessRunner final : public QObject {
    Q_OBJECT

private:
    SystemProcessRunner m_runner;
    TaskContext m_context;

private Q_SLOTS:
    void capturesBothStreamsAndTheExitCode()
    {
        const auto outcome = m_runner.run(script(u"echo out; echo err >&2; exit 3"_s), m_context);
        QVERIFY(outcome.has_value());
        QCOMPARE(outcome->output, QByteArray("out\n"));
        QCOMPARE(outcome->complaints, QByteArray("err\n"));
        QCOMPARE(outcome->exitCode, 3);
        QVERIFY(!outcome->outputCut);
    }

    void cutsWhatIsTooLong()
    {
        const RunOptions options{.captureLimit = 10};
        const auto outcome =
            m_runner.run(script(u"seq 1 100000; seq 1 100000 >&2"_s), options, m_context);
        QCOMPARE(outcome->output, QByteArray("1\n2\n3\n4\n5\n"));
        QVERIFY(outcome->outputCut);
        QCOMPARE(outcome->complaints, QByteArray("99\n100000\n"));
    }

    void streamsEveryByteInOrder()
    {
        QByteArray all;
        const RunOptions options{.onOutput = [&](QByteArrayView piece) {
            all += piece;
            return Result<void>();
        }};
        QVERIFY(m_runner.run(script(u"seq 1 200000"_s), options, m_context).has_value());
        QCOMPARE(all.count('\n'), 200'000);
        QVERIFY(all.endsWith("\n200000\n"));
    }

    void failingSinkEndsTheProgram()
    {
        const RunOptions options{.onOutput = [](QByteArrayView) -> Result<void> {
            return failure({.kind = ErrorKind::NoSpace, .subject = u"disk"_s, .detail = {}});
        }};
        const auto outcome = m_runner.run(script(u"yes"_s), options, m_context);
        QCOMPARE(outcome.error().kind, ErrorKind::NoSpace);
    }

    void givesInputEnvironmentAndFolder()
    {
        CommandLine command = script(u"cat; echo \"$MAYDAY_WORD\"; pwd"_s);
        command.environment.emplace_back(u"MAYDAY_WORD"_s, Secret("it's \"so\""));
        command.workingFolder = u"/"_s;
        const RunOptions options{.input = "given\n"};
        const auto outcome = m_runner.run(command, options, m_context);
        QCOMPARE(outcome->output, QByteArray("given\nit's \"so\"\n/\n"));
    }

    void standardInputIsEmptyWithoutInput()
    {
        QCOMPARE(m_runner.run({.program = u"/bin/cat"_s, .arguments = {}}, m_context)->output,
                 QByteArray());
    }

    void argumentsReachTheProgramAsTheyAre()
    {
        const QString odd = u"a b; $(rm) 'x' \"y\" *"_s;
        const auto outcome =
            m_runner.run({.program = u"/usr/bin/printf"_s, .arguments = {u"%s"_s, odd}}, m_context);
        QCOMPARE(QString::fromUtf8(outcome->output), odd);
    }

    void missingProgramIsNotFound()
    {
        const auto outcome =
            m_runner.run({.program = u"/no/such/program"_s, .arguments = {}}, m_context);
        QCOMPARE(outcome.error().kind, ErrorKind::NotFound);
        QCOMPARE(outcome.error().subject, u"program"_s);
    }

    void crashIsAnError()
    {
        QCOMPARE(m_runner.run(script(u"kill -SEGV $$"_s), m_context).error().kind,
                 ErrorKind::Internal);
    }

    void timeLimitEndsIt()
    {
        const RunOptions options{.timeLimit = 100ms};
        QElapsedTimer time;
        time.start();
        const auto outcome = m_runner.run(script(u"sleep 60"_s), options, m_context);
        QCOMPARE(outcome.error().kind, ErrorKind::Timeout);
        QVERIFY(time.elapsed() < 2000);
    }

    void stopEndsTheWholeGroup_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("obedient") << u"sleep 61 & echo $!; wait"_s;
        QTest::newRow("deaf") << u"trap '' TERM; sleep 62 & echo $!; wait"_s;
    }
    void stopEndsTheWholeGroup()
    {
        QFETCH(QString, text);
        std::stop_source source;
        TaskContext context(source.get_token());
        QByteArray child;
        const RunOptions options{.onOutput = [&](QByteArrayView piece) {
            child += piece;
            source.request_stop();
            return Result<void>();
        }};
        QElapsedTimer time;
        time.start();
        const auto outcome = m_runner.run(script(text), options, context);
        QCOMPARE(outcome.error().kind, ErrorKind::Cancelled);
        QVERIFY(time.elapsed() < 4000);
        const pid_t pid = child.trimmed().toInt();
        QVERIFY(pid > 0);
        // Nobody but init waits for the orphan; until it does, the dead can still be signalled.
        const auto gone = [pid] {
            QFile status(u"/proc/%1/stat"_s.arg(pid));
            return !status.open(QIODevice::ReadOnly) || status.readAll().contains(") Z ");
        };
        QTRY_VERIFY(gone());
    }

    void stoppedBeforehandStartsNothing()
    {
        std::stop_source source;
        source.request_stop();
        TaskContext context(source.get_token());
        const QString mark = QDir::temp().filePath(u"mayday-never"_s);
        QCOMPARE(m_runner.run({.program = u"/usr/bin/touch"_s, .arguments = {mark}}, context)
                     .error()
                     .kind,
                 ErrorKind::Cancelled);
        QVERIFY(!QFile::exists(mark));
    }

    void failureTellsTheLastLineWithoutSecrets()
    {
        const CommandLine command =
            script(u"echo first >&2; echo 'password=hunter2 is wrong' >&2; exit 1"_s);
        const auto outcome = succeeded(m_runner.run(command, m_context), command);
        QCOMPARE(outcome.error().kind, ErrorKind::Refused);
        QVERIFY(outcome.error().detail.startsWith("exit code 1: "_L1));
        QVERIFY(!outcome.error().detail.contains("hunter2"_L1));
        QVERIFY(!outcome.error().detail.contains("first"_L1));
    }

    void displayHidesSecrets()
    {
        CommandLine command{
            .program = u"/usr/bin/pg_dump"_s,
            .arguments = {u"--dbname=postgresql://app:hunter2@db/shop"_s, u"a b"_s}};
        command.environment.emplace_back(u"PGPASSWORD"_s, Secret("hunter2"));
        const QString shown = display(command);
        QVERIFY(!shown.contains("hunter2"_L1));
        QVERIFY(shown.startsWith(u"PGPASSWORD=… /usr/bin/pg_dump "_s));
        QVERIFY(shown.endsWith("\"a b\""_L1));
    }
};

MAYDAY_TEST(TestProcessRunner);
#include "tst_processrunner.moc"
