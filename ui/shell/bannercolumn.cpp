// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/bannercolumn.h"

#include "ui/kit/banner.h"

#include <QEvent>
#include <QVBoxLayout>

#include <algorithm>

namespace mayday::ui {

namespace {

/// Said to be hidden; one that was never told anything shows together with its parent.
bool isSaidToBeHidden(const QWidget *widget)
{
    return widget->isHidden() && widget->testAttribute(Qt::WA_WState_ExplicitShowHide);
}

} // namespace

BannerColumn::BannerColumn(QWidget *parent) : QWidget(parent)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(metric::space24, metric::space12, metric::space24, 0);
    column->setSpacing(metric::space8);
    follow();
}

void BannerColumn::add(Banner *banner)
{
    m_banners.append(banner);
    layout()->addWidget(banner);
    banner->installEventFilter(this);
    follow();
}

void BannerColumn::follow()
{
    setVisible(!std::ranges::all_of(m_banners, isSaidToBeHidden));
}

bool BannerColumn::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::ShowToParent || event->type() == QEvent::HideToParent)
        follow();
    return QWidget::eventFilter(watched, event);
}

} // namespace mayday::ui
