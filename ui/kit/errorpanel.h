// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "ui/kit/theme.h"

#include <QFrame>

class QAction;
class QHBoxLayout;

namespace mayday::ui {

class CopyButton;
class Disclosure;
class TextLabel;

/// An Error on a card: headline, what it means, what is safe, what to do now; details folded; a
/// copy button; room for buttons such as "Try again".
class ErrorPanel final : public QFrame {
    Q_OBJECT
public:
    explicit ErrorPanel(const Theme &theme, QWidget *parent = nullptr);
    void setError(const Error &error);
    /// Replaces the general "still safe" sentence where the page knows better ("The live schema
    /// public was not touched.").
    void setWhatIsSafe(const QString &text);
    void addAction(QAction *action);
    using QFrame::addAction;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Theme &m_theme;
    TextLabel *m_headline;
    TextLabel *m_means;
    TextLabel *m_safe;
    TextLabel *m_now;
    TextLabel *m_details;
    Disclosure *m_fold;
    CopyButton *m_copy;
    QHBoxLayout *m_buttons;
};

} // namespace mayday::ui
