// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/card.h"
#include "ui/status/restoreoutlook.h"

namespace mayday::ui {

/// "If we had to restore now": the newest backup, how much would be lost, how long it would take,
/// beside what was promised. With no backup it says what to do.
class RestoreCard final : public QWidget {
    Q_OBJECT
public:
    explicit RestoreCard(const Theme &theme, QWidget *parent = nullptr);
    void setOutlook(const RestoreOutlook &outlook);
    /// Ages grow.
    void refresh(const QDateTime &now);
    [[nodiscard]] QString plainText() const;

private:
    RestoreOutlook m_outlook;
    TextLabel *m_text;
    TextLabel *m_file;
    TextLabel *m_warning;
};

} // namespace mayday::ui
