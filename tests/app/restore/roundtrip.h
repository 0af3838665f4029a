// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/restore/tripserver.h"
#include "core/clock.h"
#include "restore/restorerunner.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

namespace mayday::restore::test {

/// How pg_dump writes a backup.
struct BackupFormat {
    QString name;
    QStringList options;
    QString suffix;
};

[[nodiscard]] inline QList<BackupFormat> backupFormats()
{
    using namespace Qt::StringLiterals;
    return {{u"plain"_s, {}, u".sql"_s},
            {u"gz"_s, {u"--compress=6"_s}, u".sql.gz"_s},
            {u"zstd"_s, {u"--compress=zstd"_s}, u".sql.zst"_s},
            {u"custom"_s, {u"--format=custom"_s}, u".dump"_s},
            {u"directory"_s, {u"--format=directory"_s}, {}},
            {u"tar"_s, {u"--format=tar"_s}, u".tar"_s}};
}

/// One object of a dump: what pg_dump says of it in its comment, and its statements.
struct DumpEntry {
    QByteArray name = {};
    QByteArray type = {};
    QByteArray schema = {};
    QByteArray text = {};
};

/// The beginning, which is about no object, comes first.
[[nodiscard]] inline QList<DumpEntry> entriesOf(const QByteArray &dump)
{
    QList<qsizetype> starts{0};
    for (const char *head : {"\n--\n-- Name: ", "\n--\n-- Data for Name: "}) {
        for (qsizetype at = dump.indexOf(head); at >= 0; at = dump.indexOf(head, at + 1))
            starts.append(at);
    }
    std::ranges::sort(starts);
    QList<DumpEntry> entries;
    for (qsizetype i = 0; i < starts.size(); ++i) {
        const qsizetype end = i + 1 < starts.size() ? starts[i + 1] : dump.size();
        DumpEntry entry{.text = dump.mid(starts[i], end - starts[i])};
        const QByteArray line = entry.text.split('\n').value(2);
        const qsizetype type = line.lastIndexOf("; Type: ");
        const qsizetype schema = line.lastIndexOf("; Schema: ");
        const qsizetype owner = line.lastIndexOf("; Owner: ");
        if (i > 0 && type > 0 && schema > type) {
            entry.name = line.mid(line.indexOf("Name: ") + 6);
            entry.name.truncate(type - line.indexOf("Name: ") - 6);
            entry.type = line.mid(type + 8, schema - type - 8);
            entry.schema = line.mid(schema + 10, owner - schema - 10);
        }
        entries.append(entry);
    }
    return entries;
}

/// A dump with the rows of each COPY in the order of their text. A table has no order: the server
/// puts rows where it finds room, and in a database of its own not always behind the last one.
[[nodiscard]] inline QByteArray withSortedRows(const QByteArray &dump)
{
    QByteArrayList lines = dump.split('\n');
    for (qsizetype i = 0; i < lines.size(); ++i) {
        if (!lines[i].startsWith("COPY ") || !lines[i].endsWith(" FROM stdin;"))
            continue;
        const qsizetype end = lines.indexOf("\\.", i);
        std::sort(lines.begin() + i + 1, lines.begin() + std::max(end, i + 1));
        i = std::max(end, i);
    }
    return lines.join('\n');
}

/// In what two dumps differ, in the words of diff; empty: in nothing.
[[nodiscard]] inline QByteArray differences(const QByteArray &before, const QByteArray &after)
{
    if (before == after)
        return {};
    const QTemporaryDir folder;
    const auto write = [&folder](const char *name, const QByteArray &text) {
        QFile file(folder.filePath(QLatin1StringView(name)));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("%s cannot be written", name);
        return file.fileName();
    };
    QProcess diff;
    diff.start(QStringLiteral("diff"),
               {QStringLiteral("-U2"), write("before", before), write("after", after)});
    if (!diff.waitForFinished())
        qFatal("diff does not end");
    QByteArray found;
    for (const QByteArray &line : diff.readAllStandardOutput().split('\n').mid(0, 80))
        found += line.first(std::min<qsizetype>(line.size(), 200)) + '\n';
    return found;
}

/// What Mayday never switches on unasked, and rights on what belongs to the server itself: it has
/// to be named instead. Of one schema also what holds for the whole database.
[[nodiscard]] inline bool isLeftOut(const DumpEntry &entry, RestoreMode mode)
{
    for (const char *kind : {"EVENT TRIGGER", "PUBLICATION", "SUBSCRIPTION"}) {
        if (entry.type.startsWith(kind) ||
            (entry.type == "COMMENT" && entry.name.startsWith(QByteArray(kind) + ' ')))
            return true;
    }
    const bool isOfDatabase = (entry.type == "DEFAULT ACL" && entry.schema == "-") ||
                              (entry.type == "ACL" && entry.name == "LANGUAGE plpgsql");
    return (entry.type == "ACL" && entry.schema == "pg_catalog") ||
           (isOfDatabase && mode != RestoreMode::ReplaceDatabase);
}

/// A dump without that.
[[nodiscard]] inline QByteArray withoutLeftOut(const QByteArray &dump, RestoreMode mode)
{
    QByteArray text;
    for (const DumpEntry &entry : entriesOf(dump)) {
        if (!isLeftOut(entry, mode))
            text += entry.text;
    }
    return text;
}

[[nodiscard]] inline RestoreReceipt
restoredFrom(const QString &file, const postgres::ConnectionString &target, RestoreMode mode)
{
    const SystemClock clock;
    TaskContext context;
    const RestorePlan plan{.id = freshRestoreId(clock.now()),
                           .file = file,
                           .target = target,
                           .environment = QStringLiteral("test"),
                           .plannedAt = clock.now(),
                           .mode = mode,
                           .connections = 3};
    return RestoreRunner(plan, clock, {}).run(std::nullopt, context);
}

/// What was there before the restore, away in the words of the receipt.
inline void discardLeft(const RestoreReceipt &receipt, const TripServer &server,
                        const QString &database)
{
    for (const Leftover &left : receipt.left) {
        const bool isDatabase = left.what.startsWith(QStringLiteral("database"));
        runAs(server.at(isDatabase ? QStringLiteral("postgres") : database, false),
              left.removeWith.toUtf8());
    }
}

} // namespace mayday::restore::test
