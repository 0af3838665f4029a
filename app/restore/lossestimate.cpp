// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/lossestimate.h"

#include "postgres/quoting.h"
#include "restore/partitions.h"
#include "restore/rowstatistics.h"

#include <QHash>
#include <QJsonArray>
#include <QSet>
#include <QTimeZone>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using postgres::quoteIdentifier;
using postgres::quoteLiteral;

/// Rows of writers whose clocks are a little ahead are rows of now; later ones are appointments.
constexpr qint64 clocksDiffer = 5 * 60;

struct TimeColumn {
    QString name;
    bool isWithoutZone = false;
};

struct TimeColumns {
    TimeColumn best;    ///< the change before the creation
    TimeColumn indexed; ///< the best that an index begins with; without a name: none
};

/// What is known before anything is counted.
struct Beforehand {
    QHash<TableName, TimeColumns> columns;
    QMultiHash<TableName, TableName> parts; ///< from each partitioned table
    QDateTime serverTime;
    std::optional<std::chrono::seconds> sinceLastCommit;
};

/// Columns by which teams note when a row was written, the best last: the change before the
/// creation.
constexpr auto timeColumnsSql =
    "SELECT n.nspname, c.relname, a.attname, a.atttypid = 'timestamp'::regtype,"
    " EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid"
    " JOIN pg_catalog.pg_am m ON m.oid = x.relam WHERE i.indrelid = c.oid AND i.indisvalid"
    " AND i.indpred IS NULL AND i.indkey[0] = a.attnum AND m.amname = 'btree')"
    " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p') AND NOT a.attisdropped"
    " AND a.atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype)"
    " AND a.attname IN ('updated_at', 'modified_at', 'changed_at', 'created_at', 'inserted_at')"
    " ORDER BY 1, 2, pg_catalog.array_position(ARRAY['created_at', 'inserted_at', 'changed_at',"
    " 'modified_at', 'updated_at']::name[], a.attname)";

/// To ask a server for its last commit that does not keep them is an error.
constexpr auto clockSql =
    "SELECT (extract(epoch FROM pg_catalog.now()) * 1000)::bigint,"
    " CASE WHEN pg_catalog.current_setting('track_commit_timestamp', true) = 'on'"
    " AND NOT pg_catalog.pg_is_in_recovery() THEN (SELECT"
    " extract(epoch FROM pg_catalog.now() - last.\"timestamp\")::bigint"
    " FROM pg_catalog.pg_last_committed_xact() AS last) END";

QHash<TableName, TimeColumns> timeColumns(const postgres::Rows &rows)
{
    QHash<TableName, TimeColumns> columns;
    for (int i = 0; i < rows.rowCount(); ++i) {
        const TimeColumn column{.name = rows.text(i, 2), .isWithoutZone = rows.isTrue(i, 3)};
        TimeColumns &known = columns[{rows.text(i, 0), rows.text(i, 1)}];
        known.best = column;
        if (rows.isTrue(i, 4))
            known.indexed = column;
    }
    return columns;
}

Result<Beforehand> askBeforehand(postgres::Session &session, TaskContext &context)
{
    const std::array<postgres::Question, 3> questions{
        {{.sql = timeColumnsSql}, {.sql = clockSql}, partitionsQuestion()}};
    if (auto asked = session.askAhead(questions, context); !asked)
        return failure(asked.error());
    const auto columns = session.query(questions[0], context);
    if (!columns)
        return failure(columns.error());
    const auto clock = session.query(questions[1], context);
    if (!clock)
        return failure(clock.error());
    auto parts = partitionsByRoot(session, context);
    if (!parts)
        return failure(parts.error());
    Beforehand known{.columns = timeColumns(*columns),
                     .parts = *std::move(parts),
                     .serverTime =
                         QDateTime::fromMSecsSinceEpoch(clock->integer(0, 0), QTimeZone::UTC),
                     .sinceLastCommit = std::nullopt};
    if (!clock->isNull(0, 1))
        known.sinceLastCommit = std::chrono::seconds(std::max<qint64>(clock->integer(0, 1), 0));
    return known;
}

