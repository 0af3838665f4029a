// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QToolButton>

namespace mayday::ui {

/// Puts a text on the clipboard and says so for a moment. 24 px, icon only; its name for
/// screen readers is what it copies.
class CopyButton final : public QToolButton {
    Q_OBJECT
public:
    /// what: "Copy the command", shown as the tooltip.
    CopyButton(const Theme &theme, const QString &what, QWidget *parent = nullptr);
    void setCopyText(const QString &text);
    [[nodiscard]] const QString &copyText() const { return m_text; }

Q_SIGNALS:
    void copied();

protected:
    bool event(QEvent *event) override;

private:
    void copy();
    void showIcon(const QString &name, Ink ink);

    const Theme &m_theme;
    QString m_what;
    QString m_text;
};

} // namespace mayday::ui
