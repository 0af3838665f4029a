// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "ui/kit/stateglyph.h"

#include <QTimer>
#include <QTimeZone>

#include <optional>

namespace mayday::ui {

class TextLabel;

/// What the line at the bottom says. A value.
struct StatusFacts {
    StateShape shape = StateShape::Unknown;
    QString text; ///< "Online", "Database shop: down since 13:51 UTC"
    std::optional<QDateTime> nextCheck = std::nullopt;
    QString stackName; ///< "Marketplace stack"
};

/// The line at the bottom of the window, 28 px: how we are connected, the next check, which stack,
/// the time in UTC and here.
class StatusStrip final : public QWidget {
    Q_OBJECT
public:
    StatusStrip(const Theme &theme, const Clock &clock, QTimeZone here, QWidget *parent = nullptr);
    void setFacts(const StatusFacts &facts);
    /// As a screen reader would say it, left to right.
    [[nodiscard]] QString plainText() const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void tick();

    const Theme &m_theme;
    const Clock &m_clock;
    QTimeZone m_here;
    StatusFacts m_facts;
    QTimer m_ticker;
    StateGlyph *m_glyph;
    TextLabel *m_text;
    TextLabel *m_next;
    TextLabel *m_stack;
    TextLabel *m_time;
};

} // namespace mayday::ui
