// SPDX-License-Identifier: GPL-3.0-or-later
#include "practice/cluster.h"
#include "support/testmain.h"

#include "postgres/session.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::practice;

namespace {

/// Answers that no program can be run.
class RefusingRunner final : public process::ProcessRunner {
public:
    using ProcessRunner::run;
    Result<process::ProcessOutcome> run(const process::CommandLine &command,
                                        const process::RunOptions &, TaskContext &) override
    {
        seen.push_back(command);
        return process::ProcessOutcome{.exitCode = 1, .complaints = "initdb: error: disk full\n"};
    }
    std::vector<process::CommandLine> seen;
};

} // namespace

class TestCluster final : public QObject {
    Q_OBJECT

private:
    process::SystemProcessRunner m_runner;
    TaskContext m_context;
    QTemporaryDir m_folder;
    // A quote and a space, as a user's folder may have them.
    Cluster m_cluster{m_runner,
                      {.folder = m_folder.filePath(u"it's data"_s),
                       .socketFolder = m_folder.path(),
                       .durable = false}};

private Q_SLOTS:
    void cleanupTestCase()
    {
        QVERIFY(m_cluster.stop(Cluster::StopMode::Immediate, m_context).has_value());
    }

    void startsInAFolderWithAnOddName()
    {
        QVERIFY(!m_cluster.exists());
        QCOMPARE(m_cluster.port(), 0);
        const auto started = m_cluster.start(Secret("pass word's"), m_context);
        QVERIFY2(started.has_value(), started ? "" : qUtf8Printable(describe(started.error())));
        QVERIFY(m_cluster.exists());
        QVERIFY(m_cluster.port() > 0);
    }

    void answersOverTcpAndSocket()
    {
        for (const auto &where :
             {m_cluster.connectionString(u"postgres"_s), m_cluster.socketString(u"postgres"_s)}) {
            const auto session = postgres::Session::connect(where, m_context);
            QVERIFY2(session.has_value(), qUtf8Printable(where.display()));
            QVERIFY(session->facts().isSuperuser);
            QCOMPARE(session->facts().user, u"mayday"_s);
        }
    }

    void listensOnThisMachineOnly()
    {
        auto session =
            postgres::Session::connect(m_cluster.connectionString(u"postgres"_s), m_context);
        QCOMPARE(session->query("SHOW listen_addresses", m_context)->text(0, 0), u"127.0.0.1"_s);
        QCOMPARE(session->query("SHOW password_encryption", m_context)->text(0, 0),
                 u"scram-sha-256"_s);
        QCOMPARE(
            session
                ->query(
                    "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'",
                    m_context)
                ->integer(0, 0),
            0);
    }

    void startingTwiceChangesNothing()
    {
        const int port = m_cluster.port();
        QVERIFY(m_cluster.start(Secret("pass word's"), m_context).has_value());
        QCOMPARE(m_cluster.port(), port);
    }

    void anotherPasswordIsDenied()
    {
        Cluster stranger(m_runner, {.folder = m_folder.filePath(u"it's data"_s)});
        QCOMPARE(stranger.start(Secret("guess"), m_context).error().kind, ErrorKind::Denied);
    }

    void stoppingTwiceIsFine()
    {
        QVERIFY(m_cluster.stop(Cluster::StopMode::Fast, m_context).has_value());
        QVERIFY(m_cluster.stop(Cluster::StopMode::Fast, m_context).has_value());
        const auto session =
            postgres::Session::connect(m_cluster.connectionString(u"postgres"_s), m_context);
        QCOMPARE(session.error().kind, ErrorKind::Unreachable);
        QVERIFY(m_cluster.start(Secret("pass word's"), m_context).has_value());
    }

    void failedInitdbLeavesNoClusterAndShowsNoPassword()
    {
        RefusingRunner refusing;
        Cluster cluster(refusing, {.folder = m_folder.filePath(u"never"_s)});
        const auto started = cluster.start(Secret("hunter2"), m_context);
        QCOMPARE(started.error().kind, ErrorKind::Refused);
        QVERIFY(started.error().detail.contains("disk full"_L1));
        QVERIFY(!cluster.exists());
        QCOMPARE(refusing.seen.size(), size_t(1));
        QVERIFY(!refusing.seen.front().arguments.join(u' ').contains("hunter2"_L1));
    }

    void takesTheProgramsItIsTold()
    {
        RefusingRunner refusing;
        Cluster cluster(refusing,
                        {.folder = m_folder.filePath(u"never"_s), .programs = u"/opt/other"_s});
        QVERIFY(!cluster.start(Secret("x"), m_context));
        QCOMPARE(refusing.seen.front().program, u"/opt/other/initdb"_s);
    }
};

MAYDAY_TEST(TestCluster);
#include "tst_cluster.moc"
