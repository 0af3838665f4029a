// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAccessible>
#include <QApplication>
#include <QSet>
#include <QTest>
#include <QWidget>

namespace mayday::tests {

/// Every visible, enabled widget that Tab should reach.
inline QList<QWidget *> tabStops(QWidget &window)
{
    QList<QWidget *> stops;
    for (QWidget *widget : window.findChildren<QWidget *>()) {
        if ((widget->focusPolicy() & Qt::TabFocus) != 0 && widget->isVisibleTo(&window) &&
            widget->isEnabled())
            stops.append(widget);
    }
    return stops;
}

inline QString describe(QWidget *widget)
{
    return QString::fromLatin1(widget->metaObject()->className()) + u' ' + widget->accessibleName();
}

/// The stops that pressing Tab does not come to, all the way round. The window must be active.
inline QStringList missedByTab(QWidget &window)
{
    QSet<QWidget *> reached;
    const QList<QWidget *> stops = tabStops(window);
    for (qsizetype press = 0; press < 2 * stops.size() + 2; ++press) {
        QTest::keyClick(&window, Qt::Key_Tab);
        reached.insert(QApplication::focusWidget());
    }
    QStringList missed;
    for (QWidget *stop : stops) {
        if (!reached.contains(stop))
            missed.append(describe(stop));
    }
    return missed;
}

/// Walks the tree a screen reader sees; lists what can have the focus and says no name.
inline void collectNameless(QAccessibleInterface *node, QStringList &nameless, int &seen)
{
    if (node == nullptr || !node->isValid())
        return;
    ++seen;
    const QAccessible::State state = node->state();
    if (state.focusable && !state.invisible && node->text(QAccessible::Name).trimmed().isEmpty()) {
        const QObject *object = node->object();
        nameless.append(object ? QString::fromLatin1(object->metaObject()->className())
                               : QStringLiteral("part"));
    }
    for (int index = 0; index < node->childCount(); ++index)
        collectNameless(node->child(index), nameless, seen);
}

inline QStringList namelessFor(QWidget &window, int &seen)
{
    QStringList nameless;
    collectNameless(QAccessible::queryAccessibleInterface(&window), nameless, seen);
    return nameless;
}

} // namespace mayday::tests
