// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/incident/incidentspage.h"

#include "core/atomicfile.h"
#include "ui/incident/incidentmodel.h"
#include "ui/incident/timelinemodel.h"
#include "ui/kit/actionbutton.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/card.h"
#include "ui/kit/sentenceheader.h"
#include "ui/kit/textlabel.h"
#include "ui/kit/timetext.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

PageIdentity IncidentsPage::place()
{
    return {.id = u"incidents"_s, .title = tr("Incidents"), .iconName = u"incidents"_s};
}

IncidentsPage::IncidentsPage(Parts parts, QWidget *parent)
    : Page(place(), parent),
      m_parts(std::move(parts)),
      m_header(new SentenceHeader(m_parts.theme, this)),
      m_model(new IncidentModel(m_parts.incidents, m_parts.clock, this)),
      m_table(new ActionTable(m_parts.theme, this)),
      m_timelineModel(new TimelineModel(this)),
      m_timeline(new ActionTable(m_parts.theme, this))
{
    build();
    connect(&m_parts.incidents, &incident::IncidentDesk::incidentChanged, this,
            &IncidentsPage::follow);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &IncidentsPage::showSelected);
    connect(m_model, &QAbstractItemModel::modelReset, this, &IncidentsPage::follow);
    follow();
}

void IncidentsPage::build()
{
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Incidents"));
    m_table->setStretchColumn(IncidentModel::Title);
    m_table->setEmptyText(
        tr("No incident yet"),
        tr("Start a checklist on Now. A drill counts: it is how teams get fast."));
    m_timeline->setModel(m_timelineModel);
    m_timeline->setAccessibleName(tr("Timeline"));
    m_timeline->setMonoColumns({TimelineModel::At});
    m_timeline->setStretchColumn(TimelineModel::What);
    m_timeline->setEmptyText(
        tr("The timeline writes itself"),
        tr("Every step, message, restore and change of status gets its line."));
    auto *save = bringAction(tr("Save the report..."), QKeySequence::Save);
    auto *copy = bringAction(tr("Copy the report"), Qt::Key_C);
    m_export = new ActionButton(m_parts.theme, ButtonKind::Primary, save, this);
    m_copy = new ActionButton(m_parts.theme, ButtonKind::Secondary, copy, this);
    m_header->addControl(m_copy);
    m_header->addControl(m_export);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(metric::space24, metric::space24, metric::space24, metric::space24);
    column->setSpacing(metric::space12);
    column->addWidget(m_header);
    column->addWidget(m_table, 2);
    column->addWidget(sectionLabel(m_parts.theme, tr("Timeline"), this));
    column->addWidget(m_timeline, 3);
    connect(save, &QAction::triggered, this, &IncidentsPage::exportReport);
    connect(copy, &QAction::triggered, this, &IncidentsPage::copyReport);
}

QWidget *IncidentsPage::initialFocus()
{
    return m_table;
}

const incident::Incident *IncidentsPage::selected() const
{
    return m_model->incident(m_table->currentIndex().row());
}

void IncidentsPage::follow()
{
    if (!m_table->currentIndex().isValid() && m_model->rowCount() > 0)
        m_table->setCurrentIndex(m_model->index(0, 0));
    const incident::Incident *running = m_parts.incidents.running();
    const auto count = static_cast<int>(m_parts.incidents.incidents().size());
    const QString sentence = running ? tr("%1 is running.").arg(running->title)
                             : count == 0
                                 ? tr("Nothing has happened yet.")
                                 : tr("%n incident(s) and drill(s) in the record.", nullptr, count);
    m_header->setSentence(sentence);
    m_header->setDetail(tr("The record is append-only: every line is chained to the one before."));
    setSentence(sentence);
    showSelected();
}

void IncidentsPage::showSelected()
{
    const incident::Incident *incident = selected();
    m_timelineModel->setTimeline(incident ? incident->timeline : QList<incident::TimelineEntry>());
    m_timeline->scrollToBottom();
    m_export->setEnabled(incident);
    m_copy->setEnabled(incident);
}

void IncidentsPage::exportReport()
{
    const incident::Incident *incident = selected();
    if (!incident)
        return;
    m_parts.prompter.askFile(this,
                             {.title = tr("Save the report"),
                              .mode = FileQuestion::Mode::Save,
                              .folder = m_parts.reportFolder,
                              .suggestedName = incident->id.text() + u".md"_s,
                              .filters = {tr("Markdown (*.md)")}},
                             [this, id = incident->id](const std::optional<QString> &path) {
                                 if (!path)
                                     return;
                                 const auto written =
                                     writeFileAtomically(*path, m_parts.report(id).toUtf8());
                                 if (written)
                                     m_header->setDetail(tr("Saved as %1.").arg(*path));
                                 else
                                     m_parts.prompter.showError(written.error());
                             });
}

void IncidentsPage::copyReport()
{
    if (const incident::Incident *incident = selected()) {
        QGuiApplication::clipboard()->setText(m_parts.report(incident->id));
        m_header->setDetail(tr("The report is on the clipboard."));
    }
}

} // namespace mayday::ui
