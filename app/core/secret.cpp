// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secret.h"

#include <atomic>

namespace mayday {

Secret::~Secret()
{
    // Shared bytes belong to somebody else as well; detaching would only make one copy more.
    if (!m_value.isDetached() || m_value.isEmpty())
        return;
    volatile char *bytes = m_value.data();
    for (qsizetype i = 0; i < m_value.size(); ++i)
        bytes[i] = 0;
    std::atomic_signal_fence(std::memory_order_seq_cst);
}

} // namespace mayday
