// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QFrame>

class QVBoxLayout;

namespace mayday::ui {

class TextLabel;

/// A panel with a hairline and round corners; add widgets to body(). With a title it begins with a
/// SectionLabel.
class Card final : public QFrame {
    Q_OBJECT
public:
    explicit Card(const Theme &theme, QWidget *parent = nullptr);
    Card(const Theme &theme, const QString &title, QWidget *parent = nullptr);

    /// Margins 16, spacing 8 until changed.
    [[nodiscard]] QVBoxLayout *body() const { return m_body; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Theme &m_theme;
    QVBoxLayout *m_body;
};

/// The small semibold heading of a group: 14/20 in the second ink. A heading for screen readers.
[[nodiscard]] TextLabel *sectionLabel(const Theme &theme, const QString &text,
                                      QWidget *parent = nullptr);

} // namespace mayday::ui
