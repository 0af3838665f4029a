// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/fittedarea.h"

#include <QResizeEvent>
#include <QVBoxLayout>

#include <algorithm>

namespace mayday::ui {

namespace {

/// Some five lines: what is less is not read.
constexpr int leastHeight = 96;

} // namespace

FittedArea::FittedArea(const QString &name, QWidget *parent)
    : QScrollArea(parent), m_column(nullptr)
{
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    setAccessibleName(name);
    auto *page = new QWidget;
    m_column = new QVBoxLayout(page);
    m_column->setContentsMargins({});
    setWidgetResizable(true);
    setWidget(page);
    page->setAutoFillBackground(false);
    viewport()->setAutoFillBackground(false);
}

int FittedArea::heightOfTexts() const
{
    const int width = viewport()->width();
    return m_column->hasHeightForWidth() ? m_column->heightForWidth(width)
                                         : m_column->sizeHint().height();
}

void FittedArea::followRoom()
{
    setFocusPolicy(heightOfTexts() > height() ? Qt::StrongFocus : Qt::NoFocus);
}

void FittedArea::fit()
{
    m_column->invalidate();
    updateGeometry();
    followRoom();
}

QSize FittedArea::sizeHint() const
{
    return {widget()->sizeHint().width(), heightOfTexts()};
}

QSize FittedArea::minimumSizeHint() const
{
    return {0, std::min(heightOfTexts(), leastHeight)};
}

void FittedArea::resizeEvent(QResizeEvent *event)
{
    QScrollArea::resizeEvent(event);
    if (event->oldSize().width() != event->size().width())
        updateGeometry(); // other lines are broken, so another height is wanted
    followRoom();
}

} // namespace mayday::ui
