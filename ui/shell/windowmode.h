// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QWidget>

namespace mayday::ui {

/// What the window is about at this moment (R6).
enum class WindowMode {
    Practice,           ///< the practice world, nothing is running
    Drill,              ///< an incident that is practice: hatched frame
    Production,         ///< a real stack, nothing is running
    ProductionIncident, ///< a real incident: solid frame
};

/// "PRACTICE", "DRILL", "PRODUCTION", translated.
[[nodiscard]] QString modeWord(WindowMode mode);

/// The edge around the whole window. A drill's is hatched in the drill colour, a production
/// incident's is solid in the down colour, so that the two differ without colour too.
class ModeFrame final : public QWidget {
    Q_OBJECT
public:
    explicit ModeFrame(const Theme &theme, QWidget *parent = nullptr);
    void setMode(WindowMode mode);
    [[nodiscard]] WindowMode mode() const { return m_mode; }
    /// Of the frame's edge; 0 when there is none.
    [[nodiscard]] int thickness() const;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Theme &m_theme;
    WindowMode m_mode = WindowMode::Practice;
};

} // namespace mayday::ui
