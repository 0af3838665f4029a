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

Error fileError(const QFileDevice &file, const QString &path)
{
    Error error{.kind = ErrorKind::Refused, .subject = path, .detail = file.errorString()};
    switch (file.error()) {
    case QFileDevice::ResourceError:
        error.kind = ErrorKind::NoSpace;
        error.advice = Advice::FreeSpace;
        break;
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
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return failure(fileError(file, path));
    return {};
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
