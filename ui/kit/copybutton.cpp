// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/copybutton.h"

#include "ui/kit/buttonkeys.h"
#include "ui/kit/icon.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QTimer>

#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace mayday::ui {

CopyButton::CopyButton(const Theme &theme, const QString &what, QWidget *parent)
    : QToolButton(parent), m_theme(theme), m_what(what)
{
    setAutoRaise(true);
    setFixedSize(24, 24);
    setIconSize({16, 16});
    setToolTip(what);
    setAccessibleName(what);
    setFocusPolicy(Qt::TabFocus);
    showIcon(u"copy"_s, Ink::Second);
    connect(this, &QToolButton::clicked, this, &CopyButton::copy);
}

void CopyButton::setCopyText(const QString &text)
{
    m_text = text;
    setEnabled(!text.isEmpty());
}

bool CopyButton::event(QEvent *event)
{
    return keepsButtonKey(event) || QToolButton::event(event);
}

void CopyButton::copy()
{
    QGuiApplication::clipboard()->setText(m_text);
    showIcon(u"check"_s, Ink::Ok);
    setAccessibleName(tr("Copied"));
    QTimer::singleShot(1500ms, this, [this] {
        showIcon(u"copy"_s, Ink::Second);
        setAccessibleName(m_what);
    });
    Q_EMIT copied();
}

void CopyButton::showIcon(const QString &name, Ink ink)
{
    setIcon(ui::icon(name, m_theme, ink));
}

} // namespace mayday::ui
