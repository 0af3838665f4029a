// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/proof.h"

#include "postgres/catalog.h"
#include "postgres/quoting.h"
#include "restore/partitions.h"

#include <QHash>
#include <QSet>

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using postgres::quoteIdentifier;

/// For people; "a.b.c" may be two tables, so it is no key.
QString nameOf(const QString &schema, const QString &name)
{
    return schema + u'.' + name;
}

TableName keyOf(const TableResult &table)
{
    return {table.schema, table.name};
}

/// Valid and invalid constraints and indexes of one table.
struct Validity {
    int valid = 0;
    int invalid = 0;
};

const postgres::Question validityOfAll{
    .sql = "SELECT n.nspname, c.relname, count(*) FILTER (WHERE v.ok), "
           "count(*) FILTER (WHERE NOT v.ok)"
           " FROM (SELECT conrelid AS rel, convalidated AS ok FROM "
           "pg_catalog.pg_constraint WHERE conrelid <> 0"
           "  UNION ALL SELECT indrelid, indisvalid AND indisready FROM "
           "pg_catalog.pg_index WHERE NOT indisvalid) v"
           " JOIN pg_catalog.pg_class c ON c.oid = v.rel"
           " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace GROUP BY 1, 2"};

Result<QHash<TableName, Validity>> validities(postgres::Session &session, TaskContext &context)
{
    const auto rows = session.query(validityOfAll, context);
    if (!rows)
        return failure(rows.error());
    QHash<TableName, Validity> all;
    for (int i = 0; i < rows->rowCount(); ++i)
        all.insert({rows->text(i, 0), rows->text(i, 1)},
                   {static_cast<int>(rows->integer(i, 2)), static_cast<int>(rows->integer(i, 3))});
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
Result<QSet<TableName>> gatherPartitions(postgres::Session &session, ProofResult &proof,
                                         TaskContext &context)
{
    const auto parts = partitionsByRoot(session, context);
    if (!parts)
        return failure(parts.error());
    QHash<TableName, TableResult *> byName;
    for (TableResult &table : proof.tables)
        byName.insert(keyOf(table), &table);
    QSet<TableName> roots;
    for (const auto &[rootName, partName] : parts->asKeyValueRange()) {
        TableResult *root = byName.value(rootName);
        TableResult *part = byName.value(partName);
        if (!root || !part || root->rowsInDump == 0)
            continue;
        roots.insert(rootName);
        root->rowsInDump += part->rowsInDump;
        part->rowsInDump = 0;
        part->note = u"counted with "_s + nameOf(rootName.first, rootName.second);
    }
    return roots;
}

QByteArray countOf(const TableResult &table, const QSet<TableName> &roots)
{
    const bool isPart = !table.note.isEmpty();
    const QString sql = u"SELECT pg_catalog.count(*) FROM %1%2.%3%4"_s.arg(
        roots.contains(keyOf(table)) ? QString() : u"ONLY "_s, quoteIdentifier(table.schema),
        quoteIdentifier(table.name), isPart ? u" WHERE false"_s : QString());
    return sql.toUtf8();
}

/// So many tables share a round trip that a stop and the progress stay prompt.
qsizetype roundEnd(const QList<TableResult> &tables, qsizetype from)
{
    constexpr qint64 mostRows = 200'000;
    constexpr qsizetype mostTables = 128;
    qint64 rows = 0;
    qsizetype end = from;
    while (end < tables.size() && end < from + mostTables && (end == from || rows < mostRows))
        rows += tables[end++].rowsInDump;
    return end;
}

Result<void> countTables(postgres::Session &session, const QHash<TableName, Validity> &validity,
                         ProofResult &proof, TaskContext &context,
                         const std::function<void(const ProofResult &)> &onTable)
{
    const auto roots = gatherPartitions(session, proof, context);
    if (!roots)
        return failure(roots.error());
    for (qsizetype from = 0; from < proof.tables.size();) {
        const qsizetype end = roundEnd(proof.tables, from);
        std::vector<QByteArray> questions;
        for (qsizetype i = from; i < end; ++i)
            questions.push_back(countOf(proof.tables[i], *roots));
        const auto counts = session.queryBatch(questions, context);
        if (!counts)
            return failure(counts.error());
        for (const postgres::Rows &count : *counts) {
            TableResult &table = proof.tables[from++];
            const Validity facts = validity.value(keyOf(table));
            table.rowsAfter = count.integer(0, 0);
            judge(table, facts);
            noteValidity(table, facts, proof);
            onTable(proof);
        }
    }
    return {};
}

/// In what the sequence differs from the dump's setval; empty: in nothing.
QString differenceOf(const dump::SequenceInDump &sequence, const postgres::Rows &state)
{
    const QString name = nameOf(sequence.schema, sequence.name);
    const QString value = QString::number(sequence.value);
    if (state.integer(0, 0) != sequence.value)
        return u"sequence %1 is at %2, the dump says %3"_s.arg(name, state.text(0, 0), value);
    if (state.isTrue(0, 1) && !sequence.isCalled)
        return u"sequence %1 has used %2, the dump says it comes next"_s.arg(name, value);
    if (!state.isTrue(0, 1) && sequence.isCalled)
        return u"sequence %1 gives %2 next, the dump says it is used"_s.arg(name, value);
    return {};
}

std::vector<QByteArray> questionsOfStates(const QList<dump::SequenceInDump> &sequences)
{
    std::vector<QByteArray> questions;
    for (const dump::SequenceInDump &sequence : sequences)
        questions.push_back(
            u"SELECT last_value, is_called FROM %1.%2"_s
                .arg(quoteIdentifier(sequence.schema), quoteIdentifier(sequence.name))
                .toUtf8());
    return questions;
}

Result<void> proveSequences(postgres::Session &session,
                            const QList<dump::SequenceInDump> &sequences, ProofResult &proof,
                            TaskContext &context)
{
    const auto states = session.queryBatch(questionsOfStates(sequences), context);
    if (!states)
        return failure(states.error());
    for (qsizetype i = 0; i < sequences.size(); ++i) {
        const QString difference = differenceOf(sequences[i], (*states)[static_cast<size_t>(i)]);
        if (difference.isEmpty())
            continue;
        proof.isProven = false;
        proof.notes.prepend(difference); // before what is no difference
    }
    return {};
}

/// A sequence, and the column of a table whose numbers it feeds.
struct Feeding {
    QString schema;
    QString name;
    QString table;
    QString column;
    bool countsDown = false;
    qsizetype place = 0; ///< of the table in the proof

    /// Whether the column has gone beyond the sequence.
    [[nodiscard]] QByteArray isBehind() const
    {
        const QString space = quoteIdentifier(schema) + u'.';
        return u"SELECT coalesce(pg_catalog.%1(%2) %3 (SELECT last_value FROM %4), false) FROM %5"_s
            .arg(countsDown ? u"min"_s : u"max"_s, quoteIdentifier(column),
                 countsDown ? u"<"_s : u">"_s, space + quoteIdentifier(name),
                 space + quoteIdentifier(table))
            .toUtf8();
    }
};

/// A column that is not one of numbers ("A-17") has no place in this.
postgres::Question feedingsQuestion(const QStringList &schemas)
{
    return {.sql = "SELECT n.nspname, q.relname, t.relname, a.attname, s.seqincrement < 0"
                   " FROM pg_catalog.pg_sequence s"
                   " JOIN pg_catalog.pg_class q ON q.oid = s.seqrelid"
                   " JOIN pg_catalog.pg_namespace n ON n.oid = q.relnamespace"
                   " JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass"
                   "  AND d.objid = q.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass"
                   "  AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')"
                   " JOIN pg_catalog.pg_class t ON t.oid = d.refobjid"
                   " JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid"
                   "  AND a.attnum = d.refobjsubid"
                   " JOIN pg_catalog.pg_type y ON y.oid = a.atttypid AND y.typcategory = 'N'"
                   " WHERE n.nspname = ANY ($1::text[])"
                   " ORDER BY pg_catalog.array_position($1::text[], n.nspname::text), 2",
            .parameters = {postgres::arrayOf(schemas)}};
}

Result<QList<Feeding>> feedings(postgres::Session &session, const QStringList &schemas,
                                const ProofResult &proof, TaskContext &context)
{
    const auto rows = session.query(feedingsQuestion(schemas), context);
    if (!rows)
        return failure(rows.error());
    QHash<TableName, qsizetype> places;
    for (qsizetype i = 0; i < proof.tables.size(); ++i)
        places.insert(keyOf(proof.tables[i]), i);
    QList<Feeding> found;
    for (int i = 0; i < rows->rowCount(); ++i) {
        const auto place = places.constFind(TableName(rows->text(i, 0), rows->text(i, 2)));
        if (place != places.constEnd())
            found.append({.schema = rows->text(i, 0),
                          .name = rows->text(i, 1),
                          .table = rows->text(i, 2),
                          .column = rows->text(i, 3),
                          .countsDown = rows->isTrue(i, 4),
                          .place = *place});
    }
    return found;
}

/// A sequence that is behind its column: it was so in the original if the dump says its value;
/// without a value the next new row takes a number that is taken.
void noteBehind(const Feeding &sequence, const QList<dump::SequenceInDump> &inDump,
                ProofResult &proof)
{
    const bool isSaid = std::ranges::any_of(inDump, [&](const dump::SequenceInDump &said) {
        return said.schema == sequence.schema && said.name == sequence.name;
    });
    proof.hasDifferences = proof.hasDifferences || !isSaid;
    const QString how = isSaid ? u"as it was when the dump was made"_s
                               : u"because the dump does not say its value"_s;
    proof.notes.append(u"sequence %1 is behind %2.%3, %4"_s.arg(sequence.name, sequence.table,
                                                                sequence.column, how));
}

Result<void> checkAgainstColumns(postgres::Session &session, const QList<Feeding> &feeding,
                                 const QList<dump::SequenceInDump> &inDump, ProofResult &proof,
                                 TaskContext &context)
{
    std::vector<QByteArray> questions;
    for (const Feeding &sequence : feeding)
        questions.push_back(sequence.isBehind());
    const auto answers = session.queryBatch(questions, context);
    if (!answers)
        return failure(answers.error());
    for (qsizetype i = 0; i < feeding.size(); ++i) {
        const bool isBehind = (*answers)[static_cast<size_t>(i)].isTrue(0, 0);
        proof.tables[feeding[i].place].sequence = isBehind ? u"behind its column"_s : u"ok"_s;
        if (isBehind)
            noteBehind(feeding[i], inDump, proof);
    }
    return {};
}

/// As who has connected, and of every table all rows: row_security off makes a hidden row an error
/// instead of a silent undercount. What is smaller is counted before the server has started others
/// to help with it (12 tables of 84 MB: 0.87 s with them, 0.37 s without). Then all that is asked
/// of the catalogues.
std::vector<postgres::Question> firstQuestions(const QStringList &schemas,
                                               const QList<dump::SequenceInDump> &sequences,
                                               std::span<const postgres::Question> more)
{
    std::vector<postgres::Question> questions{
        {.sql = "RESET SESSION AUTHORIZATION"},
        {.sql = "RESET ROLE"},
        {.sql = "SET LOCAL row_security = off"},
        {.sql = "SET LOCAL search_path = pg_catalog"},
        {.sql = "SET LOCAL min_parallel_table_scan_size = '256MB'"},
        {.sql = "SET LOCAL min_parallel_index_scan_size = '32MB'"},
        validityOfAll,
        partitionsQuestion(),
        feedingsQuestion(schemas)};
    for (const QByteArray &sql : questionsOfStates(sequences))
        questions.push_back({.sql = sql});
    questions.insert(questions.end(), more.begin(), more.end());
    return questions;
}

} // namespace

