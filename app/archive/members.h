// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/bytesource.h"

#include <QByteArray>

#include <functional>
#include <optional>
#include <stop_token>

namespace mayday::archive {

/// Files that are packed into one file.
enum class Wrapping { None, Tar, Zip, SevenZip };

/// What the first bytes of a file say (512 are enough). A tar of pg_dump -Ft is a Tar too.
[[nodiscard]] Wrapping wrappingOf(QByteArrayView head);
[[nodiscard]] QString wrappingWord(Wrapping wrapping); ///< "tar", "zip", "7z"

/// More members than this are refused: whoever lists them needs memory for each.
inline constexpr qint64 mostMembers = 100'000;

/// One thing in a container, as the container describes it.
struct Member {
    enum class Kind { File, Folder, Other }; ///< Other: a link, a device

    QString name = {}; ///< with "/", as it stands there: to be shown, never to be used as a path
    qint64 size = 0;   ///< unpacked, in bytes; a claim
    Kind kind = Kind::File; ///< of what has no bytes of its own, Other
    QString hindrance = {}; ///< why its bytes cannot be read: "it is encrypted"
};

/// Whose reading it is: for errors, and to be stopped.
struct Reading {
    QString subject; ///< the file, for errors
    std::stop_token stop;
    /// Told how far it is in the file while something large is passed over; may be empty.
    std::function<void(qint64 done, qint64 total)> onPassing = {};

    void tell(qint64 done, qint64 total) const
    {
        if (onPassing)
            onPassing(done, total);
    }
};

/// The members of a container, one after the other, once (a port). Pulled by one thread at a time;
/// blocks on the disk. What it gives out is checked as far as the format allows (zip and 7z:
/// length and CRC-32); whatever is not as the format wants it is Corrupt. Names are only told:
/// nothing is written anywhere.
class MemberReader {
public:
    virtual ~MemberReader() = default;
    MemberReader() = default;
    Q_DISABLE_COPY_MOVE(MemberReader)

    /// Goes on to the next member; false when the container has come to its proper end.
    [[nodiscard]] virtual Result<bool> next() = 0;
    [[nodiscard]] virtual const Member &member() const = 0;
    /// Bytes of the member, 0 only at its end; Unsupported when it has a hindrance.
    [[nodiscard]] virtual Result<qsizetype> read(std::span<char> buffer) = 0;
    /// Bytes of the file taken so far, for progress, and its size.
    [[nodiscard]] virtual qint64 consumed() const = 0;
    [[nodiscard]] virtual qint64 total() const = 0;
    /// Whether the failure was that the bytes stop too early, not that they are wrong.
    [[nodiscard]] virtual bool endedEarly() const = 0;
    [[nodiscard]] virtual QStringList remarks() const { return {}; }
};

/// A tar from any source, in one pass.
[[nodiscard]] std::unique_ptr<MemberReader> openTar(std::unique_ptr<ByteSource> source,
                                                    Reading reading);
/// A zip or a 7z, which have their list at the end and need a file. Nothing comes out of one whose
/// list is damaged; endedEarly says why when given.
[[nodiscard]] Result<std::unique_ptr<MemberReader>> openZip(const QString &path, Reading reading,
                                                            bool *endedEarly = nullptr);
[[nodiscard]] Result<std::unique_ptr<MemberReader>>
openSevenZip(const QString &path, Reading reading, bool *endedEarly = nullptr);

/// One member as a source. At its end the rest of the container is read as well, so that a source
/// that came to its end is one of a whole container.
class MemberSource final : public ByteSource {
public:
    /// index: how many members stand before it.
    MemberSource(std::unique_ptr<MemberReader> members, qsizetype index, Reading reading);

    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    [[nodiscard]] qint64 consumed() const override { return m_consumed; }
    [[nodiscard]] qint64 total() const override { return m_members->total(); }
    [[nodiscard]] QString format() const override;
    [[nodiscard]] bool endedEarly() const override { return m_members->endedEarly(); }
    [[nodiscard]] QStringList remarks() const override { return m_members->remarks(); }

private:
    enum class Place { Before, Inside, End };

    [[nodiscard]] Result<qsizetype> readSome(std::span<char> buffer);
    [[nodiscard]] Result<bool> advance();

    std::unique_ptr<MemberReader> m_members;
    qsizetype m_index;
    Reading m_reading;
    Place m_place = Place::Before;
    qint64 m_consumed = 0;
    std::optional<Error> m_error;
};

/// What comes out of a member against what its container says of it.
class MemberCheck final {
public:
    MemberCheck() = default;
    MemberCheck(qint64 size, std::optional<quint32> crc) : m_size(size), m_crc(crc) {}

    void add(QByteArrayView bytes);
    [[nodiscard]] qint64 left() const { return m_size - m_count; }
    /// Corrupt unless all bytes came and are the right ones.
    [[nodiscard]] Result<void> finish(const QString &subject, const QString &name) const;

private:
    qint64 m_size = 0;
    std::optional<quint32> m_crc;
    qint64 m_count = 0;
    quint32 m_sum = 0;
};

/// Bytes of a name: UTF-8, or what they look like where they are not; without "./" in front.
[[nodiscard]] QString memberName(QByteArrayView bytes);
/// Unsupported: has to be unpacked by somebody else.
[[nodiscard]] Error closedMember(const QString &subject, const Member &member);
/// Corrupt, to be downloaded again.
[[nodiscard]] Error damagedContainer(const QString &subject, const QString &detail);

} // namespace mayday::archive
