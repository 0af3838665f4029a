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

namespace {

/// Everything that asks for its connection says why there is none.
RestoreTarget noTarget()
{
    RestoreTarget none;
    none.connection = []() -> Result<postgres::ConnectionString> {
        return failure({.kind = ErrorKind::NotFound,
                        .subject = u"a database to restore into"_s,
                        .detail = u"the stack does not have one (yet)"_s,
                        .advice = Advice::EditStackFile});
    };
    return none;
}

} // namespace

PageIdentity BackupsPage::place()
{
    return {.id = u"backups"_s, .title = tr("Backups"), .iconName = u"backups"_s};
}

BackupsPage::BackupsPage(const RestorePanel::Parts &parts, QWidget *parent)
    : Page(place(), parent),
      m_parts(parts),
      m_header(new SentenceHeader(parts.theme, this)),
      m_into(new TargetChoice(parts.theme, this)),
      m_panel(new RestorePanel(parts, this)),
      m_kept(new KeptView(parts, this)),
      m_keptButton(
          new ActionButton(parts.theme, ButtonKind::Secondary, tr("What restores have kept"), this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(metric::space24, metric::space24, metric::space24, metric::space24);
    column->setSpacing(metric::space16);
    column->addWidget(m_header);
    column->addWidget(m_into);
    column->addWidget(m_panel, 1);
    column->addWidget(m_kept, 1);
    m_header->addControl(m_keptButton);
    m_kept->hide();
    connect(m_keptButton, &ActionButton::clicked, this, [this] { showKept(true); });
    connect(m_kept, &KeptView::backRequested, this, [this] { showKept(false); });
    auto *refresh = bringAction(tr("Look for backups again"), Qt::Key_F5);
    connect(refresh, &QAction::triggered, &parts.shelf, &backup::BackupShelf::refresh);
    connect(&parts.shelf, &backup::BackupShelf::changed, this, &BackupsPage::followShelf);
    connect(m_into, &TargetChoice::chosen, this, &BackupsPage::choose);
    const restore::RestoreDesk &desk = parts.desk;
    connect(&desk, &restore::RestoreDesk::restoreChanged, this, &BackupsPage::followBusy);
    connect(&desk, &restore::RestoreDesk::progressChanged, this, &BackupsPage::followBusy);
    connect(&desk, &restore::RestoreDesk::bringBackFinished, this, &BackupsPage::followBusy);
    connect(&desk, &restore::RestoreDesk::discardFinished, this, &BackupsPage::followBusy);
    connect(&desk, &restore::RestoreDesk::failed, this, &BackupsPage::followBusy);
    tell();
}

void BackupsPage::setTargets(const RestoreTargets &targets)
{
    m_targets = targets;
    // What runs, and what somebody is at, keeps its target.
    const bool stays = m_parts.desk.isBusy() || !m_panel->isChoosing();
    use(stays ? m_used : m_chosen);
}

void BackupsPage::choose(const QString &database)
{
    if (m_parts.desk.isBusy()) {
        m_into->showTargets(m_targets, m_used); // it began a moment ago
        return;
    }
    m_chosen = database;
    Q_EMIT targetChosen(database);
    if (database != m_used)
        use(database);
}

void BackupsPage::use(const QString &wanted)
{
    const auto find = [this](const QString &id) {
        return std::ranges::find(m_targets.all, id, &RestoreTarget::database);
    };
    auto target = find(wanted);
    if (target == m_targets.all.end())
        target = find(usualTarget(m_targets, m_parts.shelf.entries()));
    const bool isThere = target != m_targets.all.end();
    m_used = isThere ? target->database : QString();
    m_into->showTargets(m_targets, m_used);
    followBusy();
    m_panel->setTarget(isThere ? *target : noTarget());
    m_kept->setTarget(isThere ? *target : noTarget());
}

/// They may turn out to be of another database than was thought, until somebody has chosen.
void BackupsPage::followShelf()
{
    tell();
    const bool isAtKept = m_kept->isVisibleTo(this);
    if (m_chosen.isEmpty() && m_targets.all.size() > 1 && m_panel->isChoosing() && !isAtKept &&
        !m_parts.desk.isBusy() && usualTarget(m_targets, m_parts.shelf.entries()) != m_used)
        use({});
}

void BackupsPage::followBusy()
{
    m_into->setFree(!m_parts.desk.isBusy());
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
        sentence = agetexts::sentence(newest->dataTime(), m_parts.clock.now());
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
