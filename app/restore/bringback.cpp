// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/bringback.h"

#include "core/latestop.h"
#include "core/log.h"
#include "postgres/catalog.h"
#include "postgres/quoting.h"
#include "restore/keptsource.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QMap>
#include <QSet>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using postgres::quoteIdentifier;

/// A table to change, with how it differed before.
struct Work {
    TableChoice choice;
    TableComparison before;

    [[nodiscard]] TableName name() const { return {before.pair.liveSchema, before.pair.name}; }
    [[nodiscard]] QString quoted() const
    {
        return quoteIdentifier(before.pair.liveSchema) + u'.' + quoteIdentifier(before.pair.name);
    }
};

QString shown(const TableName &name)
{
    return name.first + u'.' + name.second;
}

Error refusedFor(const TableName &table, const QString &detail)
{
    return {.kind = ErrorKind::Refused, .subject = shown(table), .detail = detail};
}

/// A trigger of a user that would run, and how it is switched on again.
struct Quieted {
    QString table;
    QString trigger;
    bool isAlways = false; ///< also on a replica
};

/// One bring-back in its transaction. Lives in one call on one worker.
class Bringing final {
public:
    Bringing(postgres::Session &session, KeptSource &source, BringBackReceipt &receipt,
             TaskContext &context)
        : m_session(session), m_source(source), m_receipt(receipt), m_context(context)
    {
    }

    /// All but BEGIN, the lock and COMMIT.
    Result<void> work(const QList<TableDecision> &decisions);

private:
    Result<void> choose(const QList<TableDecision> &decisions);
    Result<void> sortByReferences();
    Result<void> lockTables();
    Result<void> quietTriggers(const Work &work);
    Result<void> wakeTriggers();
    Result<void> countOthers(QMap<TableName, qint64> &counts);
    Result<void> changeRows();
    Result<void> advanceSequences(const Work &work);
    Result<void> proveTables();
    Result<qint64> run(const Work &work, const QByteArray &sql);

    postgres::Session &m_session;
    KeptSource &m_source;
    BringBackReceipt &m_receipt;
    TaskContext &m_context;
    QList<Work> m_work; ///< parents first
    QList<Quieted> m_quieted;
};

Result<qint64> Bringing::run(const Work &work, const QByteArray &sql)
{
    if (sql.isEmpty())
        return 0;
    auto done = m_session.execute(sql, m_context);
    if (done)
        return done;
    Error error = done.error();
    error.subject = shown(work.name());
    return failure(error);
}

Result<void> Bringing::choose(const QList<TableDecision> &decisions)
{
    const auto pairs = m_source.pairs(m_context);
    if (!pairs)
        return failure(pairs.error());
    for (const TableDecision &decision : decisions) {
        if (decision.choice == TableChoice::LeaveAsRestored)
            continue;
        const TableName name{decision.schema, decision.name};
        const auto pair = std::ranges::find_if(*pairs, [&name](const TablePair &p) {
            return p.liveSchema == name.first && p.name == name.second;
        });
        if (pair == pairs->end())
            return failure(refusedFor(name, u"what is kept has no such table"_s));
        if (!pair->hasLive)
            return failure(refusedFor(
                name, u"it is not there live, so there is nothing to bring the rows into"_s));
        if (pair->storedColumns().isEmpty())
            return failure(refusedFor(name, u"the two have no column in common"_s));
        m_work.append({.choice = decision.choice, .before = {.pair = *pair}});
    }
    if (m_work.isEmpty())
        return failure({.kind = ErrorKind::Refused,
                        .subject = m_session.subject(),
                        .detail = u"no table was chosen"_s});
    return {};
}

