// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/tile.h"

#include <QWidget>

class QGridLayout;

namespace mayday::ui {

/// Tiles in one or two columns of equal width, in the order given. Owns its tiles. Arrow keys move
/// between them.
class TileGrid final : public QWidget {
    Q_OBJECT
public:
    explicit TileGrid(const Theme &theme, QWidget *parent = nullptr);

    /// Keeps the tiles that are there and their focus; adds or removes at the end.
    void setFacts(const QList<TileFacts> &facts);
    [[nodiscard]] Tile *tile(qsizetype index) const { return m_tiles.at(index); }
    [[nodiscard]] qsizetype count() const { return m_tiles.size(); }
    [[nodiscard]] int columns() const { return m_columns; }
    /// Two columns from this width of the grid on (default 560).
    void setTwoColumnsFrom(int pixels);

Q_SIGNALS:
    void tileActivated(qsizetype index);

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void arrange();

    const Theme &m_theme;
    QGridLayout *m_layout;
    QList<Tile *> m_tiles;
    int m_columns = 0;
    int m_twoColumnsFrom = 560;
};

} // namespace mayday::ui
