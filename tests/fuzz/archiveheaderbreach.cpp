// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/breaches.h"

#include "archive/filesource.h"
#include "archive/members.h"
#include "archive/tarheader.h"
#include "dump/archiveheader.h"
#include "dump/fileformat.h"
#include "dump/tarfile.h"

#include <QDir>
#include <QTemporaryDir>

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;
using namespace mayday::dump;

namespace mayday::tests {

namespace {

constexpr QByteArrayView archiveMagic = "PGDMP";
constexpr qsizetype headBytes = 64 * 1024; // of a file, that are looked at

QString said(const Result<ArchiveHeader> &header)
{
    if (!header)
        return describe(header.error());
    return QStringList{archiveWord(header->kind), header->format.toString(),
                       header->compression,       header->madeAt.toString(Qt::ISODate),
                       header->database,          header->serverVersion,
                       header->dumpVersion,       QString::number(header->neededClient())}
        .join(u'|');
}

QString said(const Result<std::optional<ArchiveHeader>> &header)
{
    if (!header)
        return describe(header.error());
    return *header ? said(Result<ArchiveHeader>(**header)) : u"no archive"_s;
}

Result<ArchiveHeader> parsed(QByteArrayView bytes, const QString &subject = u"x"_s)
{
    // Memory of its own, so that a look behind the end is found by a sanitizer.
    const std::vector<char> own(bytes.begin(), bytes.end());
    return parseArchiveHeader(QByteArrayView(own.data(), static_cast<qsizetype>(own.size())),
                              subject);
}

/// What is enough for a header stays one whatever comes behind it.
QString breachOfHeader(QByteArrayView bytes)
{
    const Result<ArchiveHeader> whole = parsed(bytes);
    if (!whole && (whole.error().kind != ErrorKind::Corrupt || whole.error().detail.isEmpty()))
        return u"an odd error: "_s + said(whole);
    const QString expected = said(whole);
    // Headers are short.
    const qsizetype most = std::min<qsizetype>(bytes.size(), 1024);
    const qsizetype step = 1 + most / 24;
    for (qsizetype size = bytes.size() % step; size < most; size += step) {
        const Result<ArchiveHeader> part = parsed(bytes.first(size));
        if (part && said(part) != expected)
            return u"%1 bytes say %2, and all say %3"_s.arg(size).arg(said(part), expected);
    }
    return {};
}

/// One file for all inputs, and a folder as of pg_dump -Fd with the same bytes in it.
class Files final {
public:
    Files()
    {
        if (!m_folder.isValid() || !QDir(m_folder.path()).mkdir(u"folder"_s))
            qFatal("no temporary folder can be made");
    }
    void write(QByteArrayView bytes) const
    {
        for (const QString &path : {file(), folder() + u"/toc.dat"_s}) {
            QFile file(path);
            if (!file.open(QIODevice::WriteOnly) ||
                file.write(bytes.data(), bytes.size()) != bytes.size())
                qFatal("the temporary file cannot be written");
        }
    }
    [[nodiscard]] QString file() const { return m_folder.filePath(u"archive"_s); }
    [[nodiscard]] QString folder() const { return m_folder.filePath(u"folder"_s); }

private:
    QTemporaryDir m_folder;
};

/// What has to be said of a file with these bytes.
QString expectedOf(QByteArrayView head, const QString &path, bool isFolder)
{
    const bool isInTar = isPgDumpTar(head);
    const QByteArrayView inside =
        head.sliced(isInTar ? std::min(archive::tarBlock, head.size()) : 0);
    if (!inside.startsWith(archiveMagic))
        return u"no archive"_s;
    Result<ArchiveHeader> header = parsed(inside, path);
    if (header && isFolder)
        header->kind = ArchiveHeader::Kind::Directory;
    return said(header);
}

QString breachOfFile(QByteArrayView bytes, const Files &files)
{
    const QByteArrayView head = bytes.first(std::min(bytes.size(), headBytes));
    for (const QString &path : {files.file(), files.folder()}) {
        const QString found = said(archiveHeaderOf(path));
        const QString expected = expectedOf(head, path, path == files.folder());
        if (found != expected)
            return u"the file says %1, its bytes %2"_s.arg(found, expected);
    }
    const FileFormat format = recogniseFormat(head, files.file(), u"plain"_s);
    const bool isArchive = head.startsWith(archiveMagic) || isPgDumpTar(head);
    if (isArchive && (!format.problem || format.problem->kind != ErrorKind::Unsupported))
        return u"an archive is taken for "_s + format.word;
    return {};
}

/// Whether every member is a file without notes about it, as pg_dump writes them.
bool hasFilesOnly(QByteArrayView bytes)
{
    for (qint64 at = 0; bytes.size() - at >= archive::tarBlock;) {
        const archive::TarHeader header(bytes.sliced(at, archive::tarBlock));
        if (header.isEmpty())
            return true;
        if (header.type() != '0' && header.type() != '\0')
            return false;
        const qint64 size = header.size();
        const qint64 left = bytes.size() - at - archive::tarBlock;
        if (size < 0 || size > left)
            return true;
        at += archive::tarBlock + archive::paddedTarSize(size);
    }
    return true;
}

Result<void> listed(const QString &path)
{
    auto file = archive::FileSource::open(path);
    if (!file)
        return failure(file.error());
    const auto members = archive::openTar(*std::move(file), {.subject = path, .stop = {}});
    std::vector<char> buffer(4096);
    for (;;) {
        const auto more = members->next();
        if (!more)
            return failure(more.error());
        if (!*more)
            return {};
        if (!members->member().hindrance.isEmpty())
            continue;
        for (Result<qsizetype> got = 1; got && *got > 0;) {
            got = members->read(buffer);
            if (!got)
                return failure(got.error());
        }
    }
}

QString breachOfTar(QByteArrayView bytes, const QString &path)
{
    const Result<void> whole = checkTarIsWhole(path);
    const Result<void> read = listed(path);
    if (!hasFilesOnly(bytes) || whole.has_value() == read.has_value())
        return {};
    return u"the tar is %1 and %2"_s.arg(whole ? u"whole"_s : describe(whole.error()),
                                         read ? u"read"_s : describe(read.error()));
}

/// The sums of the headers put right: no mutation hits them.
QByteArray withRightSums(QByteArrayView bytes)
{
    constexpr qsizetype sumAt = 148;
    constexpr qsizetype sumSize = 8;
    QByteArray right = bytes.toByteArray();
    for (qint64 at = 0; right.size() - at >= archive::tarBlock;) {
        const QByteArrayView block = QByteArrayView(right).sliced(at, archive::tarBlock);
        const qint64 size = archive::TarHeader(block).size();
        if (archive::TarHeader(block).isEmpty() || size < 0 || size > right.size())
            break;
        qint64 sum = 0;
        for (qsizetype i = 0; i < block.size(); ++i)
            sum += i >= sumAt && i < sumAt + sumSize ? ' ' : static_cast<uchar>(block[i]);
        right.replace(at + sumAt, sumSize,
                      QByteArray::number(sum, 8).rightJustified(6, '0') + QByteArray("\0 ", 2));
        at += archive::tarBlock + archive::paddedTarSize(size);
    }
    return right;
}

QString breachOfAll(QByteArrayView bytes, const Files &files)
{
    files.write(bytes);
    const QString breach = breachOfFile(bytes, files);
    return breach.isEmpty() ? breachOfTar(bytes, files.file()) : breach;
}

} // namespace

QString archiveHeaderBreach(QByteArrayView bytes)
{
    static const Files files;
    if (const QString breach = breachOfHeader(bytes); !breach.isEmpty())
        return breach;
    if (const QString breach = breachOfAll(bytes, files); !breach.isEmpty())
        return breach;
    if (bytes.size() < archive::tarBlock)
        return {};
    const QByteArray right = withRightSums(bytes);
    return right == bytes ? QString() : breachOfAll(right, files);
}

} // namespace mayday::tests
