// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backup/schemaobjects.h"
#include "core/result.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>

#include <optional>

namespace mayday::dump {
struct DumpInspection;
}

namespace mayday::backup {

/// What the server had when a dump of it was made: names, and counts of rows, of the snapshot that
/// pg_dump read. What a dump leaves out without a word is missed by no reading of the dump; it is
/// missed by this. A value; as JSON it lies beside the dump.
struct Manifest {
    QDateTime takenAt = {}; ///< UTC, by the server's clock
    QString server = {};    ///< "17.11 (Debian 17.11-1)"
    QString database = {};
    QString madeWith = {};  ///< "pg_dump 17.11"
    qint64 bytes = 0;       ///< of the dump it belongs to
    QByteArray sha256 = {}; ///< of all of it
    QByteArray ends = {};   ///< of its size and both ends: what is compared before each use
    SchemaObjects content = {};

    [[nodiscard]] qint64 rows() const;
};

/// "/backups/shop.sql.gz.manifest.json"
[[nodiscard]] QString manifestFileOf(const QString &dump);
/// Whether a file of that name is what a manifest is called.
[[nodiscard]] bool isManifestName(const QString &file);

[[nodiscard]] QJsonObject toJson(const Manifest &manifest);
/// Corrupt when that is no manifest, or not all of one; Unsupported when it is of a newer Mayday.
[[nodiscard]] Result<Manifest> manifestFromJson(const QByteArray &text);
/// The one beside a dump; nothing when there is none. Refused when it was written for another file:
/// the size and both ends of it are compared, the first and the last 64 KB, and no more, as all
/// else that is asked of a dump reads it to its end anyway.
[[nodiscard]] Result<std::optional<Manifest>> manifestBeside(const QString &dump);
/// Of a file's size and both ends, in hexadecimal digits; empty when it cannot be read.
[[nodiscard]] QByteArray endsOf(const QString &file);

/// What the server had and a dump of it has not, as far as reading it tells: tables, rows,
/// sequences by name; views, functions, indexes, foreign keys, triggers, policies and rules too
/// where the inspection has its names; all else by how many of a kind are made. "it has no table
/// public.a".
[[nodiscard]] QStringList missingFrom(const dump::DumpInspection &inspection,
                                      const Manifest &manifest);
/// "a; b; and 3 others", of what a sentence has no room for.
[[nodiscard]] QString fewOf(const QStringList &all);

/// A dump and the manifest beside it, for those who only look.
struct ManifestCheck {
    bool isThere = false;
    bool isUsable = false; ///< it is whole, and was written for this file
    QDateTime takenAt = {};
    QString database = {}; ///< that the dump was made of
    qint64 tables = 0;
    qint64 rows = 0;
    QStringList problems = {}; ///< why it is not usable, or what is not in the dump; clauses

    [[nodiscard]] bool agrees() const { return isUsable && problems.isEmpty(); }
    [[nodiscard]] bool operator==(const ManifestCheck &) const = default;
};

/// inspection: of that dump.
[[nodiscard]] ManifestCheck checkManifest(const QString &dump,
                                          const dump::DumpInspection &inspection);

/// Reads all of the dump, and says in a clause why it is not the very file that was written; empty
/// when it is, or has no manifest that is usable.
[[nodiscard]] Result<QString> otherThanWritten(const QString &dump, const TaskContext &context);

} // namespace mayday::backup
