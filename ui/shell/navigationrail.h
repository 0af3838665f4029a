// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/page.h"
#include "ui/kit/theme.h"

#include <QAbstractButton>

class QVBoxLayout;

namespace mayday::ui {

/// Where a page stands in the rail. Hidden pages are reached by other ways.
enum class RailPlace { Top, Bottom, Hidden };

/// One place of the rail: icon above word.
class RailButton final : public QAbstractButton {
    Q_OBJECT
public:
    RailButton(const Theme &theme, const PageIdentity &identity, QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void nextCheckState() override;
    bool event(QEvent *event) override;

private:
    const Theme &m_theme;
    QString m_iconName;
};

/// The pages of the window at the left edge, 88 px wide. Tab reaches each, arrow keys move between
/// them. Chooses nothing itself: the window answers chosen() with setCurrent().
class NavigationRail final : public QWidget {
    Q_OBJECT
public:
    explicit NavigationRail(const Theme &theme, QWidget *parent = nullptr);

    void addPlace(const PageIdentity &identity, RailPlace place);
    /// An id that is not in the rail leaves no place marked.
    void setCurrent(const QString &id);
    /// Told to screen readers and in the tooltip: "Alt+1".
    void setKey(const QString &id, const QString &key);
    [[nodiscard]] RailButton *button(const QString &id) const;

Q_SIGNALS:
    void chosen(const QString &id);

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    struct Place {
        QString id;
        RailButton *button;
    };
    [[nodiscard]] QList<RailButton *> fromTopToBottom() const;

    const Theme &m_theme;
    QVBoxLayout *m_column;
    QList<Place> m_places;
    int m_topCount = 0;
};

} // namespace mayday::ui
