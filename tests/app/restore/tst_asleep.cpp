// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "app/restore/restorefixture.h"
#include "support/steprelay.h"
#include "support/testmain.h"

#include <QTest>

#include <csignal>
#include <latch>

#include <sys/wait.h>

using namespace mayday;
using namespace mayday::restore::test;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

namespace {

/// What goes on at the other end while this machine sleeps.
enum class Meanwhile { Nothing, SessionsEnd, ServerRestarts };

constexpr int patienceWithSleepers = 30000;

} // namespace

/// The machine sleeps amid the rows: the whole program stands still, as a laptop with its lid
/// closed, and learns only afterwards what has become of its connections.
class TestAsleep : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void whoWakesUpTellsTheTruth_data();
    void whoWakesUpTellsTheTruth();

private:
    [[nodiscard]] QStringList argumentsFor(const QString &way, const QString &target) const
    {
        QStringList arguments{u"restore"_s, m_file, u"--yes"_s, u"--json"_s, u"--target"_s, target};
        if (way == u"--in-place"_s)
            arguments << u"--safety-copy-folder"_s << m_ctl->path(u"copies"_s);
        return way.isEmpty() ? arguments : arguments << way;
    }
    [[nodiscard]] QString sessions() const
    {
        return m_shop->ask("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE"
                           " 'mayday restore%'");
    }
    void passTime(Meanwhile meanwhile);
    [[nodiscard]] Answer sleepAmidTheRows(const QString &way, Meanwhile meanwhile);

    std::unique_ptr<Ctl> m_ctl;
    std::unique_ptr<Shop> m_shop;
    QString m_file;
    QString m_content; ///< of the backup
};

void TestAsleep::initTestCase()
{
    m_ctl = std::make_unique<Ctl>();
    m_shop = std::make_unique<Shop>(m_ctl->server());
    m_file = m_shop->writeDump(m_shop->dump());
    m_content = m_shop->ask("SELECT count(*) FROM public.products");
    m_shop->run("DELETE FROM public.products WHERE id > 100");
}

void TestAsleep::whoWakesUpTellsTheTruth_data()
{
    QTest::addColumn<QString>("way");
    QTest::addColumn<Meanwhile>("meanwhile");
    QTest::newRow("schema: nothing happens") << QString() << Meanwhile::Nothing;
    QTest::newRow("schema: the sessions end") << QString() << Meanwhile::SessionsEnd;
    QTest::newRow("schema: the server restarts") << QString() << Meanwhile::ServerRestarts;
    QTest::newRow("database: nothing happens") << u"--database"_s << Meanwhile::Nothing;
    QTest::newRow("database: the sessions end") << u"--database"_s << Meanwhile::SessionsEnd;
    QTest::newRow("in place: the sessions end") << u"--in-place"_s << Meanwhile::SessionsEnd;
}

void TestAsleep::passTime(Meanwhile meanwhile)
{
    if (meanwhile == Meanwhile::ServerRestarts) {
        m_ctl->server().stop();
        m_ctl->server().restart();
    }
    if (meanwhile == Meanwhile::SessionsEnd)
        m_shop->run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name LIKE 'mayday restore%'");
    if (meanwhile != Meanwhile::Nothing)
        QTRY_COMPARE(sessions(), u"0"_s);
    else // it has long taken what there was, and waits for more
        QTRY_VERIFY(m_shop->ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event ="
                                " 'ClientRead' AND query LIKE 'COPY public.products%'") == u"1"_s);
}

Answer TestAsleep::sleepAmidTheRows(const QString &way, Meanwhile meanwhile)
{
    QProcess process;
    std::atomic<bool> isAsleep = false;
    std::latch morning(1);
    StepRelay relay(m_shop->target(), "p;'1500", [&process, &isAsleep, &morning] {
        siginfo_t told{};
        const auto child = static_cast<pid_t>(process.processId());
        isAsleep = ::kill(child, SIGSTOP) == 0 &&
                   ::waitid(P_PID, static_cast<id_t>(child), &told, WSTOPPED | WNOWAIT) == 0;
        morning.wait();
        return StepRelay::Then::GoOn;
    });
    m_ctl->start(process, argumentsFor(way, relay.connectionString().withoutPassword()));
    if (!QTest::qWaitFor([&isAsleep] { return isAsleep.load(); }, patienceWithSleepers))
        return Ctl::answerOf(process);
    passTime(meanwhile);
    morning.count_down();
    (void)::kill(static_cast<pid_t>(process.processId()), SIGCONT);
    return Ctl::answerOf(process);
}

void TestAsleep::whoWakesUpTellsTheTruth()
{
    QFETCH(QString, way);
    QFETCH(Meanwhile, meanwhile);
    const QString before = m_shop->liveState();
    Answer answer = sleepAmidTheRows(way, meanwhile);
    if (meanwhile != Meanwhile::Nothing) {
        QCOMPARE(answer.json()["verdict"_L1].toString(), u"not-restored"_s);
        QVERIFY2(answer.error()["kind"_L1] == u"unreachable"_s, answer.all());
        QVERIFY2(answer.json()["left"_L1].toArray().isEmpty(), answer.all());
        QTRY_COMPARE(sessions(), u"0"_s);
        QCOMPARE(m_shop->liveState(), before);
        const QString kept = m_shop->ask("SELECT string_agg(datname, ' ') FROM pg_database"
                                         " WHERE datname LIKE current_database() || '\\_loading%'");
        QCOMPARE(kept, QString());
        answer = m_ctl->run(argumentsFor(way, m_shop->target().withoutPassword()));
    }
    QVERIFY2(answer.code == 0, answer.all());
    QCOMPARE(answer.json()["verdict"_L1].toString(), u"proven"_s);
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), m_content);
    m_shop->run("DELETE FROM public.products WHERE id > 100");
}

MAYDAY_TEST(TestAsleep);
#include "tst_asleep.moc"
