// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/progressview.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/progressstrip.h"
#include "ui/kit/sentenceheader.h"
#include "ui/kit/textlabel.h"
#include "ui/restore/restoretexts.h"
#include "ui/restore/tableresultmodel.h"

#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

ProgressView::ProgressView(const Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_header(new SentenceHeader(theme, this)),
      m_strip(new ProgressStrip(theme, this)),
      m_silence(new TextLabel(theme, TextStyle::BaseStrong, Ink::Warn, this)),
      m_connections(new TextLabel(theme, TextStyle::Detail, Ink::Second, this)),
      m_model(new TableResultModel(this)),
      m_table(new ActionTable(theme, this)),
      m_stop(new ActionButton(theme, ButtonKind::Secondary, tr("Stop and clean up"), this))
{
    m_stop->setKeyHint(tr("Esc"));
    m_stop->setShortcut(Qt::Key_Escape);
    m_header->addControl(m_stop);
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Tables"));
    m_table->setMonoColumns({TableResultModel::Table});
    m_table->setNumberColumns({TableResultModel::InDump, TableResultModel::Now});
    m_table->setEmptyText(tr("The verdict comes table by table"),
                          tr("First everything is loaded, then every table is counted."));
    m_connections->hide();
    m_silence->hide();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(metric::space16);
    column->addWidget(m_header);
    column->addWidget(m_strip);
    column->addWidget(m_silence);
    column->addWidget(m_connections);
    column->addWidget(m_table, 1);
    connect(m_stop, &ActionButton::clicked, this, &ProgressView::stopRequested);
}

void ProgressView::setProgress(const restore::RestoreProgress &progress)
{
    m_header->setSentence(m_isStopping ? restoretexts::stoppingSentence(progress)
                                       : restoretexts::progressSentence(progress));
    m_header->setDetail(restoretexts::progressDetail(progress));
    m_connections->setText(restoretexts::connectionLines(progress));
    m_connections->setVisible(!progress.connections.isEmpty());
    m_silence->setText(restoretexts::silenceSentence(progress));
    m_silence->setVisible(!m_silence->text().isEmpty());
    m_strip->setFacts(restoretexts::progressFacts(progress));
    m_strip->setPhases(restoretexts::progressPhases(progress));
    m_model->setResults(progress.tables, progress.phase == restore::RestorePhase::Proving);
}

void ProgressView::setStopping(bool stopping)
{
    m_isStopping = stopping;
    m_stop->setEnabled(!stopping);
}

QWidget *ProgressView::initialFocus() const
{
    return m_table;
}

} // namespace mayday::ui
