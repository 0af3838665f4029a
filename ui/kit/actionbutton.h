// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QPushButton>

class QAction;

namespace mayday::ui {

enum class ButtonKind {
    Secondary,
    Primary, ///< filled with the accent; one a screen
    Danger,  ///< outlined in the down colour; never default, deaf to Enter
    Quiet,   ///< no frame until hovered
};

/// Every button of the window. Large (44 px) ones put the text left and the key hint right.
class ActionButton final : public QPushButton {
    Q_OBJECT
public:
    ActionButton(const Theme &theme, ButtonKind kind, const QString &text,
                 QWidget *parent = nullptr);
    /// Text, icon, tooltip, enabled state and key hint of the action; a click triggers it.
    ActionButton(const Theme &theme, ButtonKind kind, QAction *action, QWidget *parent = nullptr);

    void setKind(ButtonKind kind);
    [[nodiscard]] ButtonKind kind() const { return m_kind; }
    void setLarge(bool large);
    /// Draws a key cap; the shortcut itself belongs to a QAction. Told to screen readers as well.
    void setKeyHint(const QString &key);
    /// Name of an icon of the kit, drawn before the text in the text's colour.
    void setIconName(const QString &name);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Look;
    [[nodiscard]] Look look() const;
    void follow(QAction *action);

    const Theme &m_theme;
    ButtonKind m_kind;
    bool m_large = false;
    QString m_key;
    QString m_iconName;
};

} // namespace mayday::ui
