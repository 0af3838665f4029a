// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/page.h"
#include "ui/restore/restorepanel.h"
#include "ui/restore/targetchoice.h"

namespace mayday::ui {

class ActionButton;
class KeptView;
class SentenceHeader;

/// Backups: the shelf and, alone and without an incident, the way of a restore.
class BackupsPage final : public Page {
    Q_OBJECT

public:
    [[nodiscard]] static PageIdentity place();
    explicit BackupsPage(const RestorePanel::Parts &parts, QWidget *parent = nullptr);

    /// Where "Use this backup" may lead; called again when the stack changes. What a person has
    /// chosen stays, as long as it is there.
    void setTargets(const RestoreTargets &targets);
    /// The only one there is.
    void setTarget(const RestoreTarget &target) { setTargets({.all = {target}}); }

    void activated() override;
    [[nodiscard]] QWidget *initialFocus() override;

Q_SIGNALS:
    /// By a person, to be remembered; the id in stack.yaml.
    void targetChosen(const QString &database);

private:
    void tell();
    void choose(const QString &database);
    /// By its id; the usual one where that is not there.
    void use(const QString &wanted);
    void followBusy();
    void followShelf();
    void showKept(bool kept);

    RestorePanel::Parts m_parts;
    RestoreTargets m_targets;
    QString m_chosen; ///< by a person, since the start; empty: nobody has
    QString m_used;   ///< the id of the one that is shown
    SentenceHeader *m_header;
    TargetChoice *m_into;
    RestorePanel *m_panel;
    KeptView *m_kept;
    ActionButton *m_keptButton;
};

} // namespace mayday::ui
