// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/page.h"
#include "ui/restore/restorepanel.h"

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

    /// Where "Use this backup" leads; called again when the stack changes.
    void setTarget(const RestoreTarget &target);

    void activated() override;
    [[nodiscard]] QWidget *initialFocus() override;

private:
    void tell();
    void showKept(bool kept);

    RestorePanel::Parts m_parts;
    SentenceHeader *m_header;
    RestorePanel *m_panel;
    KeptView *m_kept;
    ActionButton *m_keptButton;
};

} // namespace mayday::ui
