// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/partialfile.h"

#include "backup/databasedump.h"
#include "core/atomicfile.h"
#include "core/log.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

constexpr QLatin1StringView partialEnding(".partial");
constexpr QLatin1StringView lockEnding(".lock");
/// The disk is asked for its room so often.
constexpr qint64 spaceEvery = 16 * 1024 * 1024;

QString partialOf(const QString &name)
{
    const QFileInfo file(name);
    return file.path() + u"/."_s + file.fileName() + partialEnding;
}

bool reachesDisk(QFile &file)
{
#ifdef Q_OS_WIN
    return file.flush() && ::_commit(file.handle()) == 0;
#else
    return file.flush() && ::fsync(file.handle()) == 0;
#endif
}

/// A new name is on the disk when its folder is.
void flushFolder([[maybe_unused]] const QString &folder)
{
#ifndef Q_OS_WIN
    const int handle = ::open(QFile::encodeName(folder).constData(), O_RDONLY | O_CLOEXEC);
    if (handle < 0)
        return;
    (void)::fsync(handle);
    (void)::close(handle);
#endif
}

QString inMegabytes(qint64 bytes)
{
    return u"%1 MB"_s.arg((std::max<qint64>(0, bytes) + 999'999) / 1'000'000);
}

/// QLockFile has no word for a disk without room for a line; the system has one.
Error lockError(QLockFile::LockError code, int systemCode, const QString &name)
{
    if (code == QLockFile::LockFailedError)
        return {.kind = ErrorKind::AlreadyExists,
                .subject = name,
                .detail = u"somebody else is writing it"_s};
    if (code == QLockFile::UnknownError)
        return errorFromErrno(systemCode != 0 ? systemCode : ENOSPC, name);
    return {.kind = ErrorKind::Denied,
            .subject = QFileInfo(name).absolutePath(),
            .detail = u"nothing can be written into this folder"_s};
}

} // namespace

qint64 bytesFreeIn(const QString &folder)
{
    QString place = QFileInfo(folder).absoluteFilePath();
    while (!QFileInfo(place).isDir() && place != QFileInfo(place).path())
        place = QFileInfo(place).path();
    std::error_code code;
    const auto space = std::filesystem::space(std::filesystem::path(place.toStdString()), code);
    return code ? -1 : static_cast<qint64>(space.available);
}

PartialFile::PartialFile(const QString &name, qint64 leaveFree)
    : m_name(name),
      m_leaveFree(leaveFree),
      m_lock(partialOf(name) + lockEnding),
      m_file(partialOf(name))
{
    m_lock.setStaleLockTime(0); // its owner may work for days
}

PartialFile::~PartialFile()
{
    m_file.close();
    if (!m_isKept)
        m_file.remove();
}

Result<std::unique_ptr<PartialFile>> PartialFile::create(const QString &name, qint64 leaveFree)
{
    const QString folder = QFileInfo(name).absolutePath();
    if (!QDir().mkpath(folder))
        return failure({.kind = ErrorKind::Denied,
                        .subject = folder,
                        .detail = u"this folder cannot be made"_s});
    if (QFileInfo::exists(name))
        return failure({.kind = ErrorKind::AlreadyExists,
                        .subject = name,
                        .detail = u"there is a file of that name already"_s,
                        .advice = Advice::TryAgain});
    removeAbandoned(folder);
    std::unique_ptr<PartialFile> made(
        new PartialFile(QFileInfo(name).absoluteFilePath(), leaveFree));
    errno = 0;
    if (!made->m_lock.tryLock()) {
        const int code = errno;
        made->m_isKept = true; // it is none of ours
        return failure(lockError(made->m_lock.error(), code, name));
    }
    errno = 0;
    if (!made->m_file.open(QIODevice::WriteOnly | QIODevice::Truncate | QIODevice::Unbuffered,
                           QFile::ReadOwner | QFile::WriteOwner))
        return failure(errorFromErrno(errno, name));
    return made->checkSpace().transform([&] { return std::move(made); });
}

void PartialFile::removeAbandoned(const QString &folder)
{
    const QDir dir(folder);
    for (const QString &name :
         dir.entryList({u".*"_s + partialEnding}, QDir::Files | QDir::Hidden | QDir::NoSymLinks)) {
        QLockFile lock(dir.filePath(name) + lockEnding);
        lock.setStaleLockTime(0);
        if (!lock.tryLock())
            continue;
        log::info(u"backup", u"removing a dump that an earlier run has left unfinished"_s);
        QFile::remove(dir.filePath(name));
    }
}

Result<void> PartialFile::checkSpace() const
{
    const qint64 space = bytesFreeIn(QFileInfo(m_name).path());
    if (space < 0 || space >= m_leaveFree)
        return {};
    return failure({.kind = ErrorKind::NoSpace,
                    .subject = m_name,
                    .detail = u"after %1 there are only %2 left on the disk"_s.arg(
                        inMegabytes(m_bytes), inMegabytes(space)),
                    .advice = Advice::FreeSpace});
}

Result<void> PartialFile::write(QByteArrayView piece)
{
    errno = 0;
    if (m_file.write(piece.data(), piece.size()) != piece.size()) {
        Error error = errorFromErrno(errno, m_name);
        error.detail = u"writing it failed after %1: %2"_s.arg(inMegabytes(m_bytes), error.detail);
        return failure(error);
    }
    m_bytes += piece.size();
    m_unchecked += piece.size();
    if (m_unchecked < spaceEvery)
        return {};
    m_unchecked = 0;
    return checkSpace();
}

Result<void> PartialFile::flush()
{
    errno = 0;
    return reachesDisk(m_file) ? Result<void>() : failure(errorFromErrno(errno, m_name));
}

Result<void> PartialFile::keep()
{
    m_file.close();
    // Unlike a bare rename(), this does not replace what is there.
    if (QFileInfo::exists(m_name) || !m_file.rename(m_name))
        return failure({.kind = ErrorKind::AlreadyExists,
                        .subject = m_name,
                        .detail = u"it cannot get its name: "_s + m_file.errorString()});
    m_isKept = true;
    flushFolder(QFileInfo(m_name).path());
    return {};
}

} // namespace mayday::backup
