// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/tilegrid.h"

#include <QGridLayout>
#include <QKeyEvent>

namespace mayday::ui {

TileGrid::TileGrid(const Theme &theme, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_layout(new QGridLayout(this))
{
    m_layout->setContentsMargins({});
    m_layout->setSpacing(metric::space12);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void TileGrid::setFacts(const QList<TileFacts> &facts)
{
    const qsizetype before = m_tiles.size();
    while (m_tiles.size() > facts.size())
        delete m_tiles.takeLast();
    while (m_tiles.size() < facts.size()) {
        auto *tile = new Tile(m_theme, this);
        tile->installEventFilter(this);
        connect(tile, &Tile::activated, this,
                [this, tile] { Q_EMIT tileActivated(m_tiles.indexOf(tile)); });
        m_tiles.append(tile);
    }
    for (qsizetype index = 0; index < facts.size(); ++index)
        m_tiles.at(index)->setFacts(facts.at(index));
    if (before != m_tiles.size()) {
        m_columns = 0;
        arrange();
    }
}

void TileGrid::setTwoColumnsFrom(int pixels)
{
    m_twoColumnsFrom = pixels;
    arrange();
}

void TileGrid::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

bool TileGrid::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const qsizetype from = m_tiles.indexOf(qobject_cast<Tile *>(watched));
    qsizetype to = from;
    switch (static_cast<QKeyEvent *>(event)->key()) {
    case Qt::Key_Right: to += 1; break;
    case Qt::Key_Left: to -= 1; break;
    case Qt::Key_Down: to += m_columns; break;
    case Qt::Key_Up: to -= m_columns; break;
    default: return QWidget::eventFilter(watched, event);
    }
    if (from >= 0 && to >= 0 && to < m_tiles.size())
        m_tiles.at(to)->setFocus(Qt::TabFocusReason);
    return true;
}

void TileGrid::arrange()
{
    const int wanted = width() >= m_twoColumnsFrom ? 2 : 1;
    if (wanted == m_columns)
        return;
    m_columns = wanted;
    for (qsizetype index = 0; index < m_tiles.size(); ++index) {
        const int place = static_cast<int>(index);
        m_layout->addWidget(m_tiles.at(index), place / wanted, place % wanted);
    }
    m_layout->setColumnStretch(0, 1);
    m_layout->setColumnStretch(1, wanted == 2 ? 1 : 0);
    updateGeometry();
}

} // namespace mayday::ui
