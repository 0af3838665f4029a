// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/objectindex.h"

#include <QtEndian>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

constexpr qsizetype pieceSize = 128 * 1024;
/// A name may be long, and the pieces of others are not ours.
constexpr quint32 mostOfAPiece = 4 * 1024 * 1024;
constexpr int fewBits = 5; // of a StatementClass
constexpr quint8 lowBits = 0x1f;
constexpr quint8 escapesBit = 0x20;
constexpr quint8 sameNamesBit = 0x40;
constexpr quint8 hasMoreBit = 0x80;

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
void putNumber(QByteArray &bytes, qint64 value)
{
    auto rest = static_cast<quint64>(value);
    for (; rest > 0x7f; rest >>= 7)
        bytes.append(static_cast<char>((rest & 0x7f) | 0x80));
    bytes.append(static_cast<char>(rest));
}

void putText(QByteArray &bytes, const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    putNumber(bytes, utf8.size());
    bytes.append(utf8);
}

/// The same, read again; what is not there is nothing, and isGood() says so.
class Taker final {
public:
    explicit Taker(QByteArrayView bytes) : m_bytes(bytes) {}

    [[nodiscard]] bool isGood() const { return m_isGood; }
    [[nodiscard]] bool atEnd() const { return !m_isGood || m_at == m_bytes.size(); }
    quint8 byte()
    {
        m_isGood = m_isGood && m_at < m_bytes.size();
        return m_isGood ? static_cast<quint8>(m_bytes[m_at++]) : 0;
    }
    qint64 number()
    {
        quint64 value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            const quint8 next = byte();
            value |= static_cast<quint64>(next & 0x7f) << shift;
            if (!(next & 0x80))
                return static_cast<qint64>(value);
        }
        m_isGood = false;
        return 0;
    }
    QString text()
    {
        const qint64 size = number();
        m_isGood = m_isGood && size <= m_bytes.size() - m_at;
        if (!m_isGood)
            return {};
        m_at += size;
        return QString::fromUtf8(m_bytes.sliced(m_at - size, size));
    }

private:
    QByteArrayView m_bytes;
    qsizetype m_at = 0;
    bool m_isGood = true;
};

void putPiece(QByteArray &packed, const QByteArray &piece)
{
    if (piece.isEmpty())
        return;
    const QByteArray small = qCompress(piece);
    const quint32 size = qToBigEndian(static_cast<quint32>(small.size()));
    packed.append(reinterpret_cast<const char *>(&size), sizeof size).append(small);
}

/// The next piece, off the front; nothing when it is damaged.
std::optional<QByteArray> takePiece(QByteArrayView &packed)
{
    const auto numberAt = [&packed](qsizetype at) {
        return qFromBigEndian<quint32>(packed.data() + at);
    };
    constexpr qsizetype sizes = 2 * sizeof(quint32); // its own, and what qCompress() writes first
    if (packed.size() < sizes || numberAt(0) > packed.size() - sizes / 2 ||
        numberAt(sizes / 2) > mostOfAPiece)
        return std::nullopt;
    const auto size = static_cast<qsizetype>(numberAt(0));
    const QByteArray piece = qUncompress(packed.sliced(sizes / 2, size).toByteArray());
    packed = packed.sliced(sizes / 2 + size);
    return piece.isEmpty() ? std::nullopt : std::optional(piece);
}

bool hasMore(const DumpEntry &entry)
{
    return !entry.arguments.isEmpty() || !entry.table.isEmpty() || !entry.other.name.isEmpty();
}

void put(QByteArray &bytes, const DumpEntry &entry, const DumpEntry &before)
{
    const bool isSame = entry.schema == before.schema && entry.name == before.name;
    bytes.append(static_cast<char>(std::to_underlying(entry.kind) | std::to_underlying(entry.role)
                                                                        << fewBits));
    bytes.append(static_cast<char>(std::to_underlying(entry.about) |
                                   (entry.escapes ? escapesBit : 0) | (isSame ? sameNamesBit : 0) |
                                   (hasMore(entry) ? hasMoreBit : 0)));
    putNumber(bytes, entry.offset - before.end);
    putNumber(bytes, entry.end - entry.offset);
    putNumber(bytes, entry.line - before.line);
    if (entry.hasRows())
        putNumber(bytes, entry.rows);
    if (!isSame) {
        putText(bytes, entry.schema);
        putText(bytes, entry.name);
    }
    if (hasMore(entry)) {
        for (const QString *text :
             {&entry.arguments, &entry.table, &entry.other.schema, &entry.other.name})
            putText(bytes, *text);
    }
}