/// A table after all those its foreign keys point at. A ring is cut where a key may be deferred;
/// where none may, the server will say which key it is.
Result<void> Bringing::sortByReferences()
{
    const auto rows = m_session.query("SELECT n.nspname, c.relname, fn.nspname, f.relname, "
                                      "k.condeferrable FROM pg_catalog.pg_constraint k"
                                      " JOIN pg_catalog.pg_class c ON c.oid = k.conrelid"
                                      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                                      " JOIN pg_catalog.pg_class f ON f.oid = k.confrelid"
                                      " JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace"
                                      " WHERE k.contype = 'f' AND k.conrelid <> k.confrelid",
                                      m_context);
    if (!rows)
        return failure(rows.error());
    QMultiMap<TableName, TableName> parents;
    QMultiMap<TableName, TableName> strictParents;
    for (int i = 0; i < rows->rowCount(); ++i) {
        const TableName child{rows->text(i, 0), rows->text(i, 1)};
        const TableName parent{rows->text(i, 2), rows->text(i, 3)};
        parents.insert(child, parent);
        if (!rows->isTrue(i, 4))
            strictParents.insert(child, parent);
    }
    QList<Work> sorted;
    QSet<TableName> waiting;
    for (const Work &work : std::as_const(m_work))
        waiting.insert(work.name());
    const auto firstWithout = [this, &waiting](const QMultiMap<TableName, TableName> &parentsOf) {
        return std::ranges::find_if(m_work, [&](const Work &work) {
            return std::ranges::none_of(parentsOf.values(work.name()),
                                        [&](const TableName &p) { return waiting.contains(p); });
        });
    };
    while (!m_work.isEmpty()) {
        auto next = firstWithout(parents);
        if (next == m_work.end())
            next = firstWithout(strictParents);
        if (next == m_work.end())
            next = m_work.begin();
        waiting.remove(next->name());
        sorted.append(*next);
        m_work.erase(next);
    }
    m_work = std::move(sorted);
    return {};
}

Result<void> Bringing::lockTables()
{
    QStringList names;
    for (const Work &work : std::as_const(m_work))
        names.append(work.quoted());
    const QString sql = u"LOCK TABLE %1 IN SHARE ROW EXCLUSIVE MODE; SET LOCAL lock_timeout = 0; "
                        "SET CONSTRAINTS ALL DEFERRED"_s.arg(names.join(u", "_s));
    if (auto locked = m_session.execute(sql.toUtf8(), m_context); !locked)
        return failure(locked.error());
    for (Work &work : m_work) {
        if (auto compared = compareTable(m_session, work.before, m_context); !compared)
            return compared;
        if (auto quieted = quietTriggers(work); !quieted)
            return quieted;
    }
    return {};
}

/// They have run once, when the rows were written; a mail must not go out twice. Those that are
/// switched off already stay so afterwards.
Result<void> Bringing::quietTriggers(const Work &work)
{
    const std::array parameters{work.quoted().toUtf8()};
    const auto rows =
        m_session.query("SELECT tgname, tgenabled = 'A' FROM pg_catalog.pg_trigger"
                        " WHERE tgrelid = $1::regclass AND NOT tgisinternal AND tgenabled IN ('O', "
                        "'A') ORDER BY 1",
                        parameters, m_context);
    if (!rows)
        return failure(rows.error());
    for (int i = 0; i < rows->rowCount(); ++i) {
        const Quieted trigger{.table = work.quoted(),
                              .trigger = quoteIdentifier(rows->text(i, 0)),
                              .isAlways = rows->isTrue(i, 1)};
        const QString sql =
            u"ALTER TABLE %1 DISABLE TRIGGER %2"_s.arg(trigger.table, trigger.trigger);
        if (auto done = run(work, sql.toUtf8()); !done)
            return failure(done.error());
        m_quieted.append(trigger);
    }
    return {};
}

Result<void> Bringing::wakeTriggers()
{
    for (const Quieted &trigger : std::as_const(m_quieted)) {
        const QString sql = u"ALTER TABLE %1 ENABLE %2TRIGGER %3"_s.arg(
            trigger.table, trigger.isAlways ? u"ALWAYS "_s : QString(), trigger.trigger);
        if (auto done = m_session.execute(sql.toUtf8(), m_context); !done)
            return failure(done.error());
    }
    return {};
}

/// Tables of the same schemas that nobody chose: a cascade must not reach them.
Result<void> Bringing::countOthers(QMap<TableName, qint64> &counts)
{
    QSet<QString> schemas;
    QSet<TableName> chosen;
    for (const Work &work : std::as_const(m_work)) {
        schemas.insert(work.before.pair.liveSchema);
        chosen.insert(work.name());
    }
    for (const QString &schema : std::as_const(schemas)) {
        const auto tables = postgres::tables(m_session, schema, m_context);
        if (!tables)
            return failure(tables.error());
        for (const postgres::TableFacts &table : *tables) {
            if (chosen.contains({schema, table.name}))
                continue;
            const auto rows = postgres::exactRowCount(m_session, schema, table.name, m_context);
            if (!rows)
                return failure(rows.error());
            counts.insert({schema, table.name}, *rows);
        }
    }
    return {};
}

