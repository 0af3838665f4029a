// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/tile.h"

#include "ui/kit/textlabel.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr int tileGlyphSide = 20;
constexpr int textLeft = metric::space16 + tileGlyphSide + metric::space12;
constexpr int tileHeight = 84;

/// Draws one line and says whether it had to be cut.
bool paintLine(QPainter &painter, const QRect &area, const QString &text,
               Qt::Alignment alignment = Qt::AlignLeft)
{
    const QFontMetrics metrics = painter.fontMetrics();
    const QString shown = metrics.elidedText(text, Qt::ElideRight, area.width());
    painter.drawText(area, static_cast<int>(alignment | Qt::AlignVCenter) | Qt::TextSingleLine,
                     shown);
    return shown != text;
}

} // namespace

Tile::Tile(const Theme &theme, QWidget *parent) : QWidget(parent), m_theme(theme)
{
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto *copyAction = new QAction(tr("Copy"), this);
    copyAction->setShortcut(QKeySequence::Copy);
    copyAction->setShortcutContext(Qt::WidgetShortcut);
    connect(copyAction, &QAction::triggered, this, &Tile::copy);
    addAction(copyAction);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Tile::setFacts(const TileFacts &facts)
{
    if (facts == m_facts)
        return;
    m_facts = facts;
    if (m_facts.word.isEmpty())
        m_facts.word = wordOf(facts.shape);
    retell();
}

void Tile::setAge(const QString &age)
{
    if (age == m_facts.age)
        return;
    m_facts.age = age;
    retell();
}

QString Tile::spokenText() const
{
    QString spoken = u"%1: %2."_s.arg(m_facts.name, m_facts.word);
    for (const QString &part : {m_facts.detail, m_facts.age}) {
        if (!part.isEmpty())
            spoken += u" %1."_s.arg(part);
    }
    return spoken;
}

QSize Tile::sizeHint() const
{
    return {360, tileHeight};
}

QSize Tile::minimumSizeHint() const
{
    return {220, tileHeight};
}

void Tile::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = m_theme.tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_hovered ? tokens.ink3 : tokens.line, 1));
    painter.setBrush(tokens.panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), metric::cardRadius,
                            metric::cardRadius);
    paintState(painter, QRectF(metric::space16 + 1, 13, tileGlyphSide, tileGlyphSide),
               m_facts.shape, m_theme.color(inkOf(m_facts.shape)));

    const int right = width() - metric::space16;
    painter.setFont(m_theme.font(TextStyle::BaseStrong));
    painter.setPen(m_theme.color(inkOf(m_facts.shape)));
    const int available = right - textLeft;
    const int word =
        std::min(painter.fontMetrics().horizontalAdvance(m_facts.word) + 1, available * 6 / 10);
    paintLine(painter, {right - word, 13, word, 20}, m_facts.word, Qt::AlignRight);
    painter.setPen(tokens.ink);
    paintLine(painter, {textLeft, 13, available - word - metric::space8, 20}, m_facts.name);
    painter.setFont(m_theme.font(TextStyle::Detail));
    painter.setPen(tokens.ink2);
    paintLine(painter, {textLeft, 33, available, 18}, m_facts.detail);
    painter.setFont(m_theme.tabularFont(TextStyle::Caption));
    painter.setPen(tokens.ink3);
    paintLine(painter, {textLeft, 54, available, 16}, m_facts.age);
}

void Tile::keyPressEvent(QKeyEvent *event)
{
    const int key = event->key();
    if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space)
        Q_EMIT activated();
    else
        QWidget::keyPressEvent(event);
}

void Tile::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton && rect().contains(event->position().toPoint()))
        Q_EMIT activated();
}

bool Tile::event(QEvent *event)
{
    if (event->type() == QEvent::HoverEnter || event->type() == QEvent::HoverLeave) {
        m_hovered = event->type() == QEvent::HoverEnter;
        update();
    }
    return QWidget::event(event);
}

void Tile::copy() const
{
    QGuiApplication::clipboard()->setText(spokenText());
}

void Tile::retell()
{
    setAccessibleName(spokenText());
    setToolTip(u"<qt>%1</qt>"_s.arg(escaped(spokenText())));
    update();
}

} // namespace mayday::ui
