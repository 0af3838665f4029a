// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/restorerecord.h"

#include "restore/missingtables.h"
#include "restore/rolemap.h"

#include <QJsonArray>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

RestoreRecord recordFrom(const store::JournalEvent &event)
{
    return {.id = RestoreId::parse(event.subject).value_or(RestoreId{}),
            .state = RestoreState::Interrupted,
            .file = event.data["file"_L1].toString(),
            .target = event.data["target"_L1].toString(),
            .connection = event.data["connection"_L1].toString(),
            .database = event.data["database"_L1].toString(),
            .environment = event.data["environment"_L1].toString(),
            .incident = event.data["incident"_L1].toString(),
            .mode = modeFromKey(event.data["mode"_L1].toString()),
            .safetyCopy = event.data["safetyCopy"_L1].toString(),
            .wanted = event.data["tables"_L1].toString(),
            .mappedRoles = roleMapFromJson(event.data["mappedRoles"_L1].toObject()),
            .startedAt = event.at};
}

void finish(RestoreRecord &record, const store::JournalEvent &event)
{
    RestoreReceipt receipt = receiptFromJson(event.data["receipt"_L1].toObject());
    if (receipt.isUnknown()) { // as after a death: the server has to be asked
        record.state = RestoreState::Interrupted;
        return;
    }
    record.state = RestoreState::Finished;
    record.endedAt = event.at;
    record.receipt = std::move(receipt);
}

void addNotes(RestoreRecord &record, const store::JournalEvent &event)
{
    for (const auto &note : event.data["notes"_L1].toArray()) {
        if (record.receipt)
            record.receipt->notes.append(note.toString());
    }
}

void settle(RestoreRecord &record, const store::JournalEvent &event)
{
    record.state = RestoreState::Settled;
    record.endedAt = event.at;
    record.committed = event.data["committed"_L1].toBool();
    record.unfinished = event.data["unfinished"_L1].toString();
    record.made = event.data["made"_L1].toString();
    record.isLeftKnown = event.data.contains("unfinished"_L1);
}

/// A put-back undoes, and one more redoes.
void putBack(RestoreRecord &record, const store::JournalEvent &event)
{
    const QJsonObject json = event.data["receipt"_L1].toObject();
    record.isPutBackOpen = json["error"_L1]["sqlstate"_L1].toString() == outcomeUnknown;
    RestoreReceipt receipt = receiptFromJson(json);
    record.putBackError = receipt.error;
    if (receipt.verdict == Verdict::NotRestored)
        return;
    record.lastPutBack = std::move(receipt);
    record.isPutBackUnseen = false;
    record.discarding.clear(); // under another name now
    record.content.reset();    // it was about what is not live any more
    const bool isRedone = json["live"_L1].toString() == "restored"_L1;
    record.putBackAt = isRedone ? std::nullopt : std::optional(event.at);
    if (record.receipt) {
        record.receipt->left = record.lastPutBack->left;
        for (const QString &note :
             record.lastPutBack->notes) { // to and fro, it is the same note again
            if (!record.receipt->notes.contains(note))
                record.receipt->notes.append(note);
        }
    }
}

void settlePutBack(RestoreRecord &record, const store::JournalEvent &event)
{
    record.isPutBackOpen = false;
    record.putBackError.reset();
    record.content.reset();
    if (event.data["putBack"_L1].toBool() != record.putBackAt.has_value()) {
        record.lastPutBack.reset();
        record.isPutBackUnseen = true;
    }
    if (event.data["putBack"_L1].toBool() && !record.putBackAt)
        record.putBackAt = event.at;
    else if (!event.data["putBack"_L1].toBool())
        record.putBackAt.reset();
}

bool hasHappened(const RestoreRecord &record)
{
    return record.committed.value_or(record.receipt &&
                                     record.receipt->verdict != Verdict::NotRestored);
}

/// "database shop on db.example:5432", whoever asks.
QString withoutUser(const QString &display)
{
    return display.left(display.lastIndexOf(" as "_L1));
}

/// A clone of a database carries its marks, with the ids of restores into the other one. Records of
/// older versions say less.
bool isInto(const RestoreRecord &record, const store::JournalEvent &event)
{
    const auto mine = postgres::ConnectionString::parse(record.connection);
    const QString connection = event.data["connection"_L1].toString();
    const auto its = postgres::ConnectionString::parse(connection);
    if (!record.connection.isEmpty() && !connection.isEmpty() && mine && its)
        return isSameDatabase(*mine, *its);
    const QString target = event.data["target"_L1].toString();
    return target.isEmpty() || record.target.isEmpty() ||
           withoutUser(target) == withoutUser(record.target);
}

