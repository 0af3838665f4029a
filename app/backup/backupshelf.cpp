// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/backupshelf.h"

#include "backup/dumpopener.h"
#include "backup/inspectionindex.h"
#include "backup/manifest.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

/// More is not read on a screen, and laying it out takes time.
constexpr qsizetype mostSqlShown = 256 * 1024;

/// Of one time, by name: rows must not change places under the pointer.
void sortNewestFirst(QList<BackupEntry> &entries)
{
    std::ranges::sort(entries, [](const BackupEntry &a, const BackupEntry &b) {
        const QDateTime ours = a.dataTime().at;
        const QDateTime theirs = b.dataTime().at;
        return ours != theirs ? ours > theirs : a.path < b.path;
    });
}

/// The same for backups that are made one after the other.
QString seriesOf(const BackupEntry &entry)
{
    QString name = entry.fileName;
    name.removeIf([](QChar letter) { return letter.isDigit(); });
    return name + u'/' + entry.inspection->format;
}

BackupDoubt doubtAlone(const BackupEntry &entry, qint64 floor)
{
    if (!entry.isComplete())
        return BackupDoubt::None;
    if (entry.inspection->isEmpty())
        return BackupDoubt::Empty;
    return entry.bytes < floor ? BackupDoubt::TooSmall : BackupDoubt::None;
}

} // namespace

void judgeBackups(QList<BackupEntry> &entries, qint64 floor)
{
    QHash<QString, qint64> bytesBefore;
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        entry->doubt = doubtAlone(*entry, floor);
        entry->bytesBefore = 0;
        if (!entry->isTrusted())
            continue;
        qint64 &before = bytesBefore[seriesOf(*entry)];
        if (entry->bytes < before / 2) {
            entry->doubt = BackupDoubt::Shrunk;
            entry->bytesBefore = before;
        }
        before = entry->bytes;
    }
}

DataTime BackupEntry::dataTime() const
{
    return dataTimeOf(fileName, modifiedAt, inspection, manifest);
}

qint64 BackupEntry::rows() const
{
    qint64 sum = 0;
    if (inspection) {
        for (const dump::TableInDump &table : inspection->tables)
            sum += table.rows;
    }
    return sum;
}

bool BackupEntry::isComplete() const
{
    return inspection && inspection->verdict == dump::DumpVerdict::Complete;
}

bool BackupEntry::isTrusted() const
{
    return isComplete() && doubt != BackupDoubt::Empty && doubt != BackupDoubt::TooSmall;
}

BackupShelf::BackupShelf(QString folder, QThreadPool &pool, QObject *parent)
    : QObject(parent), m_folder(std::move(folder)), m_pool(pool)
{
}

BackupShelf::~BackupShelf()
{
    m_inspecting.requestStop();
}

const BackupEntry *BackupShelf::entry(const QString &path) const
{
    const auto found = std::ranges::find(m_entries, path, &BackupEntry::path);
    return found == m_entries.end() ? nullptr : &*found;
}

void BackupShelf::setFloor(qint64 bytes)
{
    if (std::exchange(m_floor, bytes) != bytes)
        tellChanged();
}

void BackupShelf::tellChanged()
{
    judgeBackups(m_entries, m_floor);
    Q_EMIT changed();
}

void BackupShelf::refresh()
{
    listFiles();
    tellChanged();
    if (!m_reading)
        inspectNext();
}

void BackupShelf::addFile(const QString &path)
{
    const QString absolute = QDir::cleanPath(QFileInfo(path).absoluteFilePath());
    if (!m_extraFiles.contains(absolute))
        m_extraFiles.append(absolute);
    refresh();
}

void BackupShelf::listFiles()
{
    // Also those we may not read: left out, last night's backup would seem never to have been made.
    QFileInfoList files = QDir(m_folder).entryInfoList(QDir::Files, QDir::NoSort);
    files.removeIf([](const QFileInfo &file) { return isManifestName(file.fileName()); });
    for (const QFileInfo &folder :
         QDir(m_folder).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        if (QFileInfo::exists(folder.filePath() + u"/toc.dat"_s)) // as pg_dump -Fd writes one
            files.append(folder);
    }
    for (const QString &path : std::as_const(m_extraFiles)) {
        const QFileInfo file(path);
        if ((file.isFile() || file.isDir()) && !files.contains(file))
            files.append(file);
    }
    QList<BackupEntry> entries;
    for (const QFileInfo &file : std::as_const(files)) {
        BackupEntry fresh{
            .path = file.absoluteFilePath(),
            .fileName = file.fileName(),
            .bytes = sizeOnDisk(file.absoluteFilePath()),
            .modifiedAt = file.lastModified().toUTC(),
            .inspection = std::nullopt,
            .error = std::nullopt,
            .manifestAt =
                QFileInfo(manifestFileOf(file.absoluteFilePath())).lastModified().toUTC()};
        const BackupEntry *known = entry(fresh.path);
        // What could not be read is tried again: rights change without the file.
        const bool same = known && !known->error && known->bytes == fresh.bytes &&
                          known->modifiedAt == fresh.modifiedAt &&
                          known->manifestAt == fresh.manifestAt;
        entries.append(same ? *known : fresh);
    }
    sortNewestFirst(entries);
    m_entries = std::move(entries);
}

Task<dump::DumpObjects> BackupShelf::objectsIn(const BackupEntry &entry) const
{
    return startTask(
        m_pool, [path = entry.path, inspection = entry.inspection.value_or(dump::DumpInspection())](
                    TaskContext &context) { return backup::objectsIn(path, inspection, context); });
}

Task<ShownSql> BackupShelf::sqlOf(const BackupEntry &entry,
                                  const QList<dump::DumpEntry> &statements) const
{
    return startTask(m_pool, [path = entry.path,
                              inspection = entry.inspection.value_or(dump::DumpInspection()),
                              statements](TaskContext &context) {
        return beginningOfSql(path, inspection, statements, mostSqlShown, context);
    });
}

void BackupShelf::inspectNext()
{
    const auto next = std::ranges::find_if(
        m_entries, [](const BackupEntry &e) { return !e.inspection && !e.error; });
    const bool wasReading = m_reading;
    m_reading = next != m_entries.end();
    if (!m_reading) {
        if (wasReading)
            Q_EMIT changed();
        return;
    }
    const BackupEntry asked = *next;
    m_inspecting = startTask(m_pool, [path = asked.path](TaskContext &context) {
        return inspectUnlessKnown(path, context).transform([&path](dump::DumpInspection &&found) {
            const ManifestCheck manifest = checkManifest(path, found);
            return Reading{.inspection = std::move(found), .manifest = manifest};
        });
    });
    m_inspecting.deliverTo(this, [this, asked](Result<Reading> outcome) {
        const auto entry = std::ranges::find(m_entries, asked.path, &BackupEntry::path);
        // What was found belongs to the file as it was; when it is another by now, it comes again.
        if (entry != m_entries.end() && entry->bytes == asked.bytes &&
            entry->modifiedAt == asked.modifiedAt && entry->manifestAt == asked.manifestAt) {
            if (outcome) {
                entry->inspection = std::move(outcome->inspection);
                entry->manifest = outcome->manifest;
            } else {
                entry->error = outcome.error();
            }
            sortNewestFirst(m_entries);
            tellChanged();
        }
        inspectNext();
    });
}

} // namespace mayday::backup
