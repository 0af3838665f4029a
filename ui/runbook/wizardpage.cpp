// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runbook/wizardpage.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/keyrow.h"
#include "ui/kit/textlabel.h"
#include "ui/runbook/decisionview.h"
#include "ui/runbook/messageview.h"
#include "ui/runbook/stepdelegate.h"
#include "ui/runbook/steplistmodel.h"

#include <QAction>
#include <QApplication>
#include <QFrame>
#include <QHBoxLayout>
#include <QListView>
#include <QScrollArea>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr int listWidth = 280;
constexpr int centreWidth = 840;

/// The id of the step or of the decision; empty at the end.
QString toDoNow(const runbook::Checklist &checklist)
{
    if (const runbook::Decision *decision = checklist.currentDecision())
        return decision->id;
    const runbook::Step *step = checklist.current();
    return step ? step->id.value : QString();
}

} // namespace

PageIdentity WizardPage::place()
{
    return {.id = u"checklist"_s, .title = tr("Checklist"), .iconName = u"check"_s};
}

WizardPage::WizardPage(Parts parts, QWidget *parent)
    : Page(place(), parent),
      m_parts(std::move(parts)),
      m_model(new StepListModel(this)),
      m_list(new QListView(this)),
      m_resumed(new TextLabel(m_parts.theme, TextStyle::Detail, Ink::Second, this)),
      m_scroll(new QScrollArea(this))
{
    bringActions();
    build();
    connect(&m_parts.incidents, &incident::IncidentDesk::incidentChanged, this,
            &WizardPage::follow);
    connect(&m_parts.incidents, &incident::IncidentDesk::runningChanged, this, &WizardPage::follow);
    connect(&m_parts.sensor, &desk::StepSensor::readingsChanged, this, [this] {
        if (m_view && m_parts.sensor.step() == m_shown)
            m_view->setReadings(m_parts.sensor.readings());
    });
    follow();
    showResumed();
}

/// Where a person was before Mayday was started again: what was done last and what comes next (R4).
void WizardPage::showResumed()
{
    const incident::Incident *running = incident();
    const QList<runbook::Step> done = running ? running->lastDone(2) : QList<runbook::Step>();
    if (done.isEmpty())
        return;
    QStringList actions;
    for (const runbook::Step &step : done)
        actions.append(runbook::filled(step.action, m_parts.variables).text);
    const runbook::Step *next = running->checklist.current();
    m_resumed->setText(tr("Resumed. Done before: %1. Next: %2.")
                           .arg(actions.join(tr(", then ")),
                                next ? runbook::filled(next->action, m_parts.variables).text
                                : running->checklist.currentDecision() ? tr("choose the way")
                                                                       : tr("close the incident")));
    m_resumedAt = toDoNow(running->checklist);
    m_resumed->show();
}

void WizardPage::bringActions()
{
    m_done = bringAction(tr("Done, next step"), Qt::Key_Space);
    m_done->setAutoRepeat(false); // one press, one step
    connect(m_done, &QAction::triggered, this, &WizardPage::tick);
    connect(bringAction(tr("Show the next step"), Qt::Key_N), &QAction::triggered, this,
            [this] { browse(true); });
    connect(bringAction(tr("Show the step before"), Qt::Key_B), &QAction::triggered, this,
            [this] { browse(false); });
    connect(bringAction(tr("Copy the message or command"), Qt::Key_C), &QAction::triggered, this,
            &WizardPage::copy);
    connect(bringAction(tr("Note into the timeline..."), Qt::Key_T), &QAction::triggered, this,
            &WizardPage::note);
    connect(bringAction(tr("Draft the next update..."), Qt::Key_U), &QAction::triggered, this,
            &WizardPage::draftUpdate);
    m_defer = bringAction(tr("Defer"));
    connect(m_defer, &QAction::triggered, this, &WizardPage::defer);
    m_override = bringAction(tr("Override..."));
    connect(m_override, &QAction::triggered, this, &WizardPage::override_);
}