void discard(RestoreRecord &record, const store::JournalEvent &event)
{
    record.discardedAt = event.at;
    const QString name = event.data["schema"_L1].toString();
    record.discarding.removeIf([&name](const KeptSchema &kept) { return kept.name == name; });
    record.putBackError.reset(); // there is nothing left to try
    if (record.receipt)
        record.receipt->left.removeIf([&](const Leftover &left) {
            return left.removeWith == event.data["removedWith"_L1].toString();
        });
}

void beginDiscarding(RestoreRecord &record, const store::JournalEvent &event)
{
    record.discarding.clear();
    record.discardingAfter = event.data["keepDays"_L1].toInt();
    for (const auto &one : event.data["kept"_L1].toArray())
        record.discarding.append({.name = one["name"_L1].toString(),
                                  .original = {},
                                  .restore = event.subject,
                                  .file = {},
                                  .isDatabase = one["database"_L1].toBool(),
                                  .bytes = one["bytes"_L1].toInteger(),
                                  .tables = one["tables"_L1].toInteger()});
}

/// Whoever discarded it by hand may not know which restore it was of.
void breakHalf(QList<RestoreRecord> &records, const store::JournalEvent &event)
{
    const QString removal = event.data["removedWith"_L1].toString();
    for (RestoreRecord &record : records) {
        const bool isLeft = record.receipt && std::ranges::contains(record.receipt->left, removal,
                                                                    &Leftover::removeWith);
        if ((isLeft || record.id.text() == event.subject) && isInto(record, event))
            record.isHalfGone = true;
    }
}

/// A line lost at the commit leaves tables, and no rows that one could promise.
void bringBack(RestoreRecord &record, const store::JournalEvent &event)
{
    const QJsonObject receipt = event.data["receipt"_L1].toObject();
    if (receipt["verdict"_L1].toString() != verdictKey(Verdict::Proven))
        return;
    for (const auto &table : receipt["tables"_L1].toArray())
        record.rowsBroughtBack += table["inserted"_L1].toInteger();
}

void summarizeContent(RestoreRecord &record, const store::JournalEvent &event)
{
    ContentSummary summary{.at = event.at};
    for (const auto &table : event.data["check"_L1]["tables"_L1].toArray()) {
        ++summary.tables;
        summary.rows += table["rowsInFile"_L1].toInteger();
        summary.leftOut += table["leftOut"_L1].toArray().size();
        const QString verdict = table["verdict"_L1].toString();
        if (verdict == contentVerdictKey(ContentVerdict::NotCompared))
            ++summary.notCompared;
        else if (verdict != contentVerdictKey(ContentVerdict::Same))
            summary.different.append(table["schema"_L1].toString() + u'.' +
                                     table["name"_L1].toString());
    }
    record.content = summary;
}

} // namespace

bool RestoreRecord::isInEffect() const
{
    return hasHappened(*this) && !putBackAt && !leavesLive(mode);
}

bool RestoreRecord::canBePutBack() const
{
    const bool isKept = !leavesLive(mode) && !keepsNothing(mode);
    return hasHappened(*this) && !isPutBackOpen && !discardedAt && !isHalfGone && isKept;
}

bool RestoreRecord::canBeCompared() const
{
    // A file is none that can be asked.
    if (keepsNothing(mode))
        return false;
    const bool isCopy = mode == RestoreMode::Copy;
    const bool isThere = !discardedAt && !isHalfGone;
    return hasHappened(*this) && (isCopy || isInEffect()) && !isPutBackOpen && isThere;
}

bool RestoreRecord::canBeCheckedByContent() const
{
    return isInEffect() && !isPutBackOpen && receipt && !receipt->tables.isEmpty();
}

QString RestoreRecord::newConnection() const
{
    if (mode != RestoreMode::NewDatabase || !hasHappened(*this) || discardedAt || isHalfGone)
        return {};
    if (receipt)
        return receipt->connection;
    const auto target = postgres::ConnectionString::parse(connection);
    return target && !made.isEmpty() ? target->withDatabase(made).withoutPassword() : QString();
}

QList<TableName> RestoreRecord::tables() const
{
    QList<TableName> names;
    if (receipt) {
        for (const TableResult &table : receipt->tables)
            names.append({table.schema, table.name});
    }
    return names;
}

