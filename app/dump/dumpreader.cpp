// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/dumpreader.h"

#include "archive/rangesource.h"
#include "archive/readahead.h"
#include "dump/dumpinterpreter.h"
#include "dump/garbledtext.h"

#include <QFileInfo>

#include <algorithm>
#include <cstring>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

constexpr qsizetype headSize = 64 * 1024;

} // namespace

Result<DumpReader> DumpReader::open(const QString &path)
{
    if (QFileInfo(path).isDir()) {
        DumpReader reader;
        reader.m_subject = path;
        reader.m_format = recogniseFolder(path);
        return reader;
    }
    auto sieve = std::make_unique<archive::PointSieve>();
    auto source = archive::openSource(
        path, [sink = sieve.get()](const archive::AccessPoint &point) { sink->offer(point); });
    if (!source)
        return failure(source.error());
    const QString format = (*source)->format();
    DumpReader reader = over(*std::move(source), path);
    reader.m_sieve = std::move(sieve);
    reader.m_isReadableInParts = reader.m_isAsItIs && (format == "plain"_L1 || format == "gz"_L1);
    return reader;
}

DumpReader DumpReader::ofParts(const QString &path, QList<TextPart> parts,
                               archive::AccessPoints points)
{
    DumpReader reader;
    reader.m_subject = path;
    reader.m_parts = std::move(parts);
    reader.m_points = std::move(points);
    return reader;
}

DumpReader DumpReader::over(std::unique_ptr<archive::ByteSource> source, const QString &subject)
{
    DumpReader reader;
    reader.m_subject = subject;
    reader.m_fileBytes = source->total();
    auto head = std::make_unique<archive::HeadSource>(std::move(source), headSize);
    reader.m_format = recogniseFormat(head->head(), subject, head->format());
    // Nothing came out because reading failed: that is what has to be told, not "empty".
    if (head->head().isEmpty() && head->headError()) {
        reader.m_format.problem = head->headError();
        reader.m_endedEarly = head->endedEarly();
        reader.m_isBeyondUs = head->headError()->kind == ErrorKind::Unsupported;
    }
    reader.m_isAsItIs = isAsItIs(head->head());
    reader.m_mark = markOf(head->head());
    reader.m_source = asUtf8(std::move(head), subject);
    return reader;
}

/// An Error of the file, said with its name and the place in its text.
Error DumpReader::placed(Error error) const
{
    if (error.subject.isEmpty())
        error.subject = m_subject;
    if (error.line == 0)
        error.line = m_lines;
    return error;
}

Result<void> DumpReader::read(DumpVisitor &visitor, TaskContext &context)
{
    if (m_format.problem)
        return failure(*m_format.problem);
    if (!m_source && m_parts.isEmpty())
        return failure({.kind = ErrorKind::Internal,
                        .subject = m_subject,
                        .detail = u"a dump can be read once only"_s,
                        .advice = Advice::SendReport});
    DumpInterpreter interpreter(visitor);
    const Result<void> done = m_source ? readText(std::move(m_source), {}, interpreter, context)
                                       : readParts(interpreter, context);
    const QStringList remarks = m_facts.warnings;
    m_facts = interpreter.facts();
    m_facts.warnings += remarks;
    return done;
}

Result<void> DumpReader::readParts(DumpInterpreter &interpreter, TaskContext &context)
{
    for (const TextPart &part : std::exchange(m_parts, {})) {
        auto source = archive::RangeSource::open(m_subject, m_points, part.from, part.to);
        if (!source)
            return failure(source.error());
        m_fileBytes = (*source)->total();
        if (auto read = readText(*std::move(source), part, interpreter, context); !read)
            return read;
    }
    return {};
}

Result<void> DumpReader::readText(std::unique_ptr<archive::ByteSource> source, const TextPart &part,
                                  DumpInterpreter &interpreter, TaskContext &context)
{
    DumpScanner scanner(interpreter);
    scanner.startAt(part.from, part.line);
    archive::ReadAhead ahead(std::move(source));
    QByteArray kept;
    for (bool isLast = false; !isLast;) {
        if (context.stopRequested())
            return failure(
                TaskContext::cancelled(m_subject, u"reading stopped; the file is as it was"_s));
        const auto block = ahead.next();
        if (!block) {
            m_isFileCut = m_endedEarly = ahead.restingSource()->endedEarly();
            m_isBeyondUs = block.error().kind == ErrorKind::Unsupported;
            return failure(placed(block.error()));
        }
        isLast = block->empty();
        // What was left of the block before goes into the room in front of this one.
        char *begin = block->data() - kept.size();
        if (!kept.isEmpty())
            std::memcpy(begin, kept.constData(), static_cast<size_t>(kept.size()));
        const QByteArrayView text(begin, kept.size() + static_cast<qsizetype>(block->size()));
        m_plainBytes += static_cast<qsizetype>(block->size());
        if (m_words)
            m_words->look(text, kept.size(), scanner.line());
        const auto done = scanner.feed(text, isLast);
        m_lines = scanner.line();
        if (!done)
            return failure(placed(done.error()));
        kept = text.sliced(*done).toByteArray();
        m_fileBytes = std::max(m_fileBytes, ahead.consumed()); // it may be growing still
        context.progress(ahead.consumed(), m_fileBytes, u"read"_s);
    }
    m_facts.warnings += ahead.restingSource()->remarks();
    const auto whole = scanner.finish();
    m_endedEarly = !whole;
    return whole ? whole : failure(placed(whole.error()));
}

} // namespace mayday::dump
