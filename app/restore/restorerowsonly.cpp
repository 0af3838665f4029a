// SPDX-License-Identifier: GPL-3.0-or-later
// RestoreRunner's part about dumps of rows alone, which are loaded into the structure that is live.
#include "restore/restorerunner.h"
#include "restore/rowsonly.h"

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
    if (auto fit = checkRowsOnly(session, m_inspection, m_plan.mode, context); !fit)
        return fit;
    if (m_plan.tables.isEmpty() && m_plan.mode == RestoreMode::Copy) {
        for (const dump::TableInDump &table : std::as_const(m_inspection.tables))
            m_plan.tables.append({table.schema, table.name});
    }
    auto structure =
        backup::structureOf({.source = m_plan.target, .schemas = m_inspection.schemas}, context);
    if (!structure)
        return failure(structure.error());
    m_structure = *std::move(structure);
    m_receipt.notes.append(u"the backup has rows only: tables, keys and rights are those that were "
                           "live"_s);
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
    if (error.kind != ErrorKind::Cancelled)
        error.detail = u"while the structure that is live was made for the rows: "_s + error.detail;
    return failure(error);
}

} // namespace mayday::restore
