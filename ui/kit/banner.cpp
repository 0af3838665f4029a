// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/banner.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/copybutton.h"
#include "ui/kit/icon.h"
#include "ui/kit/stateglyph.h"
#include "ui/kit/textlabel.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

struct BannerLook {
    QColor ground;
    QColor line;
    QString iconName;
};

BannerLook lookOf(BannerKind kind, const Tokens &tokens)
{
    switch (kind) {
    case BannerKind::Info: return {tokens.soft, tokens.accent, u"info"_s};
    case BannerKind::Ok: return {tokens.okBg, tokens.ok, u"check"_s};
    case BannerKind::Warn: return {tokens.warnBg, tokens.warn, u"warning"_s};
    case BannerKind::Down: return {tokens.downBg, tokens.down, {}};
    case BannerKind::Drill: return {tokens.drillBg, tokens.drill, u"drill"_s};
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

Banner::Banner(const Theme &theme, BannerKind kind, QWidget *parent)
    : QFrame(parent),
      m_theme(theme),
      m_kind(kind),
      m_text(new TextLabel(theme, TextStyle::BaseStrong, this)),
      m_detail(new TextLabel(theme, TextStyle::Detail, Ink::Second, this)),
      m_buttons(new QHBoxLayout),
      m_copy(new CopyButton(theme, tr("Copy this message"), this)),
      m_close(new ActionButton(theme, ButtonKind::Quiet, tr("Dismiss"), this))
{
    auto *words = new QVBoxLayout;
    words->setSpacing(0);
    words->addStretch();
    words->addWidget(m_text);
    words->addWidget(m_detail);
    words->addStretch();
    m_buttons->setSpacing(metric::space8);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(44, metric::space8, metric::space12, metric::space8);
    row->setSpacing(metric::space12);
    row->addLayout(words, 1);
    row->addLayout(m_buttons);
    row->addWidget(m_copy);
    row->addWidget(m_close);
    m_text->setSelectable(true);
    m_detail->setSelectable(true);
    m_copy->hide();
    m_close->hide();
    setMinimumHeight(metric::largeControlHeight);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    connect(static_cast<ActionButton *>(m_close), &QPushButton::clicked, this, [this] {
        hide();
        Q_EMIT dismissed();
    });
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Banner::setKind(BannerKind kind)
{
    m_kind = kind;
    update();
}

void Banner::setMessage(const QString &text, const QString &detail)
{
    if (text == m_text->plainText() && detail == m_detail->plainText())
        return;
    m_text->setText(text);
    m_detail->setText(detail);
    m_detail->setVisible(!detail.isEmpty());
    setAccessibleName(detail.isEmpty() ? text : u"%1 %2"_s.arg(text, detail));
    QAccessibleEvent told(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&told);
}

QString Banner::text() const
{
    return m_text->plainText();
}

void Banner::addAction(QAction *action)
{
    m_buttons->addWidget(new ActionButton(m_theme, ButtonKind::Secondary, action, this));
}

void Banner::clearActions()
{
    while (QLayoutItem *item = m_buttons->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
}

void Banner::setCopyText(const QString &text)
{
    m_copy->setCopyText(text);
    m_copy->setVisible(!text.isEmpty());
}

void Banner::setDismissible(bool dismissible)
{
    m_close->setVisible(dismissible);
}

void Banner::paintEvent(QPaintEvent *)
{
    const BannerLook look = lookOf(m_kind, m_theme.tokens());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(look.line, 1));
    painter.setBrush(look.ground);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), metric::cardRadius,
                            metric::cardRadius);
    const int top = m_text->y() + (lineHeight(TextStyle::BaseStrong) - 20) / 2;
    const QRect mark(14, top, 20, 20);
    if (look.iconName.isEmpty())
        paintState(painter, mark.adjusted(1, 1, -1, -1), StateShape::Down, look.line);
    else
        painter.drawPixmap(mark, iconPixmap(look.iconName, look.line, 20, devicePixelRatioF()));
}

} // namespace mayday::ui
