// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/runbook.h"
#include "ui/kit/theme.h"

#include <QFrame>

namespace mayday::ui {

/// A command as it will be copied: in the mono face, with its marks in words and a copy button. It
/// is never run from here.
class CommandView final : public QFrame {
    Q_OBJECT

public:
    /// text: the command with its variables filled in.
    CommandView(const Theme &theme, const runbook::CommandBlock &block, const QString &text,
                QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Theme &m_theme;
};

} // namespace mayday::ui
