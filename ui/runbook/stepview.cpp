// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runbook/stepview.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/disclosure.h"
#include "ui/kit/facttable.h"
#include "ui/kit/textlabel.h"
#include "ui/kit/timetext.h"
#include "ui/runbook/commandview.h"
#include "ui/runbook/messageview.h"
#include "ui/runbook/sensedview.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr int measure = 68; ///< characters a line (R15)

QString kindWord(const runbook::Step &step)
{
    if (step.isSensed())
        return StepView::tr("checks itself");
    return step.required ? StepView::tr("you tick it") : StepView::tr("optional");
}

QString outcomeSentence(const runbook::StepOutcome &outcome)
{
    const QString at = timetext::utcMinutes(outcome.at);
    switch (outcome.state) {
    case runbook::StepState::Open: return {};
    case runbook::StepState::Done: return StepView::tr("Done at %1 by %2.").arg(at, outcome.by);
    case runbook::StepState::Sensed:
        return StepView::tr("Seen to be so at %1: %2.").arg(at, outcome.reason);
    case runbook::StepState::Overridden:
        return StepView::tr("Overridden at %1 by %2: %3").arg(at, outcome.by, outcome.reason);
    case runbook::StepState::Deferred:
        return StepView::tr("Deferred at %1; it comes back before the end.").arg(at);
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

StepView::StepView(const Parts &parts, const runbook::Checklist &checklist,
                   const runbook::Step &step, QWidget *parent)
    : QWidget(parent), m_parts(parts), m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins({});
    m_column->setSpacing(metric::space16);
    addHeading(checklist, step);
    addOutcome(checklist.outcome(step.id));
    if (step.isSensed()) {
        m_sensed = new SensedView(parts.theme, parts.clock, this);
        m_column->addWidget(m_sensed);
    }
    addActions(checklist, step);
    addCommands(step);
    addFold(step);
    if (!hasPanel())
        m_column->addStretch();
}

QString StepView::filled(const QString &text) const
{
    return runbook::filled(text, m_parts.variables).text;
}

/// The end of a group is a place to look up and to be relieved (R2). Nothing to tick: it is gone
/// with the next step. Empty elsewhere.
QString StepView::pauseBefore(const runbook::Checklist &checklist, const runbook::Step &step) const
{
    const runbook::Step *current = checklist.current();
    const runbook::Step *before = checklist.previous(step.id);
    const auto pause = before ? checklist.pauseAfter(before->id) : std::nullopt;
    if (!pause || !current || current->id != step.id)
        return {};
    const QString group =
        pause->groupTitle.isEmpty() ? pause->phaseTitle.section(u" ("_s, 0, 0) : pause->groupTitle;
    const qsizetype deferred = checklist.deferred().size();
    const QString behind =
        deferred == 0 ? tr("Pause: \"%1\" is behind you.").arg(group)
        : deferred == 1
            ? tr("Pause: \"%1\" is behind you; one step is deferred and comes back.").arg(group)
            : tr("Pause: \"%1\" is behind you; %2 steps are deferred and come back.")
                  .arg(group, QString::number(deferred));
    return behind + u' ' + tr("Look up; hand over if need be.");
}

void StepView::addHeading(const runbook::Checklist &checklist, const runbook::Step &step)
{
    const QList<runbook::Step> order = checklist.order();
    const auto at = std::ranges::find(order, step.id, &runbook::Step::id);
    auto *caption = new TextLabel(m_parts.theme, TextStyle::Base, Ink::Second, this);
    QStringList parts{tr("Step %1 of %2").arg(at - order.begin() + 1).arg(order.size())};
    const runbook::Group *group = checklist.groupOf(step.id);
    if (group && !group->title.isEmpty())
        parts.append(group->title);
    parts.append(kindWord(step));
    caption->setText(parts.join(u" · "_s));
    auto *title = new TextLabel(m_parts.theme, TextStyle::Step, this);
    title->setText(filled(step.action) + u'.');
    auto *top = new QHBoxLayout;
    top->setSpacing(metric::space16);
    top->addWidget(caption);
    if (const QString text = pauseBefore(checklist, step); !text.isEmpty()) {
        caption->setWordWrap(false); // the pause takes what is left
        auto *pause = new TextLabel(m_parts.theme, TextStyle::Detail, Ink::Second, this);
        pause->setText(text);
        pause->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        top->addWidget(pause, 1);
    }
    m_column->addLayout(top);
    m_column->addWidget(title);
    if (step.body.isEmpty())
        return;
    auto *body = new TextLabel(m_parts.theme, TextStyle::StepText, this);
    body->setText(filled(step.body));
    body->setMeasure(measure);
    body->setSelectable(true);
    m_column->addWidget(body);
}

void StepView::addOutcome(const runbook::StepOutcome &outcome)
{
    if (outcome.state == runbook::StepState::Open)
        return;
    auto *label = new TextLabel(m_parts.theme, TextStyle::BaseStrong,
                                outcome.state == runbook::StepState::Deferred ||
                                        outcome.state == runbook::StepState::Overridden
                                    ? Ink::Warn
                                    : Ink::Ok,
                                this);
    label->setText(outcomeSentence(outcome));
    m_column->addWidget(label);
}

void StepView::addActions(const runbook::Checklist &checklist, const runbook::Step &step)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(metric::space12);
    for (const runbook::VerbCall &call : step.actions) {
        if (QWidget *panel = m_parts.panelFor ? m_parts.panelFor(call, this) : nullptr) {
            m_column->addWidget(panel, 1);
            m_panel = panel;
            continue;
        }
        const runbook::MessageTemplate *message =
            call.verb == "notify"_L1
                ? checklist.runbook().messageTemplate(call.parameter(u"template"_s))
                : nullptr;
        if (message && !m_message) {
            m_message = new MessageView(m_parts.theme, *message, m_parts.messageWords, this);
            connect(m_message, &MessageView::copied, this, &StepView::messageCopied);
            m_column->addWidget(m_message);
            continue;
        }
        auto *button = new ActionButton(m_parts.theme, ButtonKind::Secondary, call.label, this);
        connect(button, &ActionButton::clicked, this,
                [this, call] { Q_EMIT actionRequested(call); });
        row->addWidget(button);
    }
    row->addStretch();
    m_column->addLayout(row);
}

