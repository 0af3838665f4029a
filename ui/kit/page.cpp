// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/page.h"

#include <QAction>

namespace mayday::ui {

Page::Page(PageIdentity identity, QWidget *parent)
    : QWidget(parent), m_identity(std::move(identity))
{
    setObjectName(m_identity.id);
    setAccessibleName(m_identity.title);
}

QAction *Page::bringAction(const QString &text, const QKeySequence &shortcut, const QIcon &icon)
{
    auto *action = new QAction(icon, text, this);
    action->setShortcut(shortcut);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(action);
    return action;
}

void Page::activated() {}

void Page::deactivated() {}

QWidget *Page::initialFocus()
{
    return nullptr;
}

void Page::setSentence(const QString &sentence)
{
    if (sentence == m_sentence)
        return;
    m_sentence = sentence;
    Q_EMIT sentenceChanged(sentence);
}

} // namespace mayday::ui
