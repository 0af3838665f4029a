// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desk/desk.h"

#include <functional>

namespace mayday::journeys {

/// The story without a window: break, open, tick, restore, verify, close; on a real Desk with a
/// real PostgreSQL. Calls a checkpoint before and after everything that matters, so that a test can
/// end the process at any of them. Blocks in the event loop; ends the program when a step does not
/// come true.
class DeskStory final {
public:
    using Checkpoint = std::function<void(const QString &name)>;

    DeskStory(desk::Desk &desk, Checkpoint checkpoint);

    void waitUntilReady();
    /// From wherever the incident stands to its end.
    void run();
    /// Rows of products in the live schema; -1 when it cannot be asked.
    [[nodiscard]] qint64 liveProducts();

private:
    void breakAndOpen();
    void workThroughSteps();
    void restoreOnce();
    void tick(const runbook::Step &step);
    void waitFor(const QString &what, const std::function<bool()> &isTrue,
                 int milliseconds = 30000);

    desk::Desk &m_desk;
    Checkpoint m_checkpoint;
};

} // namespace mayday::journeys