void StepView::addCommands(const runbook::Step &step)
{
    for (const runbook::CommandBlock &block : step.commands) {
        const QString text = filled(block.text);
        if (m_firstCommand.isEmpty())
            m_firstCommand = text;
        m_column->addWidget(new CommandView(m_parts.theme, block, text, this));
    }
}

/// Explanations are folded (R2), except what the step promises and what to do when it does not
/// hold.
void StepView::addFold(const runbook::Step &step)
{
    QList<Fact> facts;
    const auto add = [&](const QString &label, const QString &text) {
        if (!text.isEmpty())
            facts.append(fact(label, filled(text)));
    };
    add(tr("Expect"), step.expect);
    add(tr("How to check"), step.check);
    add(tr("If not"), step.ifNot);
    add(tr("Undo"), step.undo);
    add(tr("Why"), step.why);
    if (facts.isEmpty())
        return;
    QStringList labels;
    for (const Fact &one : std::as_const(facts))
        labels.append(one.label);
    auto *table = new FactTable(m_parts.theme, this);
    table->setLabelWidth(110);
    table->setFacts(facts);
    auto *fold = new Disclosure(m_parts.theme, labels.join(u" · "_s), table, this);
    fold->setOpen(!hasPanel() && !m_message);
    m_column->addWidget(fold);
}

void StepView::setReadings(const QList<desk::CheckReading> &readings)
{
    if (m_sensed)
        m_sensed->setReadings(readings);
}

void StepView::copyMain()
{
    if (m_message)
        m_message->copy();
    else if (!m_firstCommand.isEmpty())
        QGuiApplication::clipboard()->setText(m_firstCommand);
}

} // namespace mayday::ui
