// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/status/practicecard.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/textlabel.h"

#include <QAction>
#include <QVBoxLayout>

namespace mayday::ui {

namespace {

constexpr int rowFrom = 660;

} // namespace

PracticeCard::PracticeCard(const Theme &theme, const QList<QAction *> &actions, QWidget *parent)
    : QWidget(parent), m_buttons(new QBoxLayout(QBoxLayout::TopToBottom)), m_actions(actions)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    auto *card = new Card(theme, tr("Practice"), this);
    outer->addWidget(card);
    auto *note = new TextLabel(theme, TextStyle::Detail, Ink::Second, card);
    note->setText(
        tr("This is a practice world on this computer. Nothing in it is real, and nothing "
           "you break can reach anybody."));
    card->body()->addWidget(note);
    m_buttons->setSpacing(metric::space8);
    card->body()->addLayout(m_buttons);
    for (QAction *action : actions) {
        auto *button = new ActionButton(theme, ButtonKind::Secondary, action, card);
        if (action == actions.last()) // mending stands apart from breaking
            card->body()->addWidget(button, 0, Qt::AlignLeft);
        else
            m_buttons->addWidget(button, 0, Qt::AlignLeft);
    }
    m_buttons->addStretch(1);
    setState({});
}

void PracticeCard::setState(const PracticeState &state)
{
    const bool isOn = state.phase != PracticeState::Phase::Off;
    for (QAction *action : std::as_const(m_actions)) {
        action->setVisible(isOn);
        action->setEnabled(state.phase == PracticeState::Phase::Ready);
    }
    setVisible(isOn);
}

void PracticeCard::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_buttons->setDirection(width() >= rowFrom ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

} // namespace mayday::ui
