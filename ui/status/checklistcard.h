// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/card.h"
#include "ui/status/scenariooffer.h"

class QAction;

namespace mayday::ui {

class ActionButton;

/// "Start a checklist": one large button with its number key per offer, the suggested one first,
/// filled, with the reason below; then all scenarios. Keeps its buttons, so that the focus stays
/// where it is when offers change.
class ChecklistCard final : public QWidget {
    Q_OBJECT
public:
    /// allScenarios is the page's action "All 12 scenarios".
    ChecklistCard(const Theme &theme, QAction *allScenarios, QWidget *parent = nullptr);
    void setOffers(const QList<ScenarioOffer> &offers);
    [[nodiscard]] const QList<ScenarioOffer> &offers() const { return m_offers; }
    /// The first offer's button; nullptr when there is nothing to offer.
    [[nodiscard]] QWidget *firstButton() const;

Q_SIGNALS:
    void chosen(qsizetype index);

private:
    struct Row {
        ActionButton *button;
        TextLabel *reason;
    };
    void addRow();

    const Theme &m_theme;
    Card *m_card;
    TextLabel *m_empty;
    QList<Row> m_rows;
    QList<ScenarioOffer> m_offers;
};

} // namespace mayday::ui
