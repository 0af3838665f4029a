// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/unwrap.h"

#include "archive/filesource.h"
#include "archive/headsource.h"
#include "archive/members.h"
#include "backup/contents.h"
#include "dump/fileformat.h"

#include <QFileInfo>

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

using archive::ByteSource;
using archive::MemberReader;
using archive::Packing;
using archive::Wrapping;
using dump::DumpVerdict;

constexpr qsizetype mostPackings = 2;
constexpr int mostContainers = 2;

using Opened = Result<std::unique_ptr<ByteSource>>;
using OpenedMembers = Result<std::unique_ptr<MemberReader>>;

/// Takes one wrapping off after the other. Each can be opened as often as it takes: once to look
/// into it, once to read.
class Unwrapping final {
public:
    Unwrapping(const QString &path, TaskContext &context) : m_path(path), m_context(context)
    {
        m_open = [path]() -> Opened {
            return archive::FileSource::open(path);
        };
        m_file = path;
    }

    [[nodiscard]] std::expected<Unwrapped, NotUnwrapped> run();

private:
    enum class Step { Again, Done };
    using Stepped = std::expected<Step, NotUnwrapped>;

    [[nodiscard]] Stepped takeOff();
    [[nodiscard]] Stepped unpackOnce(Packing packing);
    [[nodiscard]] Stepped openContainer(Wrapping wrapping);
    [[nodiscard]] Stepped takeMember(const ContainedFile &file,
                                     std::function<OpenedMembers()> openMembers);
    [[nodiscard]] Stepped takeFolder(const ChosenBackup &chosen, MemberReader &members);
    [[nodiscard]] Stepped takeArchive();
    [[nodiscard]] Stepped takeText();

    [[nodiscard]] Result<void> putOnDisk(const QString &name);
    [[nodiscard]] Result<UnpackFolder *> newFolder(qint64 bytes);
    [[nodiscard]] std::function<OpenedMembers()>
    membersOf(Wrapping wrapping, archive::Reading reading, bool *isCut) const;
    [[nodiscard]] archive::Reading reading() const
    {
        return {.subject = m_path, .stop = m_context.stopToken()};
    }
    [[nodiscard]] std::unexpected<NotUnwrapped> bad(Error error, bool isCut = false) const;

    QString m_path;
    TaskContext &m_context;
    std::function<Opened()> m_open; ///< what is left, from its first byte
    QString m_file;                 ///< where it lies on the disk by itself; empty: nowhere
    qint64 m_size = -1;             ///< of it, as far as that is known
    QStringList m_packings;         ///< that were taken off since the last container
    int m_containers = 0;
    QString m_layers;     ///< all that was taken off: "zip/", "tar.gz/"
    bool m_isCut = false; ///< whether what could not be unpacked stops too early
    Unwrapped m_found;
};

/// Only what is wrong with the bytes is a verdict on the file; of what has to be unpacked by
/// somebody else nothing is known.
std::unexpected<NotUnwrapped> Unwrapping::bad(Error error, bool isCut) const
{
    error.subject = m_path; // not where it was unpacked to
    std::optional<DumpVerdict> verdict;
    if (error.kind == ErrorKind::Corrupt)
        verdict = isCut ? DumpVerdict::Truncated : DumpVerdict::Damaged;
    else if ((error.kind == ErrorKind::Unsupported && error.advice != Advice::UnpackFirst) ||
             error.kind == ErrorKind::Refused)
        verdict = DumpVerdict::NotADump;
    return std::unexpected(NotUnwrapped{.error = std::move(error),
                                        .verdict = verdict,
                                        .format = m_layers.chopped(m_layers.isEmpty() ? 0 : 1)});
}

std::expected<Unwrapped, NotUnwrapped> Unwrapping::run()
{
    for (;;) {
        const auto step = takeOff();
        if (!step)
            return std::unexpected(step.error());
        if (*step == Step::Done)
            return std::move(m_found);
    }
}

