// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/status/restorecard.h"

#include "ui/kit/textlabel.h"
#include "ui/kit/timetext.h"

#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

std::chrono::milliseconds ageOf(const RestoreOutlook &outlook, const QDateTime &now)
{
    return std::chrono::milliseconds(std::max<qint64>(0, outlook.takenAt.msecsTo(now)));
}

QString promise(std::chrono::minutes promised)
{
    return promised.count() == 0
               ? QString()
               : RestoreCard::tr(" (promise: %1)").arg(timetext::promise(promised));
}

QString ageSentence(const RestoreOutlook &outlook, const QDateTime &now)
{
    const QString known = strong(timetext::duration(ageOf(outlook, now)));
    const QString age =
        outlook.ageIs == AgeIs::AtLeast  ? escaped(RestoreCard::tr("at least %1")).arg(known)
        : outlook.ageIs == AgeIs::AtMost ? escaped(RestoreCard::tr("at most %1")).arg(known)
                                         : known;
    const QString kind = outlook.isProven     ? RestoreCard::tr("Newest proven backup is %1 old")
                         : outlook.isComplete ? RestoreCard::tr("Newest complete backup is %1 old")
                                              : RestoreCard::tr("Newest backup is %1 old");
    return escaped(kind).arg(age) + escaped(promise(outlook.promisedLoss)) + u'.';
}

QString timeSentence(const RestoreOutlook &outlook)
{
    if (!outlook.provenTime)
        return escaped(RestoreCard::tr("No restore has been timed yet") +
                       promise(outlook.promisedTime)) +
               u'.';
    return escaped(RestoreCard::tr("Proven restore time %1"))
               .arg(strong(timetext::duration(*outlook.provenTime))) +
           escaped(promise(outlook.promisedTime)) + u'.';
}

QString warningOf(const RestoreOutlook &outlook, const QDateTime &now)
{
    if (outlook.isReading)
        return RestoreCard::tr("Being read now, to see whether it is complete.");
    if (!outlook.isComplete)
        return RestoreCard::tr("It is not whole, or it is empty or too small. Choose another one.");
    if (outlook.promisedLoss.count() > 0 && ageOf(outlook, now) > outlook.promisedLoss)
        return outlook.ageIs == AgeIs::AtMost
                   ? RestoreCard::tr("It may be older than promised. Take a new backup.")
                   : RestoreCard::tr("Older than promised. Take a new backup.");
    if (!outlook.isProven)
        return RestoreCard::tr("Nobody has restored it yet. A drill proves it.");
    if (outlook.ageIs == AgeIs::AtLeast)
        return RestoreCard::tr("It does not say when its data was taken; the file may be a copy of "
                               "an older one.");
    return {};
}

} // namespace

RestoreCard::RestoreCard(const Theme &theme, QWidget *parent)
    : QWidget(parent), m_text(nullptr), m_file(nullptr), m_warning(nullptr)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    auto *card = new Card(theme, tr("If we had to restore now"), this);
    outer->addWidget(card);
    m_text = new TextLabel(theme, TextStyle::Detail, card);
    m_file = new TextLabel(theme, TextStyle::Mono, Ink::Second, card);
    m_file->setElided(true);
    m_warning = new TextLabel(theme, TextStyle::Detail, Ink::Second, card);
    for (TextLabel *label : {m_text, m_file, m_warning})
        card->body()->addWidget(label);
    refresh({});
}

void RestoreCard::setOutlook(const RestoreOutlook &outlook)
{
    m_outlook = outlook;
}

void RestoreCard::refresh(const QDateTime &now)
{
    const bool hasBackup = !m_outlook.backupName.isEmpty();
    m_file->setVisible(hasBackup);
    m_file->setText(m_outlook.backupName);
    if (!hasBackup) {
        m_text->setMarkup(escaped(tr("There is no backup on the shelf.")));
        m_warning->setInk(Ink::Second);
        m_warning->setText(m_outlook.shelfFolder.isEmpty()
                               ? tr("Make one with pg_dump, or open a file under Backups.")
                               : tr("Put a file of pg_dump into %1, compressed or packed if you "
                                    "like (.gz, .zip, .tar, .7z), or open one under Backups.")
                                     .arg(m_outlook.shelfFolder));
        m_warning->show();
        return;
    }
    m_text->setMarkup(ageSentence(m_outlook, now) + u' ' + timeSentence(m_outlook));
    const QString warning = warningOf(m_outlook, now);
    const bool isLate =
        m_outlook.promisedLoss.count() > 0 && ageOf(m_outlook, now) > m_outlook.promisedLoss;
    m_warning->setInk(isLate || (!m_outlook.isComplete && !m_outlook.isReading) ? Ink::Warn
                                                                                : Ink::Second);
    m_warning->setText(warning);
    m_warning->setVisible(!warning.isEmpty());
}

QString RestoreCard::plainText() const
{
    QStringList lines;
    for (const TextLabel *label : {m_text, m_file, m_warning}) {
        if (!label->isHidden())
            lines += label->plainText();
    }
    return lines.join(u'\n');
}

} // namespace mayday::ui