NotCounted reasonOf(const Error &error)
{
    if (error.sqlState == "57014"_L1)
        return NotCounted::TooBig;
    if (error.sqlState == "55P03"_L1)
        return NotCounted::Locked;
    return error.sqlState == "42501"_L1 ? NotCounted::Denied : NotCounted::Refused;
}

/// "No such table" and "no such schema".
bool isAbsence(const Error &error)
{
    return error.sqlState == "42P01"_L1 || error.sqlState == "3F000"_L1;
}

/// A time as columns with and without a zone both understand it; one without takes it for UTC.
QString literalOf(const QDateTime &time)
{
    return QString::fromUtf8(quoteLiteral(time.toUTC().toString(Qt::ISODateWithMs).toUtf8()));
}

/// What is asked of one table.
struct TableQuestion {
    TableName name;
    bool withParts = false; ///< its rows came through it, and not through its partitions
    TimeColumns columns;

    [[nodiscard]] QString from() const
    {
        return (withParts ? QString() : u"ONLY "_s) + quoteIdentifier(name.first) + u'.' +
               quoteIdentifier(name.second);
    }
};

/// Asks table by table, and keeps the newest time that it comes across.
class Counter final {
public:
    Counter(postgres::Session &session, TaskContext &context, const QDateTime &takenAt,
            const QDateTime &serverTime)
        : m_session(session),
          m_context(context),
          m_serverTime(serverTime),
          m_since(literalOf(takenAt)),
          m_upTo(literalOf(serverTime.addSecs(clocksDiffer)))
    {
    }
    /// A table that cannot be counted is said to be so; a failure of the connection is a failure.
    Result<void> count(TableLoss &loss, const TableQuestion &question);
    [[nodiscard]] const std::optional<NewestRow> &newest() const { return m_newest; }

private:
    Result<void> askTheIndex(TableLoss &loss, const TableQuestion &question);
    [[nodiscard]] QString newestOf(const QString &column) const
    {
        return u"pg_catalog.max(%1) FILTER (WHERE %1 > '-infinity' AND %1 <= %2)"_s.arg(column,
                                                                                        m_upTo);
    }
    [[nodiscard]] bool goesOn(const Error &error) const
    {
        return !error.sqlState.isEmpty() && !m_context.stopRequested();
    }
    void see(const postgres::Rows &rows, int column, const TableName &table,
             const TimeColumn &told);

    postgres::Session &m_session;
    TaskContext &m_context;
    QDateTime m_serverTime;
    QString m_since;
    QString m_upTo;
    std::optional<NewestRow> m_newest;
};

/// In milliseconds since 1970, in which columns with and without a zone are alike.
QString epochOf(const QString &time)
{
    return u"(extract(epoch FROM %1) * 1000)::bigint"_s.arg(time);
}

void Counter::see(const postgres::Rows &rows, int column, const TableName &table,
                  const TimeColumn &told)
{
    if (rows.isNull(0, column))
        return;
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(rows.integer(0, column), QTimeZone::UTC);
    if (m_newest && m_newest->at >= at)
        return;
    m_newest = NewestRow{.at = at,
                         .age = std::chrono::seconds(std::max<qint64>(at.secsTo(m_serverTime), 0)),
                         .table = table.first + u'.' + table.second,
                         .column = told.name,
                         .isWithoutZone = told.isWithoutZone};
}

Result<void> Counter::count(TableLoss &loss, const TableQuestion &question)
{
    const TimeColumn &best = question.columns.best;
    QString what = u"pg_catalog.count(*)"_s;
    if (!best.name.isEmpty()) {
        const QString column = quoteIdentifier(best.name);
        what += u", pg_catalog.count(*) FILTER (WHERE %1 > %2), "_s.arg(column, m_since) +
                epochOf(newestOf(column));
    }
    const auto counts =
        m_session.query((u"SELECT "_s + what + u" FROM "_s + question.from()).toUtf8(), m_context);
    if (!counts) {
        if (!goesOn(counts.error()))
            return failure(counts.error());
        if (isAbsence(counts.error()))
            loss.rowsLive = 0; // nothing there to lose
        else
            loss.notCounted = reasonOf(counts.error());
        return loss.notCounted == NotCounted::TooBig ? askTheIndex(loss, question) : Result<void>();
    }
    loss.rowsLive = counts->integer(0, 0);
    if (!loss.isInDump)
        loss.newerRows = loss.rowsLive;
    if (best.name.isEmpty())
        return {};
    see(*counts, 2, question.name, best);
    if (loss.isInDump) {
        loss.newerRows = counts->integer(0, 1);
        loss.timeColumn = best.name;
    }
    return {};
}

