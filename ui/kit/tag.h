// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QWidget>

namespace mayday::ui {

/// A word in a frame. Filled and outlined tags never look alike (R6: PRODUCTION is filled in the
/// down colour, DRILL is outlined in the drill colour).
class Tag final : public QWidget {
    Q_OBJECT
public:
    Tag(const Theme &theme, const QString &word, Ink ink, bool filled, QWidget *parent = nullptr);
    void set(const QString &word, Ink ink, bool filled);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    [[nodiscard]] QFont tagFont() const;

    const Theme &m_theme;
    QString m_word;
    Ink m_ink;
    bool m_filled;
};

} // namespace mayday::ui
