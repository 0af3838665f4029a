// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/proof.h"

#include "postgres/catalog.h"
#include "postgres/quoting.h"
#include "restore/partitions.h"

#include <QHash>
#include <QSet>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using postgres::quoteIdentifier;

QString nameOf(const QString &schema, const QString &name)
{
    return schema + u'.' + name;
}

/// Valid and invalid constraints and indexes of one table.
struct Validity {
    int valid = 0;
    int invalid = 0;
};

Result<QHash<QString, Validity>> validities(postgres::Session &session, TaskContext &context)
{
    const auto rows =
        session.query("SELECT n.nspname || '.' || c.relname, count(*) FILTER (WHERE v.ok), "
                      "count(*) FILTER (WHERE NOT v.ok)"
                      " FROM (SELECT conrelid AS rel, convalidated AS ok FROM "
                      "pg_catalog.pg_constraint WHERE conrelid <> 0"
                      "  UNION ALL SELECT indrelid, indisvalid AND indisready FROM "
                      "pg_catalog.pg_index WHERE NOT indisvalid) v"
                      " JOIN pg_catalog.pg_class c ON c.oid = v.rel"
                      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace GROUP BY 1",
                      context);
    if (!rows)
        return failure(rows.error());
    QHash<QString, Validity> all;
    for (int i = 0; i < rows->rowCount(); ++i)
        all.insert(rows->text(i, 0),
                   {static_cast<int>(rows->integer(i, 1)), static_cast<int>(rows->integer(i, 2))});
    return all;
}

QString rowsIn(qint64 count)
{
    return count == 1 ? u"1 row"_s : u"%1 rows"_s.arg(count);
}

void judge(TableResult &table, const Validity &validity)
{
    table.constraints = validity.valid;
    const qint64 missing = table.rowsInDump - table.rowsAfter;
    table.verdict = missing == 0 ? Verdict::Proven : Verdict::Differences;
    if (missing > 0)
        table.note = rowsIn(missing) + u" missing"_s;
    else if (missing < 0)
        table.note = rowsIn(-missing) + u" too many"_s;
}

/// A load in one transaction fails when something valid cannot be made, so what is not valid now
/// was not valid in the original (NOT VALID, an index still in the making).
void noteValidity(const TableResult &table, const Validity &validity, ProofResult &proof)
{
    const QString name = nameOf(table.schema, table.name);
    if (validity.invalid == 1)
        proof.notes.append(u"1 constraint or index of %1 is not valid, as it was when the dump "
                           "was made"_s.arg(name));
    else if (validity.invalid > 1)
        proof.notes.append(u"%1 constraints or indexes of %2 are not valid, as they were when the "
                           "dump was made"_s.arg(QString::number(validity.invalid), name));
}

/// Rows that came through a partitioned table (pg_dump --load-via-partition-root) lie in its
/// partitions, and only the whole can be compared: it is counted as the root, its parts as nothing.
Result<QSet<QString>> gatherPartitions(postgres::Session &session, ProofResult &proof,
                                       TaskContext &context)
{
    const auto parts = partitionsByRoot(session, context);
    if (!parts)
        return failure(parts.error());
    QHash<QString, TableResult *> byName;
    for (TableResult &table : proof.tables)
        byName.insert(nameOf(table.schema, table.name), &table);
    QSet<QString> roots;
    for (const auto &[rootName, partName] : parts->asKeyValueRange()) {
        TableResult *root = byName.value(rootName);
        TableResult *part = byName.value(partName);
        if (!root || !part || root->rowsInDump == 0)
            continue;
        roots.insert(rootName);
        root->rowsInDump += part->rowsInDump;
        part->rowsInDump = 0;
        part->note = u"counted with "_s + rootName;
    }
    return roots;
}

Result<void> countTables(postgres::Session &session, const QHash<QString, Validity> &validity,
                         ProofResult &proof, TaskContext &context,
                         const std::function<void(const ProofResult &)> &onTable)
{
    const auto roots = gatherPartitions(session, proof, context);
    if (!roots)
        return failure(roots.error());
    for (TableResult &table : proof.tables) {
        const QString name = nameOf(table.schema, table.name);
        const bool isPart = !table.note.isEmpty();
        const QString sql = u"SELECT pg_catalog.count(*) FROM %1%2.%3%4"_s.arg(
            roots->contains(name) ? QString() : u"ONLY "_s, quoteIdentifier(table.schema),
            quoteIdentifier(table.name), isPart ? u" WHERE false"_s : QString());
        const auto count = session.query(sql.toUtf8(), context);
        if (!count)
            return failure(count.error());
        table.rowsAfter = count->integer(0, 0);
        judge(table, validity.value(name));
        noteValidity(table, validity.value(name), proof);
        onTable(proof);
    }
    return {};
}

