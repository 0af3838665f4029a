// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/contents.h"

#include "archive/headsource.h"
#include "dump/archiveheader.h"
#include "dump/dumpinspection.h"
#include "dump/fileformat.h"

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

using Sort = ContainedFile::Sort;

constexpr qsizetype mostNamed = 8;

QString baseName(const QString &name)
{
    return name.section(u'/', -1);
}

QString folderOf(const QString &name)
{
    return name.first(std::max<qsizetype>(0, name.lastIndexOf(u'/') + 1));
}

/// What macOS puts beside each file.
bool isShadow(const QString &name)
{
    return name.startsWith("__MACOSX/"_L1) || name.contains("/__MACOSX/"_L1) ||
           baseName(name).startsWith("._"_L1);
}

/// As it may be shown: no line breaks, no end.
QString shown(QString name)
{
    for (QChar &letter : name) {
        if (!letter.isPrint())
            letter = u'?';
    }
    constexpr qsizetype longest = 120;
    return name.size() > longest ? u"..."_s + name.last(longest) : name;
}

QString listOf(const QList<ContainedFile> &files, bool withThings)
{
    QStringList names;
    for (const ContainedFile &file : files.first(std::min(files.size(), mostNamed))) {
        const QString about =
            file.thing.isEmpty() || !withThings ? QString() : u" (%1)"_s.arg(file.thing);
        names.append(shown(file.member.name) + about);
    }
    const qsizetype more = files.size() - names.size();
    return names.join(u", "_s) + (more > 0 ? u" and %1 more"_s.arg(more) : QString());
}

/// The member a reader stands at, which it does not own.
class MemberBytes final : public archive::ByteSource {
public:
    MemberBytes(archive::MemberReader &members, TaskContext &context)
        : m_members(members), m_context(context)
    {
    }
    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override
    {
        if (m_context.stopRequested())
            return failure(TaskContext::cancelled({}, u"reading stopped"_s));
        return m_members.read(buffer);
    }
    [[nodiscard]] qint64 consumed() const override { return m_members.consumed(); }
    [[nodiscard]] qint64 total() const override { return m_members.total(); }
    [[nodiscard]] QString format() const override { return u"plain"_s; }

private:
    archive::MemberReader &m_members;
    TaskContext &m_context;
};

/// What the first bytes of a member say, and what kept them from saying more.
struct Look {
    QByteArray head = {}; ///< without what it was compressed by
    std::optional<Error> error = std::nullopt;
    bool isOverPacked = false;
};

/// Reads as much of the member as it takes: bzip2 gives nothing out before 900 KB are there.
Look lookInto(archive::MemberReader &members, TaskContext &context)
{
    constexpr int mostPackings = 2;
    std::unique_ptr<archive::ByteSource> source = std::make_unique<MemberBytes>(members, context);
    for (int packings = 0;; ++packings) {
        auto head = std::make_unique<archive::HeadSource>(std::move(source), headBytes);
        const archive::Packing packing = archive::packingOf(head->head());
        if (packing == archive::Packing::None)
            return {.head = head->head().toByteArray(), .error = head->headError()};
        if (packings == mostPackings)
            return {.isOverPacked = true};
        auto inside = archive::unpacked(std::move(head), packing, {});
        if (!inside)
            return {.error = inside.error()};
        source = *std::move(inside);
    }
}

void sortByHead(ContainedFile &file, const QByteArray &head)
{
    if (head.startsWith("PGDMP") && baseName(file.member.name) == "toc.dat"_L1) {
        file.sort = Sort::Contents;
    } else if (head.startsWith("PGDMP") || dump::isPgDumpTar(head)) {
        file.sort = Sort::Backup;
    } else if (archive::wrappingOf(head) != archive::Wrapping::None) {
        file.sort = Sort::Wrapped;
    } else if (const auto format = dump::recogniseFormat(head, {}, u"plain"_s); format.problem) {
        file.thing = format.problem->detail;
        file.thing.remove(0, file.thing.startsWith("it is "_L1) ? 6 : 0);
    } else if (dump::beginsLikeADump(head)) {
        file.sort = Sort::Backup;
    }
}

/// An Error is none of the member: somebody stopped, or the file cannot be read any more.
Result<void> sortFile(ContainedFile &file, const Look &look)
{
    const bool isOfMember = !look.error || look.error->kind == ErrorKind::Corrupt ||
                            look.error->kind == ErrorKind::Unsupported;
    if (!isOfMember)
        return failure(*look.error);
    if (look.isOverPacked)
        file.thing = u"compressed more than twice"_s;
    else if (!look.error || !look.head.isEmpty())
        sortByHead(file, look.head);
    if (!look.error || file.sort != Sort::Other)
        return {};
    file.sort = look.error->kind == ErrorKind::Unsupported ? Sort::Closed : Sort::Damaged;
    file.error = look.error;
    return {};
}

