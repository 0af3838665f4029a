// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runbook/runbookspage.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/banner.h"
#include "ui/kit/sentenceheader.h"
#include "ui/kit/textlabel.h"
#include "ui/runbook/runbookmodel.h"

#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

/// Files with findings, each with its first line: what is wrong must not hide in a log.
QString findingsText(const runbook::RunbookLibrary &library)
{
    QStringList lines;
    for (const runbook::RunbookLibrary::Entry &file : library.files()) {
        for (const runbook::Finding &finding : file.reading.findings)
            lines.append(RunbooksPage::tr("%1, line %2: %3")
                             .arg(file.fileName)
                             .arg(finding.line)
                             .arg(finding.title));
    }
    return lines.join(u'\n');
}

} // namespace

PageIdentity RunbooksPage::place()
{
    return {.id = u"runbooks"_s, .title = tr("Runbooks"), .iconName = u"runbooks"_s};
}

RunbooksPage::RunbooksPage(const Theme &theme, const Clock &clock, QWidget *parent)
    : Page(place(), parent),
      m_model(new RunbookModel(clock, this)),
      m_header(new SentenceHeader(theme, this)),
      m_findings(new Banner(theme, BannerKind::Warn, this)),
      m_table(new ActionTable(theme, this)),
      m_summary(new TextLabel(theme, TextStyle::Base, Ink::Second, this)),
      m_start(new ActionButton(theme, ButtonKind::Primary, tr("Start this checklist"), this))
{
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Scenarios"));
    m_table->setNumberColumns({RunbookModel::Steps});
    m_table->setStretchColumn(RunbookModel::Title);
    m_table->setEmptyText(tr("No runbooks"), tr("Put Markdown files into the runbooks folder."));
    m_summary->setMeasure(75);
    m_start->setKeyHint(tr("Enter"));
    m_findings->hide();
    auto *row = new QHBoxLayout;
    row->addWidget(m_start);
    row->addStretch();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(metric::space24, metric::space24, metric::space24, metric::space24);
    column->setSpacing(metric::space16);
    column->addWidget(m_header);
    column->addWidget(m_findings);
    column->addWidget(m_table, 1);
    column->addWidget(m_summary);
    column->addLayout(row);
    connect(m_start, &ActionButton::clicked, this, &RunbooksPage::start);
    connect(m_table, &ActionTable::activated, this, &RunbooksPage::start);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &RunbooksPage::follow);
    follow();
}

void RunbooksPage::setLibrary(const runbook::RunbookLibrary &library)
{
    m_model->setLibrary(library);
    const QString sentence =
        tr("%n scenario(s) are ready to start.", nullptr, static_cast<int>(library.list().size()));
    m_header->setSentence(sentence);
    m_header->setDetail(tr("Each is a Markdown file: it reads as well on paper."));
    setSentence(sentence);
    const QString findings = findingsText(library);
    m_findings->setVisible(!findings.isEmpty());
    m_findings->setMessage(tr("Some files need a look."), findings);
    m_findings->setCopyText(findings);
    if (m_model->rowCount() > 0)
        m_table->setCurrentIndex(m_model->index(0, 0));
    follow();
}

QWidget *RunbooksPage::initialFocus()
{
    return m_table;
}

void RunbooksPage::follow()
{
    const runbook::Runbook *runbook = m_model->runbook(m_table->currentIndex().row());
    m_summary->setText(runbook ? runbook->summary : QString());
    m_start->setEnabled(runbook);
}

void RunbooksPage::start()
{
    if (const runbook::Runbook *runbook = m_model->runbook(m_table->currentIndex().row()))
        Q_EMIT startScenario(runbook->id);
}

} // namespace mayday::ui
