// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace mayday {

/// The newest snapshot a worker has published, for a screen that looks ten times a second: frequent
/// progress costs a mutex, never an event per row. Copies share the cell; any thread.
template <typename T>
class Latest final {
public:
    void publish(T value) const
    {
        const std::scoped_lock lock(m_cell->mutex);
        m_cell->value = std::move(value);
    }
    [[nodiscard]] T read() const
    {
        const std::scoped_lock lock(m_cell->mutex);
        return m_cell->value;
    }

private:
    struct Cell {
        std::mutex mutex;
        T value{};
    };
    std::shared_ptr<Cell> m_cell = std::make_shared<Cell>();
};

} // namespace mayday
