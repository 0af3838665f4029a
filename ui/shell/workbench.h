// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desk/desk.h"
#include "ui/kit/prompter.h"
#include "ui/kit/theme.h"
#include "ui/restore/targetchoice.h"
#include "ui/shell/mainwindow.h"

namespace mayday::ui {

class BackupsPage;
class Banner;
class IncidentBand;
class NowPage;
class WizardPage;

/// Puts the pages of all features into one window and lets them speak with Desk and with one
/// another. The only place of ui/ that knows all features. GUI thread; desk, theme and prompter
/// outlive it.
class Workbench final : public QObject {
    Q_OBJECT

public:
    struct Parts {
        desk::Desk &desk;
        Theme &theme;
        Prompter &prompter;
    };
    Workbench(const Parts &parts, MainWindow &window, QObject *parent = nullptr);

private:
    void buildPages();
    void buildBand();
    void buildBanners();
    [[nodiscard]] Page *makeNow();
    [[nodiscard]] Page *makeWizard();
    [[nodiscard]] Page *makeRunbooks();
    [[nodiscard]] Page *makeBackups();
    [[nodiscard]] Page *makeIncidents();
    [[nodiscard]] Page *makeSettings();
    void connectDesk();
    void connectStatus();
    [[nodiscard]] RestorePanel::Parts restoreParts();
    [[nodiscard]] RestoreTarget restoreTarget(const QString &database, const QString &incident);
    [[nodiscard]] RestoreTargets restoreTargets();
    [[nodiscard]] QWidget *panelFor(const runbook::VerbCall &call, QWidget *parent);
    void act(const runbook::VerbCall &call);
    void startScenario(const runbook::RunbookId &id);
    void followStack();
    void followKeychain();
    void followPractice();
    void followRunning();
    void followShelf();
    void followStatus();
    void tellExpiry(const restore::ExpiryReport &report);
    void closeIncident();

    Parts m_parts;
    MainWindow &m_window;
    NowPage *m_now = nullptr;
    WizardPage *m_wizard = nullptr;   ///< nullptr until it is shown
    BackupsPage *m_backups = nullptr; ///< nullptr until it is shown
    IncidentBand *m_band = nullptr;
    Banner *m_memoryOnly = nullptr;
    Banner *m_stackError = nullptr;
    Banner *m_expiry = nullptr;            ///< what went by itself, or could not
    QList<restore::ExpiryReport> m_untold; ///< not dismissed yet, the oldest first
};

} // namespace mayday::ui
