// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/dump/dumpfiles.h"
#include "app/dump/recordingvisitor.h"
#include "archive/members.h"
#include "backup/dumpopener.h"
#include "support/containers.h"
#include "support/environment.h"

#include <QDir>

namespace mayday::tests {

/// A container or a packing, by the words in which formats are told.
[[nodiscard]] inline QByteArray wrapped(const PackedFiles &files, const QString &word)
{
    if (word == QLatin1StringView("zip"))
        return zipOf(files);
    if (word == QLatin1StringView("7z"))
        return sevenZipOf(files);
    return packed(tarOf(files), word.section(u'.', 1));
}

[[nodiscard]] inline QByteArray wrappedSample(const QString &name)
{
    return DumpFiles::bytesOf(QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/wrapped/") + name);
}

/// All files of a folder, in this order of names first.
[[nodiscard]] inline PackedFiles filesOf(const QString &folder, const QString &under,
                                         const QStringList &first = {})
{
    QStringList names = first;
    for (const QString &name : QDir(folder).entryList(QDir::Files, QDir::Name)) {
        if (!names.contains(name))
            names.append(name);
    }
    PackedFiles files;
    for (const QString &name : std::as_const(names))
        files.append({.name = under + name, .bytes = DumpFiles::bytesOf(folder + u'/' + name)});
    return files;
}

/// What a restore would get to see of a file: all statements and rows, or why not.
struct WhatIsRead {
    QStringList events = {};
    std::optional<Error> error = std::nullopt;
};

[[nodiscard]] inline WhatIsRead allOf(const QString &path, TaskContext context = {})
{
    auto reader = backup::openDump(path, context);
    if (!reader)
        return {.error = reader.error()};
    RecordingVisitor visitor;
    if (const auto read = reader->read(visitor, context); !read)
        return {.events = visitor.events, .error = read.error()};
    if (!reader->completionLineSeen())
        return {.events = visitor.events, .error = archive::damagedContainer({}, {})};
    return {.events = visitor.events};
}

} // namespace mayday::tests
