// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/keptsource.h"

#include "postgres/quoting.h"
#include "restore/sidedatabase.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// On which the text of a value depends, and what says the same wherever it is read. (In other
/// styles a time has the name of its zone, and one name may stand for several.)
constexpr std::array pinned{"SET LOCAL DateStyle TO ISO", "SET LOCAL IntervalStyle TO postgres",
                            "SET LOCAL TimeZone TO 'UTC'", "SET LOCAL bytea_output TO hex",
                            "SET LOCAL extra_float_digits TO 3"};
/// The same, where only both sides have to agree.
constexpr std::array agreed{"client_encoding", "lc_monetary", "xmlbinary", "xmloption"};

/// The database that is kept for this restore, or for the newest one of all; nothing when that one
/// has kept schemas.
Result<std::optional<KeptSchema>> keptDatabase(postgres::Session &live, const QString &restore,
                                               TaskContext &context)
{
    auto all = allKept(live, context);
    if (!all)
        return failure(all.error());
    all->removeIf([](const KeptSchema &kept) {
        return kept.state == KeptState::Loading || kept.state == KeptState::HandedOver;
    });
    if (all->isEmpty())
        return std::nullopt;
    const QString wanted = restore.isEmpty() ? all->front().restore : restore;
    const auto found = std::ranges::find(*all, wanted, &KeptSchema::restore);
    return found != all->end() && found->isDatabase ? std::optional(*found) : std::nullopt;
}

Error about(const TablePair &pair, Error error)
{
    error.subject = pair.liveSchema + u'.' + pair.name;
    return error;
}

} // namespace

Result<KeptSource> KeptSource::open(postgres::Session &live,
                                    const postgres::ConnectionString &target,
                                    const QString &restore, TaskContext &context)
{
    // What is hidden from the login must not pass for missing.
    if (auto set = live.execute("SET LOCAL row_security = off", context); !set)
        return failure(set.error());
    const auto database = keptDatabase(live, restore, context);
    if (!database)
        return failure(database.error());
    if (!*database) {
        auto schemas = keptOf(live, restore, KeptFor::Compare, context);
        if (!schemas)
            return failure(schemas.error());
        return KeptSource(live, *std::move(schemas));
    }
    KeptSource source(live, {**database});
    if (auto gone = source.goBeside(target, context); !gone)
        return failure(gone.error());
    return source;
}

QString KeptSource::database() const
{
    return m_beside ? m_beside->facts().database : QString();
}

/// Both sides write equal values as equal text from here on.
Result<void> KeptSource::goBeside(const postgres::ConnectionString &target, TaskContext &context)
{
    auto beside = postgres::Session::connect(target.withDatabase(m_kept.front().name), context,
                                             {.applicationName = u"mayday compare"_s});
    if (!beside)
        return failure(beside.error());
    m_beside = *std::move(beside);
    QList<QByteArray> settings{
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
        "SET LOCAL row_security = off",
    };
    for (const char *setting : pinned) {
        settings.append(setting);
        if (auto set = m_live->execute(setting, context); !set)
            return failure(set.error());
    }
    for (const char *name : agreed) {
        const QByteArray parameter(name);
        const auto value =
            m_live->query("SELECT pg_catalog.current_setting($1)", {&parameter, 1}, context);
        if (!value)
            return failure(value.error());
        settings.append("SELECT pg_catalog.set_config(" + postgres::quoteLiteral(parameter) + ", " +
                        postgres::quoteLiteral(value->value(0, 0).toByteArray()) + ", true)");
    }
    for (const QByteArray &setting : std::as_const(settings)) {
        if (auto set = m_beside->execute(setting, context); !set)
            return failure(set.error());
    }
    return {};
}

/// What is kept in the kept database itself, of earlier restores, is nobody's live data.
Result<QList<KeptSchema>> KeptSource::schemas(TaskContext &context)
{
    if (!m_beside)
        return m_kept;
    const auto rows = m_beside->query(
        "SELECT nspname FROM pg_catalog.pg_namespace"
        " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
        " AND coalesce(pg_catalog.obj_description(oid, 'pg_namespace'), '') NOT LIKE"
        " '{%\"mayday\"%' ORDER BY 1",
        context);
    if (!rows)
        return failure(rows.error());
    QList<KeptSchema> all;
    for (int i = 0; i < rows->rowCount(); ++i) {
        KeptSchema schema = m_kept.front();
        schema.name = schema.original = rows->text(i, 0);
        all.append(schema);
    }
    return all;
}

