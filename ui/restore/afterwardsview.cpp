// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/afterwardsview.h"

#include "ui/kit/copybutton.h"
#include "ui/kit/stateglyph.h"
#include "ui/kit/textlabel.h"
#include "ui/kit/timetext.h"
#include "ui/restore/restoretexts.h"

#include <QGridLayout>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

/// There is a table, too; all of them are in what is copied for the chat.
constexpr qsizetype mostShown = 5;
constexpr int glyphExtent = 12;

} // namespace

AfterwardsView::AfterwardsView(const Theme &theme, QWidget *parent)
    : FittedArea(tr("What is left to do after the restore"), parent),
      m_theme(theme),
      m_found(new QGridLayout),
      m_general(new TextLabel(theme, TextStyle::Detail, Ink::Second))
{
    m_general->setSelectable(true);
    m_found->setContentsMargins({});
    m_found->setHorizontalSpacing(metric::space8);
    m_found->setVerticalSpacing(metric::space4);
    m_found->setColumnStretch(1, 1);
    column()->setSpacing(metric::space4);
    column()->addLayout(m_found);
    column()->addWidget(m_general);
    column()->addStretch();
}

void AfterwardsView::setRecord(const restore::RestoreRecord &record)
{
    while (QLayoutItem *item = m_found->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const QStringList found = restoretexts::cameToLife(record);
    m_count = found.size();
    QStringList lines = found.mid(0, mostShown);
    if (m_count > mostShown)
        lines.append(tr("And %1 more: the verdict for the chat has them all.")
                         .arg(timetext::count(m_count - mostShown)));
    for (int row = 0; row < lines.size(); ++row) {
        auto *glyph = new StateGlyph(m_theme, StateShape::Degraded, widget());
        glyph->setExtent(glyphExtent);
        glyph->setAccessibleName(tr("To be looked at"));
        auto *text = new TextLabel(m_theme, TextStyle::Detail, widget());
        text->setText(lines[row]);
        text->setSelectable(true);
        m_found->addWidget(glyph, row, 0, Qt::AlignTop);
        m_found->addWidget(text, row, 1);
    }
    if (m_count > 0 && record.receipt && record.receipt->afterwards)
        addJobs(record.receipt->afterwards->jobsOff, static_cast<int>(lines.size()));
    m_general->setText(restoretexts::whatNext(record).join(u'\n'));
    fit();
}

/// Below what was found, which begins with how many there are.
void AfterwardsView::addJobs(const QList<restore::JobOff> &jobs, int row)
{
    QStringList all;
    for (const restore::JobOff &job : jobs)
        all.append(job.switchOn);
    const auto add = [this, &row](const QString &markup, const QString &what,
                                  const QString &copied) {
        auto *text = new TextLabel(m_theme, TextStyle::Detail, widget());
        text->setMarkup(markup);
        text->setSelectable(true);
        auto *copy = new CopyButton(m_theme, what, widget());
        copy->setCopyText(copied);
        m_found->addWidget(text, row, 1);
        m_found->addWidget(copy, row++, 2, Qt::AlignTop);
    };
    for (const restore::JobOff &job : jobs.mid(0, mostShown))
        add(escaped(tr("Switch on %1:").arg(restore::jobInWords(job))) + u' ' + code(job.switchOn),
            tr("Copy the statement that switches on job %1").arg(job.id), job.switchOn);
    if (jobs.size() > 1)
        add(escaped(jobs.size() > mostShown
                        ? tr("And %1 more jobs; the button copies the statements for all of them.")
                              .arg(timetext::count(jobs.size() - mostShown))
                        : tr("Or all of them at once.")),
            tr("Copy the statements that switch on all jobs"), all.join(u'\n'));
}

bool AfterwardsView::isEmpty() const
{
    return m_count == 0 && m_general->plainText().isEmpty();
}

QString AfterwardsView::title() const
{
    return m_count == 0 ? tr("After the restore")
                        : tr("After the restore: %1 to look at").arg(timetext::count(m_count));
}

} // namespace mayday::ui
