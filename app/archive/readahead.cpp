// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/readahead.h"

namespace mayday::archive {

ReadAhead::ReadAhead(std::unique_ptr<ByteSource> source) : m_source(std::move(source))
{
    for (Block &block : m_blocks)
        m_free.push_back(&block);
    m_thread = std::jthread([this](const std::stop_token &stop) { run(stop); });
}

const ByteSource *ReadAhead::restingSource() const
{
    return m_given && m_given->isLast() ? m_source.get() : nullptr;
}

ReadAhead::Block *ReadAhead::takeFree(const std::stop_token &stop)
{
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait(lock, stop, [this] { return !m_free.empty(); }))
        return nullptr;
    Block *block = m_free.front();
    m_free.pop_front();
    return block;
}

void ReadAhead::fill(Block &block)
{
    if (!block.storage) // most files are small: what they do not need is not asked for
        block.storage = std::make_unique_for_overwrite<char[]>(headroom + blockSize);
    const auto got =
        m_source->read(std::span(block.storage.get() + headroom, static_cast<size_t>(blockSize)));
    block.size = got.value_or(0);
    block.error = got ? std::nullopt : std::optional(got.error());
    block.consumed = m_source->consumed();
}

void ReadAhead::run(const std::stop_token &stop)
{
    for (bool isLast = false; !isLast;) {
        Block *block = takeFree(stop);
        if (!block || stop.stop_requested())
            return;
        fill(*block);
        isLast = block->isLast();
        {
            const std::scoped_lock lock(m_mutex);
            m_full.push_back(block);
        }
        m_changed.notify_all();
    }
}

Result<std::span<char>> ReadAhead::next()
{
    if (!restingSource()) {
        std::unique_lock lock(m_mutex);
        if (m_given)
            m_free.push_back(m_given);
        m_changed.notify_all();
        m_changed.wait(lock, [this] { return !m_full.empty(); });
        m_given = m_full.front();
        m_full.pop_front();
    }
    m_consumed = m_given->consumed;
    if (m_given->error)
        return failure(*m_given->error);
    return std::span(m_given->storage.get() + headroom, static_cast<size_t>(m_given->size));
}

} // namespace mayday::archive
