// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace mayday::tests {

/// A file that goes into a container. A name that ends with "/" is a folder.
struct PackedFile {
    QString name;
    QByteArray bytes = {};
};
using PackedFiles = QList<PackedFile>;

/// Containers as KArchive's own writers make them.
[[nodiscard]] QByteArray zipOf(const PackedFiles &files, bool isCompressed = true);
[[nodiscard]] QByteArray tarOf(const PackedFiles &files);
[[nodiscard]] QByteArray sevenZipOf(const PackedFiles &files);
/// "gz", "bz2", "xz", "zst"; anything else: the bytes themselves.
[[nodiscard]] QByteArray packed(const QByteArray &bytes, const QString &word);

/// What a zip says of one of its members, true or not; the bytes stand there as they are.
struct ZipClaim {
    QByteArray name;
    QByteArray bytes;
    qint64 size = -1; ///< -1: the true one
    quint32 crc = 0;
    int method = 0;
    int flags = 0;
    quint32 mode = 0; ///< of Unix, with the type
};
[[nodiscard]] QByteArray zipOfClaims(const QList<ZipClaim> &claims);

/// A 7z of one file, "shop.sql", in one block with these coders (each with its flags, as they stand
/// in the header).
struct SevenZipClaim {
    QByteArray coders; ///< their number, what they are, how they hang together
    int outputs = 1;   ///< all told
    QByteArray packed = {};
    qint64 size = 0;
    quint32 crc = 0;
};
[[nodiscard]] QByteArray sevenZipOfClaim(const SevenZipClaim &claim);

/// One header block of a tar, with the right sum.
[[nodiscard]] QByteArray tarBlockOf(const QByteArray &name, qint64 size, char type = '0');
[[nodiscard]] QByteArray padded(QByteArray bytes);

/// The checksum of zip, gzip and 7z.
[[nodiscard]] quint32 crc32Of(const QByteArray &bytes);

} // namespace mayday::tests
