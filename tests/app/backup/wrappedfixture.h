// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/dump/dumpfiles.h"
#include "app/dump/recordingvisitor.h"
#include "archive/members.h"
#include "backup/dumpopener.h"
#include "support/containers.h"
#include "support/environment.h"
#include "support/temppostgres.h"

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

/// What a zip says of a file when it does not lie.
[[nodiscard]] inline ZipClaim claim(const QByteArray &name, const QByteArray &bytes)
{
    return {.name = name, .bytes = bytes, .crc = crc32Of(bytes)};
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

/// What an inspection says. An answer without a verdict is one, too.
struct Told {
    std::optional<dump::DumpVerdict> verdict;
    std::optional<Error> problem;

    [[nodiscard]] QString text() const
    {
        return problem ? describe(*problem) : QStringLiteral("whole");
    }
};

[[nodiscard]] inline Told told(const QString &path)
{
    TaskContext context;
    auto found = backup::inspectDump(path, context);
    if (!found)
        return {.verdict = std::nullopt, .problem = found.error()};
    return {.verdict = found->verdict, .problem = found->problem};
}

/// Small dumps of a real pg_dump, to be packed and spoilt.
class SmallDumps final {
public:
    SmallDumps()
    {
        const QString shop = QStringLiteral("shop");
        m_server.createDatabase(shop);
        m_server.execute(shop, "CREATE TABLE a_first (id int PRIMARY KEY, name text);"
                               "CREATE TABLE b_second (id int PRIMARY KEY, name text);"
                               "INSERT INTO a_first SELECT g, md5(g::text) FROM "
                               "generate_series(1, 50) g;"
                               "INSERT INTO b_second SELECT * FROM a_first;");
        const auto dumped = [&](const char *format, const QString &name) {
            return m_files.dumped(m_server, QStringLiteral("pg_dump"), shop,
                                  {QString::fromLatin1(format)}, name);
        };
        custom = DumpFiles::bytesOf(dumped("-Fc", QStringLiteral("shop.dump")));
        folder = filesOf(dumped("-Fd", shop), QStringLiteral("shop/"), {QStringLiteral("toc.dat")});
    }

    QByteArray text = wrappedSample(QStringLiteral("shop.sql"));
    QByteArray custom;
    PackedFiles folder; ///< its toc.dat first

private:
    TempPostgres m_server;
    DumpFiles m_files;
};

} // namespace mayday::tests
