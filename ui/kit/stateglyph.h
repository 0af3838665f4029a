// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QPixmap>
#include <QWidget>

class QPainter;

namespace mayday::ui {

/// A state's shape. Word + shape + colour always go together, so that greyscale is enough.
enum class StateShape {
    Ok,          ///< disc
    Degraded,    ///< triangle
    Down,        ///< square
    Unknown,     ///< hollow dashed circle
    Stale,       ///< hatched disc: the reading is too old to be believed
    Maintenance, ///< hollow diamond
};

[[nodiscard]] Ink inkOf(StateShape shape);
/// "Works", "Degraded", "Down", "Unknown", "Stale", "Maintenance", translated.
[[nodiscard]] QString wordOf(StateShape shape);
/// Draws into the largest centred square of the area.
void paintState(QPainter &painter, const QRectF &area, StateShape shape, const QColor &color);
[[nodiscard]] QPixmap statePixmap(const Theme &theme, StateShape shape, int size, qreal ratio);

/// A state's shape as a widget, 20 px unless told otherwise. Its accessible name is the word.
class StateGlyph final : public QWidget {
    Q_OBJECT
public:
    StateGlyph(const Theme &theme, StateShape shape, QWidget *parent = nullptr);
    void setShape(StateShape shape);
    [[nodiscard]] StateShape shape() const { return m_shape; }
    void setExtent(int pixels);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Theme &m_theme;
    StateShape m_shape;
    int m_extent = 20;
};

} // namespace mayday::ui
