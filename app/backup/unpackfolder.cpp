// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/unpackfolder.h"

#include "core/atomicfile.h"
#include "core/log.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

constexpr qint64 pieceSize = 256 * 1024;
constexpr qint64 checkEvery = 16 * 1024 * 1024;
constexpr QLatin1StringView folderPrefix("mayday-unpacked-");
constexpr QLatin1StringView lockName(".lock");

/// Bytes that we may still write there; -1: that place cannot be asked.
qint64 roomIn(const QString &folder)
{
    std::error_code code;
    const auto space = std::filesystem::space(std::filesystem::path(folder.toStdString()), code);
    return code ? -1 : static_cast<qint64>(space.available);
}

QString megabytes(qint64 bytes)
{
    return u"%1 MB"_s.arg(bytes / 1'000'000 + (bytes % 1'000'000 > 0 ? 1 : 0));
}

/// What was left by a program that is not there any more.
void removeAbandoned(const QString &place)
{
    // A link of that name, in a place for everybody, leads to what somebody wants removed.
    for (const QString &name :
         QDir(place).entryList({folderPrefix + u'*'}, QDir::Dirs | QDir::NoSymLinks)) {
        const QString folder = QDir(place).filePath(name);
        const QString lockFile = folder + u'/' + lockName;
        const bool isNew =
            QFileInfo(folder).lastModified().secsTo(QDateTime::currentDateTime()) < 3600;
        if (isNew && !QFile::exists(lockFile))
            continue; // just being made, or taken away
        QLockFile lock(lockFile);
        lock.setStaleLockTime(0); // its owner may work for days
        if (!lock.tryLock())
            continue;
        log::info(u"backup", u"removing what an earlier run has left unpacked"_s);
        lock.unlock();
        QDir(folder).removeRecursively();
    }
}

} // namespace

UnpackPlaces UnpackPlaces::standard()
{
    QStringList folders;
    if (const QString chosen = qEnvironmentVariable("TMPDIR"); !chosen.isEmpty())
        folders.append(chosen);
    folders.append(QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) +
                   u"/mayday"_s);
#ifdef P_tmpdir
    folders.append(QStringLiteral(P_tmpdir)); // QDir::tempPath() is $TMPDIR, when that is set
#else
    folders.append(QDir::tempPath());
#endif
    folders.removeDuplicates();
    return {.folders = folders};
}

void UnpackFolder::removeLeftovers(const UnpackPlaces &places)
{
    for (const QString &place : places.folders)
        removeAbandoned(place);
}

UnpackFolder::UnpackFolder(const QString &subject, const QString &place, qint64 leaveFree)
    : m_subject(subject),
      m_leaveFree(leaveFree),
      m_folder(place + u'/' + folderPrefix + u"XXXXXX"_s),
      m_lock(m_folder.filePath(lockName))
{
    m_lock.setStaleLockTime(0);
}

Result<std::unique_ptr<UnpackFolder>> UnpackFolder::create(const QString &subject, qint64 needed,
                                                           const UnpackPlaces &places)
{
    removeLeftovers(places); // they may have the room that is needed
    qint64 mostRoom = -1;    // of places that can be written to at all
    QString roomiest;
    for (const QString &place : places.folders) {
        QDir().mkpath(place);
        const QFileInfo info(place);
        const qint64 there = info.isDir() && info.isWritable() ? roomIn(place) : -1;
        if (there < 0)
            continue;
        const qint64 room = std::max<qint64>(0, there - places.leaveFree);
        if (room > mostRoom) {
            mostRoom = room;
            roomiest = place;
        }
        if (room < needed)
            continue;
        std::unique_ptr<UnpackFolder> folder(new UnpackFolder(subject, place, places.leaveFree));
        if (folder->m_folder.isValid() && folder->m_lock.tryLock())
            return folder;
    }
    if (mostRoom < 0 || mostRoom >= needed)
        return failure(
            {.kind = ErrorKind::Denied,
             .subject = subject,
             .detail = u"it has to be unpacked first, and nothing can be written to %1"_s.arg(
                 places.folders.join(u", "_s))});
    return failure(
        {.kind = ErrorKind::NoSpace,
         .subject = subject,
         .detail = u"it has to be unpacked first: that takes %1, and %2 can be had in %3"_s.arg(
             megabytes(needed), megabytes(mostRoom), roomiest),
         .advice = Advice::FreeSpace});
}

Result<void> UnpackFolder::checkRoom() const
{
    const qint64 room = roomIn(path());
    if (room >= m_leaveFree)
        return {};
    return failure(
        {.kind = ErrorKind::NoSpace,
         .subject = m_subject,
         .detail = u"it has to be unpacked first: after %1 there are only %2 left in %3"_s.arg(
             megabytes(m_written), megabytes(std::max<qint64>(0, room)),
             path().section(u'/', 0, -2)),
         .advice = Advice::FreeSpace});
}

Result<qint64> UnpackFolder::write(const QString &name, const Read &read,
                                   const std::function<void(qint64)> &onBytes, TaskContext &context)
{
    const bool isBare = !name.isEmpty() && name != lockName && name != "."_L1 && name != ".."_L1 &&
                        !name.contains(u'/') && !name.contains(u'\0');
    if (!isBare)
        return failure({.kind = ErrorKind::Refused,
                        .subject = m_subject,
                        .detail = u"%1 in it is no name for a file"_s.arg(name)});
    QFile file(filePath(name));
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly | QIODevice::Unbuffered))
        return failure(
            {.kind = ErrorKind::Corrupt,
             .subject = m_subject,
             .detail = u"%1 in it cannot be unpacked: %2"_s.arg(name, file.errorString())});
    std::vector<char> buffer(pieceSize);
    for (qint64 size = 0, unchecked = checkEvery;;) {
        if (context.stopRequested())
            return failure(TaskContext::cancelled(
                m_subject,
                u"unpacking stopped; what was unpacked is gone, the file is as it was"_s));
        const auto got = read(buffer);
        if (!got)
            return failure(got.error());
        if (*got == 0)
            return size;
        unchecked += *got;
        if (unchecked >= checkEvery) {
            unchecked = 0;
            if (auto room = checkRoom(); !room)
                return failure(room.error());
        }
        if (file.write(buffer.data(), *got) != *got) {
            Error error = errorFromErrno(errno, m_subject);
            error.detail =
                u"unpacking it failed after %1: %2"_s.arg(megabytes(m_written), file.errorString());
            return failure(error);
        }
        size += *got;
        m_written += *got;
        onBytes(*got);
    }
}

} // namespace mayday::backup
