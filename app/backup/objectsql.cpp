// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/objectsql.h"

#include "archive/rangesource.h"
#include "backup/dumpopener.h"
#include "backup/inspectionindex.h"
#include "dump/dumpreader.h"
#include "dump/dumpvisitor.h"

#include <QHash>
#include <QStringDecoder>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

using dump::DumpEntry;

constexpr size_t bufferSize = 256 * 1024;
/// To read over so much of a plain file costs no more than to open it again.
constexpr qint64 nearInPlainText = 64 * 1024;

/// In SQL of its own, or nothing.
QByteArray settingsFor(const dump::DumpInspection &inspection, const QList<DumpEntry> &entries,
                       SqlLetters letters)
{
    QByteArray sql;
    const QString encoding = inspection.encoding;
    if (letters == SqlLetters::AsTheyStand && !encoding.isEmpty() &&
        encoding.compare("UTF8"_L1, Qt::CaseInsensitive) != 0)
        sql += "SET client_encoding = '" + encoding.toUtf8().replace('\'', "''") + "';\n";
    if (std::ranges::any_of(entries, &DumpEntry::escapes))
        sql += "SET standard_conforming_strings = off;\n";
    return sql.isEmpty() ? sql : sql + '\n';
}

/// PostgreSQL's names of encodings that have others elsewhere.
QString commonNameOf(const QString &encoding)
{
    static const QHash<QString, QString> others{{u""_s, u"UTF-8"_s},
                                                {u"UTF8"_s, u"UTF-8"_s},
                                                {u"SQL_ASCII"_s, u"UTF-8"_s},
                                                {u"LATIN1"_s, u"ISO-8859-1"_s},
                                                {u"LATIN9"_s, u"ISO-8859-15"_s},
                                                {u"WIN866"_s, u"IBM866"_s},
                                                {u"WIN874"_s, u"windows-874"_s},
                                                {u"UHC"_s, u"windows-949"_s},
                                                {u"SJIS"_s, u"Shift_JIS"_s},
                                                {u"KOI8R"_s, u"KOI8-R"_s},
                                                {u"KOI8U"_s, u"KOI8-U"_s}};
    const QString upper = encoding.toUpper();
    return upper.startsWith("WIN125"_L1) ? u"windows-"_s + upper.sliced(3)
                                         : others.value(upper, encoding);
}

/// Stretches that are read in one go, with what is between them.
using Group = std::span<const DumpEntry>;

Group takeGroup(Group &rest, qint64 near)
{
    size_t count = 1;
    while (count < rest.size() && rest[count].offset - rest[count - 1].end <= near)
        ++count;
    const Group group = rest.first(count);
    rest = rest.subspan(count);
    return group;
}

/// Cuts the stretches out of the text that passes by.
class Cutter final {
public:
    Cutter(Group wanted, const SqlSink &sink)
        : m_wanted(wanted), m_sink(sink), m_at(wanted.front().offset)
    {
    }

    [[nodiscard]] Result<void> take(QByteArrayView text)
    {
        const qint64 begin = std::exchange(m_at, m_at + text.size());
        while (!m_wanted.empty() && m_wanted.front().offset < m_at) {
            const DumpEntry &entry = m_wanted.front();
            const qint64 from = std::max(begin, entry.offset);
            const qint64 to = std::min(m_at, entry.end);
            if (auto taken = m_sink(text.sliced(from - begin, to - from)); !taken)
                return taken;
            if (entry.end > m_at)
                return {};
            const bool isLineOver = entry.role == dump::EntryRole::Copies;
            if (auto taken = m_sink(isLineOver ? "\n" : "\n\n"); !taken)
                return taken;
            m_wanted = m_wanted.subspan(1);
        }
        return {};
    }

private:
    Group m_wanted;
    const SqlSink &m_sink;
    qint64 m_at;
};

Result<void> readGroup(const QString &path, const archive::AccessPoints &points, Group group,
                       const SqlSink &sink, TaskContext &context)
{
    auto source = archive::RangeSource::open(path, points, group.front().offset, group.back().end);
    if (!source)
        return failure(source.error());
    Cutter cutter(group, sink);
    std::vector<char> buffer(bufferSize);
    for (;;) {
        if (context.stopRequested())
            return failure(
                TaskContext::cancelled(path, u"reading stopped; the file is as it was"_s));
        const auto got = (*source)->read(buffer);
        if (!got)
            return failure(got.error());
        if (*got == 0)
            return {};
        if (auto taken = cutter.take(QByteArrayView(buffer.data(), *got)); !taken)
            return taken;
    }
}

/// Takes the statements out of a reading from the front, and ends it behind the last of them.
class Picker final : public dump::DumpVisitor {
public:
    Picker(Group wanted, const SqlSink &sink) : m_wanted(wanted), m_sink(sink) {}

