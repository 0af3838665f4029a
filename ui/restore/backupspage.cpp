// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/backupspage.h"

#include "backup/backupshelf.h"
#include "ui/kit/actionbutton.h"
#include "ui/kit/sentenceheader.h"
#include "ui/restore/agetexts.h"
#include "ui/restore/keptview.h"

#include <QAction>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

PageIdentity BackupsPage::place()
{
    return {.id = u"backups"_s, .title = tr("Backups"), .iconName = u"backups"_s};
}

BackupsPage::BackupsPage(const RestorePanel::Parts &parts, QWidget *parent)
    : Page(place(), parent),
      m_parts(parts),
      m_header(new SentenceHeader(parts.theme, this)),
      m_panel(new RestorePanel(parts, this)),
      m_kept(new KeptView(parts, this)),
      m_keptButton(
          new ActionButton(parts.theme, ButtonKind::Secondary, tr("What restores have kept"), this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(metric::space24, metric::space24, metric::space24, metric::space24);
    column->setSpacing(metric::space16);
    column->addWidget(m_header);
    column->addWidget(m_panel, 1);
    column->addWidget(m_kept, 1);
    m_header->addControl(m_keptButton);
    m_kept->hide();
    connect(m_keptButton, &ActionButton::clicked, this, [this] { showKept(true); });
    connect(m_kept, &KeptView::backRequested, this, [this] { showKept(false); });
    auto *refresh = bringAction(tr("Look for backups again"), Qt::Key_F5);
    connect(refresh, &QAction::triggered, &parts.shelf, &backup::BackupShelf::refresh);
    connect(&parts.shelf, &backup::BackupShelf::changed, this, &BackupsPage::tell);
    tell();
}

void BackupsPage::setTarget(const RestoreTarget &target)
{
    m_panel->setTarget(target);
    m_kept->setTarget(target);
}

void BackupsPage::showKept(bool kept)
{
    m_header->setVisible(!kept);
    m_panel->setVisible(!kept);
    m_kept->setVisible(kept);
    if (kept)
        m_kept->ask();
    initialFocus()->setFocus();
}

void BackupsPage::activated()
{
    m_parts.shelf.refresh();
}

QWidget *BackupsPage::initialFocus()
{
    return m_kept->isVisibleTo(this) ? m_kept->initialFocus() : m_panel->initialFocus();
}

/// The page's question: is there a backup that can be trusted, and how old is it?
void BackupsPage::tell()
{
    const auto &entries = m_parts.shelf.entries();
    const auto newest = std::ranges::find_if(entries, &backup::BackupEntry::isTrusted);
    QString sentence;
    if (newest != entries.end())
        sentence = tr("The newest complete backup is %1 old.")
                       .arg(agetexts::length(newest->dataTime(), m_parts.clock.now()));
    else if (entries.isEmpty())
        sentence = tr("There is no backup here.");
    else
        sentence = m_parts.shelf.isReading() ? tr("Reading the backups to their end...")
                                             : tr("No backup here is complete.");
    m_header->setSentence(sentence);
    m_header->setDetail(tr("From %1").arg(m_parts.shelf.folder()));
    setSentence(sentence);
}

} // namespace mayday::ui
