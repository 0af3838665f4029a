// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/members.h"
#include "archive/sevenzipheader.h"
#include "core/taskcontext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::archive {

namespace {

/// What is passed over in a block is unpacked all the same; only this much at a time.
constexpr qint64 blockStep = 1024 * 1024;

class SevenZipMembers final : public MemberReader {
public:
    SevenZipMembers(std::shared_ptr<FileSource> file, SevenZipHeader header, Reading reading)
        : m_file(std::move(file)), m_header(std::move(header)), m_reading(std::move(reading))
    {
    }

    [[nodiscard]] Result<bool> next() override;
    [[nodiscard]] const Member &member() const override { return entry().member; }
    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    [[nodiscard]] qint64 consumed() const override { return m_consumed; }
    [[nodiscard]] qint64 total() const override { return m_file->total(); }
    /// The list at its end was there.
    [[nodiscard]] bool endedEarly() const override { return false; }
    [[nodiscard]] QStringList remarks() const override { return m_remarks; }

private:
    [[nodiscard]] const SevenZipEntry &entry() const { return m_header.entries[m_index]; }
    [[nodiscard]] Result<void> goThere();

    std::shared_ptr<FileSource> m_file;
    SevenZipHeader m_header;
    Reading m_reading;
    qsizetype m_index = -1;
    qint64 m_begin = 0; ///< of the member in its block
    qint64 m_end = 0;
    qsizetype m_lastBlock = -1; ///< of the members so far
    std::unique_ptr<ByteSource> m_inside;
    qsizetype m_block = -1; ///< whose inside it is
    qint64 m_at = 0;        ///< in the inside
    MemberCheck m_check;
    bool m_isOpen = false; ///< the member is
    qint64 m_consumed = 0;
    QStringList m_remarks;
};

Result<bool> SevenZipMembers::next()
{
    m_isOpen = false;
    if (m_index + 1 >= m_header.entries.size()) {
        m_consumed = m_file->total();
        return false;
    }
    ++m_index;
    if (entry().block < 0)
        return true; // something empty, perhaps between two members of a block
    m_begin = entry().block == m_lastBlock ? m_end : 0;
    m_end = m_begin + member().size;
    m_lastBlock = entry().block;
    return true;
}

/// Unpacks up to the member's first byte.
Result<void> SevenZipMembers::goThere()
{
    if (m_block != entry().block || m_at > m_begin) {
        auto inside = unpackedBlock(m_file, m_header.blocks[entry().block], m_reading.subject);
        if (!inside)
            return failure(inside.error());
        m_inside = *std::move(inside);
        m_block = entry().block;
        m_at = 0;
    }
    while (m_at < m_begin) {
        if (m_reading.stop.stop_requested())
            return failure(TaskContext::cancelled(m_reading.subject, u"reading stopped"_s));
        const auto passed = m_inside->skip(std::min(blockStep, m_begin - m_at));
        if (!passed)
            return failure(passed.error());
        if (*passed == 0)
            return failure(
                damagedContainer(m_reading.subject, u"the compressed data in it stop too early"_s));
        m_at += *passed;
        m_reading.tell(std::max(m_consumed, m_inside->consumed()), total());
    }
    m_check = MemberCheck(member().size, entry().crc);
    m_isOpen = true;
    if (!entry().crc)
        m_remarks = {u"the 7z has no checksum for it"_s};
    return {};
}

Result<qsizetype> SevenZipMembers::read(std::span<char> buffer)
{
    if (entry().block < 0)
        return 0;
    if (!member().hindrance.isEmpty())
        return failure(closedMember(m_reading.subject, member()));
    if (!m_isOpen) {
        if (const auto there = goThere(); !there)
            return failure(there.error());
    }
    const auto wanted = std::min<qint64>(m_check.left(), static_cast<qint64>(buffer.size()));
    const auto got = wanted == 0 ? Result<qsizetype>(0)
                                 : m_inside->read(buffer.first(static_cast<size_t>(wanted)));
    if (!got)
        return got;
    m_consumed = std::max(m_consumed, m_inside->consumed());
    m_at += *got;
    m_check.add(QByteArrayView(buffer.data(), *got));
    if (*got == 0) {
        if (const auto whole = m_check.finish(m_reading.subject, member().name); !whole)
            return failure(whole.error());
    }
    return got;
}

} // namespace

Result<std::unique_ptr<MemberReader>> openSevenZip(const QString &path, Reading reading,
                                                   bool *endedEarly)
{
    auto opened = FileSource::open(path);
    if (!opened)
        return failure(opened.error());
    std::shared_ptr<FileSource> file = *std::move(opened);
    bool isCut = false;
    auto header = readSevenZipHeader(file, reading.subject, isCut);
    if (endedEarly)
        *endedEarly = isCut;
    if (!header)
        return failure(header.error());
    return std::make_unique<SevenZipMembers>(std::move(file), *std::move(header),
                                             std::move(reading));
}

} // namespace mayday::archive
