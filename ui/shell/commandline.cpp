// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/commandline.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

const QString themeKey = u"look/theme"_s;

/// A name may have anything in it, a slash too.
QString targetKey(const QString &stack)
{
    return u"restore/into-"_s + QString::fromLatin1(stack.toUtf8().toHex());
}

} // namespace

CommandLine readCommandLine(QApplication &application)
{
    QApplication::setApplicationName(u"mayday"_s);
    QApplication::setApplicationDisplayName(u"Mayday"_s);
    QApplication::setApplicationVersion(QString::fromLatin1(MAYDAY_VERSION));
    QApplication::setDesktopFileName(u"mayday"_s);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QApplication::translate("CommandLine", "Incident response for on-call engineers."));
    const QCommandLineOption profile(
        u"profile"_s,
        QApplication::translate("CommandLine", "Keep everything below DIR (a USB stick, a test)."),
        u"DIR"_s);
    parser.addOption(profile);
    parser.addHelpOption();
    parser.addVersionOption();
    parser.process(application);
    return {.profile = parser.isSet(profile) ? Profile::under(parser.value(profile))
                                             : Profile::standard()};
}

ThemeMode storedThemeMode(const Profile &profile)
{
    const QSettings settings(profile.windowStateFile(), QSettings::IniFormat);
    return themeModeFromKey(settings.value(themeKey).toString());
}

void storeThemeMode(const Profile &profile, ThemeMode mode)
{
    QSettings settings(profile.windowStateFile(), QSettings::IniFormat);
    settings.setValue(themeKey, themeModeKey(mode));
}

QString storedTarget(const Profile &profile, const QString &stack)
{
    const QSettings settings(profile.windowStateFile(), QSettings::IniFormat);
    return settings.value(targetKey(stack)).toString();
}

void storeTarget(const Profile &profile, const QString &stack, const QString &database)
{
    QSettings settings(profile.windowStateFile(), QSettings::IniFormat);
    settings.setValue(targetKey(stack), database);
}

} // namespace mayday::ui
