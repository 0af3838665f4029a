// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desk/stepsensor.h"
#include "runbook/checklist.h"
#include "runbook/placeholders.h"
#include "ui/kit/theme.h"

#include <QWidget>

#include <functional>

class QVBoxLayout;

namespace mayday::ui {

class MessageView;
class SensedView;

/// One step in the middle of the screen (R1): verb first, what it means, what to press, what to
/// expect; the rest folded away. Made anew for every step, so it holds no state of its own.
class StepView final : public QWidget {
    Q_OBJECT

public:
    struct Parts {
        const Theme &theme;
        const Clock &clock;
        runbook::Lookup variables;    ///< {{service.backend.url}}
        runbook::Lookup messageWords; ///< [time of next update]
        /// A widget for an action that needs room of its own ("restore"), or nullptr.
        std::function<QWidget *(const runbook::VerbCall &, QWidget *parent)> panelFor;
    };
    StepView(const Parts &parts, const runbook::Checklist &checklist, const runbook::Step &step,
             QWidget *parent = nullptr);

    void setReadings(const QList<desk::CheckReading> &readings);
    /// Copies the message of this step, or its first command; nothing when there is neither.
    void copyMain();
    [[nodiscard]] bool hasPanel() const { return m_panel; }
    /// The widget with room of its own; nullptr when the step has none.
    [[nodiscard]] QWidget *panel() const { return m_panel; }

Q_SIGNALS:
    void actionRequested(const mayday::runbook::VerbCall &call);
    void messageCopied(const QString &name, const QString &text);

private:
    void addHeading(const runbook::Checklist &checklist, const runbook::Step &step);
    [[nodiscard]] QString pauseBefore(const runbook::Checklist &checklist,
                                      const runbook::Step &step) const;
    void addOutcome(const runbook::StepOutcome &outcome);
    void addActions(const runbook::Checklist &checklist, const runbook::Step &step);
    void addCommands(const runbook::Step &step);
    void addFold(const runbook::Step &step);
    [[nodiscard]] QString filled(const QString &text) const;

    Parts m_parts;
    QVBoxLayout *m_column;
    SensedView *m_sensed = nullptr;
    MessageView *m_message = nullptr;
    QString m_firstCommand;
    QWidget *m_panel = nullptr;
};

} // namespace mayday::ui