Result<void> Bringing::changeRows()
{
    QMap<TableName, TableBroughtBack> done;
    for (const Work &work : std::as_const(m_work))
        done.insert(
            work.name(),
            {.schema = work.name().first, .name = work.name().second, .choice = work.choice});
    // Children lose theirs first, parents get theirs first.
    for (auto work = m_work.crbegin(); work != m_work.crend(); ++work) {
        if (work->choice != TableChoice::AsBefore)
            continue;
        const auto deleted = run(*work, work->before.pair.deleteSql());
        if (!deleted)
            return failure(deleted.error());
        done[work->name()].deleted = *deleted;
    }
    for (const Work &work : std::as_const(m_work)) {
        if (work.choice == TableChoice::AsBefore) {
            const auto updated = run(work, work.before.pair.updateSql());
            if (!updated)
                return failure(updated.error());
            done[work.name()].updated = *updated;
        }
        const auto inserted = run(work, work.before.pair.insertSql());
        if (!inserted)
            return failure(inserted.error());
        done[work.name()].inserted = *inserted;
        m_receipt.tables.append(done[work.name()]);
        if (auto advanced = advanceSequences(work); !advanced)
            return advanced;
    }
    return {};
}

/// The next value must not be one that a row has already, nor one that was given out before the
/// restore.
Result<void> Bringing::advanceSequences(const Work &work)
{
    const auto sequences = postgres::sequences(m_session, work.before.pair.liveSchema, m_context);
    if (!sequences)
        return failure(sequences.error());
    const auto earlier = m_source.sequences(work.before.pair.keptSchema, m_context);
    if (!earlier)
        return failure(earlier.error());
    for (const postgres::SequenceFacts &sequence : *sequences) {
        if (sequence.ownerTable != work.before.pair.name || sequence.ownerColumn.isEmpty())
            continue;
        const QString name =
            quoteIdentifier(sequence.schema) + u'.' + quoteIdentifier(sequence.name);
        const auto before =
            std::ranges::find(*earlier, sequence.name, &postgres::SequenceFacts::name);
        const bool wasUsed = before != earlier->end() && before->isCalled;
        const QString sql =
            u"SELECT pg_catalog.setval(%1::regclass, m) FROM"
            " (SELECT greatest(max(%2)::bigint, %3) AS m FROM %4) x WHERE m >= %5"_s.arg(
                QString::fromUtf8(postgres::quoteLiteral(name.toUtf8())),
                quoteIdentifier(sequence.ownerColumn),
                wasUsed ? QString::number(before->lastValue) : u"NULL"_s, work.quoted(),
                QString::number(sequence.lastValue));
        if (auto set = run(work, sql.toUtf8()); !set)
            return failure(set.error());
    }
    return {};
}

Result<void> Bringing::proveTables()
{
    for (const Work &work : std::as_const(m_work)) {
        TableComparison after{.pair = work.before.pair};
        if (auto compared = compareTable(m_session, after, m_context); !compared)
            return compared;
        const bool isAsBefore = work.choice == TableChoice::AsBefore;
        const bool isRight = isAsBefore
                                 ? after.isSame()
                                 : after.onlyKept == 0 && after.onlyLive == work.before.onlyLive &&
                                       after.different == work.before.different;
        if (!isRight)
            return failure(refusedFor(
                work.name(),
                u"after it %1 rows would still be missing, %2 too many, and %3 different"_s
                    .arg(after.onlyKept)
                    .arg(after.onlyLive - (isAsBefore ? 0 : work.before.onlyLive))
                    .arg(after.different - (isAsBefore ? 0 : work.before.different))));
        if (work.before.different > 0 && !isAsBefore)
            m_receipt.notes.append(
                (m_receipt.isFromCopy
                     ? u"%1: rows changed after the backup stay as they are live (%2)"_s
                     : u"%1: rows changed after the backup stay as the backup has them (%2)"_s)
                    .arg(shown(work.name()))
                    .arg(work.before.different));
    }
    return {};
}

Result<void> Bringing::work(const QList<TableDecision> &decisions)
{
    m_receipt.restore = m_source.restore();
    m_receipt.isFromCopy = m_source.isCopy();
    if (auto chosen = choose(decisions); !chosen)
        return chosen;
    if (auto sorted = sortByReferences(); !sorted)
        return sorted;
    // Before anybody has to wait: what is kept stays as it is.
    for (Work &work : m_work) {
        if (auto fetched = m_source.fetch(work.before.pair, m_context); !fetched)
            return fetched;
    }
    if (auto locked = lockTables(); !locked)
        return locked;
    QMap<TableName, qint64> before;
    if (auto counted = countOthers(before); !counted)
        return counted;
    if (auto changed = changeRows(); !changed)
        return changed;
    if (auto checked = m_session.execute("SET CONSTRAINTS ALL IMMEDIATE", m_context); !checked)
        return failure(checked.error());
    if (auto proven = proveTables(); !proven)
        return proven;
    if (auto awake = wakeTriggers(); !awake)
        return awake;
    QMap<TableName, qint64> after;
    if (auto counted = countOthers(after); !counted)
        return counted;
    for (const auto &[table, rows] : before.asKeyValueRange()) {
        if (after.value(table, -1) != rows)
            return failure(refusedFor(
                table,
                u"it was not chosen, and would go from %1 rows to %2 by a cascade"_s.arg(rows).arg(
                    after.value(table, -1))));
    }
    return {};
}