store::JournalDraft startedDraft(const RestorePlan &plan)
{
    return {.kind = u"restore.started"_s,
            .subject = plan.id.text(),
            .data = {{u"file"_s, plan.file},
                     {u"target"_s, plan.target.display()},
                     {u"connection"_s, plan.target.withoutPassword()},
                     {u"database"_s, plan.database},
                     {u"environment"_s, plan.environment},
                     {u"mode"_s, modeKey(plan.mode)},
                     {u"safetyCopy"_s, keepsNothing(plan.mode) ? plan.safetyCopyFile() : QString()},
                     {u"tables"_s, inWords(plan.tables)},
                     {u"mappedRoles"_s, toJson(plan.mappedRoles)},
                     {u"incident"_s, plan.incident}}};
}

store::JournalDraft finishedDraft(const RestorePlan &plan, const RestoreReceipt &receipt)
{
    return {.kind = u"restore.finished"_s,
            .subject = plan.id.text(),
            .data = {{u"incident"_s, plan.incident}, {u"receipt"_s, toJson(receipt)}}};
}

store::JournalDraft statisticsDraft(const RestorePlan &plan, const QStringList &notes)
{
    return {
        .kind = u"restore.statistics"_s,
        .subject = plan.id.text(),
        .data = {{u"incident"_s, plan.incident}, {u"notes"_s, QJsonArray::fromStringList(notes)}}};
}

store::JournalDraft afterwardsDraft(const RestorePlan &plan, const Afterwards &afterwards)
{
    return {.kind = u"restore.afterwards"_s,
            .subject = plan.id.text(),
            .data = {{u"incident"_s, plan.incident}, {u"afterwards"_s, toJson(afterwards)}}};
}

store::JournalDraft settledDraft(const RestoreRecord &record, const Settlement &settlement)
{
    return {.kind = u"restore.settled"_s,
            .subject = record.id.text(),
            .data = {{u"incident"_s, record.incident},
                     {u"mode"_s, modeKey(record.mode)},
                     {u"committed"_s, settlement.committed},
                     {u"unfinished"_s, settlement.unfinished},
                     {u"made"_s, settlement.made}}};
}

store::JournalDraft putBackStartedDraft(const QString &restore, const QString &incident)
{
    return {.kind = u"restore.putback.started"_s,
            .subject = restore,
            .data = {{u"incident"_s, incident}}};
}

store::JournalDraft putBackSettledDraft(const RestoreRecord &record, bool isPutBack)
{
    return {.kind = u"restore.putback.settled"_s,
            .subject = record.id.text(),
            .data = {{u"incident"_s, record.incident}, {u"putBack"_s, isPutBack}}};
}

store::JournalDraft putBackDraft(const QString &restore, const QString &incident,
                                 const PutBackReceipt &receipt)
{
    // "The newest" was meant when none was named; the receipt knows which one that was.
    return {.kind = u"restore.putback"_s,
            .subject = restore.isEmpty() ? receipt.restore : restore,
            .data = {{u"incident"_s, incident}, {u"receipt"_s, toJson(receipt)}}};
}

store::JournalDraft bringBackDraft(const QString &incident, const BringBackReceipt &receipt)
{
    return {.kind = u"restore.broughtback"_s,
            .subject = receipt.restore,
            .data = {{u"incident"_s, incident}, {u"receipt"_s, toJson(receipt)}}};
}

store::JournalDraft contentDraft(const RestoreRecord &record, const ContentCheck &check)
{
    return {.kind = u"restore.content"_s,
            .subject = record.id.text(),
            .data = {{u"incident"_s, record.incident}, {u"check"_s, toJson(check)}}};
}

bool isSameDatabase(const postgres::ConnectionString &one, const postgres::ConnectionString &other)
{
    return one.host().compare(other.host(), Qt::CaseInsensitive) == 0 &&
           one.port() == other.port() && one.database() == other.database();
}

store::JournalDraft discardedDraft(const KeptSchema &gone, const postgres::ConnectionString &target,
                                   int keepDays)
{
    QJsonObject data{{u"schema"_s, gone.name},
                     {u"target"_s, target.display()},
                     {u"connection"_s, target.withoutPassword()},
                     {u"removedWith"_s, removalOf(gone)},
                     {u"tables"_s, gone.tables},
                     {u"bytes"_s, gone.bytes}};
    if (keepDays > 0)
        data.insert(u"keepDays"_s, keepDays);
    return {.kind = u"restore.discarded"_s, .subject = gone.restore, .data = data};
}

store::JournalDraft discardingDraft(const QList<KeptSchema> &together,
                                    const postgres::ConnectionString &target, int keepDays)
{
    QJsonArray kept;
    for (const KeptSchema &one : together)
        kept.append(QJsonObject{{u"name"_s, one.name},
                                {u"database"_s, one.isDatabase},
                                {u"tables"_s, one.tables},
                                {u"bytes"_s, one.bytes}});
    return {.kind = u"restore.discarding"_s,
            .subject = together.front().restore,
            .data = {{u"kept"_s, kept},
                     {u"target"_s, target.display()},
                     {u"connection"_s, target.withoutPassword()},
                     {u"keepDays"_s, keepDays}}};
}

