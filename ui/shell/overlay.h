// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/card.h"

#include <QPointer>

namespace mayday::ui {

/// A card over the dimmed window. Esc and a click beside it close it, Tab stays inside, and the
/// focus goes back to where it was. Belongs to the window it covers; hidden at first.
class Overlay : public QWidget {
    Q_OBJECT
public:
    Overlay(const Theme &theme, const QString &title, QWidget &window);

    /// first gets the focus.
    void open(QWidget *first);
    void close();
    [[nodiscard]] bool isOpen() const { return !isHidden(); }
    [[nodiscard]] Card *card() const { return m_card; }

Q_SIGNALS:
    void closed();

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    bool focusNextPrevChild(bool next) override;

private:
    void cover();

    const Theme &m_theme;
    QWidget &m_window;
    Card *m_card;
    QPointer<QWidget> m_focusBefore;
};

} // namespace mayday::ui
