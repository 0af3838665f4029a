// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QKeySequence>
#include <QWidget>

class QAction;

namespace mayday::ui {

/// What the navigation needs to know about a page.
struct PageIdentity {
    QString id;       ///< stable: "now", "runbooks"
    QString title;    ///< translated: "Now"
    QString iconName; ///< of the kit's family
};

/// A screen of the window. A feature derives from it and brings its own actions; the main window
/// lists pages and actions without knowing any of them.
class Page : public QWidget {
    Q_OBJECT
public:
    explicit Page(PageIdentity identity, QWidget *parent = nullptr);

    [[nodiscard]] const PageIdentity &identity() const { return m_identity; }
    /// The sentence the page begins with; the window's title and the tray repeat it.
    [[nodiscard]] const QString &sentence() const { return m_sentence; }

    /// Makes an action that works while the page is shown, and lists it (command palette, help).
    /// Connect to its triggered(). All actions of a page: QWidget::actions().
    QAction *bringAction(const QString &text, const QKeySequence &shortcut = {},
                         const QIcon &icon = {});

    /// The page has become the current one.
    virtual void activated();
    /// Another page is current now.
    virtual void deactivated();
    /// Where the focus goes when the page is shown; nullptr: the first in the tab order.
    [[nodiscard]] virtual QWidget *initialFocus();

Q_SIGNALS:
    void sentenceChanged(const QString &sentence);

protected:
    void setSentence(const QString &sentence);

private:
    PageIdentity m_identity;
    QString m_sentence;
};

} // namespace mayday::ui