store::JournalDraft stayedDraft(const QString &restore, const QStringList &names,
                                const postgres::ConnectionString &target)
{
    return {.kind = u"restore.discarding.ended"_s,
            .subject = restore,
            .data = {{u"stays"_s, QJsonArray::fromStringList(names)},
                     {u"target"_s, target.display()},
                     {u"connection"_s, target.withoutPassword()}}};
}

store::JournalDraft halfGoneDraft(const QString &name, const QString &restore,
                                  const postgres::ConnectionString &target)
{
    const KeptSchema half{
        .name = name, .original = {}, .restore = restore, .file = {}, .isDatabase = true};
    return {.kind = u"restore.discarding.broken"_s,
            .subject = restore,
            .data = {{u"schema"_s, name},
                     {u"removedWith"_s, removalOf(half)},
                     {u"target"_s, target.display()},
                     {u"connection"_s, target.withoutPassword()}}};
}

QList<store::JournalDraft> settledDiscards(const QList<RestoreRecord> &records,
                                           const QList<KeptSchema> &there,
                                           const postgres::ConnectionString &target)
{
    QList<store::JournalDraft> drafts;
    for (const RestoreRecord &record : records) {
        const auto where = postgres::ConnectionString::parse(record.connection);
        if (record.discarding.isEmpty() || !where || !isSameDatabase(*where, target))
            continue;
        QStringList stays;
        for (const KeptSchema &kept : record.discarding) {
            const auto found = std::ranges::find(there, kept.name, &KeptSchema::name);
            if (found == there.end())
                drafts.append(discardedDraft(kept, target, record.discardingAfter));
            else if (found->isBroken)
                drafts.append(halfGoneDraft(kept.name, record.id.text(), target));
            if (found != there.end())
                stays.append(kept.name);
        }
        if (!stays.isEmpty())
            drafts.append(stayedDraft(record.id.text(), stays, target));
    }
    return drafts;
}

std::optional<DiscardedKept> discardedFrom(const store::JournalEvent &event)
{
    if (event.kind != "restore.discarded"_L1)
        return std::nullopt;
    return DiscardedKept{.at = event.at,
                         .name = event.data["schema"_L1].toString(),
                         .target = event.data["target"_L1].toString(),
                         .bytes = event.data["bytes"_L1].toInteger(),
                         .keepDays = event.data["keepDays"_L1].toInt()};
}

void applyEvent(QList<RestoreRecord> &records, const store::JournalEvent &event)
{
    if (event.kind == "restore.started"_L1) {
        records.prepend(recordFrom(event));
        return;
    }
    if (event.kind == "restore.discarded"_L1) {
        // One that carried no mark belongs to whichever restore has left it.
        for (RestoreRecord &any : records) {
            if (any.unfinished == event.data["schema"_L1].toString() && isInto(any, event))
                any.unfinished.clear();
        }
    }
    if (event.kind == "restore.discarding.broken"_L1) {
        breakHalf(records, event);
        return;
    }
    const auto record = std::ranges::find_if(
        records, [&](const RestoreRecord &r) { return r.id.text() == event.subject; });
    if (record == records.end())
        return;
    if (event.kind == "restore.finished"_L1)
        finish(*record, event);
    else if (event.kind == "restore.statistics"_L1)
        addNotes(*record, event);
    else if (event.kind == "restore.afterwards"_L1 && record->receipt)
        record->receipt->afterwards = afterwardsFromJson(event.data["afterwards"_L1]);
    else if (event.kind == "restore.settled"_L1)
        settle(*record, event);
    else if (event.kind == "restore.putback"_L1)
        putBack(*record, event);
    else if (event.kind == "restore.putback.started"_L1)
        record->isPutBackOpen = true;
    else if (event.kind == "restore.putback.settled"_L1)
        settlePutBack(*record, event);
    else if (event.kind == "restore.discarded"_L1 && isInto(*record, event))
        discard(*record, event);
    else if (event.kind == "restore.discarding"_L1 && isInto(*record, event))
        beginDiscarding(*record, event);
    else if (event.kind == "restore.discarding.ended"_L1 && isInto(*record, event))
        record->discarding.clear();
    else if (event.kind == "restore.broughtback"_L1)
        bringBack(*record, event);
    else if (event.kind == "restore.content"_L1)
        summarizeContent(*record, event);
}

} // namespace mayday::restore
