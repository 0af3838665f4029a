// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/scannerstory.h"

#include "dump/dumpinterpreter.h"
#include "dump/inspector.h"
#include "dump/textsource.h"

#include <algorithm>
#include <array>
#include <vector>

using namespace Qt::StringLiterals;
using namespace mayday::dump;

namespace mayday::tests {

namespace {

class Source final : public archive::ByteSource {
public:
    Source(QByteArrayView bytes, Cuts cuts) : m_bytes(bytes), m_cuts(cuts) {}

    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override
    {
        const qsizetype room = std::min(m_cuts.next(), static_cast<qsizetype>(buffer.size()));
        const qsizetype size = std::min(room, m_bytes.size() - m_at);
        std::copy_n(m_bytes.data() + m_at, size, buffer.data());
        m_at += size;
        return size;
    }
    [[nodiscard]] qint64 consumed() const override { return m_at; }
    [[nodiscard]] qint64 total() const override { return m_bytes.size(); }
    [[nodiscard]] QString format() const override { return u"plain"_s; }

private:
    QByteArrayView m_bytes;
    Cuts m_cuts;
    qsizetype m_at = 0;
};

class Listener final : public DumpVisitor {
public:
    explicit Listener(QList<Told> &told) : m_told(told) {}

    Result<void> statement(const DumpStatement &statement) override
    {
        note(statement, kindWord(statement.kind), statement.objectSchema, statement.objectName);
        return {};
    }
    Result<void> copyBegin(const CopyHeader &header) override
    {
        note(header.statement, u"copy"_s, header.schema, header.table);
        m_told.append(Told());
        return {};
    }
    Result<void> copyData(QByteArrayView rows) override
    {
        m_told.last().text.append(rows);
        return {};
    }
    Result<void> copyEnd(qint64 rows, qint64 bytes, qint64 line) override
    {
        m_told.last().rows = rows;
        m_told.last().bytes = bytes;
        m_told.last().line = line;
        return {};
    }

private:
    void note(const DumpStatement &statement, const QString &kind, const QString &schema,
              const QString &name)
    {
        m_told.append({.text = statement.sql,
                       .about = kind + u' ' + schema + u'.' + name,
                       .line = statement.line,
                       .offset = statement.offset,
                       .escapes = statement.plainStringsEscape});
    }

    QList<Told> &m_told;
};

QStringList asText(const DumpFacts &facts)
{
    return facts.warnings +
           QStringList{
               facts.serverVersion,
               facts.dumpVersion,
               facts.encoding,
               facts.startedAt.value_or(QDateTime()).toString(Qt::ISODate),
               facts.lastTable,
               facts.firstStray,
               u"%1 %2 %3 %4"_s.arg(facts.headerSeen)
                   .arg(facts.completionSeen)
                   .arg(facts.isRestricted)
                   .arg(facts.inRows),
               u"%1 %2 %3"_s.arg(facts.brokenOffAt).arg(facts.statements).arg(facts.sqlStatements)};
}

QString endOf(const Result<void> &outcome)
{
    return outcome ? u"good"_s : describe(outcome.error());
}

/// Feeds one part to its scanner.
Result<void> scan(DumpScanner &scanner, QByteArrayView text, Cuts &cuts)
{
    std::vector<char> kept;
    for (bool isLast = false; !isLast;) {
        const qsizetype size = std::min(cuts.next(), text.size());
        isLast = size == 0;
        std::vector<char> piece;
        piece.reserve(kept.size() + static_cast<size_t>(size));
        piece.insert(piece.end(), kept.begin(), kept.end());
        piece.insert(piece.end(), text.begin(), text.begin() + size);
        text = text.sliced(size);
        const auto done = scanner.feed(
            QByteArrayView(piece.data(), static_cast<qsizetype>(piece.size())), isLast);
        if (!done)
            return failure(done.error());
        kept.assign(piece.begin() + *done, piece.end());
    }
    return scanner.finish();
}

QByteArrayView partOf(QByteArrayView text, const TextPart &part)
{
    return text.sliced(part.from, (part.to < 0 ? text.size() : part.to) - part.from);
}

QString shown(const QByteArray &text)
{
    return QString::fromLatin1(text.left(300).toPercentEncoding(" ;:,.=()'\"$*/\\-"));
}

QString shown(const Told &told)
{
    return u"\"%1\" (%2) line %3, byte %4, rows %5, bytes %6%7"_s.arg(shown(told.text), told.about)
        .arg(told.line)
        .arg(told.offset)
        .arg(told.rows)
        .arg(told.bytes)
        .arg(told.escapes ? u", escapes"_s : QString());
}

QString shownAt(const Story &story, qsizetype i)
{
    return i < story.told.size() ? shown(story.told[i]) : u"nothing more"_s;
}

} // namespace

Decoded decoded(QByteArrayView bytes, Cuts cuts)
{
    constexpr qsizetype enoughForAMark = 4; // and little, so that much is read behind the head
    auto source = asUtf8(std::make_unique<archive::HeadSource>(
                             std::make_unique<Source>(bytes, cuts), enoughForAMark),
                         u"x"_s);
    Decoded found;
    std::array<char, 4096> buffer{};
    for (;;) {
        const auto got = source->read(buffer);
        if (!got) // how much came before may depend on the pieces
            return {.end = describe(got.error())};
        if (*got == 0)
            return found;
        found.text.append(buffer.data(), *got);
    }
}

Story storyOf(QByteArrayView text, Cuts cuts, const QList<TextPart> &parts)
{
    Story story;
    Listener listener(story.told);
    DumpInterpreter interpreter(listener);
    for (const TextPart &part : parts) {
        DumpScanner scanner(interpreter);
        scanner.startAt(part.from, part.line);
        const Result<void> outcome = scan(scanner, partOf(text, part), cuts);
        story.end = endOf(outcome);
        story.lines = scanner.line();
        story.bytes = outcome ? scanner.offset() : 0; // how far it had come, nobody asks
        if (!outcome)
            break;
    }
    const DumpFacts &facts = interpreter.facts();
    story.facts = asText(facts);
    story.isWhole = story.end == "good"_L1 && facts.completionSeen && !facts.isRestricted &&
                    facts.brokenOffAt == 0;
    return story;
}

DumpIndex indexOf(QByteArrayView text)
{
    DumpInspection inspection;
    archive::PointSieve sieve;
    Inspector inspector(inspection, sieve);
    DumpInterpreter interpreter(inspector);
    DumpScanner scanner(interpreter);
    Cuts whole;
    const Result<void> outcome = scan(scanner, text, whole);
    inspector.finish();
    if (!outcome)
        return {};
    return {.blocks = inspector.blocks(),
            .inserts = inspector.inserts(),
            .objects = inspector.objects()};
}

QString difference(const Story &one, const Story &other)
{
    if (one == other)
        return {};
    for (qsizetype i = 0; i < std::max(one.told.size(), other.told.size()); ++i) {
        if (i >= one.told.size() || i >= other.told.size() || one.told[i] != other.told[i])
            return u"%1: %2\nand: %3"_s.arg(i).arg(shownAt(one, i), shownAt(other, i));
    }
    return u"at the end: %1, line %2, byte %3: %4\nand: %5, line %6, byte %7: %8"_s.arg(one.end)
        .arg(one.lines)
        .arg(one.bytes)
        .arg(one.facts.join(u'|'))
        .arg(other.end)
        .arg(other.lines)
        .arg(other.bytes)
        .arg(other.facts.join(u'|'));
}

} // namespace mayday::tests
