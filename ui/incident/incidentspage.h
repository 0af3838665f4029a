// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "incident/incidentdesk.h"
#include "ui/kit/page.h"
#include "ui/kit/prompter.h"
#include "ui/kit/theme.h"

namespace mayday::ui {

class ActionButton;
class ActionTable;
class IncidentModel;
class SentenceHeader;
class TimelineModel;

/// Incidents and drills: the list, the timeline of the selected one, and its report as Markdown.
class IncidentsPage final : public Page {
    Q_OBJECT

public:
    struct Parts {
        const Theme &theme;
        incident::IncidentDesk &incidents;
        const Clock &clock;
        Prompter &prompter;
        std::function<QString(const incident::IncidentId &)> report;
        QString reportFolder; ///< where the file dialogue starts
    };
    [[nodiscard]] static PageIdentity place();
    explicit IncidentsPage(Parts parts, QWidget *parent = nullptr);

    [[nodiscard]] QWidget *initialFocus() override;

private:
    void build();
    void follow();
    void showSelected();
    void exportReport();
    void copyReport();
    [[nodiscard]] const incident::Incident *selected() const;

    Parts m_parts;
    SentenceHeader *m_header;
    IncidentModel *m_model;
    ActionTable *m_table;
    TimelineModel *m_timelineModel;
    ActionTable *m_timeline;
    ActionButton *m_export = nullptr;
    ActionButton *m_copy = nullptr;
};

} // namespace mayday::ui
