// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/status/checklistcard.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/textlabel.h"

#include <QAction>
#include <QVBoxLayout>

namespace mayday::ui {

ChecklistCard::ChecklistCard(const Theme &theme, QAction *allScenarios, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_card(new Card(theme, tr("Start a checklist"), this)),
      m_empty(new TextLabel(theme, TextStyle::Detail, Ink::Second, m_card))
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    outer->addWidget(m_card);
    m_empty->setText(
        tr("No runbook could be read. See Runbooks for what is wrong with the files."));
    m_card->body()->addWidget(m_empty);
    auto *all = new ActionButton(theme, ButtonKind::Quiet, allScenarios, m_card);
    m_card->body()->addWidget(all, 0, Qt::AlignLeft);
}

void ChecklistCard::addRow()
{
    const qsizetype index = m_rows.size();
    const Row row{.button = new ActionButton(m_theme, ButtonKind::Secondary, QString(), m_card),
                  .reason = new TextLabel(m_theme, TextStyle::Caption, Ink::Second, m_card)};
    row.button->setLarge(true);
    row.button->setKeyHint(QString::number(index + 1));
    connect(row.button, &QPushButton::clicked, this, [this, index] { Q_EMIT chosen(index); });
    // Before the link to all scenarios, which stays last.
    const int place = m_card->body()->count() - 1;
    m_card->body()->insertWidget(place, row.button);
    m_card->body()->insertWidget(place + 1, row.reason);
    // The order of the keyboard is the order of the eye.
    if (index > 0)
        setTabOrder(m_rows.last().button, row.button);
    m_rows.append(row);
}

void ChecklistCard::setOffers(const QList<ScenarioOffer> &offers)
{
    if (offers == m_offers)
        return;
    m_offers = offers;
    m_empty->setVisible(offers.isEmpty());
    while (m_rows.size() < offers.size())
        addRow();
    for (qsizetype index = 0; index < m_rows.size(); ++index) {
        const Row &row = m_rows.at(index);
        const bool isUsed = index < offers.size();
        row.button->setVisible(isUsed);
        row.reason->setVisible(isUsed && !offers.at(index).because.isEmpty());
        if (!isUsed)
            continue;
        const ScenarioOffer &offer = offers.at(index);
        const bool isFirst = index == 0 && !offer.because.isEmpty();
        row.button->setText(offer.title);
        row.button->setAccessibleName(offer.because.isEmpty()
                                          ? tr("Start the checklist %1").arg(offer.title)
                                          : tr("Start the checklist %1, suggested because %2")
                                                .arg(offer.title, offer.because));
        row.button->setKind(isFirst ? ButtonKind::Primary : ButtonKind::Secondary);
        row.reason->setText(tr("Suggested: %1").arg(offer.because));
    }
}

QWidget *ChecklistCard::firstButton() const
{
    return m_offers.isEmpty() ? nullptr : m_rows.first().button;
}

} // namespace mayday::ui
