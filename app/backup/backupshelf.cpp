// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/backupshelf.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::backup {

QDateTime BackupEntry::takenAt() const
{
    return inspection && inspection->startedAt ? *inspection->startedAt : modifiedAt;
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

void BackupShelf::refresh()
{
    listFiles();
    Q_EMIT changed();
    if (!m_reading)
        inspectNext();
}

void BackupShelf::addFile(const QString &path)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    if (!m_extraFiles.contains(absolute))
        m_extraFiles.append(absolute);
    refresh();
}

void BackupShelf::listFiles()
{
    QFileInfoList files = QDir(m_folder).entryInfoList(QDir::Files | QDir::Readable, QDir::NoSort);
    for (const QString &path : std::as_const(m_extraFiles)) {
        if (QFileInfo::exists(path))
            files.append(QFileInfo(path));
    }
    QList<BackupEntry> entries;
    for (const QFileInfo &file : std::as_const(files)) {
        BackupEntry fresh{.path = file.absoluteFilePath(),
                          .fileName = file.fileName(),
                          .bytes = file.size(),
                          .modifiedAt = file.lastModified().toUTC(),
                          .inspection = std::nullopt,
                          .error = std::nullopt};
        const BackupEntry *known = entry(fresh.path);
        const bool same =
            known && known->bytes == fresh.bytes && known->modifiedAt == fresh.modifiedAt;
        entries.append(same ? *known : fresh);
    }
    std::ranges::sort(entries, std::ranges::greater{}, &BackupEntry::takenAt);
    m_entries = std::move(entries);
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
    const QString path = next->path;
    m_inspecting = startTask(
        m_pool, [path](TaskContext &context) { return dump::inspectDump(path, context); });
    m_inspecting.deliverTo(this, [this, path](Result<dump::DumpInspection> outcome) {
        const auto entry = std::ranges::find(m_entries, path, &BackupEntry::path);
        if (entry != m_entries.end()) {
            if (outcome)
                entry->inspection = std::move(*outcome);
            else
                entry->error = outcome.error();
            std::ranges::sort(m_entries, std::ranges::greater{}, &BackupEntry::takenAt);
            Q_EMIT changed();
        }
        inspectNext();
    });
}

} // namespace mayday::backup