/// What is newer stands at the end of an index, however big the table is.
Result<void> Counter::askTheIndex(TableLoss &loss, const TableQuestion &question)
{
    const TimeColumn &indexed = question.columns.indexed;
    if (indexed.name.isEmpty())
        return {};
    const QString column = quoteIdentifier(indexed.name);
    const auto newest = m_session.query(
        u"SELECT %1 FROM %2 WHERE %3 > '-infinity' AND %3 <= %4"_s
            .arg(epochOf(u"pg_catalog.max(%1)"_s.arg(column)), question.from(), column, m_upTo)
            .toUtf8(),
        m_context);
    if (!newest)
        return goesOn(newest.error()) ? Result<void>() : failure(newest.error());
    see(*newest, 0, question.name, indexed);
    if (!loss.isInDump)
        return {};
    const auto newer = m_session.query(
        u"SELECT pg_catalog.count(*) FROM %1 WHERE %2 > %3"_s.arg(question.from(), column, m_since)
            .toUtf8(),
        m_context);
    if (!newer)
        return goesOn(newer.error()) ? Result<void>() : failure(newer.error());
    loss.newerRows = newer->integer(0, 0);
    loss.timeColumn = indexed.name;
    return {};
}

/// Live tables of the same schemas that the backup does not know: the schema goes aside whole.
Result<QList<TableLoss>> missingInDump(postgres::Session &session,
                                       const dump::DumpInspection &inspection, TaskContext &context)
{
    QSet<TableName> known;
    for (const dump::TableInDump &table : inspection.tables)
        known.insert({table.schema, table.name});
    // Names only: asking for the size would wait for whoever has locked the table.
    const auto live = session.query(
        {.sql = "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN"
                " pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = ANY ($1::text[]) AND c.relkind = 'r' ORDER BY 1, 2",
         .parameters = {postgres::arrayOf(inspection.schemas)}},
        context);
    if (!live)
        return failure(live.error());
    QList<TableLoss> missing;
    for (int i = 0; i < live->rowCount(); ++i) {
        const TableName name(live->text(i, 0), live->text(i, 1));
        if (!known.contains(name))
            missing.append({.schema = name.first, .name = name.second, .isInDump = false});
    }
    return missing;
}

/// What is to be counted, and which of them with their partitions (their rows came through them).
struct Counting {
    QList<TableLoss> tables;
    QSet<TableName> withParts;
};

Result<Counting> toCount(postgres::Session &session, const dump::DumpInspection &inspection,
                         const QMultiHash<TableName, TableName> &parts, TaskContext &context)
{
    Counting counting;
    QSet<TableName> countedElsewhere;
    for (const dump::TableInDump &table : inspection.tables) {
        const TableName name(table.schema, table.name);
        if (table.rows == 0 || !parts.contains(name))
            continue;
        counting.withParts.insert(name);
        for (const TableName &part : parts.values(name))
            countedElsewhere.insert(part);
    }
    for (const dump::TableInDump &table : inspection.tables) {
        if (!countedElsewhere.contains({table.schema, table.name}))
            counting.tables.append(
                {.schema = table.schema, .name = table.name, .rowsInDump = table.rows});
    }
    auto missing = missingInDump(session, inspection, context);
    if (!missing)
        return failure(missing.error());
    for (const TableLoss &table : std::as_const(*missing)) {
        if (!countedElsewhere.contains({table.schema, table.name}))
            counting.tables.append(table);
    }
    return counting;
}

