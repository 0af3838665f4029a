// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/dumpopener.h"

#include "backup/programsource.h"
#include "backup/unwrap.h"
#include "dump/archiveheader.h"
#include "dump/tarfile.h"
#include "process/processrunner.h"
#include "process/toolbox.h"

#include <QDirIterator>
#include <QFileInfo>

#include <algorithm>
#include <utility>
#include <vector>

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

/// A source under the word for its format, with the folders in which what it reads was unpacked.
class UnwrappedSource final : public archive::ByteSource {
public:
    /// total: bytes of the file it all came in; progress is told in those.
    UnwrappedSource(std::vector<std::unique_ptr<UnpackFolder>> folders,
                    std::unique_ptr<archive::ByteSource> source, QString format, qint64 total)
        : m_folders(std::move(folders)),
          m_source(std::move(source)),
          m_format(std::move(format)),
          m_total(total)
    {
    }
    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override
    {
        return m_source->read(buffer);
    }
    [[nodiscard]] qint64 consumed() const override
    {
        const qint64 inner = m_source->total();
        if (inner == m_total || inner <= 0)
            return m_source->consumed();
        const double part = static_cast<double>(m_source->consumed()) / static_cast<double>(inner);
        return std::min(m_total, static_cast<qint64>(part * static_cast<double>(m_total)));
    }
    [[nodiscard]] qint64 total() const override { return m_total; }
    [[nodiscard]] QString format() const override { return m_format; }
    [[nodiscard]] bool endedEarly() const override { return m_source->endedEarly(); }
    [[nodiscard]] QStringList remarks() const override { return m_source->remarks(); }

private:
    std::vector<std::unique_ptr<UnpackFolder>> m_folders;
    std::unique_ptr<archive::ByteSource> m_source; // goes first: it reads in the folders
    QString m_format;
    qint64 m_total;
};

/// The program that can read it, once the file itself is known to be whole as far as that shows.
/// path: the backup, for errors.
Result<Tool> clientFor(const QString &path, const Unwrapped &found, TaskContext &context)
{
    if (found.header.kind == dump::ArchiveHeader::Kind::Tar) {
        if (auto whole = dump::checkTarIsWhole(found.archive); !whole) {
            whole.error().subject = path;
            return failure(whole.error());
        }
    }
    process::SystemProcessRunner runner;
    const QList<Tool> tools = process::Toolbox(runner).findAll(u"pg_restore"_s, context);
    if (context.stopRequested())
        return failure(TaskContext::cancelled(path, u"reading stopped"_s));
    if (tools.isEmpty() || tools.front().version.majorVersion() < found.header.neededClient())
        return failure(noClient(path, found.header, tools));
    return tools.front();
}

dump::DumpReader openArchive(const QString &path, Unwrapped found, const Tool &client,
                             const TaskContext &context)
{
    auto program = std::make_unique<ProgramSource>(
        pgRestore(client, {u"--file=-"_s, u"--"_s, found.archive}),
        ProgramSource::Options{.subject = path,
                               .format = found.format,
                               .total = sizeOnDisk(path),
                               .unpacked = sizeOnDisk(found.archive),
                               .stop = context.stopToken()});
    return dump::DumpReader::over(std::make_unique<UnwrappedSource>(std::move(found.folders),
                                                                    std::move(program),
                                                                    found.format, sizeOnDisk(path)),
                                  path);
}

dump::DumpReader openText(const QString &path, Unwrapped found)
{
    // What is wrapped in nothing else can be read in parts later.
    if (found.format == "plain"_L1 || found.format == "gz"_L1) {
        if (auto reader = dump::DumpReader::open(path))
            return *std::move(reader);
    }
    return dump::DumpReader::over(std::make_unique<UnwrappedSource>(std::move(found.folders),
                                                                    std::move(found.text),
                                                                    found.format, sizeOnDisk(path)),
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
    if (inspection.copyBlocks == 0 && listed > 0 && !inspection.format.endsWith("custom"_L1)) {
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
Result<dump::DumpInspection> unreadable(const QString &path, const NotUnwrapped &why)
{
    if (!why.verdict)
        return failure(why.error);
    dump::DumpInspection inspection;
    inspection.verdict = *why.verdict;
    inspection.format = why.format.isEmpty() ? u"unknown"_s : why.format;
    inspection.fileBytes = sizeOnDisk(path);
    inspection.problem = why.error;
    return inspection;
}

Result<dump::DumpInspection> inspectArchive(const QString &path, Unwrapped found,
                                            TaskContext &context)
{
    const auto client = clientFor(path, found, context);
    if (!client) {
        const bool isBad = client.error().kind == ErrorKind::Corrupt;
        return unreadable(
            path, {.error = client.error(),
                   .verdict = isBad ? std::optional(dump::DumpVerdict::Damaged) : std::nullopt});
    }
    const auto folders = std::move(found.folders); // for the second reading, of its list
    const QString archive = found.archive;
    dump::DumpReader reader = openArchive(path, std::move(found), *client, context);
    auto inspection = dump::inspect(reader, context);
    if (!inspection)
        return inspection;
    inspection->reader = u"pg_restore "_s + client->version.toString();
    const auto listed = listedRowSets(archive, *client, context);
    if (listed)
        compareWithList(*inspection, *listed, path);
    else if (inspection->verdict == dump::DumpVerdict::Complete)
        return failure(listed.error());
    return inspection;
}

/// A folder is taken as it is: an archive, or no backup.
std::expected<Unwrapped, NotUnwrapped> unwrapOrFolder(const QString &path, TaskContext &context)
{
    if (!QFileInfo(path).isDir())
        return unwrap(path, context);
    const auto header = dump::archiveHeaderOf(path);
    if (!header)
        return std::unexpected(
            NotUnwrapped{.error = header.error(),
                         .verdict = header.error().kind == ErrorKind::Corrupt
                                        ? std::optional(dump::DumpVerdict::Damaged)
                                        : std::nullopt});
    if (!*header)
        return std::unexpected(NotUnwrapped{.error = *dump::recogniseFolder(path).problem,
                                            .verdict = dump::DumpVerdict::NotADump});
    return Unwrapped{.archive = path, .header = **header, .format = u"directory"_s};
}

} // namespace

Result<dump::DumpReader> openDump(const QString &path, TaskContext &context)
{
    auto found = unwrapOrFolder(path, context);
    if (!found)
        return failure(found.error().error);
    if (found->text)
        return openText(path, *std::move(found));
    const auto client = clientFor(path, *found, context);
    if (!client)
        return failure(client.error());
    return openArchive(path, *std::move(found), *client, context);
}

Result<dump::DumpInspection> inspectDump(const QString &path, TaskContext &context)
{
    auto found = unwrapOrFolder(path, context);
    if (!found)
        return unreadable(path, found.error());
    const QStringList remarks = found->remarks;
    Result<dump::DumpInspection> inspection;
    if (found->text) {
        dump::DumpReader reader = openText(path, *std::move(found));
        inspection = dump::inspect(reader, context);
    } else {
        inspection = inspectArchive(path, *std::move(found), context);
    }
    if (inspection)
        inspection->warnings += remarks;
    return inspection;
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
