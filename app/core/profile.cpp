// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/profile.h"

#include <QDir>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace mayday {

Profile Profile::standard()
{
    const auto place = [](QStandardPaths::StandardLocation location) {
        return QDir(QStandardPaths::writableLocation(location)).filePath(u"mayday"_s);
    };
    return {.configFolder = place(QStandardPaths::GenericConfigLocation),
            .dataFolder = place(QStandardPaths::GenericDataLocation),
            .stateFolder = place(QStandardPaths::GenericStateLocation)};
}

Profile Profile::under(const QString &folder)
{
    const QDir root(QDir(folder).absolutePath());
    return {.configFolder = root.filePath(u"config"_s),
            .dataFolder = root.filePath(u"data"_s),
            .stateFolder = root.filePath(u"state"_s)};
}

QString Profile::stackFile() const
{
    return configFolder + u"/stack.yaml"_s;
}
QString Profile::runbookFolder() const
{
    return configFolder + u"/runbooks"_s;
}
QString Profile::journalFile() const
{
    return dataFolder + u"/journal.sqlite"_s;
}
QString Profile::backupFolder() const
{
    return dataFolder + u"/backups"_s;
}
QString Profile::evidenceFolder() const
{
    return dataFolder + u"/evidence"_s;
}
QString Profile::statusSheetFile() const
{
    return dataFolder + u"/status-sheet.html"_s;
}
QString Profile::logFolder() const
{
    return stateFolder + u"/log"_s;
}
QString Profile::practiceFolder() const
{
    return dataFolder + u"/practice"_s;
}
QString Profile::windowStateFile() const
{
    return stateFolder + u"/window.ini"_s;
}

} // namespace mayday