/// Whether it stands in the folder of one of these toc.dat files.
bool isOfAFolder(const ContainedFile &file, const QStringList &folders)
{
    return folders.contains(folderOf(file.member.name));
}

Error nothingInIt(const QList<ContainedFile> &files, const QString &what, const QString &subject)
{
    const auto damaged = std::ranges::find(files, Sort::Damaged, &ContainedFile::sort);
    if (damaged != files.end()) {
        Error error = *damaged->error;
        error.detail = u"%1 in this %2: %3"_s.arg(shown(damaged->member.name), what, error.detail);
        return error;
    }
    return {.kind = ErrorKind::Unsupported,
            .subject = subject,
            .detail = files.isEmpty() ? u"it is a %1 with nothing in it"_s.arg(what)
                                      : u"it is a %1 without a backup in it; there is: %2"_s.arg(
                                            what, listOf(files, true)),
            .advice = Advice::MakeBackupWithPgDump};
}

Error closed(const ContainedFile &file, const QString &what, const QString &subject)
{
    return {.kind = ErrorKind::Unsupported,
            .subject = subject,
            .detail = u"%1 in this %2 cannot be read: %3"_s.arg(shown(file.member.name), what,
                                                                file.error ? file.error->detail
                                                                           : file.member.hindrance),
            .advice = Advice::UnpackFirst};
}

Error severalInIt(const QList<ContainedFile> &candidates, const QString &what,
                  const QString &subject)
{
    return {.kind = ErrorKind::Unsupported,
            .subject = subject,
            .detail = u"there are several things in this %1 that are or may be a backup; unpack it "
                      "and choose one of: %2"_s.arg(what, listOf(candidates, false)),
            .advice = Advice::UnpackFirst};
}

} // namespace

Result<QList<ContainedFile>> contentsOf(archive::MemberReader &members, TaskContext &context)
{
    QList<ContainedFile> files;
    for (qsizetype index = 0;; ++index) {
        if (context.stopRequested())
            return failure(TaskContext::cancelled({}, u"reading stopped"_s));
        const auto more = members.next();
        if (!more)
            return failure(more.error());
        context.progress(members.consumed(), members.total(), lookingInside);
        if (!*more)
            return files;
        const archive::Member &member = members.member();
        if (member.kind == archive::Member::Kind::Folder)
            continue;
        ContainedFile file{.member = member, .index = index};
        if (isShadow(member.name)) {
            file.thing = u"of macOS"_s;
        } else if (member.kind == archive::Member::Kind::Other) {
            file.thing = u"a link or a device"_s;
        } else if (!member.hindrance.isEmpty()) {
            file.sort = Sort::Closed;
        } else {
            if (const auto sorted = sortFile(file, lookInto(members, context)); !sorted)
                return failure(sorted.error());
        }
        files.append(file);
    }
}

Result<ChosenBackup> chooseBackup(const QList<ContainedFile> &files, const QString &what,
                                  const QString &subject)
{
    QStringList folders;
    for (const ContainedFile &file : files) {
        if (file.sort == Sort::Contents)
            folders.append(folderOf(file.member.name));
    }
    QList<ContainedFile> candidates;
    QList<ContainedFile> others;
    ChosenBackup chosen{.isFolder = !folders.isEmpty()};
    for (const ContainedFile &file : files) {
        const bool isOfFolder = isOfAFolder(file, folders) && !isShadow(file.member.name);
        const bool isCandidate =
            file.sort == Sort::Contents ||
            (!isOfFolder && (file.sort == Sort::Backup || file.sort == Sort::Wrapped ||
                             file.sort == Sort::Closed));
        if (isOfFolder)
            chosen.files.append(file);
        if (isCandidate)
            candidates.append(file);
        else if (!isOfFolder)
            others.append(file);
    }
    if (candidates.isEmpty())
        return failure(nothingInIt(others, what, subject));
    if (candidates.size() > 1)
        return failure(severalInIt(candidates, what, subject));
    if (candidates.front().sort == Sort::Closed)
        return failure(closed(candidates.front(), what, subject));
    if (!chosen.isFolder)
        chosen.files = candidates;
    // What is compressed in a file of a folder is pg_restore's to unpack.
    const auto unreadable = std::ranges::find_if(
        chosen.files, [](const ContainedFile &file) { return !file.member.hindrance.isEmpty(); });
    if (unreadable != chosen.files.end())
        return failure(closed(*unreadable, what, subject));
    if (!others.isEmpty())
        chosen.remarks.append(u"beside %1 there are %2 other files in this %3, which were not "
                              "read: %4"_s.arg(shown(candidates.front().member.name))
                                  .arg(others.size())
                                  .arg(what, listOf(others, false)));
    return chosen;
}

} // namespace mayday::backup