Unwrapping::Stepped Unwrapping::takeOff()
{
    if (m_context.stopRequested())
        return bad(TaskContext::cancelled(m_path, u"reading stopped"_s));
    auto source = m_open();
    if (!source && m_containers == 0) // the file itself: nothing is known of it
        return std::unexpected(NotUnwrapped{.error = source.error()});
    if (!source)
        return bad(source.error());
    const archive::HeadSource head(*std::move(source), headBytes);
    const QByteArrayView bytes = head.head();
    if (head.headError() && bytes.isEmpty() && m_containers > 0)
        return bad(*head.headError(), head.endedEarly());
    if (const Packing packing = archive::packingOf(bytes); packing != Packing::None)
        return unpackOnce(packing);
    if (bytes.startsWith("PGDMP") || dump::isPgDumpTar(bytes))
        return takeArchive();
    const Wrapping wrapping = archive::wrappingOf(bytes);
    return wrapping == Wrapping::None ? takeText() : openContainer(wrapping);
}

Unwrapping::Stepped Unwrapping::unpackOnce(Packing packing)
{
    if (m_packings.size() == mostPackings)
        return bad(
            {.kind = ErrorKind::Unsupported,
             .subject = m_path,
             .detail = u"it is compressed more than %1 times; unpack it first"_s.arg(mostPackings),
             .advice = Advice::UnpackFirst});
    m_packings.append(archive::packingWord(packing));
    m_open = [open = std::move(m_open), packing, path = m_path]() -> Opened {
        auto source = open();
        return source ? archive::unpacked(*std::move(source), packing, path) : std::move(source);
    };
    m_file.clear();
    m_size = -1;
    return Step::Again;
}

std::function<OpenedMembers()> Unwrapping::membersOf(Wrapping wrapping, archive::Reading reading,
                                                     bool *isCut) const
{
    if (wrapping == Wrapping::Zip)
        return [file = m_file, reading = std::move(reading), isCut] {
            return archive::openZip(file, reading, isCut);
        };
    if (wrapping == Wrapping::SevenZip)
        return [file = m_file, reading = std::move(reading), isCut] {
            return archive::openSevenZip(file, reading, isCut);
        };
    return [open = m_open, reading = std::move(reading)]() -> OpenedMembers {
        auto source = open();
        if (!source)
            return failure(source.error());
        return archive::openTar(*std::move(source), reading);
    };
}

Unwrapping::Stepped Unwrapping::openContainer(Wrapping wrapping)
{
    const QString word = archive::wrappingWord(wrapping);
    QString last = word;
    if (wrapping == Wrapping::Tar && !m_packings.isEmpty())
        last += u'.' + m_packings.takeLast(); // as everybody calls it
    for (const QString &packing : std::exchange(m_packings, {}))
        m_layers += packing + u'/';
    m_layers += last + u'/';
    if (++m_containers > mostContainers)
        return bad({.kind = ErrorKind::Unsupported,
                    .subject = m_path,
                    .detail = u"it is packed more than %1 times, one in the other (%2); unpack it "
                              "first"_s.arg(mostContainers)
                                  .arg(m_layers.chopped(1)),
                    .advice = Advice::UnpackFirst});
    // Their lists of contents stand at the end: they cannot be read as they come.
    if (wrapping != Wrapping::Tar && m_file.isEmpty()) {
        if (const auto put = putOnDisk(u"container%1"_s.arg(m_containers)); !put)
            return bad(put.error(), m_isCut);
    }
    bool isCut = false;
    archive::Reading look = reading();
    look.onPassing = [this](qint64 done, qint64 total) {
        m_context.progress(done, total, lookingInside);
    };
    auto members = membersOf(wrapping, std::move(look), &isCut)();
    if (!members)
        return bad(members.error(), isCut);
    const auto files = contentsOf(**members, m_context);
    if (!files)
        return bad(files.error(), (*members)->endedEarly());
    const auto chosen = chooseBackup(*files, word, m_path);
    if (!chosen)
        return bad(chosen.error());
    m_found.remarks += chosen->remarks;
    const auto openMembers = membersOf(wrapping, reading(), nullptr);
    if (!chosen->isFolder)
        return takeMember(chosen->files.front(), openMembers);
    members = openMembers();
    return members ? takeFolder(*chosen, **members) : bad(members.error());
}

