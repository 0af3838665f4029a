// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log.h"
#include "desk/desk.h"
#include "ui/kit/dialogprompter.h"
#include "ui/kit/language.h"
#include "ui/shell/commandline.h"
#include "ui/shell/singleinstance.h"
#include "ui/shell/workbench.h"

#include <QApplication>

#include <cstdio>

using namespace mayday;

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    const ui::CommandLine line = ui::readCommandLine(application);
    ui::installLanguage(application);
    if (auto opened = log::open(line.profile.logFolder()); !opened)
        log::warning(u"main", describe(opened.error()));
    ui::SingleInstance instance(line.profile.stateFolder);
    const auto claim = instance.claim();
    if (claim && *claim == ui::SingleInstance::Claim::HandedOver)
        return 0;

    const SystemClock clock;
    ui::Theme theme;
    theme.applyTo(application);
    theme.setMode(ui::storedThemeMode(line.profile));
    ui::MainWindow window(theme, clock, {.stateFile = line.profile.windowStateFile()});
    ui::DialogPrompter prompter(theme, window);
    const auto desk = desk::Desk::open(line.profile, clock);
    if (!desk) {
        std::fprintf(stderr, "mayday: %s\n", qUtf8Printable(describe(desk.error())));
        prompter.showError(desk.error());
        return QApplication::exec();
    }
    ui::Workbench workbench({.desk = **desk, .theme = theme, .prompter = prompter}, window);
    QObject::connect(&instance, &ui::SingleInstance::raiseRequested, &window,
                     &ui::MainWindow::bringToFront);
    window.show();
    (*desk)->start();
    const int code = QApplication::exec();
    log::close();
    return code;
}
