// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backup/datatime.h"
#include "backup/manifest.h"
#include "backup/objectsql.h"
#include "core/task.h"
#include "dump/dumpinspection.h"

#include <QDateTime>
#include <QHash>
#include <QList>
#include <QObject>

namespace mayday::backup {

/// Why a backup that is whole may not be what it should be.
enum class BackupDoubt {
    None,
    Empty,    ///< DumpInspection::isEmpty()
    TooSmall, ///< its file is smaller than any backup is said to be
    Shrunk,   ///< less than half as large as the one before it
};

/// One backup on the shelf: a file, and what a full read of it found.
struct BackupEntry {
    QString path;
    QString fileName;
    qint64 bytes = 0;
    QDateTime modifiedAt;                           ///< UTC
    std::optional<dump::DumpInspection> inspection; ///< absent until it was read, or unreadable
    std::optional<Error> error;                     ///< why it could not be read at all
    QDateTime manifestAt = {};                      ///< of the one beside it; invalid without one
    ManifestCheck manifest = {};                    ///< when it was read
    BackupDoubt doubt = BackupDoubt::None;
    qint64 bytesBefore = 0; ///< of Shrunk: how large the one before it is

    /// When the data in it was taken, and who says so.
    [[nodiscard]] DataTime dataTime() const;
    [[nodiscard]] qint64 rows() const;
    [[nodiscard]] bool isComplete() const;
    /// Complete, and neither empty nor too small: one to rely on.
    [[nodiscard]] bool isTrusted() const;
};

/// All backups of a folder in one list, newest first.
///
/// Lives on the GUI thread, owned by Desk; reads files on the pool. A file is read again only when
/// its size or time changed, also from one run to the next. A folder that is missing is an empty
/// shelf, not an error.
class BackupShelf final : public QObject {
    Q_OBJECT

public:
    BackupShelf(QString folder, QThreadPool &pool, QObject *parent = nullptr);
    ~BackupShelf() override;

    [[nodiscard]] const QList<BackupEntry> &entries() const { return m_entries; }
    [[nodiscard]] const BackupEntry *entry(const QString &path) const;
    [[nodiscard]] const QString &folder() const { return m_folder; }
    [[nodiscard]] bool isReading() const { return m_reading; }
    /// Bytes; a smaller file is TooSmall. 0: none is.
    void setFloor(qint64 bytes);
    /// Looks again: at once for names and sizes, later for what is inside.
    void refresh();
    /// Puts a file from elsewhere on the list for this run; it stays where it is.
    void addFile(const QString &path);
    /// Everything inside one that was read.
    [[nodiscard]] Task<dump::DumpObjects> objectsIn(const BackupEntry &entry) const;
    /// What stands in it about something, as far as a person may want to read it.
    [[nodiscard]] Task<ShownSql> sqlOf(const BackupEntry &entry,
                                       const QList<dump::DumpEntry> &statements) const;

Q_SIGNALS:
    void changed();

private:
    void listFiles();
    void inspectNext();
    void tellChanged();

    QString m_folder;
    QThreadPool &m_pool;
    QList<BackupEntry> m_entries;
    QStringList m_extraFiles;
    struct Reading {
        dump::DumpInspection inspection;
        ManifestCheck manifest;
    };
    Task<Reading> m_inspecting;
    bool m_reading = false;
    qint64 m_floor = 0;
};

/// Gives each its doubt. entries: newest first. What is before one is the next older complete one
/// of the same format whose name differs in digits only: "shop-2026-11-29.sql.gz". Pure.
void judgeBackups(QList<BackupEntry> &entries, qint64 floor);

} // namespace mayday::backup
