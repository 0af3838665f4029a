// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/lineinfile.h"

#include "backup/dumpopener.h"
#include "backup/inspectionindex.h"

#include <QFileInfo>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// What a person can look at, and a window can show.
constexpr qsizetype longestLine = qsizetype(16) * 1024;

/// Hears a dump until the line has come.
class LineFinder final : public dump::DumpVisitor {
public:
    explicit LineFinder(qint64 wanted) : m_wanted(wanted) {}

    Result<void> statement(const dump::DumpStatement &statement) override
    {
        if (m_wanted < statement.line)
            return over();
        if (m_wanted > statement.endLine)
            return {};
        m_found = {.table = {},
                   .text = statement.sql.first(std::min(statement.sql.size(), longestLine)),
                   .isCut = statement.sql.size() > longestLine};
        return over();
    }
    Result<void> copyBegin(const dump::CopyHeader &header) override
    {
        m_table = header.schema + u'.' + header.table;
        m_at = header.statement.line + header.statement.sql.count('\n') + 1;
        return m_wanted < m_at ? statement(header.statement) : Result<void>();
    }
    Result<void> copyData(QByteArrayView rows) override
    {
        while (!rows.isEmpty()) {
            const qsizetype end = rows.indexOf('\n');
            const QByteArrayView piece = end < 0 ? rows : rows.first(end);
            if (m_at == m_wanted)
                take(piece);
            if (end < 0)
                return {};
            if (m_at == m_wanted)
                return over();
            ++m_at;
            rows = rows.sliced(end + 1);
        }
        return {};
    }
    Result<void> copyEnd(qint64, qint64, qint64 line) override
    {
        return m_wanted <= line ? over() : Result<void>();
    }

    [[nodiscard]] const std::optional<LineInFile> &found() const { return m_found; }
    /// It has come, or will not any more.
    [[nodiscard]] bool isOver() const { return m_isOver; }

private:
    void take(QByteArrayView piece)
    {
        if (!m_found)
            m_found = LineInFile{.table = m_table};
        const qsizetype room = longestLine - m_found->text.size();
        m_found->text.append(piece.first(std::min(room, piece.size())));
        m_found->isCut = m_found->isCut || piece.size() > room;
    }
    /// What ends the reading; nobody hears of it.
    Result<void> over()
    {
        m_isOver = true;
        return failure({.kind = ErrorKind::Cancelled, .subject = {}, .detail = {}});
    }

    qint64 m_wanted;
    qint64 m_at = 0; ///< the line of the rows that come
    QString m_table;
    std::optional<LineInFile> m_found;
    bool m_isOver = false;
};

Result<dump::DumpReader> readerFor(const QString &file, qint64 line, TaskContext &context)
{
    auto inspection = backup::inspectUnlessKnown(file, context);
    if (!inspection)
        return failure(inspection.error());
    if (!backup::completeIndex(*inspection, file))
        return backup::openDump(file, context);
    const auto isElsewhere = [line](const dump::DataBlock &block) {
        return line < block.line || line > block.endLine;
    };
    return dump::DumpReader::ofParts(file, inspection->index.partsWithout(isElsewhere),
                                     inspection->index.points);
}

} // namespace

Result<LineInFile> lineInFile(const QString &file, qint64 line, TaskContext &context)
{
    auto reader = readerFor(file, line, context);
    if (!reader)
        return failure(reader.error());
    LineFinder finder(line);
    const auto read = reader->read(finder, context);
    if (finder.found() && finder.isOver())
        return *finder.found();
    if (!read && !finder.isOver())
        return failure(read.error());
    return failure({.kind = ErrorKind::NotFound,
                    .subject = QFileInfo(file).fileName(),
                    .detail = u"neither a row nor a statement is at line %1"_s.arg(line)});
}

} // namespace mayday::restore
