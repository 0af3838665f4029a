// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "status/statusboard.h"
#include "ui/kit/page.h"
#include "ui/kit/theme.h"
#include "ui/status/practicestate.h"
#include "ui/status/restoreoutlook.h"
#include "ui/status/scenariooffer.h"

#include <QTimer>
#include <QTimeZone>

#include <functional>

class QBoxLayout;
class QScrollArea;

namespace mayday::ui {

class Banner;
class ChangesCard;
class ChecklistCard;
class PracticeCard;
class RestoreCard;
class SentenceHeader;
class TileGrid;

/// The first screen: us or them, since when, what changed, which checklist (R17).
///
/// Watches the board, which must outlive it; asks nothing of the network. Ages run while it is
/// shown. What it is told to do it hands on by signals. GUI thread; cannot fail.
class NowPage final : public Page {
    Q_OBJECT
public:
    /// What the page needs to know from outside.
    struct Surroundings {
        std::function<QList<ScenarioOffer>()> scenarios; ///< all at hand, the library's order
        QString stackName;
        QTimeZone here = QTimeZone::systemTimeZone();
    };

    [[nodiscard]] static PageIdentity place();
    NowPage(const Theme &theme, status::StatusBoard &board, const Clock &clock,
            Surroundings surroundings, QWidget *parent = nullptr);
    ~NowPage() override;

    void setPractice(const PracticeState &state);
    void setRestoreOutlook(const RestoreOutlook &outlook);
    void setStackName(const QString &name);
    /// Asks `scenarios` again: the library has changed.
    void reloadScenarios();

    [[nodiscard]] const QList<ScenarioOffer> &offers() const;
    void activated() override;
    [[nodiscard]] QWidget *initialFocus() override;

Q_SIGNALS:
    void startScenario(const mayday::runbook::RunbookId &id);
    void openRunbooks();
    void refreshRequested();
    void breakSomething(mayday::ui::Mishap mishap);
    void putRight();
    /// "Try again" after practice could not be set up.
    void retryPractice();
    /// The block is on the clipboard.
    void copiedForChat(const QString &text);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void bringActions();
    void build();
    [[nodiscard]] QWidget *buildTiles();
    [[nodiscard]] QWidget *buildSide();
    void watchBoard();
    void showVerdict();
    void showTiles();
    void showChanges();
    void showOffers();
    void showPracticeBanner();
    void tick();
    void start(qsizetype index);
    void copyForChat();

    const Theme &m_theme;
    status::StatusBoard &m_board;
    const Clock &m_clock;
    Surroundings m_surroundings;
    PracticeState m_practiceState;
    QList<ScenarioOffer> m_scenarios;
    QTimer m_ticker;

    QList<QAction *> m_startActions;
    QList<QAction *> m_practiceActions;
    QAction *m_copyAction = nullptr;
    QAction *m_runbooksAction = nullptr;
    QAction *m_retryAction = nullptr;

    QScrollArea *m_scroll = nullptr;
    QBoxLayout *m_columns = nullptr;
    Banner *m_banner = nullptr;
    SentenceHeader *m_header = nullptr;
    TileGrid *m_us = nullptr;
    TileGrid *m_them = nullptr;
    QWidget *m_side = nullptr;
    ChecklistCard *m_checklists = nullptr;
    ChangesCard *m_changes = nullptr;
    RestoreCard *m_restore = nullptr;
    PracticeCard *m_practice = nullptr;
};

} // namespace mayday::ui
