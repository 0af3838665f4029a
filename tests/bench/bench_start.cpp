// SPDX-License-Identifier: GPL-3.0-or-later
// Time from exec to the first painted tile, and the memory then. Each run is a process of its own,
// put together as ui/main.cpp does it (without its command line and the lock of the one instance),
// on a profile that was used before.
#include "bench/benchtable.h"
#include "core/log.h"
#include "desk/desk.h"
#include "ui/kit/dialogprompter.h"
#include "ui/kit/language.h"
#include "ui/kit/tile.h"
#include "ui/shell/workbench.h"

#include <QApplication>
#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTimer>

#include <chrono>

using namespace mayday;
using namespace Qt::StringLiterals;

namespace {

constexpr int runs = 7;
constexpr double goalSeconds = 0.300;
constexpr qint64 goalKilobytes = 80'000;

qint64 nowMs()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

qint64 residentKilobytes()
{
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).simplified().split(' ').value(0).toLongLong();
    }
    return 0;
}

/// Ends the process once a tile was painted: prints milliseconds and kilobytes.
class FirstTile final : public QObject {
public:
    explicit FirstTile(qint64 startedAt) : m_startedAt(startedAt) {}

    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() == QEvent::Paint && qobject_cast<ui::Tile *>(watched) && !m_isDone) {
            m_isDone = true;
            // After this turn of the loop the paint has happened.
            QTimer::singleShot(0, qApp, [this] {
                std::printf("%lld %lld\n", nowMs() - m_startedAt, residentKilobytes());
                std::fflush(stdout);
                std::_Exit(0);
            });
        }
        return false;
    }

private:
    qint64 m_startedAt;
    bool m_isDone = false;
};

int runChild(QApplication &application, const QString &folder, qint64 startedAt)
{
    FirstTile first(startedAt);
    application.installEventFilter(&first);
    ui::installLanguage(application);
    const SystemClock clock;
    const Profile profile = Profile::under(folder);
    if (!log::open(profile.logFolder()))
        return 4;
    ui::Theme theme;
    theme.applyTo(application);
    ui::MainWindow window(theme, clock, {.stateFile = profile.windowStateFile()});
    ui::DialogPrompter prompter(theme, window);
    const auto desk = desk::Desk::open(profile, clock);
    if (!desk)
        return 3;
    // An invalid stack would measure the start of the practice world instead.
    QObject::connect(desk->get(), &desk::Desk::failed, &application,
                     [](const Error &error) { qFatal("%s", qPrintable(describe(error))); });
    ui::Workbench workbench({.desk = **desk, .theme = theme, .prompter = prompter}, window);
    window.show();
    (*desk)->start();
    return QApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    const QStringList arguments = QApplication::arguments();
    if (arguments.value(1) == "--child"_L1)
        return runChild(application, arguments.value(2), arguments.value(3).toLongLong());
    QCommandLineParser parser;
    const QCommandLineOption json(u"json"_s, u"Where to write the figures"_s, u"FILE"_s);
    parser.addOption(json);
    parser.process(application);

    // A stack of its own, so that nothing but the window starts: the practice world is measured by
    // nobody.
    const QTemporaryDir folder;
    const QString config = folder.filePath(u"config"_s);
    QDir().mkpath(config);
    QFile stack(config + u"/stack.yaml"_s);
    if (!stack.open(QIODevice::WriteOnly))
        return 1;
    stack.write("stack:\n  name: Bench\n  environment: production\nservices:\n  - id: backend\n"
                "    name: Backend\n    url: http://127.0.0.1:9\n    health: /\n");
    stack.close();

    bench::Series series{u"exec to first painted tile"_s};
    qint64 memory = 0;
    for (int run = 0; run < runs + 1; ++run) {
        QProcess child;
        child.start(QApplication::applicationFilePath(),
                    {u"--child"_s, folder.path(), QString::number(nowMs())});
        child.waitForFinished(20000);
        const QByteArrayList words = child.readAllStandardOutput().trimmed().split(' ');
        if (words.size() != 2)
            qFatal("the window painted no tile: %s", child.readAllStandardError().constData());
        if (run == 0)
            continue; // the first one makes the profile and warms the disk
        series.seconds.push_back(words[0].toDouble() / 1000.0);
        memory = std::max(memory, words[1].toLongLong());
    }
    bench::report(u"Start (goal: 300 ms, 80 MB)"_s, {series, {u"goal"_s, {goalSeconds}}},
                  parser.value(json),
                  {{u"residentKilobytes"_s, memory}, {u"goalKilobytes"_s, goalKilobytes}},
                  {{.name = u"exec to the first painted tile"_s,
                    .value = series.median(),
                    .limit = goalSeconds,
                    .unit = u" s"_s},
                   {.name = u"resident memory at that moment"_s,
                    .value = double(memory) / 1000.0,
                    .limit = double(goalKilobytes) / 1000.0,
                    .unit = u" MB"_s}});
    return 0;
}
