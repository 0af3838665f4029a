// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QWidget>

class QAbstractButton;

namespace mayday::ui {

/// A line with a triangle that folds a widget away ("> Details"). Closed at first. Owns the body.
class Disclosure final : public QWidget {
    Q_OBJECT
public:
    Disclosure(const Theme &theme, const QString &title, QWidget *body, QWidget *parent = nullptr);
    void setOpen(bool open);
    [[nodiscard]] bool isOpen() const;
    void setTitle(const QString &title);

Q_SIGNALS:
    void toggled(bool open);

private:
    QAbstractButton *m_head;
    QWidget *m_body;
};

} // namespace mayday::ui