/// For those that could not be counted. Partitions that nobody has written to have no statistics,
/// so the others' do for all of them.
Result<void> addStatistics(postgres::Session &session, Counting &counting,
                           const QMultiHash<TableName, TableName> &parts, TaskContext &context)
{
    const auto holders = [&](const TableLoss &loss) -> QList<TableName> {
        const TableName name(loss.schema, loss.name);
        return counting.withParts.contains(name) ? parts.values(name) : QList<TableName>{name};
    };
    QList<TableName> wanted;
    for (const TableLoss &loss : std::as_const(counting.tables)) {
        if (loss.notCounted != NotCounted::No)
            wanted += holders(loss);
    }
    const auto rows = rowsByStatistics(session, wanted, context);
    // Then it has none; what was counted is true all the same.
    if (!rows && !rows.error().sqlState.isEmpty() && !context.stopRequested())
        return {};
    if (!rows)
        return failure(rows.error());
    for (TableLoss &loss : counting.tables) {
        for (const TableName &holder : holders(loss)) {
            if (loss.notCounted != NotCounted::No && rows->contains(holder))
                loss.rowsByStatistics =
                    std::max<qint64>(loss.rowsByStatistics, 0) + rows->value(holder);
        }
    }
    return {};
}

void add(LossEstimate &estimate, const TableLoss &loss)
{
    estimate.isExact = estimate.isExact && loss.rowsLive >= 0;
    estimate.newerRows += std::max<qint64>(loss.newerRows, 0);
    estimate.moreRows += loss.moreRows();
    estimate.moreByStatistics += loss.moreByStatistics();
    if (loss.rowsLive >= 0)
        estimate.rowsBack += std::max<qint64>(loss.rowsInDump - loss.rowsLive, 0);
    if (loss.rowsLive != loss.rowsInDump || loss.newerRows > 0)
        estimate.tables.append(loss);
}

/// "12 s", "5 min", "3 h 12 min", "49 h".
QString ageInWords(std::chrono::seconds age)
{
    using namespace std::chrono;
    constexpr hours untilRounded(24);
    if (age < minutes(2))
        return u"%1 s"_s.arg(age.count());
    if (age < hours(2))
        return u"%1 min"_s.arg(duration_cast<minutes>(age).count());
    const auto whole = duration_cast<hours>(age);
    return age >= untilRounded ? u"%1 h"_s.arg(whole.count())
                               : u"%1 h %2 min"_s.arg(whole.count())
                                     .arg(duration_cast<minutes>(age - whole).count());
}

/// Who says when the data was taken.
QString keyOf(backup::DataTimeSource source)
{
    switch (source) {
    case backup::DataTimeSource::Dump: return u"dump"_s;
    case backup::DataTimeSource::Manifest: return u"manifest"_s;
    case backup::DataTimeSource::FileName: return u"file-name"_s;
    case backup::DataTimeSource::FileTime: break;
    }
    return u"file-time"_s;
}

QJsonObject toJson(const TableLoss &loss)
{
    const auto known = [](qint64 rows) {
        return rows < 0 ? QJsonValue() : QJsonValue(rows);
    };
    return {{u"schema"_s, loss.schema},
            {u"name"_s, loss.name},
            {u"inBackup"_s, loss.isInDump},
            {u"rowsInBackup"_s, loss.rowsInDump},
            {u"rowsLive"_s, known(loss.rowsLive)},
            {u"rowsByStatistics"_s, known(loss.rowsByStatistics)},
            {u"newerRows"_s, known(loss.newerRows)},
            {u"timeColumn"_s, loss.timeColumn},
            {u"notCounted"_s, inWords(loss.notCounted)}};
}

} // namespace

qint64 TableLoss::moreRows() const
{
    const qint64 told = std::max<qint64>(newerRows, 0);
    return rowsLive < 0 ? 0 : std::max<qint64>(rowsLive - rowsInDump - told, 0);
}

qint64 TableLoss::moreByStatistics() const
{
    const qint64 told = std::max<qint64>(newerRows, 0);
    return rowsByStatistics < 0 ? 0 : std::max<qint64>(rowsByStatistics - rowsInDump - told, 0);
}

