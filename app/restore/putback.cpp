// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/putback.h"

#include "core/latestop.h"
#include "core/log.h"
#include "postgres/catalog.h"
#include "restore/dependents.h"
#include "restore/handover.h"
#include "restore/sidedatabase.h"

#include <QElapsedTimer>
#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

Result<QList<TableResult>> countAll(postgres::Session &session, const QString &schema,
                                    const QString &shownAs, TaskContext &context)
{
    const auto tables = postgres::tables(session, schema, context);
    if (!tables)
        return failure(tables.error());
    QList<TableResult> counted;
    for (const postgres::TableFacts &table : *tables) {
        const auto rows = postgres::exactRowCount(session, schema, table.name, context);
        if (!rows)
            return failure(rows.error());
        counted.append({.schema = shownAs, .name = table.name, .rowsInDump = *rows});
    }
    return counted;
}

Result<void> compareAfter(postgres::Session &session, PutBackReceipt &receipt, TaskContext &context)
{
    for (TableResult &table : receipt.tables) {
        const auto rows = postgres::exactRowCount(session, table.schema, table.name, context);
        if (!rows)
            return failure(rows.error());
        table.rowsAfter = *rows;
        table.verdict = *rows == table.rowsInDump ? Verdict::Proven : Verdict::Differences;
        if (table.verdict != Verdict::Proven)
            return failure(
                {.kind = ErrorKind::Internal,
                 .subject = table.schema + u'.' + table.name,
                 .detail =
                     u"%1 rows before, %2 after the renaming"_s.arg(table.rowsInDump).arg(*rows),
                 .advice = Advice::SendReport});
    }
    return {};
}

/// The connection died with the commit on its way: the server is asked where the schemas are.
Result<void> settleCommit(PutBackReceipt &receipt, const postgres::ConnectionString &target,
                          const QList<KeptSchema> &moved, const Error &lost, TaskContext &context)
{
    LateStop patient(context);
    constexpr int attempts = 3;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        auto session = postgres::Session::connect(target, patient.context(),
                                                  {.applicationName = u"mayday put-back"_s});
        if (!session)
            continue;
        if (!waitForQuiet(*session, patient.context()))
            continue;
        // Under its kept name still: nothing has moved.
        const auto isKept = postgres::schemaExists(*session, moved.front().name, patient.context());
        if (isKept)
            return *isKept ? failure(lost) : Result<void>();
    }
    Error unknown = lost;
    unknown.sqlState = outcomeUnknown;
    unknown.detail =
        u"the connection was lost during the commit, and the server cannot be asked: it may "
        "have taken place"_s;
    for (Leftover &left : receipt.left)
        left = {u"possibly: "_s + left.what, QString()};
    receipt.isUnknown = true;
    return failure(unknown);
}

/// One schema back under its name, what stood there parked, and both in the receipt. Where what
/// was live is parked now; nothing when there was none.
Result<std::optional<NameChange>> moveOne(postgres::Session &session, PutBackReceipt &receipt,
                                          const KeptSchema &kept, const QDateTime &now,
                                          TaskContext &context)
{
    auto before = countAll(session, kept.name, kept.original, context);
    if (!before)
        return failure(before.error());
    const auto parks = postgres::schemaExists(session, kept.original, context);
    if (!parks)
        return failure(parks.error());
    const auto parked = freeKeptName(session, kept.original, now, RestoreMode::Replace, context);
    if (!parked)
        return failure(parked.error());
    if (auto moved = moveBack(session, kept, *parked, context); !moved)
        return failure(moved.error());
    receipt.tables += *before;
    receipt.schemas.append(kept.original);
    receipt.restore = kept.restore;
    receipt.isRestoredLive = kept.state == KeptState::Restored;
    if (!*parks)
        return std::nullopt;
    receipt.left.append(
        {(kept.state == KeptState::Restored ? u"schema %1: the data as it was before the restore"_s
                                            : u"schema %1: the data the restore had brought"_s)
             .arg(*parked),
         removalOf(*parked)});
    return NameChange{.from = *parked, .to = kept.original};
}

bool canSwap(const KeptSchema &kept)
{
    return !kept.isBroken && (kept.state == KeptState::Before || kept.state == KeptState::Restored);
}

