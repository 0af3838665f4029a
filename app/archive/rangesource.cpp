// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/rangesource.h"

#include "archive/filesource.h"
#include "archive/gzipsource.h"

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::archive {

namespace {

constexpr qsizetype passSize = 64 * 1024;

} // namespace

Result<std::unique_ptr<ByteSource>>
RangeSource::open(const QString &path, const AccessPoints &points, qint64 from, qint64 to)
{
    auto file = FileSource::open(path);
    if (!file)
        return failure(file.error());
    std::unique_ptr<RangeSource> range(new RangeSource);
    range->m_path = path;
    range->m_left = to < 0 ? -1 : to - from;
    const QByteArray magic = (*file)->peek(2);
    if (points.isEmpty() && !magic.startsWith("\x1f\x8b")) {
        if (auto moved = (*file)->moveTo(from); !moved)
            return failure(moved.error());
        range->m_source = *std::move(file);
        return range;
    }
    if (!magic.startsWith("\x1f\x8b"))
        return failure({.kind = ErrorKind::Unsupported,
                        .subject = path,
                        .detail = u"it is no gzip file any more"_s});
    const auto behind = [](qint64 place) {
        return [place](const AccessPoint &point) {
            return point.textOffset > place;
        };
    };
    const auto next = std::ranges::find_if(points, behind(from));
    const bool isFromPoint = next != points.begin();
    range->m_toSkip = from - (isFromPoint ? std::prev(next)->textOffset : 0);
    const auto check = to < 0 ? points.end() : std::ranges::find_if(points, behind(to - 1));
    range->m_behind = check == points.end() ? -1 : check->textOffset - to;
    if (isFromPoint) {
        if (auto moved = (*file)->moveTo(std::prev(next)->fileOffset); !moved)
            return failure(moved.error());
    }
    auto source = std::make_unique<GzipSource>(*std::move(file), path);
    source->compareWith(AccessPoints(next, points.end()));
    if (isFromPoint) {
        if (auto begun = source->resume(*std::prev(next)); !begun)
            return failure(begun.error());
    }
    range->m_source = std::move(source);
    return range;
}

/// Reads over so many bytes; -1: all that are left.
Result<void> RangeSource::pass(qint64 bytes)
{
    std::vector<char> nowhere(passSize);
    while (bytes != 0) {
        const auto size =
            static_cast<size_t>(bytes < 0 ? passSize : std::min<qint64>(bytes, passSize));
        const auto got = m_source->read(std::span(nowhere).first(size));
        if (!got)
            return failure(got.error());
        if (*got == 0 && bytes > 0)
            return failure({.kind = ErrorKind::Corrupt,
                            .subject = m_path,
                            .detail = u"it is shorter than it was when it was read in full"_s,
                            .advice = Advice::DownloadAgain});
        if (*got == 0)
            return {};
        bytes -= bytes < 0 ? 0 : *got;
    }
    return {};
}

Result<qsizetype> RangeSource::finish()
{
    if (const auto passed = pass(std::exchange(m_behind, 0)); !passed)
        return failure(passed.error());
    // A source tells what was wrong with the last bytes when it is asked again.
    return m_source->read({});
}

Result<qsizetype> RangeSource::read(std::span<char> buffer)
{
    if (const auto skipped = pass(std::exchange(m_toSkip, 0)); !skipped)
        return failure(skipped.error());
    if (m_left == 0)
        return finish();
    const size_t size =
        m_left < 0 ? buffer.size() : std::min(buffer.size(), static_cast<size_t>(m_left));
    const auto got = m_source->read(buffer.first(size));
    if (!got)
        return got;
    if (*got == 0 && m_left > 0)
        return failure({.kind = ErrorKind::Corrupt,
                        .subject = m_path,
                        .detail = u"it is shorter than it was when it was read in full"_s,
                        .advice = Advice::DownloadAgain});
    m_left -= m_left < 0 ? 0 : *got;
    return got;
}

} // namespace mayday::archive
