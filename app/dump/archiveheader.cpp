// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/archiveheader.h"

#include "archive/filesource.h"
#include "archive/tarheader.h"
#include "dump/fileformat.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

constexpr QByteArrayView archiveMagic = "PGDMP";
constexpr qsizetype headBytes = 64 * 1024;
/// No name of a database or of a version is longer; what claims to be is not a header.
constexpr qsizetype longestText = 4096;

const QVersionNumber withAlgorithm(1, 15); ///< the compression is named by a number
const QVersionNumber oldestRead(1, 10);    ///< pg_dump 8.0; older ones have other fields

/// Takes the fields of a header one by one. After the first that is not there all are empty.
class HeaderFields final {
public:
    explicit HeaderFields(QByteArrayView bytes) : m_bytes(bytes) {}

    int byte()
    {
        if (m_at >= m_bytes.size()) {
            m_isCut = true;
            return 0;
        }
        return static_cast<uchar>(m_bytes[m_at++]);
    }
    /// A sign, and so many bytes from the lowest up.
    qint64 number()
    {
        const bool isNegative = byte() != 0;
        quint64 value = 0;
        for (int i = 0; i < m_numberSize; ++i) {
            const quint64 part = byte();
            value |= i < 8 ? part << (8 * i) : 0;
        }
        return static_cast<qint64>(isNegative ? 0 - value : value);
    }
    QString text()
    {
        const qint64 size = number();
        if (size <= 0)
            return {};
        if (size > longestText || size > m_bytes.size() - m_at) {
            m_isCut = true;
            return {};
        }
        m_at += size;
        return QString::fromUtf8(m_bytes.sliced(m_at - size, size));
    }
    void skip(qsizetype bytes) { m_at += bytes; }
    void setNumberSize(int bytes) { m_numberSize = bytes; }

    [[nodiscard]] bool isCut() const { return m_isCut; }
    [[nodiscard]] qsizetype at() const { return m_at; }

private:
    QByteArrayView m_bytes;
    qsizetype m_at = 0;
    int m_numberSize = 4;
    bool m_isCut = false;
};

Error badHeader(const QString &subject, const QString &what)
{
    return {.kind = ErrorKind::Corrupt,
            .subject = subject,
            .detail = u"the header of this pg_dump archive is damaged: "_s + what,
            .advice = Advice::DownloadAgain};
}

std::optional<ArchiveHeader::Kind> kindOf(int number)
{
    switch (number) {
    case 1: return ArchiveHeader::Kind::Custom;
    case 3: return ArchiveHeader::Kind::Tar;
    case 5: return ArchiveHeader::Kind::Directory;
    default: return std::nullopt;
    }
}

QString compressionWord(int method)
{
    static const std::array words{u"none"_s, u"gzip"_s, u"lz4"_s, u"zstd"_s};
    return method < static_cast<int>(words.size()) ? words[static_cast<size_t>(method)]
                                                   : u"method %1"_s.arg(method);
}

QString takeCompression(HeaderFields &fields, const QVersionNumber &format)
{
    if (format >= withAlgorithm)
        return compressionWord(fields.byte());
    return fields.number() == 0 ? u"none"_s : u"gzip"_s;
}

QDateTime takeTime(HeaderFields &fields)
{
    constexpr qint64 beyondTheCalendar = 10'000; // damage can say anything
    std::array<int, 6> parts{};
    bool isTime = true;
    for (int &part : parts) {
        const qint64 number = fields.number();
        isTime = isTime && number >= 0 && number < beyondTheCalendar;
        part = isTime ? static_cast<int>(number) : 0;
    }
    (void)fields.number(); // daylight saving; the zone is not told
    const auto [second, minute, hour, day, month, year] = parts;
    return isTime ? QDateTime(QDate(year + 1900, month + 1, day), QTime(hour, minute, second))
                  : QDateTime();
}

} // namespace

int ArchiveHeader::neededClient() const
{
    // K_VERS_MAX of each release: an older pg_restore refuses a newer format.
    if (format <= QVersionNumber(1, 13))
        return 0;
    if (format == QVersionNumber(1, 14))
        return 12;
    if (format == QVersionNumber(1, 15))
        return 16;
    if (format == QVersionNumber(1, 16))
        return 17;
    return QVersionNumber::fromString(dumpVersion).majorVersion();
}

QString archiveWord(ArchiveHeader::Kind kind)
{
    switch (kind) {
    case ArchiveHeader::Kind::Custom: return u"custom"_s;
    case ArchiveHeader::Kind::Directory: return u"directory"_s;
    case ArchiveHeader::Kind::Tar: break;
    }
    return u"tar"_s;
}

Result<ArchiveHeader> parseArchiveHeader(QByteArrayView head, const QString &subject)
{
    HeaderFields fields(head);
    ArchiveHeader header;
    fields.skip(archiveMagic.size());
    const int major = fields.byte();
    const int minor = fields.byte();
    header.format = QVersionNumber(major, minor);
    (void)fields.byte(); // revision
    const int numberSize = fields.byte();
    (void)fields.byte(); // size of an offset
    const auto kind = kindOf(fields.byte());
    if (fields.isCut())
        return failure(badHeader(subject, u"it ends at byte %1"_s.arg(fields.at())));
    if (major != oldestRead.majorVersion() || header.format < oldestRead)
        return failure(
            badHeader(subject, u"there is no version %1 of it"_s.arg(header.format.toString())));
    if (numberSize < 1 || numberSize > 32 || !kind)
        return failure(badHeader(subject, u"its kind and sizes make no sense"_s));
    fields.setNumberSize(numberSize);
    header.kind = *kind;
    header.compression = takeCompression(fields, header.format);
    header.madeAt = takeTime(fields);
    header.database = fields.text();
    header.serverVersion = fields.text().section(u' ', 0, 0);
    header.dumpVersion = fields.text().section(u' ', 0, 0);
    if (fields.isCut())
        return failure(badHeader(subject, u"it ends at byte %1"_s.arg(fields.at())));
    return header;
}

Result<std::optional<ArchiveHeader>> archiveHeaderOf(const QString &path)
{
    const bool isFolder = QFileInfo(path).isDir();
    const QString contents = isFolder ? QDir(path).filePath(u"toc.dat"_s) : path;
    if (isFolder && !QFileInfo::exists(contents))
        return std::nullopt;
    auto file = archive::FileSource::open(contents);
    if (!file)
        return failure(file.error());
    const QByteArray head = (*file)->peek(headBytes);
    const QByteArrayView inside =
        isPgDumpTar(head) ? QByteArrayView(head).sliced(std::min(archive::tarBlock, head.size()))
                          : head;
    if (!inside.startsWith(archiveMagic))
        return std::nullopt;
    auto header = parseArchiveHeader(inside, path);
    if (!header)
        return failure(header.error());
    // A toc.dat is written by the same code for all; where it was found decides.
    if (isFolder)
        header->kind = ArchiveHeader::Kind::Directory;
    return *std::move(header);
}

} // namespace mayday::dump
