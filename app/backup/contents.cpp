// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/contents.h"

#include "archive/headsource.h"
#include "dump/archiveheader.h"
#include "dump/dumpinspection.h"
#include "dump/fileformat.h"

#include <algorithm>

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

/// All but Contents, Closed and Damaged; packed as often as it may be.
void sortByHead(ContainedFile &file, QByteArray head)
{
    constexpr int mostPackings = 2;
    for (int packings = 0;; ++packings) {
        const archive::Packing packing = archive::packingOf(head);
        if (packing == archive::Packing::None)
            break;
        auto inside =
            packings < mostPackings
                ? archive::unpacked(std::make_unique<archive::BytesSource>(head), packing, {})
                : Result<std::unique_ptr<archive::ByteSource>>(failure({}));
        if (!inside)
            return;
        head = archive::HeadSource(*std::move(inside), headBytes).head().toByteArray();
    }
    if (head.startsWith("PGDMP") || dump::isPgDumpTar(head)) {
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

void sortFile(ContainedFile &file, const QByteArray &head)
{
    const bool isContents = head.startsWith("PGDMP") && baseName(file.member.name) == "toc.dat"_L1;
    if (isContents)
        file.sort = Sort::Contents;
    else
        sortByHead(file, head);
}

/// The first bytes of the member; what stops them before is told.
Result<QByteArray> headOf(archive::MemberReader &members, std::optional<Error> &error)
{
    QByteArray head(headBytes, '\0');
    qsizetype filled = 0;
    while (filled < headBytes) {
        const auto got = members.read(std::span(head.data(), static_cast<size_t>(headBytes))
                                          .subspan(static_cast<size_t>(filled)));
        if (!got)
            error = got.error();
        if (!got || *got == 0)
            break;
        filled += *got;
    }
    head.truncate(filled);
    if (error && error->kind != ErrorKind::Corrupt)
        return failure(*error);
    return head;
}

/// Whether it stands in the folder of one of these toc.dat files.
bool isOfAFolder(const ContainedFile &file, const QStringList &folders)
{
    return folders.contains(folderOf(file.member.name));
}

Error nothingInIt(const QList<ContainedFile> &files, const QString &what, const QString &subject)
{
    const auto damaged = std::ranges::find(files, Sort::Damaged, &ContainedFile::sort);
    if (damaged != files.end())
        return *damaged->error;
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
            .detail = u"%1 in this %2 cannot be read: %3; unpack it first"_s.arg(
                shown(file.member.name), what, file.member.hindrance)};
}

Error severalInIt(const QList<ContainedFile> &candidates, const QString &what,
                  const QString &subject)
{
    return {.kind = ErrorKind::Unsupported,
            .subject = subject,
            .detail = u"there are several things in this %1 that are or may be a backup; unpack it "
                      "and choose one of: %2"_s.arg(what, listOf(candidates, false))};
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
        context.progress(members.consumed(), members.total(), u"look inside"_s);
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
            const auto head = headOf(members, file.error);
            if (!head)
                return failure(head.error());
            sortFile(file, *head);
            if (file.error && file.sort == Sort::Other)
                file.sort = Sort::Damaged;
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
    const auto unreadable = std::ranges::find(chosen.files, Sort::Closed, &ContainedFile::sort);
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
