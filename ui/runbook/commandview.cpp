// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runbook/commandview.h"

#include "ui/kit/copybutton.h"
#include "ui/kit/textlabel.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

QString marksOf(const runbook::CommandBlock &block)
{
    QStringList marks;
    if (!block.language.isEmpty())
        marks.append(block.language);
    if (block.write)
        marks.append(CommandView::tr("changes data"));
    if (block.danger)
        marks.append(CommandView::tr("cannot be taken back"));
    if (!block.expect.isEmpty())
        marks.append(CommandView::tr("expect %1").arg(block.expect));
    return marks.join(u" · "_s);
}

} // namespace

CommandView::CommandView(const Theme &theme, const runbook::CommandBlock &block,
                         const QString &text, QWidget *parent)
    : QFrame(parent), m_theme(theme)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(metric::space12, metric::space8, metric::space8, metric::space8);
    auto *column = new QVBoxLayout;
    column->setSpacing(metric::space4);
    auto *command = new TextLabel(theme, TextStyle::Mono, this);
    command->setText(text);
    command->setSelectable(true);
    column->addWidget(command);
    if (const QString marks = marksOf(block); !marks.isEmpty()) {
        auto *caption =
            new TextLabel(theme, TextStyle::Caption, block.danger ? Ink::Down : Ink::Third, this);
        caption->setText(marks);
        column->addWidget(caption);
    }
    row->addLayout(column, 1);
    auto *copy = new CopyButton(theme, tr("Copy the command"), this);
    copy->setCopyText(text);
    row->addWidget(copy, 0, Qt::AlignTop);
}

void CommandView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(m_theme.tokens().line);
    painter.setBrush(m_theme.tokens().panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), metric::controlRadius,
                            metric::controlRadius);
}

} // namespace mayday::ui
