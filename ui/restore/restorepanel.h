// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/restoredesk.h"
#include "ui/kit/facttable.h"
#include "ui/kit/prompter.h"
#include "ui/kit/theme.h"

#include <QHash>
#include <QTimer>
#include <QWidget>

#include <functional>

namespace mayday::backup {
class BackupShelf;
struct BackupEntry;
} // namespace mayday::backup

namespace mayday::ui {

class CameAfterView;
class ChooseView;
class ContentView;
class ObjectsView;
class PlanView;
class ProgressView;
class TablesView;
class VerdictView;

/// Where a restore goes, in the user's terms.
struct RestoreTarget {
    QString database;    ///< id in stack.yaml
    QString name;        ///< as people call it: "shop"
    QString environment; ///< "production", "practice"
    QString incident;    ///< empty outside an incident
    QList<restore::TeamCheck> checks = {};
    int keepDays = 0; ///< what is kept goes after so many; 0: when somebody discards it
    /// As stack.yaml has it, without a password; empty when that cannot be read.
    postgres::ConnectionString described = {};
    /// With its password; asked again each time, since credentials change.
    std::function<Result<postgres::ConnectionString>()> connection;
};

/// The whole way of a restore in one widget: choose, plan, confirm, watch, verdict, put back, bring
/// back what came after; or only bring rows back, from a copy beside the live data. Alone on the
/// Backups page or inside the step of an incident; both show what RestoreDesk knows, so closing
/// either loses nothing.
class RestorePanel final : public QWidget {
    Q_OBJECT

public:
    struct Parts {
        const Theme &theme;
        restore::RestoreDesk &desk;
        backup::BackupShelf &shelf;
        const Clock &clock;
        Prompter &prompter;
    };
    explicit RestorePanel(const Parts &parts, QWidget *parent = nullptr);

    /// Shows what runs or ended there; otherwise begins with the choice of a backup. Whoever was
    /// at a plan gets that of the same backup for the new target.
    void setTarget(const RestoreTarget &target);
    /// Jumps to the plan for one backup.
    void choose(const QString &path);
    /// Whether nobody has gone further than to the list of backups.
    [[nodiscard]] bool isChoosing() const;
    [[nodiscard]] QWidget *initialFocus() const;

protected:
    void showEvent(QShowEvent *event) override;

Q_SIGNALS:
    /// Whether nothing is left to do here: the restored data is live, and proven.
    void doneChanged(bool isDone);

private:
    void connectPlan();
    void connectVerdict();
    void connectDesk();
    void turnTo(QWidget *view);
    void showRestore(const restore::RestoreRecord &record);
    void showChoice();
    void takeFocus();
    void askServer();
    void showPlan(const backup::BackupEntry &entry, const restore::PreflightReport &report);
    void goAnotherWay(restore::RestoreMode mode);
    void chooseFile(const QString &file);
    void chooseTables();
    void lookInside(const QString &file);
    void layBeside();
    void askWhoIsWho();
    void bringTables(const QList<restore::TableName> &tables);
    void confirm();
    void confirmHarmless();
    void putBack();
    void compare();
    void bringBack();
    void checkContent();
    void endContentCheck(const restore::RestoreId &id,
                         const std::function<void(ContentView &)> &show);
    void backToVerdict();
    void follow(const restore::RestoreId &id);
    [[nodiscard]] const restore::RestoreRecord *latest() const;
    [[nodiscard]] QList<Fact> targetFacts(const backup::BackupEntry &entry) const;

    Parts m_parts;
    RestoreTarget m_target;
    QWidget *m_view = nullptr; ///< the one that shows
    ChooseView *m_choose;
    PlanView *m_plan;
    ProgressView *m_progress;
    TablesView *m_tables;
    VerdictView *m_verdict;
    CameAfterView *m_cameAfter;
    ContentView *m_content;
    ObjectsView *m_objects;
    QWidget *m_lookedFrom = nullptr; ///< where m_objects goes back to
    restore::RestorePlan m_draft;
    restore::PreflightReport m_report;
    QStringList m_leaveOut;                          ///< schemas that are to stay as they are
    bool m_wantsRoles = false;                       ///< missing ones are to be made
    restore::RoleMap m_mappedRoles;                  ///< missing ones that are others there
    std::optional<restore::RestoreMode> m_wantedWay; ///< when another than the proposed was chosen
    Task<restore::PreflightReport> m_asking;
    Task<restore::Comparison> m_comparing;
    Latest<restore::Comparison> m_compared;
    QTimer m_comparingTick; ///< while the server compares
    QTimer m_contentTick;   ///< while every letter is compared
    restore::RestoreId m_shown;
    QHash<QString, restore::RestoreId> m_left; ///< what was shown of other targets, by database
    bool m_isBehind = false; ///< what m_shown came to is to be shown once somebody looks
};

} // namespace mayday::ui
