// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runbook/decisionview.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/textlabel.h"

#include <QAction>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

/// The first step of an option tells more than its name.
QString firstSteps(const runbook::Runbook &runbook, const QString &option)
{
    for (const runbook::Phase &phase : runbook.phases) {
        for (const runbook::Group &group : phase.groups) {
            if (group.option == option && !group.steps.isEmpty())
                return DecisionView::tr("%n step(s), first: %1", nullptr,
                                        static_cast<int>(group.steps.size()))
                    .arg(group.steps.front().action);
        }
    }
    return {};
}

} // namespace

DecisionView::DecisionView(const Theme &theme, const runbook::Checklist &checklist,
                           const runbook::Decision &decision, QWidget *parent)
    : QWidget(parent)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(metric::space12);
    auto *title = new TextLabel(theme, TextStyle::Step, this);
    title->setText(tr("Which way do you go?"));
    column->addWidget(title);
    int number = 0;
    for (const QString &option : decision.options) {
        ++number;
        auto *button = new ActionButton(theme, ButtonKind::Secondary, option, this);
        button->setLarge(true);
        button->setKeyHint(QString::number(number));
        auto *detail = new TextLabel(theme, TextStyle::Detail, Ink::Second, this);
        detail->setText(firstSteps(checklist.runbook(), option));
        column->addWidget(button);
        column->addWidget(detail);
        const auto choose = [this, id = decision.id, option] {
            Q_EMIT chosen(id, option);
        };
        connect(button, &ActionButton::clicked, this, choose);
        // Not the button's own shortcut: that one takes the focus and a tenth of a second.
        auto *key = new QAction(option, this);
        key->setShortcut(QKeySequence(Qt::Key_0 + number));
        addAction(key);
        connect(key, &QAction::triggered, this, choose);
    }
    column->addStretch();
}

} // namespace mayday::ui
