// SPDX-License-Identifier: GPL-3.0-or-later
// RestoreRunner's part about dumps of rows alone, which are loaded into the structure that is live.
#include "postgres/quoting.h"
#include "restore/restorerunner.h"
#include "restore/rolemap.h"
#include "restore/rowsonly.h"
#include "restore/runsql.h"

#include <algorithm>
#include <cstring>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

class TextInMemory final : public archive::ByteSource {
public:
    explicit TextInMemory(QByteArray text) : m_text(std::move(text)) {}

    Result<qsizetype> read(std::span<char> buffer) override
    {
        const auto size = std::min(static_cast<qsizetype>(buffer.size()), m_text.size() - m_at);
        std::memcpy(buffer.data(), m_text.constData() + m_at, static_cast<size_t>(size));
        m_at += size;
        return size;
    }
    [[nodiscard]] qint64 consumed() const override { return m_at; }
    [[nodiscard]] qint64 total() const override { return m_text.size(); }
    [[nodiscard]] QString format() const override { return u"plain"_s; }

private:
    QByteArray m_text;
    qsizetype m_at = 0;
};

} // namespace

/// Before the transaction: pg_dump is another session, and would wait for ours.
Result<void> RestoreRunner::fetchStructure(postgres::Session &session, TaskContext &context)
{
    if (!m_inspection.hasRowsOnly())
        return {};
    if (m_plan.tables.isEmpty() && m_plan.mode == RestoreMode::Copy) {
        for (const dump::TableInDump &table : std::as_const(m_inspection.tables))
            m_plan.tables.append({table.schema, table.name});
    }
    if (auto fit = checkRowsOnly(session, m_inspection, m_plan, context); !fit)
        return fit;
    auto columns = RowsIntoStructure::columnsOf(session, m_inspection.schemas, context);
    if (!columns)
        return failure(columns.error());
    m_columns = *std::move(columns);
    auto structure =
        backup::structureOf({.source = m_plan.target, .schemas = m_inspection.schemas}, context);
    if (!structure)
        return failure(structure.error());
    m_structure = *std::move(structure);
    m_receipt.notes.append(u"the backup has rows only: tables, keys and rights are those that were "
                           "live"_s);
    return {};
}

/// The structure, the rows, and what comes behind them, each to its end: so an error is told of
/// what it is in.
Result<void> RestoreRunner::readIntoStructure(dump::DumpReader &reader, SideLoad &load,
                                              TaskContext &watched)
{
    RowsIntoStructure rows(load, std::move(m_columns));
    MappedDump mapped(rows, m_plan.mappedRoles); // the structure has the server's own
    auto read = loadStructure(m_structure->before, load, watched)
                    .and_then([&] { return reader.read(mapped, watched); })
                    .and_then([&] { return load.finish(); })
                    .and_then([&] { return loadStructure(m_structure->behind, load, watched); });
    m_receipt.notes += rows.differences();
    m_hasDifferences = m_hasDifferences || !rows.differences().isEmpty();
    return read;
}

/// What the dump says nothing of goes on as it was: numbers that were given are not given again.
/// And what has come in since is not lost.
Result<void> RestoreRunner::keepWhatIsNotInRows(postgres::Session &session, TaskContext &context)
{
    if (!m_structure || m_plan.mode != RestoreMode::Replace)
        return {};
    // A policy must not hide that there are rows.
    if (auto open = session.execute("SET LOCAL row_security = off", context); !open)
        return failure(open.error());
    for (const KeptSchema &kept : std::as_const(m_kept)) {
        const QByteArray name = kept.name.toUtf8();
        const auto sequences = session.query(
            "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
            " ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND n.nspname = $1",
            {&name, 1}, context);
        if (!sequences)
            return failure(sequences.error());
        for (int i = 0; i < sequences->rowCount(); ++i) {
            const QString sequence = sequences->text(i, 0);
            const bool isSaid =
                std::ranges::any_of(m_inspection.sequences, [&](const dump::SequenceInDump &said) {
                    return said.schema == kept.original && said.name == sequence;
                });
            const QString now = postgres::quoteIdentifier(kept.original) + u'.' +
                                postgres::quoteIdentifier(sequence);
            const auto carried =
                isSaid ? Result<void>()
                       : runSql(session,
                                u"SELECT pg_catalog.setval(%1::pg_catalog.regclass, last_value, "
                                "is_called) FROM %2.%3"_s.arg(
                                    QString::fromUtf8(postgres::quoteLiteral(now.toUtf8())),
                                    postgres::quoteIdentifier(kept.name),
                                    postgres::quoteIdentifier(sequence)),
                                context);
            if (!carried)
                return carried;
        }
        const auto lost = tablesWithoutRows(session, {kept.name}, m_inspection, context);
        if (!lost)
            return failure(lost.error());
        if (!lost->isEmpty())
            return failure(
                {.kind = ErrorKind::Refused,
                 .subject = kept.original + u'.' + lost->front().second,
                 .detail = u"rows have come into it since, and the backup has none of it"_s,
                 .advice = Advice::BringRowsBack});
    }
    return {};
}

/// To its end, because its lines are not those of the file.
Result<void> RestoreRunner::loadStructure(const QByteArray &text, SideLoad &load,
                                          TaskContext &context)
{
    TaskContext quiet(context.stopToken());
    auto reader = dump::DumpReader::over(std::make_unique<TextInMemory>(text),
                                         u"the structure that is live"_s);
    auto read = reader.read(load, quiet).and_then([&load] { return load.finish(); });
    if (read)
        return read;
    Error error = read.error();
    error.line = 0;
    error.subject = u"the structure that is live"_s;
    error.advice.reset();
    if (error.kind != ErrorKind::Cancelled)
        error.detail = u"while the structure that is live was made for the rows: "_s + error.detail;
    return failure(error);
}

} // namespace mayday::restore
