// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QWidget>

class QPainter;

namespace mayday::ui {

/// Size of a key cap with this text.
[[nodiscard]] QSize keyCapSize(const Theme &theme, const QString &key);
void paintKeyCap(QPainter &painter, const QRect &area, const QString &key, const Theme &theme);

/// A key cap, with its meaning beside it when there is one ("[B] Back"). Not focusable.
class KeyHint final : public QWidget {
    Q_OBJECT
public:
    KeyHint(const Theme &theme, const QString &key, QWidget *parent = nullptr);
    KeyHint(const Theme &theme, const QString &key, const QString &meaning,
            QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Theme &m_theme;
    QString m_key;
    QString m_meaning;
};

} // namespace mayday::ui
