// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/atomicfile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#include <cerrno>
#include <cstring>

using namespace Qt::StringLiterals;

namespace mayday {

namespace {

bool meansNoSpace(int code)
{
    return code == ENOSPC || code == EDQUOT || code == EFBIG;
}

/// code: errno just after it failed. QFileDevice has no word for a full disk, and none at all for
/// one that was full in the middle of a write.
Error fileError(const QFileDevice &file, const QString &path, int code = 0)
{
    if (meansNoSpace(code))
        return errorFromErrno(code, path);
    Error error{.kind = ErrorKind::Refused, .subject = path, .detail = file.errorString()};
    switch (file.error()) {
    case QFileDevice::PermissionsError: error.kind = ErrorKind::Denied; break;
    case QFileDevice::OpenError:
        if (!QFileInfo::exists(path))
            error.kind = ErrorKind::NotFound;
        break;
    default: break;
    }
    return error;
}

} // namespace

Result<void> writeFileAtomically(const QString &path, const QByteArray &bytes)
{
    if (!QDir().mkpath(QFileInfo(path).absolutePath()))
        return failure(
            {.kind = ErrorKind::Denied, .subject = path, .detail = u"its folder cannot be made"_s});
    QSaveFile file(path);
    errno = 0;
    const bool isWritten =
        file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit();
    const int code = errno;
    return isWritten ? Result<void>() : failure(fileError(file, path, code));
}

Result<QByteArray> readWholeFile(const QString &path, qint64 maxBytes)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(fileError(file, path));
    if (file.size() > maxBytes)
        return failure(
            {.kind = ErrorKind::Refused,
             .subject = path,
             .detail = u"%1 bytes; at most %2 are read"_s.arg(file.size()).arg(maxBytes)});
    QByteArray bytes = file.read(maxBytes + 1);
    if (file.error() != QFileDevice::NoError)
        return failure(fileError(file, path));
    return bytes;
}

Error errorFromErrno(int code, const QString &subject)
{
    Error error{.kind = ErrorKind::Refused,
                .subject = subject,
                .detail = QString::fromLocal8Bit(std::strerror(code))};
    switch (code) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: // the largest file this user may write
        error.kind = ErrorKind::NoSpace;
        error.advice = Advice::FreeSpace;
        break;
    case EACCES:
    case EPERM:
    case EROFS: error.kind = ErrorKind::Denied; break;
    case ENOENT: error.kind = ErrorKind::NotFound; break;
    default: break;
    }
    return error;
}

} // namespace mayday
