// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/bytesource.h"

#include <array>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace mayday::archive {

/// Reads a source on a thread of its own, a few blocks ahead of the one who uses them, so that
/// inflating and looking at the text take two cores. Memory is four blocks, whatever the file.
///
/// Owns the source and the thread; the destructor stops it within one block. next() belongs to one
/// other thread.
class ReadAhead final {
public:
    /// Writable bytes in front of each block, for what its user kept of the block before.
    static constexpr qsizetype headroom = 64 * 1024;
    static constexpr qsizetype blockSize = 256 * 1024;

    explicit ReadAhead(std::unique_ptr<ByteSource> source);

    /// The next bytes, empty at the end; the block before is given back. Blocks until there are
    /// any.
    [[nodiscard]] Result<std::span<char>> next();
    /// Bytes of the file that went into all blocks given out so far.
    [[nodiscard]] qint64 consumed() const { return m_consumed; }
    /// The source once next() has answered with the end or an Error: it rests then. Before:
    /// nullptr.
    [[nodiscard]] const ByteSource *restingSource() const;

private:
    struct Block {
        std::unique_ptr<char[]> storage; ///< headroom + blockSize, once it is used
        qsizetype size = 0;
        qint64 consumed = 0;
        std::optional<Error> error;
        [[nodiscard]] bool isLast() const { return size == 0; }
    };

    void run(const std::stop_token &stop);
    [[nodiscard]] Block *takeFree(const std::stop_token &stop);
    void fill(Block &block);

    std::unique_ptr<ByteSource> m_source;
    std::array<Block, 4> m_blocks;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::deque<Block *> m_free;
    std::deque<Block *> m_full;
    Block *m_given = nullptr;
    qint64 m_consumed = 0;
    std::jthread m_thread; // last: joined before what it uses goes
};

} // namespace mayday::archive