Result<void> inOneTransaction(BringBackReceipt &receipt, const postgres::ConnectionString &target,
                              const QString &restore, const QList<TableDecision> &decisions,
                              TaskContext &context)
{
    auto session =
        postgres::Session::connect(target, context, {.applicationName = u"mayday bring back"_s});
    if (!session)
        return failure(session.error());
    if (auto begun = session->execute("BEGIN; SET LOCAL lock_timeout = '5s'", context); !begun)
        return failure(begun.error());
    if (auto locked = lockForRestore(*session, context); !locked)
        return locked;
    auto source = KeptSource::open(*session, target, restore, context);
    if (!source)
        return failure(source.error());
    if (auto done = Bringing(*session, *source, receipt, context).work(decisions); !done)
        return done;
    LateStop unstoppable(context);
    const auto committed = session->execute("COMMIT", unstoppable.context());
    if (committed)
        return {};
    Error error = LateStop::unanswered(committed.error());
    receipt.isUnknown = error.kind == ErrorKind::Unreachable || error.kind == ErrorKind::Timeout;
    if (receipt.isUnknown)
        error.detail = u"the connection was lost during the commit: it may have taken place. "
                       "Compare again to see"_s;
    return failure(error);
}

} // namespace

qint64 BringBackReceipt::inserted() const
{
    qint64 rows = 0;
    for (const TableBroughtBack &table : tables)
        rows += table.inserted;
    return rows;
}

BringBackReceipt bringBack(const postgres::ConnectionString &target, const QString &restore,
                           const QList<TableDecision> &decisions, TaskContext &context)
{
    QElapsedTimer timer;
    timer.start();
    BringBackReceipt receipt{.restore = restore};
    if (auto done = inOneTransaction(receipt, target, restore, decisions, context); done) {
        receipt.verdict = Verdict::Proven;
    } else {
        receipt.error = done.error();
        receipt.notes.clear();
        if (!receipt.isUnknown)
            receipt.tables.clear();
    }
    receipt.seconds = static_cast<double>(timer.elapsed()) / 1000.0;
    log::info(u"restore", u"bring back after %1: %2 rows%3"_s.arg(receipt.restore)
                              .arg(receipt.inserted())
                              .arg(receipt.error ? u": "_s + describe(*receipt.error) : QString()));
    return receipt;
}

QString choiceKey(TableChoice choice)
{
    switch (choice) {
    case TableChoice::LeaveAsRestored: return u"leave"_s;
    case TableChoice::AddMissing: return u"add"_s;
    case TableChoice::AsBefore: break;
    }
    return u"before"_s;
}

std::optional<TableChoice> choiceFromKey(const QString &key)
{
    for (const TableChoice choice :
         {TableChoice::LeaveAsRestored, TableChoice::AddMissing, TableChoice::AsBefore}) {
        if (choiceKey(choice) == key)
            return choice;
    }
    return std::nullopt;
}

QJsonObject toJson(const BringBackReceipt &receipt)
{
    QJsonArray tables;
    for (const TableBroughtBack &table : receipt.tables)
        tables.append(QJsonObject{{u"schema"_s, table.schema},
                                  {u"name"_s, table.name},
                                  {u"choice"_s, choiceKey(table.choice)},
                                  {u"inserted"_s, table.inserted},
                                  {u"updated"_s, table.updated},
                                  {u"deleted"_s, table.deleted}});
    QJsonObject json{{u"verdict"_s, verdictKey(receipt.verdict)},
                     {u"restore"_s, receipt.restore},
                     {u"tables"_s, tables},
                     {u"notes"_s, QJsonArray::fromStringList(receipt.notes)},
                     {u"isUnknown"_s, receipt.isUnknown},
                     {u"isFromCopy"_s, receipt.isFromCopy},
                     {u"seconds"_s, receipt.seconds}};
    if (receipt.error)
        json.insert(u"error"_s, toJson(*receipt.error));
    return json;
}

} // namespace mayday::restore
