// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/kitstyle.h"

#include <QApplication>
#include <QFocusFrame>
#include <QPainter>
#include <QPointer>
#include <QStyleOption>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr int ringReach = 2 * metric::focusRing;

/// Fields show their focus in their own border; a window or a page as a whole shows none.
bool wantsRing(const QWidget *widget)
{
    return widget != nullptr && !widget->isWindow() && widget->focusPolicy() != Qt::NoFocus &&
           !widget->property("noFocusRing").toBool();
}

} // namespace

KitStyle::KitStyle(const Theme &theme) : QProxyStyle(u"Fusion"_s), m_theme(theme)
{
    auto frame = QPointer<QFocusFrame>();
    connect(qApp, &QApplication::focusChanged, this, [frame](QWidget *, QWidget *now) mutable {
        if (frame.isNull())
            frame = new QFocusFrame;
        frame->setWidget(wantsRing(now) ? now : nullptr);
    });
}

void KitStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option,
                             QPainter *painter, const QWidget *widget) const
{
    if (element == PE_FrameFocusRect)
        return; // the ring around the control says it
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void KitStyle::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                           const QWidget *widget) const
{
    if (element != CE_FocusFrame) {
        QProxyStyle::drawControl(element, option, painter, widget);
        return;
    }
    const double half = metric::focusRing / 2.0;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(m_theme.tokens().accent, metric::focusRing));
    painter->drawRoundedRect(QRectF(option->rect).adjusted(half, half, -half, -half),
                             metric::cardRadius + 2, metric::cardRadius + 2);
    painter->restore();
}

int KitStyle::pixelMetric(PixelMetric metric, const QStyleOption *option,
                          const QWidget *widget) const
{
    switch (metric) {
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin: return ringReach;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical: return 0;
    case PM_SmallIconSize: return 18;
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int KitStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                        QStyleHintReturn *data) const
{
    switch (hint) {
    case SH_FocusFrame_AboveWidget: return 1;
    case SH_FocusFrame_Mask: return 0;
    case SH_Widget_Animation_Duration: return 0;
    case SH_UnderlineShortcut: return 0;
    case SH_EtchDisabledText:
    case SH_DitherDisabledText: return 0;
    default: return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

} // namespace mayday::ui
