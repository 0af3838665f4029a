// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/chain.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace mayday::store {

namespace {

constexpr qint64 schemaVersion = 1;

// AUTOINCREMENT remembers the highest sequence ever used: records cut off at the end are noticed.
constexpr const char *schema =
    "CREATE TABLE journal ("
    " sequence INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT NULL,"
    " subject TEXT NOT NULL, data TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL);"
    "CREATE TRIGGER journal_keeps BEFORE UPDATE ON journal"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;"
    "CREATE TRIGGER journal_stays BEFORE DELETE ON journal"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;"
    "PRAGMA user_version = 1;";

/// With its length in front, so that no two records can run together to the same bytes.
void add(QCryptographicHash &hash, const QByteArray &part)
{
    hash.addData(QByteArray::number(part.size()) + ':' + part);
}

Result<qint64> askNumber(const Database &database, const char *sql)
{
    Statement statement = database.prepare(sql);
    return statement.step().transform([&](bool isRow) { return isRow ? statement.integer(0) : 0; });
}

Error notOurs(const Database &database, ErrorKind kind, const QString &detail)
{
    return {.kind = kind, .subject = database.path(), .detail = detail};
}

Result<void> createTable(Database &database)
{
    const auto others = askNumber(database, "SELECT count(*) FROM sqlite_schema");
    if (!others)
        return failure(others.error());
    if (*others > 0)
        return failure(
            notOurs(database, ErrorKind::Corrupt, u"it is a database of another kind"_s));
    return database.run(schema);
}

/// The sequence and hash the next record has to follow.
Result<void> follow(const Database &database, StoredRecord &record)
{
    Statement last =
        database.prepare("SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1");
    const auto row = last.step();
    if (!row)
        return failure(row.error());
    record.sequence = *row ? last.integer(0) + 1 : 1;
    record.previousHash = *row ? last.bytes(1) : QByteArray();
    return {};
}

Result<void> insert(const Database &database, const StoredRecord &record)
{
    Statement row = database.prepare(
        "INSERT INTO journal (sequence, at, kind, subject, data, previous_hash, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)");
    row.bind(1, record.sequence);
    row.bind(2, record.at);
    row.bind(3, record.kind);
    row.bind(4, record.subject);
    row.bind(5, record.data);
    row.bind(6, record.previousHash);
    row.bind(7, record.hash);
    return row.step().transform([](bool) {});
}

void reportBad(JournalHealth &health, qint64 sequence, const QString &note)
{
    if (!health.intact)
        return;
    health.intact = false;
    health.firstBadSequence = sequence;
    health.note = note;
}

} // namespace

QByteArray StoredRecord::expectedHash() const
{
    QCryptographicHash sum(QCryptographicHash::Sha256);
    for (const QByteArray &part :
         {previousHash, QByteArray::number(sequence), at, kind, subject, data})
        add(sum, part);
    return sum.result().toHex();
}

JournalEvent StoredRecord::event() const
{
    return {.sequence = sequence,
            .at = QDateTime::fromString(QString::fromUtf8(at), Qt::ISODateWithMs),
            .kind = QString::fromUtf8(kind),
            .subject = QString::fromUtf8(subject),
            .data = QJsonDocument::fromJson(data).object(),
            .previousHash = previousHash,
            .hash = hash};
}

StoredRecord StoredRecord::from(const Statement &row)
{
    return {.sequence = row.integer(0),
            .at = row.bytes(1),
            .kind = row.bytes(2),
            .subject = row.bytes(3),
            .data = row.bytes(4),
            .previousHash = row.bytes(5),
            .hash = row.bytes(6)};
}

Result<void> prepareSchema(Database &database)
{
    if (auto begun = database.run("BEGIN IMMEDIATE"); !begun)
        return begun;
    const auto version = askNumber(database, "PRAGMA user_version");
    Result<void> ready;
    if (!version)
        ready = failure(version.error());
    else if (*version == 0)
        ready = createTable(database);
    else if (*version > schemaVersion)
        ready = failure(notOurs(database, ErrorKind::Unsupported,
                                u"the journal was written by a newer Mayday"_s));
    if (ready)
        ready = database.run("COMMIT");
    if (!ready)
        database.rollBack();
    return ready;
}

Result<void> makeDurable(Database &database)
{
    return database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
}

Result<JournalEvent> addNext(Database &database, const JournalDraft &draft, const QDateTime &at)
{
    StoredRecord record{.at = at.toUTC().toString(Qt::ISODateWithMs).toUtf8(),
                        .kind = draft.kind.toUtf8(),
                        .subject = draft.subject.toUtf8(),
                        .data =
                            QJsonDocument(redactedData(draft.data)).toJson(QJsonDocument::Compact),
                        .previousHash = {},
                        .hash = {}};
    return follow(database, record)
        .and_then([&] {
            record.hash = record.expectedHash();
            return insert(database, record);
        })
        .transform([&] { return record.event(); });
}

Result<JournalEvent> appendTo(Database &database, const JournalDraft &draft, const QDateTime &at)
{
    // IMMEDIATE: the hash of the one before must not change between reading and writing.
    if (auto begun = database.run("BEGIN IMMEDIATE"); !begun)
        return failure(begun.error());
    auto event = addNext(database, draft, at);
    if (event) {
        if (auto committed = database.run("COMMIT"); !committed)
            event = failure(committed.error());
    }
    if (!event)
        database.rollBack();
    return event;
}

Result<JournalHealth> checkChain(const Database &database)
{
    // Asked first: what others append meanwhile can only make more of it, never less.
    const auto highest =
        askNumber(database, "SELECT seq FROM sqlite_sequence WHERE name='journal'");
    if (!highest)
        return failure(highest.error());
    JournalHealth health;
    StoredRecord before;
    Statement rows = database.prepare(
        (QByteArray("SELECT ") + storedColumns + " FROM journal ORDER BY sequence").constData());
    while (true) {
        const auto row = rows.step();
        if (!row)
            return failure(row.error());
        if (!*row)
            break;
        StoredRecord record = StoredRecord::from(rows);
        ++health.events;
        if (record.sequence != before.sequence + 1)
            reportBad(health, before.sequence + 1,
                      u"record %1 is missing"_s.arg(before.sequence + 1));
        else if (record.previousHash != before.hash || record.hash != record.expectedHash())
            reportBad(health, record.sequence,
                      u"record %1 was changed after it was written"_s.arg(record.sequence));
        before = std::move(record);
    }
    if (*highest > before.sequence)
        reportBad(
            health, before.sequence + 1,
            u"records %1 to %2 are missing at the end"_s.arg(before.sequence + 1).arg(*highest));
    return health;
}

} // namespace mayday::store