void WizardPage::build()
{
    m_list->setModel(m_model);
    m_list->setItemDelegate(new StepDelegate(m_parts.theme, this));
    m_list->setAccessibleName(tr("Steps"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setResizeMode(QListView::Adjust);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QListView::ScrollPerPixel);
    connect(m_list, &QListView::activated, this, &WizardPage::showRow);
    connect(m_list, &QListView::clicked, this, &WizardPage::showRow);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    auto *right = new QVBoxLayout;
    right->setContentsMargins(metric::space32, metric::space24, metric::space32, metric::space16);
    right->setSpacing(metric::space12);
    right->addWidget(m_resumed);
    right->addWidget(m_scroll, 1);
    right->addWidget(buildFoot());
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(0);
    row->addWidget(buildSide());
    row->addLayout(right, 1);
    m_resumed->hide();
}

/// The steps on a panel of their own, with air around them.
QWidget *WizardPage::buildSide()
{
    auto *side = new QFrame(this);
    side->setFixedWidth(listWidth);
    side->setAutoFillBackground(true);
    side->setBackgroundRole(QPalette::Base);
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(metric::space12, 0, 0, 0);
    column->addWidget(m_list);
    return side;
}

QWidget *WizardPage::buildFoot()
{
    auto *foot = new QWidget(this);
    auto *row = new QHBoxLayout(foot);
    row->setContentsMargins({});
    row->setSpacing(metric::space12);
    const QList<std::pair<QString, QString>> keys = {{tr("B"), tr("Back")}, {tr("N"), tr("Next")},
                                                     {tr("T"), tr("Note")}, {tr("U"), tr("Update")},
                                                     {tr("C"), tr("Copy")}, {tr("?"), tr("Help")}};
    row->addWidget(new KeyRow(m_parts.theme, keys, foot), 1);
    m_deferButton = new ActionButton(m_parts.theme, ButtonKind::Secondary, m_defer, foot);
    m_overrideButton = new ActionButton(m_parts.theme, ButtonKind::Secondary, m_override, foot);
    m_doneButton = new ActionButton(m_parts.theme, ButtonKind::Primary, m_done, foot);
    m_closeButton =
        new ActionButton(m_parts.theme, ButtonKind::Primary, tr("Close the incident..."), foot);
    connect(m_closeButton, &ActionButton::clicked, this, &WizardPage::closeRequested);
    for (ActionButton *button : {m_deferButton, m_overrideButton, m_doneButton, m_closeButton})
        row->addWidget(button);
    return foot;
}

const incident::Incident *WizardPage::incident() const
{
    return m_parts.incidents.running();
}

const runbook::Step *WizardPage::shown() const
{
    const incident::Incident *running = incident();
    return running ? running->checklist.step(m_shown) : nullptr;
}

void WizardPage::activated()
{
    follow();
}

QWidget *WizardPage::initialFocus()
{
    return m_list;
}

/// Goes along when the step to do now has changed; otherwise leaves the reader where they are.
void WizardPage::follow()
{
    const incident::Incident *running = incident();
    if (!running) {
        m_current.clear();
        m_shown = {};
        m_parts.sensor.watch(nullptr);
        m_model->setChecklist(runbook::Checklist(runbook::Runbook()), {});
        auto *empty = new TextLabel(m_parts.theme, TextStyle::StepText, Ink::Second, this);
        empty->setText(tr("No incident is running. Start a checklist on Now with 1, 2 or 3, or "
                          "choose one under Runbooks."));
        m_view = nullptr;
        m_resumed->hide();
        place(empty);
        showFoot();
        setSentence(tr("No incident is running."));
        return;
    }
    const runbook::Step *current = running->checklist.current();
    m_parts.sensor.watch(current);
    if (toDoNow(running->checklist) != m_resumedAt)
        m_resumed->hide();
    if (const runbook::Decision *decision = running->checklist.currentDecision()) {
        if (m_current != decision->id)
            showDecision(*decision);
    } else if (current && m_current != current->id.value) {
        m_current = current->id.value;
        show(current->id);
    } else if (m_shown.value.isEmpty() && !running->checklist.order().isEmpty()) {
        show(running->checklist.order().back().id);
    } else if (running->checklist.state(m_shown) != m_shownState) {
        rebuildStep();
    }
    m_model->setChecklist(running->checklist, m_shown);
    showFoot();
}

void WizardPage::show(const runbook::StepId &step)
{
    if (step.value.isEmpty())
        return;
    m_shown = step;
    rebuildStep();
    if (const incident::Incident *running = incident())
        m_model->setChecklist(running->checklist, m_shown);
    const QModelIndex index = m_model->indexOf(step);
    m_list->setCurrentIndex(index);
    m_list->scrollTo(index);
    showFoot();
}

void WizardPage::showRow(const QModelIndex &index)
{
    const incident::Incident *running = incident();
    const runbook::Decision *decision = running ? running->checklist.currentDecision() : nullptr;
    if (decision && m_model->kindAt(index) == StepListModel::Kind::Decision)
        showDecision(*decision);
    else
        show(m_model->stepAt(index));
}

void WizardPage::rebuildStep()
{
    const runbook::Step *step = shown();
    if (!step)
        return;
    const runbook::Checklist &checklist = incident()->checklist;
    m_shownState = checklist.state(m_shown);
    m_isPanelDone = false;
    auto *view = new StepView({.theme = m_parts.theme,
                               .clock = m_parts.clock,
                               .variables = m_parts.variables,
                               .messageWords = m_parts.messageWords,
                               .panelFor = m_parts.panelFor},
                              checklist, *step, this);
    connect(view, &StepView::actionRequested, this, &WizardPage::actionRequested);
    connect(view, &StepView::messageCopied, &m_parts.incidents,
            &incident::IncidentDesk::messageCopied);
    if (m_parts.sensor.step() == m_shown)
        view->setReadings(m_parts.sensor.readings());
    m_view = view;
    place(view);
    setSentence(step->action);
}

void WizardPage::showDecision(const runbook::Decision &decision)
{
    m_current = decision.id;
    m_shown = {};
    auto *view = new DecisionView(m_parts.theme, incident()->checklist, decision, this);
    connect(view, &DecisionView::chosen, this, [this](const QString &id, const QString &option) {
        m_parts.incidents.recordChoice(id, option, QString());
    });
    m_view = nullptr;
    place(view);
    setSentence(tr("Which way do you go?"));
    m_model->setChecklist(incident()->checklist, m_shown);
    m_list->setCurrentIndex(m_model->indexOfDecision());
    m_list->scrollTo(m_list->currentIndex());
    showFoot();
}

void WizardPage::place(QWidget *content)
{
    // What goes away would give its focus to whatever comes next, a text field even; all keys work
    // from the list.
    if (m_scroll->widget() && m_scroll->widget()->isAncestorOf(QApplication::focusWidget()))
        m_list->setFocus();
    auto *area = new QWidget;
    auto *row = new QHBoxLayout(area);
    // Room for the focus ring, which the edge of the scroll area would cut.
    row->setContentsMargins(metric::space4, metric::space4, metric::space4, metric::space4);
    content->setMaximumWidth(m_view && m_view->hasPanel() ? QWIDGETSIZE_MAX : centreWidth);
    row->addWidget(content, 1);
    if (!m_view || !m_view->hasPanel())
        row->addStretch();
    m_scroll->setWidget(area);
    if (m_view && m_view->hasPanel() && isVisible())
        // In a later turn: what was removed gives its focus away until then.
        QMetaObject::invokeMethod(m_view->panel(), qOverload<>(&QWidget::setFocus),
                                  Qt::QueuedConnection);
}

void WizardPage::showFoot()
{
    const incident::Incident *running = incident();
    const runbook::Step *step = shown();
    QWidget *focus = QApplication::focusWidget();
    const bool isOfFoot = focus && focus->parentWidget() == m_doneButton->parentWidget();
    const bool isOpen = step && (m_shownState == runbook::StepState::Open ||
                                 m_shownState == runbook::StepState::Deferred);
    m_done->setEnabled(isOpen && !step->isSensed());
    m_defer->setEnabled(isOpen && m_shownState == runbook::StepState::Open);
    m_override->setEnabled(isOpen);
    // One primary button a screen: a panel brings its own.
    m_doneButton->setKind(m_view && m_view->hasPanel() && !m_isPanelDone ? ButtonKind::Secondary
                                                                         : ButtonKind::Primary);
    m_doneButton->setVisible(isOpen && !step->isSensed());
    m_deferButton->setVisible(isOpen);
    m_overrideButton->setVisible(isOpen);
    m_closeButton->setVisible(running && running->checklist.canClose());
    if (isOfFoot && (focus->isHidden() || !focus->isEnabled()))
        m_list->setFocus();
}

void WizardPage::setPanelDone(bool isDone)
{
    m_isPanelDone = isDone;
    showFoot();
}

void WizardPage::tick()
{
    const runbook::Step *step = shown();
    if (step && !step->isSensed())
        m_parts.incidents.tick(m_shown);
}

/// Along the list: past headings, and with the decision where it stands.
void WizardPage::browse(bool forward)
{
    const QModelIndex from =
        m_shown.value.isEmpty() ? m_model->indexOfDecision() : m_model->indexOf(m_shown);
    if (!from.isValid())
        return;
    QModelIndex to = from;
    do
        to = to.siblingAtRow(to.row() + (forward ? 1 : -1));
    while (to.isValid() && m_model->kindAt(to) == StepListModel::Kind::Phase);
    showRow(to);
}

void WizardPage::defer()
{
    m_parts.incidents.defer(m_shown);
}

void WizardPage::override_()
{
    const runbook::Step *step = shown();
    if (!step)
        return;
    m_parts.prompter.askText(this,
                             {.title = tr("Go on without \"%1\"?").arg(step->action),
                              .note = tr("The reason goes into the timeline and the report."),
                              .confirmLabel = tr("Override this step"),
                              .placeholder = tr("Why it is not needed, or what you saw instead"),
                              .multiLine = true},
                             [this, id = m_shown](const std::optional<QString> &reason) {
                                 if (reason)
                                     m_parts.incidents.overrideStep(id, *reason);
                             });
}

void WizardPage::note()
{
    if (!incident())
        return;
    m_parts.prompter.askText(
        this,
        {.title = tr("A line for the timeline"),
         .note = tr("It gets the time of now and your name. Secrets are taken out."),
         .confirmLabel = tr("Write it down"),
         .multiLine = true},
        [this](const std::optional<QString> &text) {
            if (text)
                m_parts.incidents.addNote(*text);
        });
}

void WizardPage::draftUpdate()
{
    const incident::Incident *running = incident();
    if (!running)
        return;
    const runbook::MessageTemplate *message =
        running->checklist.runbook().messageTemplate(u"update"_s);
    const QString text =
        message ? runbook::filledTemplate(message->text, m_parts.messageWords).text : QString();
    m_parts.prompter.askText(
        this,
        {.title = tr("The next update"),
         .note = tr("It is copied for you to post; the clock for the next one starts."),
         .confirmLabel = tr("Copy the update"),
         .initial = text,
         .multiLine = true},
        [this](const std::optional<QString> &update) {
            if (update)
                m_parts.incidents.messageCopied(u"update"_s, *update);
        });
}

void WizardPage::copy()
{
    if (m_view)
        m_view->copyMain();
}

} // namespace mayday::ui
