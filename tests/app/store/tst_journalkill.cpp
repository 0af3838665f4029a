// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/journalfixture.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>

#include <csignal>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

using namespace mayday;
using namespace mayday::store;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

namespace {

/// The child: appends until it is killed, and says each number once the append is reported done.
int appendForever(const QString &path)
{
    const SystemClock clock;
    const auto journal = Journal::open(path, clock);
    if (!journal)
        return 3;
    for (int i = 0;; ++i) {
        const auto written = (*journal)->appendNow(
            {.kind = u"note.added"_s, .subject = QString::number(getpid()), .data = {{u"n"_s, i}}});
        if (!written)
            return 4;
        if (write(STDOUT_FILENO, "x", 1) != 1)
            return 5;
    }
}

/// This program once more, as a process that appends.
class Appender final {
public:
    explicit Appender(const QString &journal)
    {
        int ends[2] = {-1, -1};
        if (pipe(ends) != 0)
            qFatal("no pipe");
        const QByteArray program = QCoreApplication::applicationFilePath().toLocal8Bit();
        const QByteArray path = journal.toLocal8Bit();
        m_pid = fork();
        if (m_pid == 0) {
            dup2(ends[1], STDOUT_FILENO);
            close(ends[0]);
            close(ends[1]);
            execl(program.constData(), program.constData(), "--append", path.constData(), nullptr);
            _exit(127);
        }
        close(ends[1]);
        m_read = ends[0];
    }
    ~Appender() { kill(); }
    Q_DISABLE_COPY_MOVE(Appender)

    /// Waits until the child has reported n more appends.
    void waitFor(int n)
    {
        char byte = 0;
        for (int i = 0; i < n; ++i) {
            if (::read(m_read, &byte, 1) != 1)
                return;
            ++m_reported;
        }
    }
    /// SIGKILL; returns how many appends were reported done before.
    int kill()
    {
        if (m_pid < 0)
            return m_reported;
        ::kill(m_pid, SIGKILL);
        waitpid(m_pid, &m_status, 0);
        m_pid = -1;
        char buffer[256];
        for (ssize_t got = 0; (got = ::read(m_read, buffer, sizeof buffer)) > 0;)
            m_reported += int(got);
        close(m_read);
        return m_reported;
    }
    [[nodiscard]] pid_t pid() const { return m_pid; }
    [[nodiscard]] bool wasKilled() const
    {
        return WIFSIGNALED(m_status) && WTERMSIG(m_status) == SIGKILL;
    }

private:
    pid_t m_pid = -1;
    int m_read = -1;
    int m_reported = 0;
    int m_status = 0;
};

/// Lets a random moment come that falls inside an append, not between two.
void killMoment(std::chrono::microseconds later)
{
    QElapsedTimer timer;
    timer.start();
    while (timer.durationElapsed() < later) {
    }
}

} // namespace

/// kill -9 at any moment: what was reported done is there, and the chain is whole.
class TestJournalKill : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyReportedAppendSurvives();
    void severalProcessesAndOneDies();
};

void TestJournalKill::everyReportedAppendSurvives()
{
    JournalFixture fixture;
    std::mt19937 random(20260301);
    qint64 before = 0;
    for (int round = 0; round < 25; ++round) {
        Appender child(fixture.path());
        const QString subject = QString::number(child.pid());
        child.waitFor(int(random() % 12));
        killMoment(std::chrono::microseconds(random() % 3000));
        const int reported = child.kill();
        QVERIFY(child.wasKilled());
        const auto journal = fixture.open();
        QVERIFY(journal);
        QVERIFY2(journal->health().intact, qPrintable(journal->health().note));
        const auto events = journal->read({.subject = subject}).value();
        // One more than reported may be there: written, and killed before it could say so.
        QVERIFY2(events.size() == reported || events.size() == reported + 1,
                 qPrintable(u"%1 reported, %2 there"_s.arg(reported).arg(events.size())));
        for (qsizetype i = 0; i < events.size(); ++i)
            QCOMPARE(events[i].data["n"_L1].toInteger(), i);
        QCOMPARE(journal->health().events, before + events.size());
        before = journal->health().events;
    }
    QVERIFY(before > 25);
}

void TestJournalKill::severalProcessesAndOneDies()
{
    JournalFixture fixture;
    Appender first(fixture.path());
    Appender second(fixture.path());
    first.waitFor(10);
    second.waitFor(10);
    int reported = first.kill();
    second.waitFor(20); // goes on without the other
    reported += second.kill();
    const auto journal = fixture.open();
    QVERIFY2(journal->health().intact, qPrintable(journal->health().note));
    QVERIFY(journal->health().events >= reported);
    QVERIFY(journal->health().events <= reported + 2);
}

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == "--append"_L1)
        return appendForever(arguments.value(2));
    TestJournalKill test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_journalkill.moc"