/// The sequence's state against the dump's setval.
Result<void> proveSequence(postgres::Session &session, const dump::SequenceInDump &sequence,
                           ProofResult &proof, TaskContext &context)
{
    const QByteArray sql =
        u"SELECT last_value, is_called FROM %1.%2"_s
            .arg(quoteIdentifier(sequence.schema), quoteIdentifier(sequence.name))
            .toUtf8();
    const auto state = session.query(sql, context);
    if (!state)
        return failure(state.error());
    const QString name = nameOf(sequence.schema, sequence.name);
    const QString value = QString::number(sequence.value);
    QString difference;
    if (state->integer(0, 0) != sequence.value)
        difference =
            u"sequence %1 is at %2, the dump says %3"_s.arg(name, state->text(0, 0), value);
    else if (state->isTrue(0, 1) && !sequence.isCalled)
        difference = u"sequence %1 has used %2, the dump says it comes next"_s.arg(name, value);
    else if (!state->isTrue(0, 1) && sequence.isCalled)
        difference = u"sequence %1 gives %2 next, the dump says it is used"_s.arg(name, value);
    if (!difference.isEmpty()) {
        proof.isProven = false;
        proof.notes.prepend(difference); // before what is no difference
    }
    return {};
}

/// Whether the column has gone beyond the sequence that feeds it, in the direction it counts;
/// nothing when the column is not one of numbers ("A-17").
Result<std::optional<bool>> isBehind(postgres::Session &session,
                                     const postgres::SequenceFacts &sequence, TaskContext &context)
{
    const QString table =
        quoteIdentifier(sequence.schema) + u'.' + quoteIdentifier(sequence.ownerTable);
    const std::array parameters{
        (quoteIdentifier(sequence.schema) + u'.' + quoteIdentifier(sequence.name)).toUtf8(),
        table.toUtf8(), sequence.ownerColumn.toUtf8()};
    const auto kind = session.query(
        "SELECT s.seqincrement < 0, t.typcategory = 'N' FROM pg_catalog.pg_sequence s,"
        " pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
        " WHERE s.seqrelid = $1::regclass AND a.attrelid = $2::regclass AND a.attname = $3",
        parameters, context);
    if (!kind)
        return failure(kind.error());
    if (kind->rowCount() == 0 || !kind->isTrue(0, 1))
        return std::optional<bool>();
    const bool countsDown = kind->isTrue(0, 0);
    const QString sql = u"SELECT coalesce(pg_catalog.%1(%2) %3 %4, false) FROM %5"_s.arg(
        countsDown ? u"min"_s : u"max"_s, quoteIdentifier(sequence.ownerColumn),
        countsDown ? u"<"_s : u">"_s, QString::number(sequence.lastValue), table);
    return session.query(sql.toUtf8(), context).transform([](const postgres::Rows &rows) {
        return std::optional(rows.isTrue(0, 0));
    });
}

Result<void> checkAgainstColumns(postgres::Session &session, const QString &schema,
                                 ProofResult &proof, TaskContext &context)
{
    const auto facts = postgres::sequences(session, schema, context);
    if (!facts)
        return failure(facts.error());
    for (const postgres::SequenceFacts &sequence : *facts) {
        const auto table = std::ranges::find_if(proof.tables, [&](const TableResult &t) {
            return t.schema == sequence.schema && t.name == sequence.ownerTable;
        });
        if (table == proof.tables.end())
            continue;
        const auto behind = isBehind(session, sequence, context);
        if (!behind)
            return failure(behind.error());
        if (!*behind)
            continue;
        table->sequence = **behind ? u"behind its column"_s : u"ok"_s;
        if (**behind)
            proof.notes.append(
                u"sequence %1 is behind %2.%3, as it was when the dump was made"_s.arg(
                    sequence.name, sequence.ownerTable, sequence.ownerColumn));
    }
    return {};
}

} // namespace

Result<ProofResult> prove(postgres::Session &session, const QList<TableTally> &tallies,
                          const QList<dump::SequenceInDump> &sequences, TaskContext &context,
                          const std::function<void(const ProofResult &)> &onTable)
{
    // row_security off makes a hidden row an error instead of a silent undercount.
    if (auto reset =
            session.execute("RESET SESSION AUTHORIZATION; RESET ROLE; SET LOCAL row_security = off;"
                            " SET LOCAL search_path = pg_catalog",
                            context);
        !reset)
        return failure(reset.error());
    ProofResult proof;
    QStringList schemas;
    for (const TableTally &tally : tallies) {
        proof.tables.append({.schema = tally.schema, .name = tally.name, .rowsInDump = tally.rows});
        if (!schemas.contains(tally.schema))
            schemas.append(tally.schema);
    }
    const auto validity = validities(session, context);
    if (!validity)
        return failure(validity.error());
    if (auto counted = countTables(session, *validity, proof, context, onTable); !counted)
        return failure(counted.error());
    proof.isProven = std::ranges::all_of(
        proof.tables, [](const TableResult &t) { return t.verdict == Verdict::Proven; });
    for (const dump::SequenceInDump &sequence : sequences) {
        if (auto same = proveSequence(session, sequence, proof, context); !same)
            return failure(same.error());
    }
    for (const QString &schema : std::as_const(schemas)) {
        if (auto checked = checkAgainstColumns(session, schema, proof, context); !checked)
            return failure(checked.error());
    }
    return proof;
}

} // namespace mayday::restore
