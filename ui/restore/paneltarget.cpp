// SPDX-License-Identifier: GPL-3.0-or-later
// RestorePanel's target: what is shown of it, and what is said of it before the button.
#include "backup/backupshelf.h"
#include "ui/restore/chooseview.h"
#include "ui/restore/planview.h"
#include "ui/restore/restorepanel.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

void RestorePanel::setTarget(const RestoreTarget &target)
{
    m_left.insert(m_target.database, m_shown);
    const bool isOther = target.database != m_target.database;
    const QString planned = m_view == m_plan ? m_draft.file : QString();
    if (isOther) { // what was asked was about the one before
        m_asking.requestStop();
        m_comparing.requestStop();
        m_comparingTick.stop();
    }
    m_target = target;
    m_choose->setDatabase(target.described.database());
    const restore::RestoreRecord *record = latest();
    if (record)
        follow(record->id);
    else if (isOther && !planned.isEmpty())
        choose(planned);
    else
        showChoice();
}

bool RestorePanel::isChoosing() const
{
    return m_view == m_choose;
}

/// The newest restore of this target; inside an incident only the incident's own. Outside of one
/// what runs, or what was looked at before somebody turned to another database: from there it can
/// be put back.
const restore::RestoreRecord *RestorePanel::latest() const
{
    const auto &records = m_parts.desk.records();
    const restore::RestoreId left = m_left.value(m_target.database);
    const auto found = std::ranges::find_if(records, [&](const restore::RestoreRecord &record) {
        const bool isOurs =
            record.database == m_target.database && record.incident == m_target.incident;
        return isOurs && (!m_target.incident.isEmpty() ||
                          record.state == restore::RestoreState::Running || record.id == left);
    });
    return found == records.end() ? nullptr : &*found;
}

/// Into which of the databases, by the name people have for it; and that the backup was made of
/// another one, which may be meant.
QList<Fact> RestorePanel::targetFacts(const backup::BackupEntry &entry) const
{
    QList<Fact> facts;
    if (!m_target.name.isEmpty())
        facts.append({tr("Into"),
                      {{m_target.name, FactStyle::Strong},
                       {u" "_s + tr("(%1 in stack.yaml)").arg(m_target.database)}}});
    if (const QString &made = entry.manifest.database; !made.isEmpty() &&
                                                       !m_target.described.database().isEmpty() &&
                                                       made != m_target.described.database())
        facts.append(fact(tr("Made of"),
                          tr("the database %1, and not of %2: it goes there all the same")
                              .arg(made, m_target.described.database()),
                          FactStyle::Danger));
    return facts;
}

} // namespace mayday::ui
