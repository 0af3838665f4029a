// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/dumpopener.h"

#include "backup/programsource.h"
#include "dump/archiveheader.h"
#include "dump/tarfile.h"
#include "process/processrunner.h"
#include "process/toolbox.h"

#include <QDirIterator>
#include <QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

using process::CommandLine;
using process::Tool;

/// Its complaints are read by us, so they must not come in the user's language.
CommandLine pgRestore(const Tool &tool, QStringList arguments)
{
    CommandLine command{.program = tool.path, .arguments = std::move(arguments)};
    command.environment.emplace_back(u"LC_ALL"_s, Secret("C"));
    return command;
}

Error noClient(const QString &path, const dump::ArchiveHeader &header, const QList<Tool> &found)
{
    QStringList here;
    for (const Tool &tool : found)
        here.append(u"%1 (%2)"_s.arg(tool.version.toString(), tool.path));
    const int needed = header.neededClient();
    return {.kind = ErrorKind::Unsupported,
            .subject = path,
            .detail =
                u"it is an archive of pg_dump %1; reading it takes pg_restore%2, and on this "
                "machine there is %3"_s.arg(header.dumpVersion,
                                            needed > 0 ? u" %1 or newer"_s.arg(needed) : QString(),
                                            here.isEmpty() ? u"none"_s : here.join(u", "_s)),
            .advice = Advice::InstallClient};
}

/// The program that can read it, once the file itself is known to be whole as far as that shows.
Result<Tool> clientFor(const QString &path, const dump::ArchiveHeader &header, TaskContext &context)
{
    if (header.kind == dump::ArchiveHeader::Kind::Tar) {
        if (auto whole = dump::checkTarIsWhole(path); !whole)
            return failure(whole.error());
    }
    process::SystemProcessRunner runner;
    const QList<Tool> found = process::Toolbox(runner).findAll(u"pg_restore"_s, context);
    if (context.stopRequested())
        return failure(TaskContext::cancelled(path, u"reading stopped"_s));
    if (found.isEmpty() || found.front().version.majorVersion() < header.neededClient())
        return failure(noClient(path, header, found));
    return found.front();
}

dump::DumpReader openArchive(const QString &path, const dump::ArchiveHeader &header,
                             const Tool &client, const TaskContext &context)
{
    return dump::DumpReader::over(
        std::make_unique<ProgramSource>(
            pgRestore(client, {u"--file=-"_s, u"--"_s, path}),
            ProgramSource::Options{.subject = path,
                                   .format = dump::archiveWord(header.kind),
                                   .total = sizeOnDisk(path),
                                   .stop = context.stopToken()}),
        path);
}

/// How many sets of rows the archive lists: "3416; 0 16385 TABLE DATA public products app".
Result<qint64> listedRowSets(const QString &path, const Tool &client, TaskContext &context)
{
    process::SystemProcessRunner runner;
    const CommandLine command = pgRestore(client, {u"--list"_s, u"--"_s, path});
    QByteArray line;
    qint64 sets = 0;
    const auto count = [&line, &sets](QByteArrayView piece) -> Result<void> {
        for (const char letter : piece) {
            if (letter != '\n') {
                line.append(letter);
                continue;
            }
            sets += !line.startsWith(';') && line.contains(" TABLE DATA ") ? 1 : 0;
            line.clear();
        }
        return {};
    };
    const auto outcome = process::succeeded(
        runner.run(command, process::RunOptions{.onOutput = count}, context), command);
    if (!outcome)
        return failure(outcome.error());
    return sets;
}

/// pg_restore ends with 0 and with pg_dump's last line even where a file of rows is cut short: the
/// text of the next table then stands among the rows, and one block of rows is missing.
void compareWithList(dump::DumpInspection &inspection, qint64 listed, const QString &path)
{
    if (inspection.verdict != dump::DumpVerdict::Complete)
        return;
    if (inspection.copyBlocks == 0 && listed > 0 && inspection.format != "custom"_L1) {
        inspection.warnings.append(
            u"made with --inserts: nothing in it shows that all rows of a table are there"_s);
        return;
    }
    if (inspection.copyBlocks == 0 || inspection.copyBlocks == listed)
        return;
    inspection.verdict = dump::DumpVerdict::Damaged;
    inspection.problem = Error{.kind = ErrorKind::Corrupt,
                               .subject = path,
                               .detail = u"it lists the rows of %1 tables, and holds those of %2: "
                                         "some of its data is cut short"_s.arg(listed)
                                             .arg(inspection.copyBlocks),
                               .advice = Advice::TakeAnotherBackup};
}

/// What stands in place of an inspection when the first look already says that nothing can be read.
Result<dump::DumpInspection> unreadable(const QString &path, const Error &error)
{
    if (error.kind != ErrorKind::Corrupt)
        return failure(error);
    dump::DumpInspection inspection;
    inspection.verdict = dump::DumpVerdict::Damaged;
    inspection.format = u"unknown"_s;
    inspection.fileBytes = sizeOnDisk(path);
    inspection.problem = error;
    return inspection;
}

Result<dump::DumpInspection> inspectArchive(const QString &path, const dump::ArchiveHeader &header,
                                            TaskContext &context)
{
    const auto client = clientFor(path, header, context);
    if (!client)
        return unreadable(path, client.error());
    dump::DumpReader reader = openArchive(path, header, *client, context);
    auto inspection = dump::inspect(reader, context);
    if (!inspection)
        return inspection;
    inspection->reader = u"pg_restore "_s + client->version.toString();
    const auto listed = listedRowSets(path, *client, context);
    if (listed)
        compareWithList(*inspection, *listed, path);
    else if (inspection->verdict == dump::DumpVerdict::Complete)
        return failure(listed.error());
    return inspection;
}

} // namespace

Result<dump::DumpReader> openDump(const QString &path, TaskContext &context)
{
    const auto header = dump::archiveHeaderOf(path);
    if (!header)
        return failure(header.error());
    if (!*header)
        return dump::DumpReader::open(path);
    const auto client = clientFor(path, **header, context);
    if (!client)
        return failure(client.error());
    return openArchive(path, **header, *client, context);
}

Result<dump::DumpInspection> inspectDump(const QString &path, TaskContext &context)
{
    const auto header = dump::archiveHeaderOf(path);
    if (!header)
        return unreadable(path, header.error());
    if (*header)
        return inspectArchive(path, **header, context);
    auto reader = dump::DumpReader::open(path);
    if (!reader)
        return failure(reader.error());
    return dump::inspect(*reader, context);
}

qint64 sizeOnDisk(const QString &path)
{
    if (!QFileInfo(path).isDir())
        return QFileInfo(path).size();
    qint64 bytes = 0;
    QDirIterator files(path, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext())
        bytes += files.nextFileInfo().size();
    return bytes;
}

} // namespace mayday::backup
