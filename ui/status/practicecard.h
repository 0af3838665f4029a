// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/card.h"
#include "ui/status/practicestate.h"

class QAction;
class QBoxLayout;

namespace mayday::ui {

/// "Practice": breaks something, puts it right again, and says that nothing here is real. Hidden
/// unless practice is on; the buttons wait until it is ready. The actions are the page's;
/// the last one mends, the others stand in a row where there is room.
class PracticeCard final : public QWidget {
    Q_OBJECT
public:
    PracticeCard(const Theme &theme, const QList<QAction *> &actions, QWidget *parent = nullptr);
    void setState(const PracticeState &state);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QBoxLayout *m_buttons;
    QList<QAction *> m_actions;
};

} // namespace mayday::ui
