// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/sevenzipcoders.h"

#include "archive/compressedsource.h"
#include "archive/decodermemory.h"
#include "archive/deflatesource.h"
#include "archive/headsource.h"
#include "archive/slicesource.h"

#include <QtEndian>

#include <zlib.h>

#include <algorithm>
#include <bit>

using namespace Qt::StringLiterals;

namespace mayday::archive {

namespace {

// Methods.txt of the LZMA SDK.
constexpr quint64 copyMethod = 0x00;
constexpr quint64 lzma2Method = 0x21;
constexpr quint64 lzmaMethod = 0x030101;
constexpr quint64 ppmdMethod = 0x030401;
constexpr quint64 deflateMethod = 0x040108;
constexpr quint64 bzip2Method = 0x040202;
constexpr quint64 zstdMethod = 0x04f71101;
constexpr quint64 sevenZipAes = 0x06f10701;

/// One source behind another.
class JoinedSource final : public ByteSource {
public:
    JoinedSource(const QByteArray &front, std::unique_ptr<ByteSource> back)
        : m_front(front), m_back(std::move(back))
    {
    }

    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override
    {
        const auto got = m_front.read(buffer);
        return got && *got > 0 ? got : m_back->read(buffer);
    }
    [[nodiscard]] qint64 consumed() const override { return m_back->consumed(); }
    [[nodiscard]] qint64 total() const override { return m_back->total(); }
    [[nodiscard]] QString format() const override { return m_back->format(); }

private:
    BytesSource m_front;
    std::unique_ptr<ByteSource> m_back;
};

qint64 dictionaryOf(const SevenZipCoder &coder)
{
    const QByteArray &properties = coder.properties;
    if (coder.method == lzmaMethod && properties.size() == 5)
        return qFromLittleEndian<quint32>(properties.constData() + 1);
    if (coder.method != lzma2Method || properties.size() != 1)
        return 0;
    return lzma2Dictionary(static_cast<uchar>(properties[0]));
}

void appendSum(QByteArray &bytes, qsizetype from)
{
    const auto sum =
        static_cast<quint32>(::crc32_z(0, reinterpret_cast<const Bytef *>(bytes.constData()) + from,
                                       static_cast<z_size_t>(bytes.size() - from)));
    char number[4];
    qToLittleEndian(sum, number);
    bytes.append(number, sizeof number);
}

/// The front of an .xz file without a check, whose one block is LZMA2: KArchive reads only those.
/// (The .xz File Format 1.2, sections 2.1.1 and 3.1.)
QByteArray xzFront(char dictionary)
{
    QByteArray front("\xfd"
                     "7zXZ\0\0\0",
                     8);
    appendSum(front, 6);
    const qsizetype block = front.size();
    front.append("\x02\x00\x21\x01", 4); // twelve bytes; one filter: LZMA2, one byte about it
    front.append(dictionary);
    front.append(3, '\0');
    appendSum(front, block);
    return front;
}

/// The front of an .lzma file. Readers want a dictionary as the old program of that name made them:
/// a power of two, or one and a half; more than is needed does no harm.
QByteArray lzmaFront(const SevenZipCoder &coder, qint64 size)
{
    qint64 dictionary = 4096;
    while (dictionary < dictionaryOf(coder))
        dictionary +=
            std::has_single_bit(static_cast<quint64>(dictionary)) ? dictionary / 2 : dictionary / 3;
    char numbers[12];
    qToLittleEndian(static_cast<quint32>(dictionary), numbers);
    qToLittleEndian(size, numbers + 4);
    return coder.properties.first(1).append(numbers, sizeof numbers);
}

} // namespace

QString hindranceOf(const QList<SevenZipCoder> &coders)
{
    const auto isAes = [](const SevenZipCoder &coder) {
        return coder.method == sevenZipAes;
    };
    if (std::ranges::any_of(coders, isAes))
        return u"it is encrypted"_s;
    const SevenZipCoder &coder = coders.front();
    if (coders.size() > 1)
        return u"it is compressed in several steps, which cannot be read here"_s;
    if (dictionaryOf(coder) > largestXzDictionary)
        return u"it is compressed with a dictionary of %1 MB; more than %2 cannot be read here"_s
            .arg(dictionaryOf(coder) >> 20)
            .arg(largestXzDictionary >> 20);
    switch (coder.method) {
    case lzmaMethod:
    case lzma2Method:
        return dictionaryOf(coder) > 0 ? QString() : u"its compression makes no sense"_s;
    case copyMethod:
    case deflateMethod:
    case bzip2Method:
    case zstdMethod: return {};
    case ppmdMethod: return u"it is compressed with PPMd, which cannot be read here"_s;
    default: break;
    }
    return u"it is compressed by method %1 of 7z, which cannot be read here"_s.arg(coder.method, 0,
                                                                                   16);
}

Result<std::unique_ptr<ByteSource>> unpackedBlock(const std::shared_ptr<FileSource> &file,
                                                  const SevenZipBlock &block,
                                                  const QString &subject)
{
    if (!block.hindrance.isEmpty())
        return failure({.kind = ErrorKind::Unsupported,
                        .subject = subject,
                        .detail = block.hindrance,
                        .advice = Advice::UnpackFirst});
    const SevenZipCoder &coder = block.coders.front();
    auto packed = std::make_unique<SliceSource>(file, block.packedAt, block.packed);
    const auto open = [&](std::unique_ptr<ByteSource> source, Packing packing) {
        return unpacked(std::move(source), packing, subject);
    };
    switch (coder.method) {
    case deflateMethod: return std::make_unique<DeflateSource>(std::move(packed), subject);
    case bzip2Method: return open(std::move(packed), Packing::Bzip2);
    case zstdMethod: return open(std::move(packed), Packing::Zstd);
    case lzma2Method:
        return open(std::make_unique<JoinedSource>(xzFront(coder.properties[0]), std::move(packed)),
                    Packing::Xz);
    case lzmaMethod:
        return open(std::make_unique<JoinedSource>(lzmaFront(coder, block.size), std::move(packed)),
                    Packing::Xz);
    default: return packed;
    }
}

} // namespace mayday::archive
