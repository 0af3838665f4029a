// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/salvage.h"

#include "store/chain.h"

#include <QFile>
#include <QFileInfo>
#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::store {

namespace {

QString beside(const QString &path, const QString &what)
{
    const QFileInfo file(path);
    return u"%1/%2.%3.%4"_s.arg(file.absolutePath(), file.completeBaseName(), what, file.suffix());
}

QString half(const QString &path)
{
    return beside(path, u"salvaging"_s);
}
QString whole(const QString &path)
{
    return beside(path, u"salvaged"_s);
}

/// A name nothing has yet: two salvages may fall into one second.
QString asideName(const QString &path, const QDateTime &now)
{
    const QString stamp = u"damaged-"_s + now.toUTC().toString(u"yyyyMMdd'T'HHmmss'Z'"_s);
    QString name = beside(path, stamp);
    for (int i = 2; QFile::exists(name); ++i)
        name = beside(path, u"%1-%2"_s.arg(stamp).arg(i));
    return name;
}

/// A torn page may still read as rows, of nothing.
bool isRecord(const StoredRecord &record)
{
    return record.sequence > 0 && !record.kind.isEmpty() && record.event().at.isValid();
}

/// A damaged page ends a walk, so it is begun from both ends.
void collect(const Database &database, const QByteArray &order, QList<StoredRecord> &records)
{
    QSet<qint64> known;
    for (const StoredRecord &record : std::as_const(records))
        known.insert(record.sequence);
    Statement rows = database.prepare(
        (QByteArray("SELECT ") + storedColumns + " FROM journal ORDER BY sequence " + order)
            .constData());
    for (auto row = rows.step(); row && *row; row = rows.step()) {
        StoredRecord record = StoredRecord::from(rows);
        if (known.contains(record.sequence))
            return;
        if (isRecord(record))
            records.append(std::move(record));
    }
}

QList<StoredRecord> readable(const QString &path)
{
    QList<StoredRecord> records;
    if (auto database = Database::open(path, Database::Mode::ReadOnly)) {
        // The one switch with which SQLite reads a file that is shorter than its header says.
        (void)database->run("PRAGMA writable_schema = ON");
        collect(*database, "ASC", records);
        collect(*database, "DESC", records);
    }
    std::ranges::sort(records, {}, &StoredRecord::sequence);
    return records;
}

/// How many records carry a hash that is not theirs: the new chain would hide it.
qint64 misfits(const QList<StoredRecord> &records)
{
    return std::ranges::count_if(
        records, [](const StoredRecord &record) { return record.hash != record.expectedHash(); });
}

Result<void> fill(Database &database, const JournalDraft &notice, const QDateTime &now,
                  const QList<StoredRecord> &records)
{
    if (auto told = addNext(database, notice, now); !told)
        return failure(told.error());
    for (const StoredRecord &record : records) {
        const JournalEvent event = record.event();
        const JournalDraft draft{.kind = event.kind, .subject = event.subject, .data = event.data};
        if (auto carried = addNext(database, draft, event.at); !carried)
            return failure(carried.error());
    }
    return {};
}

/// One transaction in a file without a WAL, so that the file alone is all of it.
Result<void> build(const QString &path, const JournalDraft &notice, const QDateTime &now,
                   const QList<StoredRecord> &records)
{
    QFile::remove(path);
    auto database = Database::open(path, Database::Mode::ReadWrite);
    if (!database)
        return failure(database.error());
    return database->run("PRAGMA synchronous = FULL")
        .and_then([&] { return prepareSchema(*database); })
        .and_then([&] { return database->run("BEGIN IMMEDIATE"); })
        .and_then([&] { return fill(*database, notice, now, records); })
        .and_then([&] { return database->run("COMMIT"); });
}

Result<void> move(const QString &from, const QString &to)
{
    QFile file(from);
    if (file.rename(to))
        return {};
    return failure({.kind = ErrorKind::Refused,
                    .subject = from,
                    .detail = u"it cannot be renamed: "_s + file.errorString()});
}

} // namespace

Result<void> salvage(const QString &path, const Error &why, const Clock &clock)
{
    const QDateTime now = clock.now();
    const QList<StoredRecord> records = readable(path);
    const JournalDraft notice{.kind = u"journal.salvaged"_s,
                              .subject = u"journal"_s,
                              .data = {{u"keptAs"_s, QFileInfo(asideName(path, now)).fileName()},
                                       {u"why"_s, why.detail},
                                       {u"carriedOver"_s, records.size()},
                                       {u"didNotFit"_s, misfits(records)}}};
    return build(half(path), notice, now, records)
        .and_then([&] { return move(half(path), whole(path)); })
        .and_then([&] { return finishSalvage(path, clock); });
}

Result<void> finishSalvage(const QString &path, const Clock &clock)
{
    if (!QFile::exists(whole(path)))
        return {};
    const QString aside = asideName(path, clock.now());
    // The WAL goes first: left behind, SQLite would take it for the new file's.
    for (const QString &ending : {u"-wal"_s, u"-shm"_s, QString()}) {
        if (!QFile::exists(path + ending))
            continue;
        if (auto moved = move(path + ending, aside + ending); !moved)
            return moved;
    }
    return move(whole(path), path);
}

} // namespace mayday::store