Result<LossEstimate> estimateLoss(postgres::Session &session,
                                  const dump::DumpInspection &inspection,
                                  const backup::DataTime &taken, const QDateTime &now,
                                  TaskContext &context, std::chrono::milliseconds perCount)
{
    LossEstimate estimate;
    estimate.taken = taken;
    estimate.interval = std::chrono::seconds(std::max<qint64>(taken.at.secsTo(now), 0));
    const auto known = askBeforehand(session, context);
    if (!known)
        return failure(known.error());
    estimate.sinceLastCommit = known->sinceLastCommit;
    const QByteArray limit = QByteArray::number(qint64(perCount.count()));
    if (auto limited = session.execute("SET statement_timeout = " + limit, context); !limited)
        return failure(limited.error());
    auto counting = toCount(session, inspection, known->parts, context);
    if (!counting)
        return failure(counting.error());
    Counter counter(session, context, taken.at, known->serverTime);
    for (TableLoss &loss : counting->tables) {
        const TableName name(loss.schema, loss.name);
        if (auto counted = counter.count(loss, {.name = name,
                                                .withParts = counting->withParts.contains(name),
                                                .columns = known->columns.value(name)});
            !counted)
            return failure(counted.error());
    }
    if (auto added = addStatistics(session, *counting, known->parts, context); !added)
        return failure(added.error());
    for (const TableLoss &loss : std::as_const(counting->tables))
        add(estimate, loss);
    estimate.newest = counter.newest();
    if (auto unlimited = session.execute("SET statement_timeout = 0", context); !unlimited)
        return failure(unlimited.error());
    return estimate;
}

QString changesInWords(const LossEstimate &loss)
{
    const QString interval = ageInWords(loss.interval);
    switch (loss.taken.source) {
    case backup::DataTimeSource::FileTime:
        return u"the changes of at least the last %1, by the file's time"_s.arg(interval);
    case backup::DataTimeSource::FileName:
        return u"the changes since %1 UTC, which is in the file's name"_s.arg(
            loss.taken.at.toUTC().toString(u"yyyy-MM-dd HH:mm"_s));
    case backup::DataTimeSource::Dump:
    case backup::DataTimeSource::Manifest: break;
    }
    return u"the changes of the last %1"_s.arg(interval);
}

QString placeOf(const NewestRow &newest)
{
    const QString place = newest.table + u'.' + newest.column;
    return newest.isWithoutZone ? place + u", read as UTC"_s : place;
}

QString newestInWords(const LossEstimate &loss)
{
    QString text = u"age unknown: no time column tells it"_s;
    if (loss.newest)
        text = (loss.isExact ? u"newest row written %1 ago (%2)"_s
                             : u"newest row that was seen written %1 ago (%2)"_s)
                   .arg(ageInWords(loss.newest->age), placeOf(*loss.newest));
    if (loss.sinceLastCommit)
        text +=
            u"; last commit on the whole server %1 ago"_s.arg(ageInWords(*loss.sinceLastCommit));
    return text;
}

QString inWords(NotCounted why)
{
    switch (why) {
    case NotCounted::TooBig: return u"too big to count in time"_s;
    case NotCounted::Locked: return u"locked by somebody"_s;
    case NotCounted::Denied: return u"this login may not read it"_s;
    case NotCounted::Refused: return u"the server did not let it be counted"_s;
    case NotCounted::No: break;
    }
    return {};
}

QJsonObject toJson(const LossEstimate &loss)
{
    QJsonArray tables;
    for (const TableLoss &table : loss.tables)
        tables.append(toJson(table));
    return {{u"since"_s, loss.taken.at.toUTC().toString(Qt::ISODate)},
            {u"sinceBy"_s, keyOf(loss.taken.source)},
            {u"seconds"_s, qint64(loss.interval.count())},
            {u"newerRows"_s, loss.newerRows},
            {u"moreRows"_s, loss.moreRows},
            {u"moreByStatistics"_s, loss.moreByStatistics},
            {u"rowsBack"_s, loss.rowsBack},
            {u"isExact"_s, loss.isExact},
            {u"tables"_s, tables}};
}

} // namespace mayday::restore
