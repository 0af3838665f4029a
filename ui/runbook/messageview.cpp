// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runbook/messageview.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/textlabel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr int textHeight = 116;

} // namespace

MessageView::MessageView(const Theme &theme, const runbook::MessageTemplate &message,
                         const runbook::Lookup &known, QWidget *parent)
    : QWidget(parent),
      m_name(message.name),
      m_text(new QPlainTextEdit(this)),
      m_gaps(new TextLabel(theme, TextStyle::Caption, Ink::Warn, this)),
      m_copy(new ActionButton(theme, ButtonKind::Secondary, tr("Copy the message"), this))
{
    m_text->setAccessibleName(tr("Message"));
    m_text->setTabChangesFocus(true);
    m_text->setFixedHeight(textHeight);
    m_text->setPlainText(runbook::filledTemplate(message.text, known).text);
    m_copy->setIconName(u"copy"_s);
    m_copy->setKeyHint(tr("C"));
    auto *row = new QHBoxLayout;
    row->setSpacing(metric::space12);
    row->addWidget(m_copy);
    row->addWidget(m_gaps, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(metric::space8);
    column->addWidget(m_text);
    column->addLayout(row);
    connect(m_copy, &ActionButton::clicked, this, &MessageView::copy);
    connect(m_text, &QPlainTextEdit::textChanged, this, &MessageView::follow);
    follow();
}

void MessageView::copy()
{
    QGuiApplication::clipboard()->setText(m_text->toPlainText());
    m_copy->setText(tr("Copied"));
    Q_EMIT copied(m_name, m_text->toPlainText());
}

void MessageView::follow()
{
    const QStringList gaps = runbook::placeholdersIn(m_text->toPlainText());
    m_gaps->setText(gaps.isEmpty() ? QString()
                                   : tr("Still to fill in: %1").arg(gaps.join(u", "_s)));
    m_copy->setText(tr("Copy the message")); // what was copied before is no longer what stands here
}

} // namespace mayday::ui
