// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/deflatesource.h"
#include "archive/members.h"
#include "archive/zipdirectory.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::archive {

namespace {

class ZipMembers final : public MemberReader {
public:
    ZipMembers(std::shared_ptr<FileSource> file, ZipDirectory directory, Reading reading)
        : m_file(std::move(file)), m_directory(std::move(directory)), m_reading(std::move(reading))
    {
    }

    [[nodiscard]] Result<bool> next() override;
    [[nodiscard]] const Member &member() const override { return entry().member; }
    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    [[nodiscard]] qint64 consumed() const override { return m_consumed; }
    [[nodiscard]] qint64 total() const override { return m_file->total(); }
    /// The list at its end was there.
    [[nodiscard]] bool endedEarly() const override { return false; }
    [[nodiscard]] QStringList remarks() const override { return m_directory.remarks; }

private:
    [[nodiscard]] const ZipEntry &entry() const { return m_directory.entries[m_index]; }
    [[nodiscard]] Result<void> open();

    std::shared_ptr<FileSource> m_file;
    ZipDirectory m_directory;
    Reading m_reading;
    qsizetype m_index = -1;
    std::unique_ptr<ByteSource> m_inside; ///< of the member, once somebody reads it
    MemberCheck m_check;
    qint64 m_consumed = 0;
};

Result<bool> ZipMembers::next()
{
    m_inside.reset();
    if (m_index + 1 >= m_directory.entries.size()) {
        m_consumed = m_file->total();
        return false;
    }
    ++m_index;
    return true;
}

Result<void> ZipMembers::open()
{
    if (!member().hindrance.isEmpty())
        return failure(closedMember(m_reading.subject, member()));
    auto packed = packedBytes(m_file, m_directory, entry(), m_reading.subject);
    if (!packed)
        return failure(packed.error());
    Packing packing = Packing::None;
    switch (entry().method) {
    case 8: packed = std::make_unique<DeflateSource>(*std::move(packed), m_reading.subject); break;
    case 12: packing = Packing::Bzip2; break;
    case 93: packing = Packing::Zstd; break;
    case 95: packing = Packing::Xz; break;
    default: break;
    }
    auto inside = unpacked(*std::move(packed), packing, m_reading.subject);
    if (!inside)
        return failure(inside.error());
    m_inside = *std::move(inside);
    m_check = MemberCheck(member().size, entry().crc);
    return {};
}

Result<qsizetype> ZipMembers::read(std::span<char> buffer)
{
    if (!m_inside) {
        if (const auto opened = open(); !opened)
            return failure(opened.error());
    }
    const auto got = m_inside->read(buffer);
    if (!got)
        return got;
    m_consumed = std::max(m_consumed, m_inside->consumed());
    m_check.add(QByteArrayView(buffer.data(), *got));
    // One byte too many is enough: what unpacks to terabytes is not waited for.
    if (*got == 0 || m_check.left() < 0) {
        if (const auto whole = m_check.finish(m_reading.subject, member().name); !whole)
            return failure(whole.error());
    }
    return got;
}

} // namespace

Result<std::unique_ptr<MemberReader>> openZip(const QString &path, Reading reading,
                                              bool *endedEarly)
{
    auto opened = FileSource::open(path);
    if (!opened)
        return failure(opened.error());
    std::shared_ptr<FileSource> file = *std::move(opened);
    bool isCut = false;
    auto directory = readZipDirectory(*file, reading.subject, isCut);
    if (endedEarly)
        *endedEarly = isCut;
    if (!directory)
        return failure(directory.error());
    return std::make_unique<ZipMembers>(std::move(file), *std::move(directory), std::move(reading));
}

} // namespace mayday::archive
