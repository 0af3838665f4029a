// SPDX-License-Identifier: GPL-3.0-or-later
#include "practice/practicedatabase.h"
#include "support/testmain.h"

#include "postgres/session.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::practice;
using namespace std::chrono_literals;

class TestPracticeDatabase final : public QObject {
    Q_OBJECT

private:
    [[nodiscard]] qint64 serverPid() const
    {
        QFile lock(m_folder->filePath(u"postgres/postmaster.pid"_s));
        return lock.open(QIODevice::ReadOnly) ? lock.readLine().trimmed().toLongLong() : 0;
    }
    QString ask(const PracticeDatabase::Started &started, const QByteArray &sql)
    {
        auto session = postgres::Session::connect(started.server, m_context);
        return session ? session->query(sql, m_context)->text(0, 0) : describe(session.error());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    process::SystemProcessRunner m_runner;
    TaskContext m_context;

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void cleanup()
    {
        QVERIFY(PracticeDatabase(m_runner, m_folder->path()).stop(m_context).has_value());
    }

    void keepsItsDataBetweenStarts()
    {
        PracticeDatabase database(m_runner, m_folder->path());
        const auto first = database.start(Secret(), m_context);
        QVERIFY2(first.has_value(), first ? "" : qUtf8Printable(describe(first.error())));
        QVERIFY(first->fresh);
        QVERIFY(first->password.reveal().size() >= 32);
        QCOMPARE(first->server.host(), u"127.0.0.1"_s);
        ask(*first, "CREATE TABLE kept AS SELECT 42 AS n");
        QVERIFY(database.stop(m_context).has_value());
        QCOMPARE(serverPid(), 0);
        const auto second = database.start(first->password, m_context);
        QVERIFY(second.has_value());
        QVERIFY(!second->fresh);
        QCOMPARE(ask(*second, "SELECT n FROM kept"), u"42"_s);
    }

    void asksForItsPassword()
    {
        const auto started =
            PracticeDatabase(m_runner, m_folder->path()).start(Secret(), m_context);
        const auto session =
            postgres::Session::connect(started->server.withPassword(Secret("guess")), m_context);
        QCOMPARE(session.error().kind, ErrorKind::Denied);
    }

    void takesOverTheServerOfAKilledApplication()
    {
        const auto first = PracticeDatabase(m_runner, m_folder->path()).start(Secret(), m_context);
        const qint64 pid = serverPid();
        QVERIFY(pid > 0);
        // The object of the killed application is gone; its server is not.
        const auto second =
            PracticeDatabase(m_runner, m_folder->path()).start(first->password, m_context);
        QVERIFY(second.has_value());
        QCOMPARE(serverPid(), pid);
        QCOMPARE(second->server.port(), first->server.port());
    }

    void startsAfterTheServerWasKilled()
    {
        const auto first = PracticeDatabase(m_runner, m_folder->path()).start(Secret(), m_context);
        ask(*first, "CREATE TABLE kept AS SELECT 42 AS n");
        const pid_t pid = pid_t(serverPid());
        QCOMPARE(::kill(pid, SIGKILL), 0);
        const auto second =
            PracticeDatabase(m_runner, m_folder->path()).start(first->password, m_context);
        QVERIFY2(second.has_value(), second ? "" : qUtf8Printable(describe(second.error())));
        QVERIFY(serverPid() != pid);
        QCOMPARE(ask(*second, "SELECT n FROM kept"), u"42"_s);
        QVERIFY(!second->fresh);
    }

    void isMadeAnewWhenThePasswordIsLost_data()
    {
        QTest::addColumn<QByteArray>("known");
        QTest::newRow("lost") << QByteArray();
        QTest::newRow("wrong") << QByteArray("another one");
    }
    void isMadeAnewWhenThePasswordIsLost()
    {
        QFETCH(QByteArray, known);
        const auto first = PracticeDatabase(m_runner, m_folder->path()).start(Secret(), m_context);
        QVERIFY(first.has_value());
        const auto second =
            PracticeDatabase(m_runner, m_folder->path()).start(Secret(known), m_context);
        QVERIFY(second.has_value());
        QVERIFY(second->fresh);
        QCOMPARE(ask(*second, "SELECT 1"), u"1"_s);
    }

    void isMadeAnewWhenItIsDamaged()
    {
        PracticeDatabase database(m_runner, m_folder->path());
        const auto first = database.start(Secret(), m_context);
        QVERIFY(database.stop(m_context).has_value());
        QVERIFY(QFile::remove(m_folder->filePath(u"postgres/global/pg_control"_s)));
        const auto second = database.start(first->password, m_context);
        QVERIFY(second.has_value());
        QVERIFY(second->fresh);
    }

    void stopsBeforeItBegins()
    {
        std::stop_source source;
        source.request_stop();
        TaskContext context(source.get_token());
        const auto started = PracticeDatabase(m_runner, m_folder->path()).start(Secret(), context);
        QCOMPARE(started.error().kind, ErrorKind::Cancelled);
    }

    void leavesNoPasswordInFiles()
    {
        const auto started =
            PracticeDatabase(m_runner, m_folder->path()).start(Secret(), m_context);
        const QByteArray password = started->password.reveal();
        for (const QString &name : {u"postgres/postgresql.conf"_s, u"postgres/mayday.conf"_s,
                                    u"postgres.log"_s, u"postgres/postmaster.opts"_s}) {
            QFile file(m_folder->filePath(name));
            QVERIFY2(file.open(QIODevice::ReadOnly), qUtf8Printable(name));
            QVERIFY(!file.readAll().contains(password));
        }
        QVERIFY(QDir(m_folder->path()).entryList({u"pw*"_s}, QDir::Files).isEmpty());
    }
};

MAYDAY_TEST(TestPracticeDatabase);
#include "tst_practicedatabase.moc"
