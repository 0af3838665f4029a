// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/members.h"
#include "archive/tarheader.h"
#include "core/taskcontext.h"

#include <algorithm>
#include <optional>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::archive {

namespace {

/// No name and no set of notes is longer; what claims to be is not one.
constexpr qint64 longestNote = 1024 * 1024;
constexpr qint64 tarStep = 4 * 1024 * 1024;
constexpr qint64 largestMember = qint64(1) << 60;

/// Reads ustar, GNU's long names and POSIX.1-2001's notes ("pax"). Sparse files are not unfolded.
class TarMembers final : public MemberReader {
public:
    TarMembers(std::unique_ptr<ByteSource> source, Reading reading)
        : m_source(std::move(source)), m_reading(std::move(reading)), m_block(tarBlock, '\0')
    {
    }

    [[nodiscard]] Result<bool> next() override;
    [[nodiscard]] const Member &member() const override { return m_member; }
    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    [[nodiscard]] qint64 consumed() const override { return m_source->consumed(); }
    [[nodiscard]] qint64 total() const override { return m_source->total(); }
    [[nodiscard]] bool endedEarly() const override
    {
        return m_endedEarly || m_source->endedEarly();
    }
    [[nodiscard]] QStringList remarks() const override { return m_source->remarks(); }

private:
    [[nodiscard]] Result<bool> readHeader();
    [[nodiscard]] Result<QByteArray> readNote(qint64 size);
    [[nodiscard]] Result<bool> takeHeader(const TarHeader &header);
    [[nodiscard]] Result<void> takeNotes(const QByteArray &notes);
    [[nodiscard]] Result<void> passSparseMaps();
    [[nodiscard]] Result<void> pass(qint64 bytes);
    [[nodiscard]] Result<void> drain();
    [[nodiscard]] Error cut();

