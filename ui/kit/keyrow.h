// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QWidget>

namespace mayday::ui {

class KeyHint;

/// Key caps in a row. Asks for no width: what does not fit is left out, from the right, but never
/// the last one, which leads to all the others.
class KeyRow final : public QWidget {
    Q_OBJECT

public:
    /// keys: a key and its meaning each.
    KeyRow(const Theme &theme, const QList<std::pair<QString, QString>> &keys,
           QWidget *parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void arrange();

    QList<KeyHint *> m_hints;
};

} // namespace mayday::ui
