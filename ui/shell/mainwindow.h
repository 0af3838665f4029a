// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "ui/kit/page.h"
#include "ui/shell/navigationrail.h"
#include "ui/shell/pagestack.h"
#include "ui/shell/palettemodel.h"
#include "ui/shell/statusstrip.h"
#include "ui/shell/windowmode.h"

#include <QMainWindow>
#include <QPointer>

class QVBoxLayout;

namespace mayday::ui {

class Banner;
class BannerColumn;
class CommandPalette;
class HelpOverlay;

/// The frame of everything: rail, incident band, banners, pages, status line, palette and help.
///
/// Knows no feature: pages bring themselves and their actions. Owns pages, band and banners once
/// they are given to it. Remembers its size in the ini file it is given; a file that cannot be read
/// or written costs only that. GUI thread.
class MainWindow final : public QMainWindow {
    Q_OBJECT
public:
    struct Settings {
        QString stateFile; ///< Profile::windowStateFile(); empty: nothing is remembered
        QTimeZone here = QTimeZone::systemTimeZone();
    };

    MainWindow(const Theme &theme, const Clock &clock, Settings settings,
               QWidget *parent = nullptr);
    ~MainWindow() override;

    /// The first page becomes the current one; the others are made when they are wanted, as
    /// PageStack says. Alt+1, Ctrl+1 and so on lead to those in the rail.
    void addPage(const PageIdentity &identity, PageStack::MakePage make,
                 RailPlace place = RailPlace::Top);
    /// False when there is no such page.
    bool showPage(const QString &id);
    [[nodiscard]] Page *currentPage() const;
    /// nullptr when there is none of this id.
    [[nodiscard]] Page *page(const QString &id) { return m_stack->page(id); }

    /// Any widget, on top of every page; nullptr takes it away. The one before is deleted.
    void setBand(QWidget *band);
    /// Above every page, for what is true everywhere ("secrets are only in memory").
    void addBanner(Banner *banner);
    void setMode(WindowMode mode);
    [[nodiscard]] WindowMode mode() const { return m_frame->mode(); }
    void setStatus(const StatusFacts &facts);
    [[nodiscard]] StatusStrip *statusStrip() const { return m_strip; }

    /// Shown, not minimised, in front.
    void bringToFront();
    void openPalette();
    void openHelp();
    [[nodiscard]] CommandPalette *commandPalette() const { return m_palette; }
    [[nodiscard]] HelpOverlay *helpOverlay() const { return m_help; }

Q_SIGNALS:
    void pageChanged(const QString &id);

protected:
    void closeEvent(QCloseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void build();
    QAction *bringAction(const QString &text, const QList<QKeySequence> &keys);
    void addKeys(const PageIdentity &identity);
    void switchTo(Page *page);
    void enter(Page *page);
    void run(QAction *action);
    void showTitle();
    void restoreState();
    void rememberState() const;

    const Theme &m_theme;
    const Clock &m_clock;
    Settings m_settings;
    ModeFrame *m_frame = nullptr;
    NavigationRail *m_rail = nullptr;
    QVBoxLayout *m_bandSlot = nullptr;
    BannerColumn *m_banners = nullptr;
    PageStack *m_stack = nullptr;
    StatusStrip *m_strip = nullptr;
    CommandPalette *m_palette = nullptr;
    HelpOverlay *m_help = nullptr;
    QPointer<QWidget> m_band;
    int m_railKeys = 0;
};

} // namespace mayday::ui
