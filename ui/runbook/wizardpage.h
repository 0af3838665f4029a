// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "incident/incidentdesk.h"
#include "ui/kit/page.h"
#include "ui/kit/prompter.h"
#include "ui/runbook/stepview.h"

class QListView;
class QScrollArea;

namespace mayday::ui {

class ActionButton;
class StepListModel;
class TextLabel;

/// The checklist of the running incident: every step at the left, one in the middle, by keyboard
/// alone (R1 to R4, R14). Shows what IncidentDesk says; a tick appears only once it is on disk.
class WizardPage final : public Page {
    Q_OBJECT

public:
    struct Parts {
        const Theme &theme;
        incident::IncidentDesk &incidents;
        desk::StepSensor &sensor;
        const Clock &clock;
        Prompter &prompter;
        runbook::Lookup variables;
        runbook::Lookup messageWords;
        std::function<QWidget *(const runbook::VerbCall &, QWidget *parent)> panelFor;
    };
    [[nodiscard]] static PageIdentity place();
    explicit WizardPage(Parts parts, QWidget *parent = nullptr);

    void activated() override;
    [[nodiscard]] QWidget *initialFocus() override;
    [[nodiscard]] const runbook::StepId &shownStep() const { return m_shown; }
    /// The panel of the step shown needs no more: going on is now the primary thing to do.
    void setPanelDone(bool isDone);

Q_SIGNALS:
    void actionRequested(const mayday::runbook::VerbCall &call);
    void closeRequested();

private:
    void bringActions();
    void build();
    [[nodiscard]] QWidget *buildFoot();
    [[nodiscard]] QWidget *buildSide();
    [[nodiscard]] const incident::Incident *incident() const;
    [[nodiscard]] const runbook::Step *shown() const;
    void follow();
    void show(const runbook::StepId &step);
    void showRow(const QModelIndex &index);
    void rebuildStep();
    void showDecision(const runbook::Decision &decision);
    void place(QWidget *content);
    void showFoot();
    void showResumed();
    void tick();
    void browse(bool forward);
    void defer();
    void override_();
    void note();
    void draftUpdate();
    void copy();

    Parts m_parts;
    runbook::StepId m_shown;
    runbook::StepState m_shownState = runbook::StepState::Open;
    QString m_current; ///< id of the step or the decision to do now, when it was last followed
    StepListModel *m_model;
    QListView *m_list;
    TextLabel *m_resumed;
    QString m_resumedAt; ///< what was to do then; the line goes when that is done
    QScrollArea *m_scroll;
    StepView *m_view = nullptr;
    bool m_isPanelDone = false;
    QAction *m_done = nullptr;
    QAction *m_defer = nullptr;
    QAction *m_override = nullptr;
    ActionButton *m_doneButton = nullptr;
    ActionButton *m_deferButton = nullptr;
    ActionButton *m_overrideButton = nullptr;
    ActionButton *m_closeButton = nullptr;
};

} // namespace mayday::ui
