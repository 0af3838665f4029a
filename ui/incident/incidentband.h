// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "incident/incidentdesk.h"
#include "ui/kit/theme.h"

#include <QFrame>
#include <QTimer>

class QHBoxLayout;

namespace mayday::ui {

class ActionButton;
class Tag;
class TextLabel;

/// Always on screen while an incident runs (R5, R6): environment, scenario, recovery clock with its
/// forecast, next update, commander. 56 px; hides itself when nothing runs.
class IncidentBand final : public QFrame {
    Q_OBJECT

public:
    IncidentBand(const Theme &theme, const incident::IncidentDesk &incidents, const Clock &clock,
                 QString stackName, QWidget *parent = nullptr);

    void setStackName(const QString &name);

Q_SIGNALS:
    /// Back to the checklist.
    void checklistRequested();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Pair {
        TextLabel *caption = nullptr;
        TextLabel *value = nullptr;
    };
    [[nodiscard]] Pair addPair(QHBoxLayout &row, const QString &caption);
    void follow();
    void tick();

    const Theme &m_theme;
    const incident::IncidentDesk &m_incidents;
    const Clock &m_clock;
    QString m_stackName;
    QTimer m_ticker;
    Tag *m_tag;
    Pair m_scenario;
    Pair m_recovery;
    Pair m_update;
    Pair m_commander;
};

} // namespace mayday::ui