    Result<void> statement(const dump::DumpStatement &statement) override
    {
        if (!pass(statement.offset))
            return ended();
        if (!isWanted(statement.offset))
            return {};
        m_found += statement.end == m_wanted[m_next].end ? 1 : 0;
        return m_sink(statement.sql + ";\n\n");
    }
    Result<void> copyBegin(const dump::CopyHeader &header) override
    {
        if (!pass(header.statement.offset))
            return ended();
        m_takesRows = isWanted(header.statement.offset);
        return m_takesRows ? m_sink(header.statement.sql + ";\n") : Result<void>();
    }
    Result<void> copyData(QByteArrayView rows) override
    {
        return m_takesRows ? m_sink(rows) : Result<void>();
    }
    Result<void> copyEnd(qint64, qint64, qint64) override
    {
        if (!std::exchange(m_takesRows, false))
            return {};
        ++m_found;
        return m_sink("\\.\n\n");
    }

    /// Whether each has come to its end.
    [[nodiscard]] bool isDone() const { return m_found == m_wanted.size(); }

private:
    /// Goes behind the stretches that end here; false when there is none left.
    bool pass(qint64 offset)
    {
        while (m_next < m_wanted.size() && m_wanted[m_next].end <= offset)
            ++m_next;
        return m_next < m_wanted.size();
    }
    [[nodiscard]] bool isWanted(qint64 offset) const { return offset >= m_wanted[m_next].offset; }
    static Result<void> ended()
    {
        return failure(TaskContext::cancelled({}, u"nothing more is wanted"_s));
    }

    Group m_wanted;
    const SqlSink &m_sink;
    size_t m_next = 0;
    size_t m_found = 0; ///< that have come to their ends
    bool m_takesRows = false;
};

Result<void> readFromTheFront(const QString &path, Group entries, const SqlSink &sink,
                              TaskContext &context)
{
    auto reader = openDump(path, context);
    if (!reader)
        return failure(reader.error());
    Picker picker(entries, sink);
    const auto read = reader->read(picker, context);
    if (context.stopRequested())
        return failure(TaskContext::cancelled(path, u"reading stopped; the file is as it was"_s));
    // What is wrong behind the last of them is not asked for.
    if (picker.isDone())
        return {};
    return read ? failure({.kind = ErrorKind::Corrupt,
                           .subject = path,
                           .detail = u"it has changed since it was read"_s})
                : read;
}

} // namespace

Result<dump::DumpObjects> objectsIn(const QString &path, const dump::DumpInspection &inspection,
                                    TaskContext &context)
{
    const auto index = objectsOf(inspection, path, context);
    if (!index)
        return failure(index.error());
    auto entries = index->entries();
    if (!entries)
        return failure({.kind = ErrorKind::Corrupt,
                        .subject = path,
                        .detail = u"what is remembered of it is damaged; read it anew"_s});
    return dump::DumpObjects(*std::move(entries), index->isCut());
}

Result<void> readSql(const QString &path, const dump::DumpInspection &inspection,
                     const QList<DumpEntry> &entries, const SqlSink &sink, TaskContext &context,
                     SqlLetters letters)
{
    if (entries.isEmpty())
        return {};
    if (isAnotherByNow(inspection, path))
        return failure({.kind = ErrorKind::Corrupt,
                        .subject = path,
                        .detail = u"it has changed since it was read"_s,
                        .advice = Advice::TryAgain});
    if (const QByteArray settings = settingsFor(inspection, entries, letters);
        !settings.isEmpty()) {
        if (auto taken = sink(settings); !taken)
            return taken;
    }
    dump::DumpInspection whole = inspection;
    Group rest(entries.constData(), static_cast<size_t>(entries.size()));
    if (!completeIndex(whole, path))
        return readFromTheFront(path, rest, sink, context);
    const archive::AccessPoints &points = whole.index.points;
    const qint64 near = points.isEmpty() ? nearInPlainText : archive::accessPointEvery;
    while (!rest.empty()) {
        if (auto read = readGroup(path, points, takeGroup(rest, near), sink, context); !read)
            return read;
    }
    return {};
}

std::optional<QString> decodedSql(const QByteArray &sql, const QString &encoding)
{
    QStringDecoder decoder(commonNameOf(encoding).toLatin1().constData());
    if (!decoder.isValid())
        return std::nullopt;
    const QString text = decoder(sql);
    return decoder.hasError() ? std::nullopt : std::optional(text);
}

Result<ShownSql> beginningOfSql(const QString &path, const dump::DumpInspection &inspection,
                                const QList<DumpEntry> &entries, qsizetype mostBytes,
                                TaskContext &context)
{
    QByteArray text;
    bool isCut = false;
    const auto take = [&](QByteArrayView piece) -> Result<void> {
        const qsizetype room = mostBytes - text.size();
        text.append(piece.first(std::min(piece.size(), room)));
        isCut = piece.size() > room;
        return isCut ? failure(TaskContext::cancelled(path, u"there is room for no more"_s))
                     : Result<void>();
    };
    const auto read = readSql(path, inspection, entries, take, context, SqlLetters::Decoded);
    if (!read && !isCut)
        return failure(read.error());
    return ShownSql{.text = decodedSql(text, inspection.encoding), .isCut = isCut};
}

} // namespace mayday::backup