Result<QList<TablePair>> KeptSource::pairs(TaskContext &context)
{
    const auto schemas = this->schemas(context);
    if (!schemas)
        return failure(schemas.error());
    QList<TablePair> all;
    for (const KeptSchema &schema : *schemas) {
        const auto pairs = tablePairs(keptIn(), *m_live, schema, context);
        if (!pairs)
            return failure(pairs.error());
        all += *pairs;
    }
    return all;
}

Result<bool> KeptSource::isSame(const TablePair &pair, TaskContext &context)
{
    std::array<QByteArrayList, 2> answers;
    for (const bool isKept : {true, false}) {
        postgres::Session &session = isKept ? *m_beside : *m_live;
        const auto row =
            session.query(pair.digestSql(isKept ? pair.keptSchema : pair.liveSchema), context);
        if (!row)
            return failure(about(pair, row.error()));
        for (int column = 0; column < 3; ++column)
            answers.at(isKept ? 0 : 1).append(row->value(0, column).toByteArray());
    }
    return answers[0] == answers[1];
}

Result<void> KeptSource::compare(TableComparison &table, TaskContext &context)
{
    if (!m_beside)
        return compareTable(*m_live, table, context);
    if (!table.pair.hasLive || table.pair.storedColumns().isEmpty())
        return compareCounts(table, context);
    const auto same = isSame(table.pair, context);
    if (!same)
        return failure(same.error());
    if (*same)
        return {};
    auto compared =
        fetch(table.pair, context).and_then([&] { return compareTable(*m_live, table, context); });
    if (!compared)
        return compared;
    // Their room on the server is free again at once, which a DROP would not do before the end.
    const auto emptied = m_live->execute("TRUNCATE " + table.pair.keptTable().toUtf8(), context);
    table.pair.fetchedAs.clear();
    return emptied.transform([](qint64) {});
}

/// Of a table that only one side has, or of two that have no column in common.
Result<void> KeptSource::compareCounts(TableComparison &table, TaskContext &context)
{
    const TablePair &pair = table.pair;
    const auto kept = postgres::exactRowCount(*m_beside, pair.keptSchema, pair.name, context);
    if (!kept)
        return failure(about(pair, kept.error()));
    const auto live = pair.hasLive
                          ? postgres::exactRowCount(*m_live, pair.liveSchema, pair.name, context)
                          : Result<qint64>(0);
    if (!live)
        return failure(about(pair, live.error()));
    table.onlyKept = std::max<qint64>(*kept - *live, 0);
    table.onlyLive = std::max<qint64>(*live - *kept, 0);
    return {};
}

Result<void> KeptSource::fetch(TablePair &pair, TaskContext &context)
{
    if (!m_beside || !pair.fetchedAs.isEmpty())
        return {};
    pair.fetchedAs = u"mayday_kept_%1"_s.arg(++m_fetched);
    if (auto made = m_live->execute(pair.createFetchedSql(), context); !made)
        return failure(about(pair, made.error()));
    const QString columns = pair.fetchedColumns();
    const QString from =
        postgres::quoteIdentifier(pair.keptSchema) + u'.' + postgres::quoteIdentifier(pair.name);
    const QString in = u"COPY %1 (%2) FROM STDIN"_s.arg(pair.keptTable(), columns);
    const QString out = u"COPY (SELECT %1 FROM ONLY %2) TO STDOUT"_s.arg(columns, from);
    if (auto begun = m_live->copyInBegin(in.toUtf8(), context); !begun)
        return failure(about(pair, begun.error()));
    const auto sent = m_beside->copyOut(
        out.toUtf8(), [&](QByteArrayView row) { return m_live->copyInWrite(row, context); },
        context);
    if (!sent) {
        m_live->copyInAbort(sent.error().detail);
        return failure(about(pair, sent.error()));
    }
    if (auto taken = m_live->copyInFinish(context); !taken)
        return failure(about(pair, taken.error()));
    if (auto counted = m_live->execute("ANALYZE " + pair.keptTable().toUtf8(), context); !counted)
        return failure(about(pair, counted.error()));
    return {};
}

Result<QList<postgres::SequenceFacts>> KeptSource::sequences(const QString &schema,
                                                             TaskContext &context)
{
    return postgres::sequences(keptIn(), schema, context);
}

} // namespace mayday::restore
