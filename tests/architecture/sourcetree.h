// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QString>
#include <QStringList>

#include <algorithm>

namespace mayday::architecture {

/// The project's folder.
inline const QString top = QStringLiteral(MAYDAY_SOURCE_DIR);

/// One source file below the project's folder.
struct SourceFile {
    QString path; ///< from the top: "app/core/task.h"
    QStringList lines;

    [[nodiscard]] bool isHeader() const { return path.endsWith(QLatin1StringView(".h")); }
};

/// Every .h and .cpp below the given folders of the project, in a stable order.
[[nodiscard]] inline QList<SourceFile> sourceFiles(const QString &top, const QStringList &folders)
{
    QList<SourceFile> files;
    for (const QString &folder : folders) {
        QDirIterator at(QDir(top).filePath(folder),
                        {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files,
                        QDirIterator::Subdirectories);
        while (at.hasNext()) {
            QFile file(at.next());
            if (!file.open(QIODevice::ReadOnly))
                continue;
            QString text = QString::fromUtf8(file.readAll());
            if (text.endsWith(u'\n'))
                text.chop(1);
            files.append(
                {.path = QDir(top).relativeFilePath(file.fileName()), .lines = text.split(u'\n')});
        }
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

} // namespace mayday::architecture
