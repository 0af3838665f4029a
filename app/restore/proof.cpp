// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/proof.h"

#include "postgres/catalog.h"
#include "postgres/quoting.h"

#include <QHash>

#include <algorithm>

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

void judge(TableResult &table, const Validity &validity)
{
    table.constraints = validity.valid;
    if (table.rowsAfter != table.rowsInDump) {
        const qint64 missing = table.rowsInDump - table.rowsAfter;
        table.verdict = Verdict::Differences;
        table.note = missing > 0 ? u"%1 row(s) missing"_s.arg(missing)
                                 : u"%1 row(s) too many"_s.arg(-missing);
    } else if (validity.invalid > 0) {
        table.verdict = Verdict::Differences;
        table.note = u"%1 constraint(s) or index(es) not valid"_s.arg(validity.invalid);
    } else {
        table.verdict = Verdict::Proven;
    }
}

Result<void> countTables(postgres::Session &session, const QHash<QString, Validity> &validity,
                         ProofResult &proof, TaskContext &context,
                         const std::function<void(const ProofResult &)> &onTable)
{
    for (TableResult &table : proof.tables) {
        const QByteArray sql = u"SELECT pg_catalog.count(*) FROM ONLY %1.%2"_s
                                   .arg(quoteIdentifier(table.schema), quoteIdentifier(table.name))
                                   .toUtf8();
        const auto count = session.query(sql, context);
        if (!count)
            return failure(count.error());
        table.rowsAfter = count->integer(0, 0);
        judge(table, validity.value(nameOf(table.schema, table.name)));
        onTable(proof);
    }
    return {};
}

/// The sequence's state against the dump's setval, and against the column it feeds.
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
    if (state->integer(0, 0) != sequence.value || state->isTrue(0, 1) != sequence.isCalled) {
        proof.isProven = false;
        proof.notes.append(u"sequence %1 is at %2, the dump says %3"_s.arg(name, state->text(0, 0))
                               .arg(sequence.value));
    }
    return {};
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
        const QByteArray sql =
            u"SELECT coalesce(pg_catalog.max(%1), 0) FROM %2.%3"_s
                .arg(quoteIdentifier(sequence.ownerColumn), quoteIdentifier(sequence.schema),
                     quoteIdentifier(sequence.ownerTable))
                .toUtf8();
        const auto highest = session.query(sql, context);
        if (!highest)
            return failure(highest.error());
        const bool isBehind = highest->integer(0, 0) > sequence.lastValue;
        table->sequence = isBehind ? u"behind its column"_s : u"ok"_s;
        if (isBehind)
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