/// What a put-back would take, newest first: of that restore, or of any.
Result<KeptSchema> keptFor(postgres::Session &session, const QString &restore, TaskContext &context)
{
    const auto all = allKept(session, context);
    if (!all)
        return failure(all.error());
    const auto found = std::ranges::find_if(*all, [&](const KeptSchema &kept) {
        return canSwap(kept) && (restore.isEmpty() || kept.restore == restore);
    });
    if (found != all->end())
        return *found;
    const auto broken = std::ranges::find_if(*all, [&](const KeptSchema &kept) {
        return kept.isBroken && (restore.isEmpty() || kept.restore == restore);
    });
    if (broken != all->end())
        return failure({.kind = ErrorKind::Refused,
                        .subject = u"database "_s + broken->name,
                        .detail = u"it is broken: dropping it was interrupted, and nobody can "
                                  "connect to it any more; it can only be discarded"_s});
    const auto own = std::ranges::find_if(*all, [&](const KeptSchema &kept) {
        return kept.state == KeptState::HandedOver && kept.restore == restore;
    });
    if (own != all->end())
        return failure({.kind = ErrorKind::Refused,
                        .subject = u"database "_s + own->name,
                        .detail = u"%1 left the live database as it was, and stands in this one of "
                                  "its own, so there is nothing to put back"_s.arg(restore)});
    return failure({.kind = ErrorKind::NotFound,
                    .subject = session.subject(),
                    .detail = u"nothing of restore %1 is kept here"_s.arg(restore)});
}

Result<QString> oidOf(const postgres::ConnectionString &target, TaskContext &context)
{
    auto session =
        postgres::Session::connect(target, context, {.applicationName = u"mayday put-back"_s});
    if (!session)
        return failure(session.error());
    return session
        ->query("SELECT oid FROM pg_catalog.pg_database"
                " WHERE datname = pg_catalog.current_database()",
                context)
        .transform([](const postgres::Rows &rows) { return rows.text(0, 0); });
}

/// A whole database takes the name back. It is the same one before and after, which is the proof:
/// nobody has written into it meanwhile.
Result<void> workOnDatabase(PutBackReceipt &receipt, const postgres::ConnectionString &target,
                            const KeptSchema &kept, const QDateTime &now, TaskContext &context)
{
    const auto before = oidOf(target.withDatabase(kept.name), context);
    if (!before)
        return failure(before.error());
    auto side = SideDatabase::open(target, SideDatabase::Patience::None, context);
    if (!side)
        return failure(side.error());
    const auto name = side->freeName(RestoreMode::Replace, now, context);
    if (!name)
        return failure(name.error());
    KeptSchema parked = kept;
    parked.name = *name;
    parked.state = kept.state == KeptState::Before ? KeptState::Restored : KeptState::Before;
    receipt.restore = kept.restore;
    receipt.isRestoredLive = kept.state == KeptState::Restored;
    const auto swapped = side->swap(kept.name, parked, context);
    LateStop patient(context);
    if (!swapped && (!side->mayBeSwapped() || (swapped.error().kind != ErrorKind::Unreachable &&
                                               swapped.error().kind != ErrorKind::Timeout)))
        return swapped;
    // The server's own word counts, whether or not the answer to the swap was heard.
    const auto quiet = swapped ? Result<void>() : waitBeside(target, patient.context());
    const auto after =
        quiet ? oidOf(target, patient.context()) : Result<QString>(failure(quiet.error()));
    if (!after) {
        receipt.isUnknown = true;
        receipt.left = {{u"possibly: database %1: the other state"_s.arg(*name), QString()}};
        Error unknown = after.error();
        unknown.sqlState = outcomeUnknown;
        unknown.detail.prepend(u"it may have taken place, and the server cannot be asked: "_s);
        return failure(unknown);
    }
    if (*after != *before)
        return swapped ? failure({.kind = ErrorKind::Internal,
                                  .subject = target.display(),
                                  .detail = u"another database has the name now"_s,
                                  .advice = Advice::SendReport})
                       : swapped;
    receipt.schemas.append(kept.original);
    receipt.left.append(
        {(receipt.isRestoredLive ? u"database %1: the data as it was before the restore"_s
                                 : u"database %1: the data the restore had brought"_s)
             .arg(*name),
         removalOf(parked)});
    return {};
}

