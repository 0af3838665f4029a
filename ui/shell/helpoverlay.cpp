// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/helpoverlay.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/keyhint.h"
#include "ui/kit/textlabel.h"

#include <QGridLayout>
#include <QKeyEvent>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

HelpOverlay::HelpOverlay(const Theme &theme, QWidget &window)
    : Overlay(theme, tr("Keys and commands"), window),
      m_theme(theme),
      m_scroll(new QScrollArea(card())),
      m_close(new ActionButton(theme, ButtonKind::Secondary, tr("Close"), card()))
{
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_close->setKeyHint(u"Esc"_s);
    connect(m_close, &QPushButton::clicked, this, &Overlay::close);
    card()->body()->addWidget(m_scroll, 1);
    card()->body()->addWidget(m_close, 0, Qt::AlignRight);
}

void HelpOverlay::openWith(const QString &pageTitle, const QList<PaletteEntry> &ofPage,
                           const QList<PaletteEntry> &everywhere)
{
    m_lines.clear();
    auto *content = new QWidget;
    content->setObjectName(u"page"_s);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins({});
    column->setSpacing(metric::space8);
    addSection(content, pageTitle, ofPage);
    column->addSpacing(metric::space8);
    addSection(content, tr("Everywhere"), everywhere);
    column->addStretch(1);
    m_scroll->setWidget(content); // the one before is deleted
    open(m_close);
}

void HelpOverlay::addSection(QWidget *content, const QString &title,
                             const QList<PaletteEntry> &entries)
{
    auto *column = static_cast<QVBoxLayout *>(content->layout());
    column->addWidget(sectionLabel(m_theme, title, content));
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(metric::space16);
    grid->setVerticalSpacing(metric::space4);
    grid->setColumnStretch(1, 1);
    grid->setColumnMinimumWidth(0, 88);
    for (const PaletteEntry &entry : entries) {
        const int row = grid->rowCount();
        if (!entry.keys.isEmpty())
            grid->addWidget(new KeyHint(m_theme, entry.keys, content), row, 0, Qt::AlignLeft);
        auto *text = new TextLabel(m_theme, TextStyle::Base, content);
        text->setText(entry.text);
        grid->addWidget(text, row, 1);
        m_lines += entry.keys.isEmpty() ? entry.text : entry.keys + u' ' + entry.text;
    }
    column->addLayout(grid);
}

void HelpOverlay::keyPressEvent(QKeyEvent *event)
{
    QScrollBar *bar = m_scroll->verticalScrollBar();
    switch (event->key()) {
    case Qt::Key_Question: close(); break;
    case Qt::Key_Down: bar->triggerAction(QScrollBar::SliderSingleStepAdd); break;
    case Qt::Key_Up: bar->triggerAction(QScrollBar::SliderSingleStepSub); break;
    case Qt::Key_PageDown: bar->triggerAction(QScrollBar::SliderPageStepAdd); break;
    case Qt::Key_PageUp: bar->triggerAction(QScrollBar::SliderPageStepSub); break;
    default: Overlay::keyPressEvent(event);
    }
}

} // namespace mayday::ui
