// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/sevenzipheader.h"

#include "archive/sevenzipcoders.h"
#include "archive/slicesource.h"

#include <QtEndian>

#include <zlib.h>

#include <algorithm>
#include <tuple>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::archive {

namespace {

constexpr qint64 sevenZipStart = 32;
constexpr qint64 largestHeader = 64 * 1024 * 1024;
constexpr qint64 mostPieces = mostMembers; ///< of anything that is counted
constexpr quint32 isFolderBit = 0x10;
constexpr quint32 hasModeBit = 0x8000;

/// Ids of the parts of a header.
struct Part {
    enum : int {
        End = 0,
        Header = 1,
        ArchiveProperties = 2,
        MainStreams = 4,
        FilesInfo = 5,
        PackInfo = 6,
        UnpackInfo = 7,
        SubStreams = 8,
        Size = 9,
        Crc = 10,
        Folder = 11,
        UnpackSize = 12,
        StreamsOfBlock = 13,
        EmptyStream = 14,
        EmptyFile = 15,
        Names = 17,
        Attributes = 21,
        EncodedHeader = 23,
    };
};

/// Takes the fields of a header one by one. After the first that is wrong all are zero.
class Fields final {
public:
    explicit Fields(QByteArrayView bytes) : m_bytes(bytes) {}

    [[nodiscard]] bool isWrong() const { return m_isWrong; }
    void fail() { m_isWrong = true; }
    [[nodiscard]] qint64 left() const { return m_isWrong ? 0 : m_bytes.size() - m_at; }

    int byte()
    {
        const QByteArrayView one = take(1);
        return one.isEmpty() ? 0 : static_cast<uchar>(one[0]);
    }
    QByteArrayView take(qint64 size)
    {
        if (size < 0 || size > left()) {
            m_isWrong = true;
            return {};
        }
        m_at += size;
        return m_bytes.sliced(m_at - size, size);
    }
    quint32 number32()
    {
        const QByteArrayView four = take(4);
        return four.isEmpty() ? 0 : qFromLittleEndian<quint32>(four.data());
    }
    /// One to nine bytes: the ones in front of the first byte say how many follow.
    qint64 number()
    {
        const int first = byte();
        quint64 value = 0;
        int mask = 0x80;
        for (int i = 0; i < 8; ++i, mask >>= 1) {
            if ((first & mask) == 0)
                return checked(value | static_cast<quint64>(first & (mask - 1)) << (8 * i));
            value |= static_cast<quint64>(byte()) << (8 * i);
        }
        return checked(value);
    }
    /// A number of things, each of which takes room in the header or in memory.
    qint64 count()
    {
        const qint64 value = number();
        if (value > mostPieces)
            m_isWrong = true;
        return m_isWrong ? 0 : value;
    }
    QList<bool> bits(qint64 size)
    {
        QList<bool> bits(m_isWrong ? 0 : size);
        int value = 0;
        for (qsizetype i = 0; i < bits.size(); ++i) {
            if (i % 8 == 0)
                value = byte();
            bits[i] = (value & (0x80 >> (i % 8))) != 0;
        }
        return bits;
    }
    /// The same, with a byte in front that says when all are set.
    QList<bool> bitsOrAll(qint64 size)
    {
        return byte() != 0 ? QList<bool>(m_isWrong ? 0 : size, true) : bits(size);
    }
    QList<std::optional<quint32>> sums(qint64 size)
    {
        QList<std::optional<quint32>> sums;
        for (const bool isThere : bitsOrAll(size))
            sums.append(isThere ? std::optional(number32()) : std::nullopt);
        return sums;
    }
    void expect(int part)
    {
        if (byte() != part)
            m_isWrong = true;
    }

private:
    qint64 checked(quint64 value)
    {
        if (value >> 62 != 0)
            m_isWrong = true;
        return m_isWrong ? 0 : static_cast<qint64>(value);
    }

