// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/taskcontext.h"
#include "dump/dumpindex.h"
#include "dump/dumpneeds.h"
#include "dump/sqltokens.h"

#include <QDateTime>
#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QStringList>

#include <optional>

namespace mayday::dump {

enum class DumpVerdict {
    Complete,
    Truncated, ///< it stops too early, or the line pg_dump writes last is not there
    Damaged,   ///< wrong bytes, or text that has no place in a dump
    NotADump,  ///< something else
};

/// A table of the dump and its rows. copyLine 0: it is created and gets none.
struct TableInDump {
    QString schema;
    QString name;
    qint64 rows = 0;
    qint64 bytes = 0;
    qint64 copyLine = 0;
};

/// A partitioned table, which holds no rows itself, and those that are attached to it.
struct PartitionedInDump {
    QualifiedName table;
    QList<QualifiedName> parts = {};
};

/// What the dump sets a sequence to.
struct SequenceInDump {
    QString schema;
    QString name;
    qint64 value = 0;
    bool isCalled = false;
};

/// What is in a file and whether it is whole: the answer to "can I restore from this?". A value.
struct DumpInspection {
    DumpVerdict verdict = DumpVerdict::NotADump;
    QString format = {}; ///< as FileFormat::word
    QString serverVersion = {};
    QString dumpVersion = {};
    QString encoding = {};
    QList<TableInDump> tables = {}; ///< in the order of the file
    QList<PartitionedInDump> partitioned = {};
    QList<SequenceInDump> sequences = {};
    QMap<QString, qint64> objects = {}; ///< how many are created, by kindWord()
    QStringList warnings = {};
    QStringList schemas = {}; ///< that the dump creates or fills
    NeedsBySchema needs = {}; ///< what the server has to have for it
    /// What it makes that would act by itself: "publication changes", "subscription orders",
    /// "event trigger audit".
    QStringList switches = {};
    QMap<QString, QString> extensionComments = {}; ///< by extension, what it says of each
    qint64 fileBytes = 0;
    qint64 plainBytes = 0;
    qint64 lines = 0;
    qint64 statements = 0;
    qint64 copyBlocks = 0;
    QString reader = {};  ///< of an archive: "pg_restore 17.11", whose text the lines are of
    DumpIndex index = {}; ///< where the rows are
    std::optional<QDateTime> startedAt = std::nullopt;
    std::optional<QDateTime> readAt = std::nullopt; ///< to its end, when that is remembered
    std::optional<Error> problem = std::nullopt;    ///< why it is not Complete, with the line

    /// It fills tables and makes nothing: pg_dump --data-only.
    [[nodiscard]] bool hasRowsOnly() const;
    /// It is whole, and neither rows nor large objects are in it: pg_dump --schema-only, or a
    /// backup of the wrong database.
    [[nodiscard]] bool isEmpty() const;
};

/// What is said of one that isEmpty(), behind its name: "holds no rows: its 12 tables are empty".
[[nodiscard]] QString emptyInWords(const DumpInspection &inspection);

class DumpReader;

/// Reads all of it, checksums included. A bad file is a verdict; an Error is only a file that
/// cannot be read at all, or Cancelled. backup::inspectDump() takes any file.
[[nodiscard]] Result<DumpInspection> inspect(DumpReader &reader, TaskContext &context);

/// Whether a text that begins like this is worth reading as a dump: it has pg_dump's first lines,
/// or SQL. head: its first bytes, some 64 KB.
[[nodiscard]] bool beginsLikeADump(const QByteArray &head);

/// "complete", "truncated", "damaged", "not-a-dump".
[[nodiscard]] QString verdictKey(DumpVerdict verdict);
/// Stable keys: what `maydayctl inspect --json` prints.
[[nodiscard]] QJsonObject toJson(const DumpInspection &inspection);
/// What toJson() wrote of a whole dump; nothing when it is not that.
[[nodiscard]] std::optional<DumpInspection> inspectionFromJson(const QJsonObject &json);

} // namespace mayday::dump