    std::unique_ptr<ByteSource> m_source;
    Reading m_reading;
    QByteArray m_block;
    Member m_member;
    QString m_last = u"its beginning"_s; ///< the member that was whole, for errors
    qint64 m_at = 0;                     ///< in the tar
    qint64 m_left = 0;                   ///< of the member
    qint64 m_padding = 0;                ///< behind it
    qint64 m_count = 0;
    bool m_isAtEnd = false;
    bool m_endedEarly = false;
    // What stands before the header it is about.
    QString m_longName;
    std::optional<qint64> m_longSize;
    bool m_isSparse = false;
};

Error TarMembers::cut()
{
    m_endedEarly = true;
    return damagedContainer(m_reading.subject,
                            u"the tar is cut off at byte %1, %2"_s.arg(m_at).arg(m_last));
}

Result<void> TarMembers::pass(qint64 bytes)
{
    while (bytes > 0) {
        if (m_reading.stop.stop_requested())
            return failure(TaskContext::cancelled(m_reading.subject, u"reading stopped"_s));
        const qint64 wanted = std::min(bytes, tarStep);
        const auto passed = m_source->skip(wanted);
        if (!passed)
            return failure(passed.error());
        m_at += *passed;
        bytes -= *passed;
        m_reading.tell(consumed(), total());
        if (*passed < wanted)
            return failure(cut());
    }
    return {};
}

/// To the end of the source, where a compressed one compares its checksum.
Result<void> TarMembers::drain()
{
    for (;;) {
        if (m_reading.stop.stop_requested())
            return failure(TaskContext::cancelled(m_reading.subject, u"reading stopped"_s));
        const auto passed = m_source->skip(tarStep);
        if (!passed)
            return failure(passed.error());
        m_reading.tell(consumed(), total());
        if (*passed < tarStep)
            return {};
    }
}

/// false: there is none, because the bytes have come to an end.
Result<bool> TarMembers::readHeader()
{
    for (qsizetype filled = 0; filled < tarBlock;) {
        const auto got = m_source->read(std::span(m_block.data(), static_cast<size_t>(tarBlock))
                                            .subspan(static_cast<size_t>(filled)));
        if (!got)
            return failure(got.error());
        m_at += *got;
        if (*got == 0)
            return false;
        filled += *got;
    }
    return true;
}

Result<QByteArray> TarMembers::readNote(qint64 size)
{
    if (size > longestNote)
        return failure(damagedContainer(
            m_reading.subject,
            u"the tar is damaged at byte %1: a name of %2 bytes"_s.arg(m_at).arg(size)));
    QByteArray note(size, '\0');
    for (qsizetype filled = 0; filled < size;) {
        const auto got = m_source->read(
            std::span(note.data(), static_cast<size_t>(size)).subspan(static_cast<size_t>(filled)));
        if (!got)
            return failure(got.error());
        m_at += *got;
        if (*got == 0)
            return failure(cut());
        filled += *got;
    }
    if (const auto padding = pass(paddedTarSize(size) - size); !padding)
        return failure(padding.error());
    return note;
}

/// "30 mtime=1350244992.023960108\n": its own length, a key, a value.
Result<void> TarMembers::takeNotes(const QByteArray &notes)
{
    for (qsizetype at = 0; at < notes.size();) {
        const qsizetype blank = notes.indexOf(' ', at);
        bool isNumber = false;
        const qsizetype size = blank < 0 ? 0 : notes.sliced(at, blank - at).toLongLong(&isNumber);
        if (!isNumber || size <= blank - at + 1 || size > notes.size() - at)
            return failure(damagedContainer(m_reading.subject,
                                            u"the tar is damaged before byte %1"_s.arg(m_at)));
        const QByteArray record = notes.sliced(blank + 1, size - (blank - at) - 2);
        at += size;
        const QByteArray key = record.first(std::max<qsizetype>(0, record.indexOf('=')));
        const QByteArray value = record.sliced(std::min(record.size(), key.size() + 1));
        if (key == "path")
            m_longName = memberName(value);
        else if (key == "size")
            m_longSize = value.toLongLong(&isNumber);
        else if (key.startsWith("GNU.sparse."))
            m_isSparse = true;
    }
    return {};
}

/// Where the gaps are, if that did not find room in the header.
Result<void> TarMembers::passSparseMaps()
{
    for (bool more = m_block[482] != 0; more; more = m_block[504] != 0) {
        const auto map = readHeader();
        if (!map)
            return failure(map.error());
        if (!*map)
            return failure(cut());
    }
    return {};
}

/// Whether it is the header of a member, not a note about the next one.
Result<bool> TarMembers::takeHeader(const TarHeader &header)
{
    const qint64 size = header.size();
    if (!header.hasRightSum() || size < 0 || size > largestMember)
        return failure(damagedContainer(
            m_reading.subject,
            u"the tar is damaged at byte %1, %2"_s.arg(m_at - tarBlock).arg(m_last)));
    switch (header.type()) {
    case 'L':
    case 'K':
    case 'x':
    case 'X':
    case 'g': {
        const auto note = readNote(size);
        if (!note)
            return failure(note.error());
        if (header.type() == 'L')
            m_longName = memberName(note->first(qstrnlen(note->constData(), note->size())));
        const bool isAboutNext = header.type() == 'x' || header.type() == 'X';
        const auto taken = isAboutNext ? takeNotes(*note) : Result<void>();
        return taken ? Result<bool>(false) : failure(taken.error());
    }
    default: break;
    }
    m_member = {.name = m_longName.isEmpty() ? memberName(header.name()) : m_longName,
                .size = m_longSize.value_or(size)};
    const bool isFile = header.type() == '0' || header.type() == '\0' || header.type() == '7';
    const bool isFolder = header.type() == '5' || (isFile && m_member.name.endsWith(u'/'));
    if (isFolder)
        m_member.kind = Member::Kind::Folder;
    else if (!isFile && header.type() != 'S')
        m_member.kind = Member::Kind::Other;
    if (header.type() == 'S' || m_isSparse)
        m_member.hindrance = u"it is stored with its gaps left out (sparse)"_s;
    const auto passed = header.type() == 'S' ? passSparseMaps() : Result<void>();
    return passed ? Result<bool>(true) : failure(passed.error());
}

Result<bool> TarMembers::next()
{
    if (m_isAtEnd)
        return false;
    if (const auto passed = pass(std::exchange(m_left, 0) + std::exchange(m_padding, 0)); !passed)
        return failure(passed.error());
    if (m_count > 0)
        m_last = u"behind "_s + m_member.name;
    for (;;) {
        const auto header = readHeader();
        if (!header)
            return failure(header.error());
        if (!*header)
            return failure(cut());
        if (TarHeader(m_block).isEmpty()) {
            m_isAtEnd = true;
            const auto drained = drain();
            return drained ? Result<bool>(false) : failure(drained.error());
        }
        const char type = TarHeader(m_block).type();
        const auto isMember = takeHeader(TarHeader(m_block));
        if (!isMember)
            return failure(isMember.error());
        if (!*isMember)
            continue;
        m_longName.clear();
        m_longSize.reset();
        m_isSparse = false;
        if (++m_count > mostMembers)
            return failure({.kind = ErrorKind::Refused,
                            .subject = m_reading.subject,
                            .detail = u"there are more than %1 files in it"_s.arg(mostMembers)});
        // Links and folders may name a size; they have no bytes.
        m_left = type >= '1' && type <= '6' ? 0 : m_member.size;
        m_padding = paddedTarSize(m_left) - m_left;
        m_last = u"inside "_s + m_member.name;
        return true;
    }
}

Result<qsizetype> TarMembers::read(std::span<char> buffer)
{
    if (!m_member.hindrance.isEmpty())
        return failure(closedMember(m_reading.subject, m_member));
    const auto wanted = std::min<qint64>(m_left, static_cast<qint64>(buffer.size()));
    if (wanted == 0)
        return 0;
    const auto got = m_source->read(buffer.first(static_cast<size_t>(wanted)));
    if (!got)
        return got;
    if (*got == 0)
        return failure(cut());
    m_at += *got;
    m_left -= *got;
    return got;
}

} // namespace

std::unique_ptr<MemberReader> openTar(std::unique_ptr<ByteSource> source, Reading reading)
{
    return std::make_unique<TarMembers>(std::move(source), std::move(reading));
}

} // namespace mayday::archive