Result<void> work(PutBackReceipt &receipt, const postgres::ConnectionString &target,
                  const QString &restore, const QDateTime &now, TaskContext &context)
{
    auto session =
        postgres::Session::connect(target, context, {.applicationName = u"mayday put-back"_s});
    if (!session)
        return failure(session.error());
    if (auto begun = session->execute("BEGIN; SET LOCAL lock_timeout = '5s'", context); !begun)
        return failure(begun.error());
    // Sizes are asked for, and whoever holds a table must not hold us for ever.
    const auto meant = keptFor(*session, restore, context);
    if (!meant && meant.error().kind != ErrorKind::NotFound)
        return failure(meant.error());
    if (meant && meant->isDatabase) {
        session->close();
        return workOnDatabase(receipt, target, *meant, now, context);
    }
    if (auto locked = lockForRestore(*session, context); !locked)
        return locked;
    const auto matching = keptOf(*session, restore, KeptFor::PutBack, context);
    if (!matching)
        return failure(matching.error());
    QStringList names;
    for (const KeptSchema &kept : *matching)
        names.append(kept.original);
    const auto outside = outsideDependents(*session, names, context);
    if (!outside)
        return failure(outside.error());
    QList<NameChange> changes;
    for (const KeptSchema &kept : *matching) {
        const auto moved = moveOne(*session, receipt, kept, now, context);
        if (!moved)
            return failure(moved.error());
        if (*moved)
            changes.append(**moved);
    }
    if (auto same = compareAfter(*session, receipt, context); !same)
        return same;
    Handover handover(*session, changes);
    const auto committed = handover.commit(context);
    QStringList differences = handover.differences();
    for (const QString &dependent : *outside) {
        if (!handover.followed().contains(dependent))
            differences.append(dependent + u" goes on using what was live until now"_s);
    }
    receipt.notes = differences + handover.notes();
    if (!differences.isEmpty())
        receipt.verdict = Verdict::Differences;
    if (committed || !handover.mayHaveHappened())
        return committed;
    return settleCommit(receipt, target, *matching, committed.error(), context);
}

} // namespace

PutBackReceipt putBack(const postgres::ConnectionString &target, const QString &restore,
                       const QDateTime &now, TaskContext &context)
{
    QElapsedTimer timer;
    timer.start();
    PutBackReceipt receipt;
    receipt.verdict = Verdict::Proven;
    if (auto done = work(receipt, target, restore, now, context); !done) {
        receipt.verdict = Verdict::NotRestored;
        receipt.error = done.error();
        if (!receipt.isUnknown)
            receipt.left.clear();
        receipt.notes.clear();
        receipt.schemas.clear();
        for (TableResult &table : receipt.tables)
            table.verdict = Verdict::NotRestored;
    }
    receipt.seconds = static_cast<double>(timer.elapsed()) / 1000.0;
    log::info(u"restore", u"put back %1: %2%3"_s.arg(
                              restore, verdictKey(receipt.verdict),
                              receipt.error ? u": "_s + describe(*receipt.error) : QString()));
    return receipt;
}

Result<QString> newestKept(const postgres::ConnectionString &target, TaskContext &context)
{
    auto session = postgres::Session::connect(
        target, context,
        {.applicationName = u"mayday put-back"_s, .lockTimeout = std::chrono::seconds(5)});
    if (!session)
        return failure(session.error());
    return keptOf(*session, {}, KeptFor::PutBack, context)
        .transform([](const QList<KeptSchema> &kept) { return kept.front().restore; });
}

Result<bool> isPutBack(const postgres::ConnectionString &target, const QString &restore,
                       TaskContext &context)
{
    auto session = postgres::Session::connect(target, context, {.applicationName = u"mayday"_s});
    if (!session)
        return failure(session.error());
    if (auto quiet = waitForQuiet(*session, context); !quiet)
        return failure(quiet.error());
    if (auto quiet = waitBeside(target, context); !quiet)
        return failure(quiet.error());
    return keptFor(*session, restore, context).transform([](const KeptSchema &kept) {
        return kept.state == KeptState::Restored;
    });
}

QJsonObject toJson(const PutBackReceipt &receipt)
{
    RestoreReceipt same;
    same.verdict = receipt.verdict;
    same.tables = receipt.tables;
    same.error = receipt.error;
    same.left = receipt.left;
    same.notes = receipt.notes;
    same.seconds = receipt.seconds;
    same.mode = u"put-back"_s;
    QJsonObject json = toJson(same);
    json.remove("id"_L1);
    json.remove("file"_L1);
    json["live"_L1] = receipt.isRestoredLive ? u"restored"_s : u"before"_s;
    json["schemas"_L1] = QJsonArray::fromStringList(receipt.schemas);
    return json;
}

} // namespace mayday::restore