Result<ProofResult> prove(postgres::Session &session, const QList<TableTally> &tallies,
                          const QList<dump::SequenceInDump> &sequences, TaskContext &context,
                          const std::function<void(const ProofResult &)> &onTable,
                          std::span<const postgres::Question> more)
{
    ProofResult proof;
    QStringList schemas;
    for (const TableTally &tally : tallies) {
        proof.tables.append({.schema = tally.schema, .name = tally.name, .rowsInDump = tally.rows});
        if (!schemas.contains(tally.schema))
            schemas.append(tally.schema);
    }
    const auto questions = firstQuestions(schemas, sequences, more);
    if (auto asked = session.askAhead(questions, context); !asked)
        return failure(asked.error());
    const auto validity = validities(session, context);
    if (!validity)
        return failure(validity.error());
    if (auto counted = countTables(session, *validity, proof, context, onTable); !counted)
        return failure(counted.error());
    proof.isProven = std::ranges::all_of(
        proof.tables, [](const TableResult &t) { return t.verdict == Verdict::Proven; });
    if (auto same = proveSequences(session, sequences, proof, context); !same)
        return failure(same.error());
    return feedings(session, schemas, proof, context)
        .and_then([&](const QList<Feeding> &feeding) {
            return checkAgainstColumns(session, feeding, sequences, proof, context);
        })
        .transform([&] { return std::move(proof); });
}

Result<void> proveLargeObjects(postgres::Session &session, const QSet<QByteArray> &numbers,
                               TaskContext &context)
{
    QByteArrayList given;
    for (const QByteArray &number : numbers) {
        if (number.toUInt() > 0) // with 0 the server chooses, and only it knows which
            given.append(number);
    }
    if (given.isEmpty())
        return {};
    const QByteArray list = '{' + given.join(',') + '}';
    const auto there = session.query(
        "SELECT count(*) FROM pg_catalog.pg_largeobject_metadata WHERE oid = ANY ($1::oid[])",
        {&list, 1}, context);
    if (!there)
        return failure(there.error());
    if (there->integer(0, 0) == given.size())
        return {};
    return failure({.kind = ErrorKind::Corrupt,
                    .subject = u"large objects"_s,
                    .detail = u"the dump has made %1, and %2 are there"_s.arg(given.size())
                                  .arg(there->integer(0, 0)),
                    .advice = Advice::TakeAnotherBackup});
}

} // namespace mayday::restore
