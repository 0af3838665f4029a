// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/questiondialog.h"

#include "ui/kit/card.h"
#include "ui/kit/textlabel.h"

#include <QHBoxLayout>

namespace mayday::ui {

QuestionDialog::QuestionDialog(const Theme &theme, const Words &words, QWidget *parent)
    : QDialog(parent), m_theme(theme), m_body(new QVBoxLayout)
{
    setWindowTitle(words.title);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowModality(Qt::WindowModal);
    setMinimumWidth(560);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(metric::space24, metric::space24, metric::space24, metric::space24);
    column->setSpacing(metric::space12);
    auto *title = new TextLabel(theme, TextStyle::Sentence, this);
    title->setText(words.title);
    auto *text = new TextLabel(theme, TextStyle::Base, Ink::Second, this);
    text->setText(words.text);
    text->setSelectable(true);
    text->setVisible(!words.text.isEmpty());
    setAccessibleDescription(words.text);
    column->addWidget(title);
    column->addWidget(text);
    m_body->setSpacing(metric::space12);
    column->addLayout(m_body);
    column->addSpacing(metric::space4);
    addButtons(words, column);
}

void QuestionDialog::addButtons(const Words &words, QVBoxLayout *column)
{
    m_confirm =
        new ActionButton(m_theme, words.destructive ? ButtonKind::Danger : ButtonKind::Primary,
                         words.confirmLabel, this);
    m_cancel =
        new ActionButton(m_theme, ButtonKind::Secondary,
                         words.cancelLabel.isEmpty() ? tr("Cancel") : words.cancelLabel, this);
    auto *row = new QHBoxLayout;
    row->setSpacing(metric::space12);
    row->addStretch();
    row->addWidget(m_cancel);
    row->addWidget(m_confirm);
    column->addLayout(row);
    connect(m_confirm, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    // A dialogue that destroys has no default at all: Enter in one of its fields does nothing.
    if (words.destructive)
        m_cancel->setFocus();
    else
        m_confirm->setDefault(true);
}

void QuestionDialog::addFacts(const QList<Fact> &facts)
{
    if (facts.isEmpty())
        return;
    auto *card = new Card(m_theme, this);
    auto *table = new FactTable(m_theme, card);
    table->setFacts(facts);
    card->body()->addWidget(table);
    m_body->addWidget(card);
}

void QuestionDialog::addBody(QWidget *body)
{
    m_body->addWidget(body);
}

void QuestionDialog::showEvent(QShowEvent *event)
{
    // The texts wrap: only the width tells how high the dialogue has to be.
    resize(width(), layout()->totalHeightForWidth(width()));
    QDialog::showEvent(event);
}

void QuestionDialog::hideCancel()
{
    m_cancel->hide();
}

} // namespace mayday::ui
