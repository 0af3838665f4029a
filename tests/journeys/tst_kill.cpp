// SPDX-License-Identifier: GPL-3.0-or-later
// kill -9 at 25 points of the story. The child is this program itself with --story; it is killed by
// its own hand at the n-th checkpoint, as hard as from outside. The next child must find an intact
// record, stand at the same step, tell the truth about the restore, and be able to finish the
// story. `--part N` does every second of the points, so that two can share them.
#include "journeys/deskstory.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <cstdio>

using namespace mayday;
using namespace mayday::journeys;
using namespace Qt::StringLiterals;

namespace {

constexpr int kills = 25;
constexpr int parts = 2;
/// What a dying child says last of all that was certain.
constexpr auto doneMark = "done ";

/// Plays the story; dies at the checkpoint of that number (0: never). Prints every checkpoint
/// first.
int playStory(const QString &folder, int dieAt)
{
    const SystemClock clock;
    auto desk = desk::Desk::open(Profile::under(folder), clock, practice::SampleSize::Small);
    if (!desk)
        return 3;
    (*desk)->start();
    int number = 0;
    DeskStory story(**desk, [&](const QString &name) {
        std::printf("%s\n", qUtf8Printable(name));
        std::fflush(stdout);
        if (++number == dieAt)
            std::raise(SIGKILL);
    });
    story.waitUntilReady();
    story.run();
    return 0;
}

/// What the next start finds, as one line of JSON; then the story goes on to its end.
int lookAndFinish(const QString &folder)
{
    const SystemClock clock;
    auto desk = desk::Desk::open(Profile::under(folder), clock, practice::SampleSize::Small);
    if (!desk)
        return 3;
    (*desk)->start();
    DeskStory story(**desk, [](const QString &) {});
    story.waitUntilReady();
    const incident::Incident *running = (*desk)->incidents().running();
    QStringList done;
    if (running) {
        for (const runbook::Step &step : running->checklist.order()) {
            if (running->checklist.state(step.id) != runbook::StepState::Open)
                done.append(step.id.value);
        }
    }
    // Killed after its end, the story's incident is the newest of the closed ones.
    const QList<incident::Incident> &incidents = (*desk)->incidents().incidents();
    const incident::Incident *ours = running;
    for (const incident::Incident &one : incidents) {
        if (!running && (!ours || one.number > ours->number))
            ours = &one;
    }
    const auto &restores = (*desk)->restores().records();
    const bool isOurs = ours && !restores.isEmpty() && restores.front().incident == ours->id.text();
    const QJsonObject found{{u"intact"_s, (*desk)->journalHealth().intact},
                            {u"running"_s, running != nullptr},
                            {u"done"_s, done.join(u' ')},
                            {u"products"_s, story.liveProducts()},
                            {u"restoreInEffect"_s, isOurs && restores.front().isInEffect()},
                            {u"restoreKnown"_s, isOurs}};
    std::printf("%s\n", QJsonDocument(found).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
    if (running)
        story.run();
    (*desk)->practice().putRight();
    const bool isFull = QTest::qWaitFor([&] { return story.liveProducts() > 0; }, 60000);
    return isFull && !(*desk)->incidents().running() ? 0 : 4;
}

struct Run {
    int exitCode = 0;
    bool wasKilled = false;
    QByteArrayList lines = {};
    QByteArray complaints = {};
};

Run runChild(const QStringList &arguments)
{
    QProcess child;
    child.start(QCoreApplication::applicationFilePath(), arguments);
    Run run;
    if (!child.waitForFinished(240000))
        child.kill();
    run.wasKilled = child.exitStatus() == QProcess::CrashExit;
    run.exitCode = child.exitCode();
    run.lines = child.readAllStandardOutput().trimmed().split('\n');
    run.complaints = child.readAllStandardError();
    return run;
}

} // namespace

class TestKill : public QObject {
    Q_OBJECT

public:
    /// part: 0 to parts - 1; anything else means all points.
    explicit TestKill(int part) : m_part(part) {}

private Q_SLOTS:
    void initTestCase();
    void resumesAfterEveryKill_data();
    void resumesAfterEveryKill();
    void theKillsTookPlace();

private:
    int m_part;
    QTemporaryDir m_folder;
    qsizetype m_checkpoints = 0;
    int m_rows = 0;
    int m_kills = 0;
};

/// Plays the story once to its end, to know how many points there are.
void TestKill::initTestCase()
{
    const Run whole = runChild({u"--story"_s, m_folder.path(), u"0"_s});
    QVERIFY2(!whole.wasKilled && whole.exitCode == 0, whole.complaints.constData());
    m_checkpoints = whole.lines.size();
    QVERIFY(m_checkpoints >= kills);
    const Run after = runChild({u"--finish"_s, m_folder.path()});
    QVERIFY2(after.exitCode == 0, after.complaints.constData());
}

void TestKill::resumesAfterEveryKill_data()
{
    QTest::addColumn<int>("point");
    // Spread over the story, every phase of the restore among them.
    const bool isAll = m_part < 0 || m_part >= parts;
    for (int kill = isAll ? 0 : m_part; kill < kills; kill += isAll ? 1 : parts)
        QTest::addRow("kill %d", kill + 1)
            << static_cast<int>(1 + kill * (m_checkpoints - 1) / kills);
}

void TestKill::resumesAfterEveryKill()
{
    QFETCH(int, point);
    ++m_rows;
    const Run killed = runChild({u"--story"_s, m_folder.path(), QString::number(point)});
    QVERIFY2(killed.wasKilled || killed.exitCode == 0, killed.complaints.constData());
    m_kills += killed.wasKilled ? 1 : 0;

    const Run next = runChild({u"--finish"_s, m_folder.path()});
    QVERIFY2(!next.wasKilled && next.exitCode == 0, next.complaints.constData());
    const QJsonObject found = QJsonDocument::fromJson(next.lines.value(0)).object();
    QVERIFY2(!found.isEmpty(), next.lines.value(0).constData());
    const QByteArray where =
        "killed at: " + killed.lines.last() + "; found: " + next.lines.value(0);
    QVERIFY2(found["intact"_L1].toBool(), where);
    // Everything that was certain before is there afterwards.
    const bool isOver = killed.lines.contains("closed");
    QVERIFY2(found["running"_L1].toBool() == (killed.lines.contains("opened") && !isOver), where);
    const QString done = found["done"_L1].toString() + u' ';
    for (const QByteArray &line : killed.lines) {
        if (line.startsWith(doneMark) && !isOver)
            QVERIFY2(done.contains(QString::fromUtf8(line.mid(5)) + u' '), where);
    }
    // The record says exactly what the server has.
    const qint64 products = found["products"_L1].toInteger();
    const bool hasBegun = std::ranges::any_of(
        killed.lines, [](const QByteArray &line) { return line.startsWith("restore phase"); });
    QVERIFY2(!hasBegun || found["restoreKnown"_L1].toBool(), where);
    if (hasBegun)
        QVERIFY2(found["restoreInEffect"_L1].toBool() == (products > 0), where);
    QVERIFY2(products >= 0, where);
}

/// How often a load says how far it is differs from run to run, so a late point may not be reached.
void TestKill::theKillsTookPlace()
{
    QVERIFY2(m_kills >= m_rows - 2, qPrintable(u"%1 of %2"_s.arg(m_kills).arg(m_rows)));
}

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == "--story"_L1)
        return playStory(arguments.value(2), arguments.value(3).toInt());
    if (arguments.value(1) == "--finish"_L1)
        return lookAndFinish(arguments.value(2));
    int part = -1;
    if (const qsizetype option = arguments.indexOf(u"--part"_s); option > 0) {
        part = arguments.value(option + 1).toInt();
        arguments.remove(option, 2);
    }
    TestKill test(part);
    return QTest::qExec(&test, arguments);
}

#include "tst_kill.moc"
