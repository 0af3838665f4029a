// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/errorpanel.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/copybutton.h"
#include "ui/kit/disclosure.h"
#include "ui/kit/errortext.h"
#include "ui/kit/stateglyph.h"
#include "ui/kit/textlabel.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace mayday::ui {

ErrorPanel::ErrorPanel(const Theme &theme, QWidget *parent)
    : QFrame(parent),
      m_theme(theme),
      m_headline(new TextLabel(theme, TextStyle::BaseStrong, this)),
      m_means(new TextLabel(theme, TextStyle::Base, Ink::Second, this)),
      m_safe(new TextLabel(theme, TextStyle::Base, this)),
      m_now(new TextLabel(theme, TextStyle::Base, this)),
      m_details(new TextLabel(theme, TextStyle::Mono, Ink::Second)),
      m_fold(new Disclosure(theme, tr("Details"), m_details, this)),
      m_copy(new CopyButton(theme, tr("Copy this error"), this)),
      m_buttons(new QHBoxLayout)
{
    auto *top = new QHBoxLayout;
    top->addWidget(m_headline, 1);
    top->addWidget(m_copy, 0, Qt::AlignTop);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(44, metric::space12, metric::space12, metric::space12);
    column->setSpacing(metric::space4);
    column->addLayout(top);
    for (TextLabel *line : {m_means, m_safe, m_now})
        column->addWidget(line);
    column->addSpacing(metric::space4);
    column->addWidget(m_fold);
    column->addLayout(m_buttons);
    m_buttons->setSpacing(metric::space12);
    m_buttons->addStretch();
    for (TextLabel *line : {m_headline, m_means, m_safe, m_now, m_details})
        line->setSelectable(true);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ErrorPanel::setError(const Error &error)
{
    const ErrorText text = errorText(error);
    m_headline->setText(text.headline);
    m_means->setText(text.whatItMeans);
    setWhatIsSafe(text.whatIsSafe);
    m_now->setMarkup(strong(tr("Now:")) + u" "_s + escaped(text.whatNow));
    m_details->setText(errorDetails(error).join(u'\n'));
    m_copy->setCopyText(errorForClipboard(error));
    setAccessibleName(
        u"%1 %2 %3 %4"_s.arg(text.headline, text.whatItMeans, text.whatIsSafe, text.whatNow));
    QAccessibleEvent told(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&told);
}

void ErrorPanel::setWhatIsSafe(const QString &text)
{
    m_safe->setMarkup(strong(tr("Safe:")) + u" "_s + escaped(text));
}

void ErrorPanel::addAction(QAction *action)
{
    m_buttons->insertWidget(m_buttons->count() - 1,
                            new ActionButton(m_theme, ButtonKind::Secondary, action, this));
}

void ErrorPanel::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = m_theme.tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(tokens.down, 1));
    painter.setBrush(tokens.panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), metric::cardRadius,
                            metric::cardRadius);
    paintState(painter, QRectF(15, m_headline->y() + 2, 16, 16), StateShape::Down, tokens.down);
}

} // namespace mayday::ui
