// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/contentview.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/copybutton.h"
#include "ui/kit/errorpanel.h"
#include "ui/kit/progressstrip.h"
#include "ui/kit/sentenceheader.h"
#include "ui/restore/contentmodel.h"
#include "ui/restore/contenttexts.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

ContentView::ContentView(const Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_header(new SentenceHeader(theme, this)),
      m_copy(new CopyButton(theme, tr("Copy the answer for chat"), this)),
      m_strip(new ProgressStrip(theme, this)),
      m_error(new ErrorPanel(theme, this)),
      m_model(new ContentModel(this)),
      m_table(new ActionTable(theme, this)),
      m_stop(new ActionButton(theme, ButtonKind::Secondary, tr("Stop; nothing changes"), this)),
      m_again(new ActionButton(theme, ButtonKind::Secondary, tr("Compare again"), this)),
      m_back(new ActionButton(theme, ButtonKind::Secondary, tr("Back to the verdict"), this))
{
    m_stop->setKeyHint(tr("Esc"));
    m_stop->setShortcut(Qt::Key_Escape);
    m_header->addControl(m_copy);
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Tables compared to the letter"));
    m_table->setMonoColumns({ContentModel::Table, ContentModel::Digest});
    m_table->setNumberColumns({ContentModel::InBackup, ContentModel::Now});
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(metric::space12);
    buttons->addWidget(m_stop);
    buttons->addWidget(m_again);
    buttons->addWidget(m_back);
    buttons->addStretch();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(metric::space12);
    column->addWidget(m_header);
    column->addWidget(m_strip);
    column->addWidget(m_error);
    column->addWidget(m_table, 1);
    column->addLayout(buttons);
    column->addStretch(); // takes the room while there is no table
    connect(m_stop, &ActionButton::clicked, this, &ContentView::stopRequested);
    connect(m_again, &ActionButton::clicked, this, &ContentView::againRequested);
    connect(m_back, &ActionButton::clicked, this, &ContentView::backRequested);
}

void ContentView::showPart(Part part)
{
    m_strip->setVisible(part == Part::Progress);
    m_table->setVisible(part == Part::Table);
    m_copy->setVisible(part == Part::Table);
    m_error->setVisible(part == Part::Error);
    m_stop->setVisible(part == Part::Progress);
    m_again->setVisible(part != Part::Progress);
}

void ContentView::showProgress(const restore::ContentProgress &progress)
{
    m_header->setShape(std::nullopt);
    m_header->setSentence(contenttexts::progressSentence(progress));
    m_header->setDetail(tr("All rows come over the line once. Only questions are asked; nobody "
                           "waits for them, and nothing changes."));
    m_strip->setFacts(contenttexts::progressFacts(progress));
    m_strip->setPhases(contenttexts::progressPhases(progress));
    showPart(Part::Progress);
}

void ContentView::showCheck(const restore::ContentCheck &check)
{
    m_header->setShape(contenttexts::shape(check));
    m_header->setSentence(contenttexts::sentence(check));
    m_header->setDetail(contenttexts::detail(check));
    m_copy->setCopyText(contenttexts::forChat(check));
    m_model->setCheck(check);
    showPart(Part::Table);
}

void ContentView::showError(const Error &error)
{
    const bool isStopped = error.kind == ErrorKind::Cancelled;
    m_header->setShape(StateShape::Unknown);
    m_header->setSentence(isStopped ? tr("Stopped before there was an answer.")
                                    : tr("It could not be compared."));
    m_header->setDetail(isStopped ? tr("Nothing was changed: only questions were asked.")
                                  : QString());
    m_error->setError(error);
    m_error->setWhatIsSafe(tr("Nothing was changed: only questions were asked."));
    showPart(isStopped ? Part::Nothing : Part::Error);
}

QWidget *ContentView::initialFocus() const
{
    if (m_table->isVisibleTo(this))
        return m_table;
    return m_stop->isVisibleTo(this) ? m_stop : m_back;
}

} // namespace mayday::ui