Unwrapping::Stepped Unwrapping::takeMember(const ContainedFile &file,
                                           std::function<OpenedMembers()> openMembers)
{
    m_open = [openMembers = std::move(openMembers), index = file.index,
              reading = reading()]() -> Opened {
        auto members = openMembers();
        if (!members)
            return failure(members.error());
        return std::make_unique<archive::MemberSource>(*std::move(members), index, reading);
    };
    m_file.clear();
    m_size = file.member.size;
    return Step::Again;
}

Result<UnpackFolder *> Unwrapping::newFolder(qint64 bytes)
{
    auto folder = UnpackFolder::create(m_path, bytes);
    if (!folder)
        return failure(folder.error());
    m_found.folders.push_back(*std::move(folder));
    return m_found.folders.back().get();
}

/// The whole of what is left, as a file.
Result<void> Unwrapping::putOnDisk(const QString &name)
{
    auto source = m_open();
    if (!source)
        return failure(source.error());
    const qint64 total = (*source)->total();
    // What claims to be nothing takes at least the room it has now.
    const auto folder = newFolder(std::max(m_size, m_packings.isEmpty() ? 0 : total));
    if (!folder)
        return failure(folder.error());
    const auto written = (*folder)->write(
        name, [&source](std::span<char> buffer) { return (*source)->read(buffer); },
        [&](qint64) { m_context.progress((*source)->consumed(), total, u"unpack"_s); }, m_context);
    m_isCut = (*source)->endedEarly();
    if (!written)
        return failure(written.error());
    m_file = (*folder)->filePath(name);
    return {};
}

Unwrapping::Stepped Unwrapping::takeFolder(const ChosenBackup &chosen, MemberReader &members)
{
    constexpr qint64 more = std::numeric_limits<qint64>::max();
    qint64 needed = 0;
    for (const ContainedFile &file : chosen.files) // whatever they claim
        needed = file.member.size < more - needed ? needed + file.member.size : more;
    const auto folder = newFolder(needed);
    if (!folder)
        return bad(folder.error());
    qsizetype taken = 0;
    for (qsizetype index = 0;; ++index) {
        const auto more = members.next();
        if (!more)
            return bad(more.error(), members.endedEarly());
        if (!*more)
            break;
        if (taken == chosen.files.size() || chosen.files[taken].index != index)
            continue;
        const archive::Member &member = chosen.files[taken++].member;
        if (member.kind != archive::Member::Kind::File)
            continue; // a link leads to somewhere else; pg_restore will miss what it stands for
        const auto written = (*folder)->write(
            member.name.section(u'/', -1),
            [&members](std::span<char> buffer) { return members.read(buffer); },
            [&](qint64) { m_context.progress(members.consumed(), members.total(), u"unpack"_s); },
            m_context);
        if (!written)
            return bad(written.error(), members.endedEarly());
    }
    m_file = (*folder)->path();
    return takeArchive();
}

Unwrapping::Stepped Unwrapping::takeArchive()
{
    if (m_file.isEmpty()) {
        if (const auto put = putOnDisk(u"archive"_s); !put)
            return bad(put.error(), m_isCut);
    }
    for (const QString &packing : std::as_const(m_packings))
        m_layers += packing + u'/';
    auto header = dump::archiveHeaderOf(m_file);
    if (!header)
        return bad(header.error());
    if (!*header)
        return bad(archive::damagedContainer(m_path, u"it changed while it was read"_s));
    m_found.archive = m_file;
    m_found.header = **header;
    m_found.format = m_layers + dump::archiveWord(m_found.header.kind);
    return Step::Done;
}

Unwrapping::Stepped Unwrapping::takeText()
{
    auto source = m_open();
    if (!source)
        return bad(source.error());
    m_found.text = *std::move(source);
    m_found.format = m_packings.isEmpty() ? u"plain"_s : m_packings.takeLast();
    for (const QString &packing : std::as_const(m_packings))
        m_layers += packing + u'/';
    m_found.format.prepend(m_layers);
    return Step::Done;
}

} // namespace

std::expected<Unwrapped, NotUnwrapped> unwrap(const QString &path, TaskContext &context)
{
    return Unwrapping(path, context).run();
}

} // namespace mayday::backup
