// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QFrame>

class QAction;
class QHBoxLayout;

namespace mayday::ui {

class CopyButton;
class TextLabel;

enum class BannerKind { Info, Ok, Warn, Down, Drill };

/// A message inside a page: text, detail, buttons, a copy button, and a close button when it may be
/// dismissed. Never steals the focus; announced to screen readers when its text changes.
class Banner final : public QFrame {
    Q_OBJECT
public:
    Banner(const Theme &theme, BannerKind kind, QWidget *parent = nullptr);

    void setKind(BannerKind kind);
    [[nodiscard]] BannerKind kind() const { return m_kind; }
    /// detail may be empty.
    void setMessage(const QString &text, const QString &detail = {});
    [[nodiscard]] QString text() const;
    /// A secondary button at the right; the action is not owned.
    void addAction(QAction *action);
    using QFrame::addAction;
    void clearActions();
    /// Empty hides the copy button.
    void setCopyText(const QString &text);
    void setDismissible(bool dismissible);

Q_SIGNALS:
    /// The banner has hidden itself.
    void dismissed();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Theme &m_theme;
    BannerKind m_kind;
    TextLabel *m_text;
    TextLabel *m_detail;
    QHBoxLayout *m_buttons;
    CopyButton *m_copy;
    QWidget *m_close;
};

} // namespace mayday::ui