/// Equal names share their letters with those before.
void shareWith(QString &text, const QString &before)
{
    if (text == before)
        text = before;
}

/// False for a number that no entry has.
bool takeKinds(Taker &taker, DumpEntry &entry, quint8 &flags)
{
    const quint8 first = taker.byte();
    flags = taker.byte();
    entry.kind = static_cast<StatementClass>(first & lowBits);
    entry.about = static_cast<StatementClass>(flags & lowBits);
    entry.role = static_cast<EntryRole>(first >> fewBits);
    entry.escapes = (flags & escapesBit) != 0;
    return entry.kind <= StatementClass::Other && entry.about <= StatementClass::Other &&
           entry.role <= EntryRole::Inserts;
}

std::optional<DumpEntry> take(Taker &taker, const DumpEntry &before)
{
    DumpEntry entry;
    quint8 flags = 0;
    if (!takeKinds(taker, entry, flags))
        return std::nullopt;
    entry.offset = before.end + taker.number();
    entry.end = entry.offset + taker.number();
    entry.line = before.line + taker.number();
    entry.rows = entry.hasRows() ? taker.number() : 0;
    entry.schema = before.schema;
    entry.name = before.name;
    if (!(flags & sameNamesBit)) {
        entry.schema = taker.text();
        entry.name = taker.text();
    }
    if (flags & hasMoreBit) {
        for (QString *text :
             {&entry.arguments, &entry.table, &entry.other.schema, &entry.other.name})
            *text = taker.text();
    }
    shareWith(entry.schema, before.schema);
    shareWith(entry.table, before.table);
    return taker.isGood() ? std::optional(entry) : std::nullopt;
}

} // namespace

void ObjectIndex::add(const DumpEntry &entry)
{
    if (m_count >= m_most) {
        m_isCut = true;
        return;
    }
    // The bytes of large objects: as many statements as there are pieces of them.
    const bool isMore = m_count > 0 && entry.kind == StatementClass::LargeObject &&
                        entry.role == EntryRole::Changes && m_last.kind == entry.kind &&
                        m_last.role == entry.role && m_last.escapes == entry.escapes;
    if (isMore) {
        m_last.end = entry.end;
        return;
    }
    settle();
    m_last = entry;
    ++m_count;
}

bool ObjectIndex::extendInserts(const DumpStatement &insert, qint64 rows)
{
    if (m_isCut)
        return true;
    if (m_count == 0 || m_last.role != EntryRole::Inserts || m_last.name != insert.objectName ||
        m_last.schema != insert.objectSchema || m_last.escapes != insert.plainStringsEscape ||
        insert.offset - m_last.end > mostBetween)
        return false;
    m_last.end = insert.end;
    m_last.rows += rows;
    return true;
}

/// Writes the last one down.
void ObjectIndex::settle()
{
    if (m_count == 0)
        return;
    put(m_piece, m_last, m_before);
    m_before = m_last;
    if (m_piece.size() >= pieceSize)
        putPiece(m_packed, std::exchange(m_piece, {}));
}

std::optional<QList<DumpEntry>> ObjectIndex::entries() const
{
    const QByteArray bytes = toBytes();
    QByteArrayView packed = QByteArrayView(bytes).sliced(1);
    QList<DumpEntry> all;
    DumpEntry before;
    while (!packed.isEmpty()) {
        const auto piece = takePiece(packed);
        if (!piece)
            return std::nullopt;
        for (Taker taker(*piece); !taker.atEnd();) {
            const auto entry = take(taker, before);
            if (!entry)
                return std::nullopt;
            all.append(*entry);
            before = *entry;
        }
    }
    return all;
}

QByteArray ObjectIndex::toBytes() const
{
    ObjectIndex whole = *this;
    whole.settle();
    QByteArray bytes(1, m_isCut ? 'c' : 'w');
    bytes.append(whole.m_packed);
    putPiece(bytes, whole.m_piece);
    return bytes;
}

ObjectIndex ObjectIndex::fromBytes(const QByteArray &bytes)
{
    ObjectIndex index(0); // nothing is added to it
    index.m_isCut = bytes.startsWith('c');
    index.m_packed = bytes.sliced(std::min<qsizetype>(1, bytes.size()));
    return index;
}

} // namespace mayday::dump