    QByteArrayView m_bytes;
    qsizetype m_at = 0;
    bool m_isWrong = false;
};

/// What the parts say of the packed bytes.
struct Streams {
    QList<SevenZipBlock> blocks = {};
    QList<qint64> sizes = {}; ///< of what is in the blocks, one after the other
    QList<std::optional<quint32>> crcs = {};
};

/// Where the packed streams are: (begin, size) each.
QList<std::pair<qint64, qint64>> takePackInfo(Fields &fields)
{
    qint64 at = sevenZipStart + fields.number();
    QList<std::pair<qint64, qint64>> packed(fields.count());
    for (int part = fields.byte(); part != Part::End && !fields.isWrong(); part = fields.byte()) {
        if (part == Part::Size) {
            for (auto &[begin, size] : packed) {
                begin = at;
                size = fields.number();
                at += size;
            }
        } else if (part == Part::Crc) {
            (void)fields.sums(packed.size());
        } else {
            fields.fail();
        }
    }
    return packed;
}

/// How many packed streams a block takes, and which of its outputs is the last.
struct BlockShape {
    qint64 inputs = 0;
    qint64 outputs = 0;
    qint64 lastOutput = 0;
};

BlockShape takeCoders(Fields &fields, SevenZipBlock &block)
{
    constexpr qint64 mostCoders = 32;
    const qint64 coders = fields.number();
    if (coders < 1 || coders > mostCoders)
        fields.fail();
    qint64 inputs = 0;
    qint64 outputs = 0;
    for (qint64 i = 0; i < coders && !fields.isWrong(); ++i) {
        const int flags = fields.byte();
        SevenZipCoder coder;
        for (const char byte : fields.take(flags & 0x0f))
            coder.method = coder.method << 8 | static_cast<uchar>(byte);
        const bool isSimple = (flags & 0x10) == 0;
        inputs += isSimple ? 1 : fields.count();
        outputs += isSimple ? 1 : fields.count();
        if ((flags & 0x20) != 0)
            coder.properties = fields.take(fields.number()).toByteArray();
        block.coders.append(coder);
    }
    if (outputs < 1 || inputs > mostCoders || outputs > mostCoders)
        fields.fail();
    QList<bool> isBound(fields.isWrong() ? 0 : outputs);
    for (qint64 i = 0; i + 1 < outputs && !fields.isWrong(); ++i) {
        (void)fields.number();
        const qint64 output = fields.number();
        if (output < isBound.size())
            isBound[output] = true;
    }
    const qint64 packed = inputs - (outputs - 1);
    for (qint64 i = 0; packed > 1 && i < packed; ++i)
        (void)fields.number();
    return {.inputs = packed, .outputs = outputs, .lastOutput = isBound.indexOf(false)};
}

void takeUnpackInfo(Fields &fields, const QList<std::pair<qint64, qint64>> &packed,
                    Streams &streams)
{
    fields.expect(Part::Folder);
    const qint64 count = fields.count();
    fields.expect(0); // not stored elsewhere
    QList<BlockShape> shapes;
    qsizetype next = 0;
    for (qint64 i = 0; i < count && !fields.isWrong(); ++i) {
        SevenZipBlock block;
        shapes.append(takeCoders(fields, block));
        const qint64 inputs = shapes.last().inputs;
        if (fields.isWrong() || inputs < 1 || inputs > packed.size() - next)
            return fields.fail();
        std::tie(block.packedAt, block.packed) = packed[next];
        next += inputs;
        block.hindrance = hindranceOf(block.coders);
        streams.blocks.append(block);
    }
    fields.expect(Part::UnpackSize);
    for (qsizetype i = 0; i < streams.blocks.size(); ++i) {
        for (qint64 output = 0; output < shapes[i].outputs; ++output) {
            const qint64 size = fields.number();
            if (output == shapes[i].lastOutput)
                streams.blocks[i].size = size;
        }
    }
    int part = fields.byte();
    if (part == Part::Crc) {
        const auto sums = fields.sums(streams.blocks.size());
        for (qsizetype i = 0; i < sums.size(); ++i)
            streams.blocks[i].crc = sums[i];
        part = fields.byte();
    }
    if (part != Part::End)
        fields.fail();
}

/// How a block is shared: sizes of all but the last, which has the rest.
void takeSizes(Fields &fields, bool areTold, Streams &streams)
{
    for (const SevenZipBlock &block : std::as_const(streams.blocks)) {
        qint64 left = block.size;
        for (qsizetype i = 0; i < block.streams && !fields.isWrong(); ++i) {
            const bool isLast = i + 1 == block.streams;
            const qint64 size = isLast ? left : areTold ? fields.number() : -1;
            if (size < 0 || size > left)
                return fields.fail();
            left -= size;
            streams.sizes.append(size);
            // The only thing in a block has the checksum of the block.
            streams.crcs.append(block.streams == 1 ? block.crc : std::nullopt);
        }
    }
}

void takeSubStreams(Fields &fields, Streams &streams)
{
    int part = fields.byte();
    qint64 all = streams.blocks.size();
    if (part == Part::StreamsOfBlock) {
        all = 0;
        for (SevenZipBlock &block : streams.blocks) {
            block.streams = fields.count();
            all += block.streams;
        }
        part = fields.byte();
    }
    if (all > mostPieces)
        return fields.fail();
    takeSizes(fields, part == Part::Size, streams);
    if (part == Part::Size)
        part = fields.byte();
    if (part == Part::Crc) {
        QList<qsizetype> without;
        for (qsizetype i = 0; i < streams.crcs.size(); ++i) {
            if (!streams.crcs[i])
                without.append(i);
        }
        const auto sums = fields.sums(without.size());
        for (qsizetype i = 0; i < sums.size(); ++i)
            streams.crcs[without[i]] = sums[i];
        part = fields.byte();
    }
    if (part != Part::End)
        fields.fail();
}

Streams takeStreams(Fields &fields)
{
    Streams streams;
    QList<std::pair<qint64, qint64>> packed;
    int last = 0; // each comes once, in this order
    for (int part = fields.byte(); part != Part::End && !fields.isWrong(); part = fields.byte()) {
        if (part <= std::exchange(last, part))
            fields.fail();
        switch (part) {
        case Part::PackInfo: packed = takePackInfo(fields); break;
        case Part::UnpackInfo: takeUnpackInfo(fields, packed, streams); break;
        case Part::SubStreams: takeSubStreams(fields, streams); break;
        default: fields.fail();
        }
    }
    if (last != Part::SubStreams)
        takeSizes(fields, false, streams);
    return streams;
}

void takeNames(Fields &fields, QList<SevenZipEntry> &entries)
{
    fields.expect(0); // not stored elsewhere
    for (SevenZipEntry &entry : entries) {
        QString name;
        for (;;) {
            const QByteArrayView two = fields.take(2);
            if (two.isEmpty())
                return;
            const auto letter = qFromLittleEndian<char16_t>(two.data());
            if (letter == 0)
                break;
            name.append(QChar(letter));
        }
        entry.member.name = memberName(name.toUtf8());
    }
}

void takeAttributes(Fields &fields, QList<SevenZipEntry> &entries)
{
    const QList<bool> areThere = fields.bitsOrAll(entries.size());
    fields.expect(0); // not stored elsewhere
    for (qsizetype i = 0; i < areThere.size(); ++i) {
        if (!areThere[i])
            continue;
        const quint32 value = fields.number32();
        const quint32 type = (value & hasModeBit) != 0 ? (value >> 16) & 0170000 : 0;
        if ((value & isFolderBit) != 0 || type == 0040000)
            entries[i].member.kind = Member::Kind::Folder;
        else if (type != 0 && type != 0100000)
            entries[i].member.kind = Member::Kind::Other;
    }
}

/// The list of files; those with bytes are the streams of the blocks, in order.
void takeFiles(Fields &fields, const Streams &streams, QList<SevenZipEntry> &entries)
{
    entries.resize(fields.count());
    QList<bool> areEmpty(entries.size(), false);
    QList<bool> areFiles;
    for (int part = fields.byte(); part != Part::End && !fields.isWrong(); part = fields.byte()) {
        Fields inside(fields.take(fields.number()));
        switch (part) {
        case Part::EmptyStream: areEmpty = inside.bits(entries.size()); break;
        case Part::EmptyFile: areFiles = inside.bits(areEmpty.count(true)); break;
        case Part::Names: takeNames(inside, entries); break;
        case Part::Attributes: takeAttributes(inside, entries); break;
        default: break; // times, padding
        }
        if (inside.isWrong())
            fields.fail();
    }
    qsizetype stream = 0;
    qsizetype empty = 0;
    qsizetype block = 0;
    qsizetype inBlock = 0;
    for (qsizetype i = 0; i < entries.size() && !fields.isWrong(); ++i) {
        SevenZipEntry &entry = entries[i];
        if (areEmpty[i]) {
            if (!areFiles.value(empty++))
                entry.member.kind = Member::Kind::Folder;
            continue;
        }
        while (block < streams.blocks.size() && inBlock == streams.blocks[block].streams) {
            ++block;
            inBlock = 0;
        }
        if (stream == streams.sizes.size() || block == streams.blocks.size())
            return fields.fail();
        entry.block = block;
        entry.member.size = streams.sizes[stream];
        entry.member.hindrance = streams.blocks[block].hindrance;
        entry.crc = streams.crcs[stream];
        ++stream;
        ++inBlock;
    }
    if (stream != streams.sizes.size())
        fields.fail();
}

SevenZipHeader takeHeader(Fields &fields)
{
    SevenZipHeader header;
    Streams streams;
    int last = 0; // each comes once, in this order
    for (int part = fields.byte(); part != Part::End && !fields.isWrong(); part = fields.byte()) {
        if (part <= std::exchange(last, part))
            fields.fail();
        switch (part) {
        case Part::ArchiveProperties:
            while (fields.byte() != Part::End && !fields.isWrong())
                (void)fields.take(fields.number());
            break;
        case Part::MainStreams: streams = takeStreams(fields); break;
        case Part::FilesInfo: takeFiles(fields, streams, header.entries); break;
        default: fields.fail();
        }
    }
    header.blocks = streams.blocks;
    return header;
}

Error damagedList(const QString &subject)
{
    return damagedContainer(subject, u"the 7z is damaged: its list of contents makes no sense"_s);
}

quint32 crcOf(QByteArrayView bytes)
{
    return static_cast<quint32>(::crc32_z(0, reinterpret_cast<const Bytef *>(bytes.data()),
                                          static_cast<z_size_t>(bytes.size())));
}

/// The list as it was before it was packed.
Result<QByteArray> unpackedHeader(const std::shared_ptr<FileSource> &file, Fields &fields,
                                  const QString &subject)
{
    const Streams streams = takeStreams(fields);
    if (fields.isWrong() || streams.blocks.size() != 1 || streams.blocks[0].size > largestHeader)
        return failure(damagedList(subject));
    const SevenZipBlock &block = streams.blocks[0];
    if (!block.hindrance.isEmpty())
        return failure({.kind = ErrorKind::Unsupported,
                        .subject = subject,
                        .detail = u"its list of contents cannot be read: %1; unpack it first"_s.arg(
                            block.hindrance),
                        .advice = Advice::UnpackFirst});
    const auto source = unpackedBlock(file, block, subject);
    if (!source)
        return failure(source.error());
    QByteArray bytes(block.size, '\0');
    for (qsizetype filled = 0; filled < bytes.size();) {
        const auto got = (*source)->read(std::span(bytes.data(), static_cast<size_t>(bytes.size()))
                                             .subspan(static_cast<size_t>(filled)));
        if (!got)
            return failure(got.error());
        if (*got == 0)
            return failure(damagedList(subject));
        filled += *got;
    }
    if (block.crc && crcOf(bytes) != *block.crc)
        return failure(damagedList(subject));
    return bytes;
}

/// The bytes of the list, checked, and still packed perhaps.
Result<QByteArray> listBytes(FileSource &file, const QString &subject, bool &endedEarly)
{
    const auto start = bytesAt(file, 0, sevenZipStart);
    if (!start)
        return failure(start.error());
    const auto cut = [&] {
        endedEarly = true;
        return failure(damagedContainer(
            subject,
            u"the 7z is cut off: its list of contents, which stands at the end, is not there"_s));
    };
    if (start->size() < sevenZipStart)
        return cut();
    const auto at = qFromLittleEndian<quint64>(start->constData() + 12);
    const auto size = qFromLittleEndian<quint64>(start->constData() + 20);
    const auto total = static_cast<quint64>(file.total());
    if (crcOf(QByteArrayView(*start).sliced(12)) !=
        qFromLittleEndian<quint32>(start->constData() + 8))
        return failure(damagedContainer(subject, u"the 7z is damaged at its beginning"_s));
    if (at > total || size > total || sevenZipStart + at + size > total)
        return cut();
    if (size > largestHeader)
        return failure(damagedList(subject));
    const auto bytes =
        bytesAt(file, sevenZipStart + static_cast<qint64>(at), static_cast<qint64>(size));
    if (!bytes)
        return failure(bytes.error());
    if (crcOf(*bytes) != qFromLittleEndian<quint32>(start->constData() + 28))
        return failure(damagedList(subject));
    return bytes;
}

} // namespace

Result<SevenZipHeader> readSevenZipHeader(const std::shared_ptr<FileSource> &file,
                                          const QString &subject, bool &endedEarly)
{
    auto bytes = listBytes(*file, subject, endedEarly);
    if (!bytes)
        return failure(bytes.error());
    if (bytes->isEmpty())
        return SevenZipHeader{};
    // Packed once as a rule; more than that is somebody's joke.
    constexpr int mostTimes = 2;
    for (int times = 0;; ++times) {
        Fields fields(*bytes);
        const int part = fields.byte();
        if (part == Part::Header) {
            SevenZipHeader header = takeHeader(fields);
            const qint64 end = file->total();
            const bool isOutside =
                std::ranges::any_of(header.blocks, [end](const SevenZipBlock &block) {
                    return block.packedAt > end - block.packed;
                });
            if (fields.isWrong() || isOutside)
                return failure(damagedList(subject));
            return header;
        }
        if (part != Part::EncodedHeader || times == mostTimes)
            return failure(damagedList(subject));
        auto plain = unpackedHeader(file, fields, subject);
        if (!plain)
            return failure(plain.error());
        bytes = *std::move(plain);
    }
}

} // namespace mayday::archive
