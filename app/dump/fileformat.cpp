// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/fileformat.h"

#include "archive/tarheader.h"

#include <algorithm>
#include <array>
#include <string_view>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

struct Magic {
    std::string_view bytes;
    const char *thing;
};

using namespace std::string_view_literals;

constexpr std::array magics = {
    Magic{"\x89PNG\r\n"sv, "a PNG picture"},
    Magic{"\xff\xd8\xff"sv, "a JPEG picture"},
    Magic{"GIF8"sv, "a GIF picture"},
    Magic{"%PDF-"sv, "a PDF document"},
    Magic{"PK\x03\x04"sv, "a ZIP archive; unpack it first"},
    Magic{"7z\xbc\xaf\x27\x1c"sv, "a 7z archive; unpack it first"},
    Magic{"Rar!\x1a"sv, "a RAR archive; unpack it first"},
    Magic{"\x7f"
          "ELF"sv,
          "a program"},
    Magic{"MZ\x90"sv, "a program"},
    Magic{"SQLite format 3"sv, "an SQLite database"},
    Magic{"\x1f\x8b"sv, "compressed twice; unpack it once"},
    Magic{"\x04\x22\x4d\x18"sv, "compressed with LZ4; unpack it first (lz4 -d)"},
    Magic{"-- MySQL dump"sv, "a dump of MySQL, not of PostgreSQL"},
    Magic{"-- MariaDB dump"sv, "a dump of MariaDB, not of PostgreSQL"},
    Magic{"/*M!"sv, "a dump of MariaDB, not of PostgreSQL"},
    Magic{"/*!40"sv, "a dump of MySQL, not of PostgreSQL"},
    Magic{"-- phpMyAdmin SQL Dump"sv, "a dump of MySQL, not of PostgreSQL"},
    Magic{"PRAGMA foreign_keys"sv, "a dump of SQLite, not of PostgreSQL"},
    Magic{"-----BEGIN PGP MESSAGE"sv, "encrypted (OpenPGP); decrypt it first"},
    Magic{"Salted__"sv, "encrypted (OpenSSL); decrypt it first"},
};

bool startsWith(QByteArrayView head, std::string_view bytes)
{
    return head.startsWith(QByteArrayView(bytes.data(), static_cast<qsizetype>(bytes.size())));
}

Error notADump(const QString &path, const QString &detail)
{
    return {.kind = ErrorKind::Corrupt,
            .subject = path,
            .detail = detail,
            .advice = Advice::MakeBackupWithPgDump};
}

/// Archives are opened by their header and read through pg_restore; here only what hides one.
FileFormat hiddenArchive(const QString &path, const QString &name, const QString &source)
{
    const QString how =
        source == "plain"_L1
            ? u"it is no SQL text"_s
            : u"and it was compressed once more (%1); unpack it first"_s.arg(source);
    return {.word = u"unknown"_s,
            .problem = Error{.kind = ErrorKind::Unsupported,
                             .subject = path,
                             .detail = u"it is a pg_dump archive (%1), %2"_s.arg(name, how)}};
}

/// Of "zip/gz" the last is how the text is compressed, and the first what that was found in.
QString wordFor(const QString &source)
{
    static const QStringList words{u"plain"_s, u"custom"_s, u"directory"_s, u"tar"_s};
    const qsizetype last = source.lastIndexOf(u'/') + 1;
    return words.contains(source.sliced(last))
               ? source
               : source.first(last) + u"plain."_s + source.sliced(last);
}

QString thingByMagic(QByteArrayView head)
{
    const auto found =
        std::ranges::find_if(magics, [head](const Magic &m) { return startsWith(head, m.bytes); });
    return found == magics.end() ? QString() : QString::fromLatin1(found->thing);
}

bool looksLikeMarkup(QByteArrayView text)
{
    const QByteArray begin =
        text.first(std::min<qsizetype>(text.size(), 64)).toByteArray().toLower();
    return begin.startsWith("<!doctype") || begin.startsWith("<html") ||
           begin.startsWith("<?xml") || begin.startsWith("<head") || begin.startsWith("<body");
}

QString thingByText(QByteArrayView head)
{
    const QByteArrayView text = head.trimmed();
    if (looksLikeMarkup(text))
        return u"a web page (HTML or XML), perhaps an error page saved under this name"_s;
    if (text.startsWith('{') || text.startsWith('['))
        return u"JSON, perhaps an error message saved under this name"_s;
    const bool isMySql = text.contains("CREATE TABLE `") || text.contains("INSERT INTO `");
    return isMySql ? u"a dump of MySQL, not of PostgreSQL"_s : QString();
}

/// Text in UTF-16 says so with its first two bytes; without them it is taken for damaged.
bool isUtf16(QByteArrayView head)
{
    return head.startsWith("\xff\xfe") || head.startsWith("\xfe\xff");
}

QString thingOf(QByteArrayView head)
{
    if (const QString thing = thingByMagic(head); !thing.isEmpty())
        return thing;
    if (archive::looksLikeTar(head))
        return u"a tar archive; unpack it first"_s;
    if (isUtf16(head))
        return {};
    if (head.contains('\0') && !head.contains("PostgreSQL database"))
        return u"binary, not text"_s;
    return thingByText(head);
}

} // namespace

bool isPgDumpTar(QByteArrayView head)
{
    if (!archive::looksLikeTar(head) || !startsWith(head, "toc.dat\0"sv))
        return false;
    // The toc.dat of a pg_dump -Fd folder is the same to the byte, and with another order of its
    // members pg_restore does not find them. Only pg_dump gives them to nobody's numbers
    // (_tarWriteHeader() in pg_backup_tar.c). A tar of the same files by somebody else is a folder.
    constexpr qint64 userOfPgDump = 04000;
    constexpr qint64 groupOfPgDump = 02000;
    const archive::TarHeader header(head);
    return header.user() == userOfPgDump && header.group() == groupOfPgDump;
}

FileFormat recogniseFormat(QByteArrayView head, const QString &path, const QString &source)
{
    if (head.startsWith("PGDMP"))
        return hiddenArchive(path, u"custom format"_s, source);
    if (isPgDumpTar(head))
        return hiddenArchive(path, u"tar format"_s, source);
    const QString word = wordFor(source);
    if (head.isEmpty())
        return {.word = word,
                .problem = notADump(path, source == "plain"_L1
                                              ? u"the file is empty"_s
                                              : u"the compressed file has nothing inside"_s)};
    const QString thing = thingOf(head);
    if (!thing.isEmpty())
        return {.word = u"unknown"_s, .problem = notADump(path, u"it is "_s + thing)};
    return {.word = word, .problem = std::nullopt};
}

FileFormat recogniseFolder(const QString &path)
{
    return {.word = u"unknown"_s,
            .problem = notADump(path, u"it is a folder without a dump in it"_s)};
}

} // namespace mayday::dump
