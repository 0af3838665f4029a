// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/tarfile.h"

#include "dump/fileformat.h"

#include <QFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

// Fields of a header block (POSIX.1-1988, "ustar").
constexpr qsizetype nameSize = 100;
constexpr qsizetype sizeAt = 124;
constexpr qsizetype sizeSize = 12;
constexpr qsizetype checksumAt = 148;
constexpr qsizetype checksumSize = 8;

Error cut(const QString &path, const QString &what)
{
    return {.kind = ErrorKind::Corrupt,
            .subject = path,
            .detail = what,
            .advice = Advice::DownloadAgain};
}

/// Octal digits, or from the high bit on a big-endian number (sizes above 8 GB); -1: neither.
qint64 numberIn(QByteArrayView field)
{
    if (static_cast<uchar>(field[0]) == 0x80) {
        qint64 value = 0;
        for (const char byte : field.last(8))
            value = (value << 8) | static_cast<uchar>(byte);
        return value;
    }
    bool isNumber = false;
    QByteArray digits = field.toByteArray();
    digits.replace('\0', ' ');
    const qint64 value = digits.trimmed().toLongLong(&isNumber, 8);
    return isNumber ? value : -1;
}

bool hasRightSum(QByteArrayView block)
{
    qint64 sum = 0;
    for (qsizetype i = 0; i < block.size(); ++i) {
        const bool isSum = i >= checksumAt && i < checksumAt + checksumSize;
        sum += isSum ? ' ' : static_cast<uchar>(block[i]);
    }
    return numberIn(block.sliced(checksumAt, checksumSize)) == sum;
}

} // namespace

Result<void> checkTarIsWhole(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure({.kind = ErrorKind::Denied, .subject = path, .detail = file.errorString()});
    QString last = u"its beginning"_s;
    for (qint64 at = 0;;) {
        const QByteArray block = file.seek(at) ? file.read(tarBlock) : QByteArray();
        if (block.size() < tarBlock)
            return failure(cut(path, u"the tar file is cut off at byte %1, behind %2"_s.arg(
                                         QString::number(file.size()), last)));
        if (std::ranges::all_of(block, [](char byte) { return byte == 0; }))
            return {};
        const qint64 size = numberIn(QByteArrayView(block).sliced(sizeAt, sizeSize));
        if (size < 0 || !hasRightSum(block))
            return failure(cut(path, u"the tar file is damaged at byte %1, behind %2"_s.arg(
                                         QString::number(at), last)));
        last = QString::fromUtf8(block.first(nameSize).constData());
        at += tarBlock;
        // Compared before it is rounded up and added: it may be any number.
        const qint64 left = file.size() - at;
        if (size > left || (size + tarBlock - 1) / tarBlock * tarBlock > left)
            return failure(cut(path, u"the tar file is cut off at byte %1, inside %2"_s.arg(
                                         QString::number(file.size()), last)));
        at += (size + tarBlock - 1) / tarBlock * tarBlock;
    }
}

} // namespace mayday::dump
