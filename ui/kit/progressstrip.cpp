// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/progressstrip.h"

#include "ui/kit/icon.h"
#include "ui/kit/stateglyph.h"
#include "ui/kit/timetext.h"

#include <QPainter>
#include <QPainterPath>

#include <cmath>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace mayday::ui {

namespace {

constexpr int margin = 20;
constexpr int lineStep = 24;
constexpr int barHeight = 8;
constexpr int markSide = 14;
constexpr auto silence = 5s; ///< no answer for longer is worth a warning

void paintArrow(QPainter &painter, const QRectF &area, const QColor &color)
{
    const QPointF corners[] = {area.topLeft() + QPointF(4, 3), area.topLeft() + QPointF(11, 7),
                               area.topLeft() + QPointF(4, 11)};
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawConvexPolygon(corners, 3);
}

} // namespace

enum class ProgressStrip::Mark { None, Tick, Current, Failed, Beat };

/// A run of words that is never broken: an optional mark, a strong part, a plain part.
struct ProgressStrip::Piece {
    Mark mark = Mark::None;
    QString before = {}; ///< plain, "about "
    QString strong = {};
    QString plain = {};
    Ink ink = Ink::Primary;
    bool atRight = false;
    QRect area = {};

    [[nodiscard]] QString text() const { return before + strong + plain; }
};

struct ProgressStrip::Layout {
    QList<Piece> facts;
    QList<Piece> phases;
    QRect bar;
    int height = 0;
};

ProgressStrip::ProgressStrip(const Theme &theme, QWidget *parent) : QWidget(parent), m_theme(theme)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setMinimumWidth(320);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ProgressStrip::setFacts(const ProgressFacts &facts)
{
    m_facts = facts;
    setAccessibleName(spokenText());
    updateGeometry();
    update();
}

void ProgressStrip::setPhases(const QList<ProgressPhase> &phases)
{
    m_phases = phases;
    setAccessibleName(spokenText());
    updateGeometry();
    update();
}

QString ProgressStrip::spokenText() const
{
    QStringList parts;
    for (const Piece &piece : factPieces())
        parts += piece.text();
    for (const ProgressPhase &phase : m_phases) {
        if (phase.state == PhaseState::Current)
            parts += tr("now: %1").arg(phase.text);
        else if (phase.state == PhaseState::Failed)
            parts += tr("failed: %1").arg(phase.text);
    }
    return parts.join(u", "_s);
}

QList<ProgressStrip::Piece> ProgressStrip::factPieces() const
{
    QList<Piece> pieces;
    if (m_facts.bytesTotal > 0)
        pieces.append({.strong = timetext::bytesOf(m_facts.bytesDone, m_facts.bytesTotal),
                       .plain = u" "_s + tr("of the file")});
    else if (m_facts.bytesDone > 0)
        pieces.append({.strong = timetext::bytes(m_facts.bytesDone)});
    if (m_facts.itemsTotal > 0)
        pieces.append({.strong = tr("%1 of %2")
                                     .arg(timetext::shortCount(m_facts.itemsDone),
                                          timetext::shortCount(m_facts.itemsTotal)),
                       .plain = u" "_s + m_facts.itemWord});
    else if (m_facts.itemsDone > 0)
        pieces.append({.strong = timetext::shortCount(m_facts.itemsDone),
                       .plain = u" "_s + m_facts.itemWord});
    if (m_facts.bytesPerSecond > 0)
        pieces.append({.strong = timetext::rate(m_facts.bytesPerSecond)});
    if (m_facts.itemsPerSecond > 0)
        pieces.append({.strong = timetext::shortCount(std::llround(m_facts.itemsPerSecond)),
                       .plain = u" "_s + tr("%1 a second").arg(m_facts.itemWord)});
    if (m_facts.left)
        pieces.append({.before = tr("about") + u" "_s,
                       .strong = timetext::range(m_facts.left->first, m_facts.left->second),
                       .plain = u" "_s + tr("left")});
    if (m_facts.sinceAnswer) {
        const bool late = *m_facts.sinceAnswer > silence;
        pieces.append(
            {.mark = late ? Mark::Failed : Mark::Beat,
             .plain = tr("server answered %1 ago").arg(timetext::duration(*m_facts.sinceAnswer)),
             .ink = late ? Ink::Warn : Ink::Ok,
             .atRight = true});
    }
    return pieces;
}

QList<ProgressStrip::Piece> ProgressStrip::phasePieces() const
{
    QList<Piece> pieces;
    for (const ProgressPhase &phase : m_phases) {
        switch (phase.state) {
        case PhaseState::Done:
            pieces.append({.mark = Mark::Tick, .plain = phase.text, .ink = Ink::Ok});
            break;
        case PhaseState::Current:
            pieces.append({.mark = Mark::Current, .strong = phase.text, .ink = Ink::Accent});
            break;
        case PhaseState::Failed:
            pieces.append({.mark = Mark::Failed, .strong = phase.text, .ink = Ink::Down});
            break;
        case PhaseState::Todo: pieces.append({.plain = phase.text, .ink = Ink::Second}); break;
        }
    }
    return pieces;
}

ProgressStrip::Layout ProgressStrip::arrange(int width) const
{
    const QFontMetrics plain(m_theme.tabularFont(TextStyle::Base));
    const QFontMetrics heavy(m_theme.tabularFont(TextStyle::BaseStrong));
    const auto flow = [&](QList<Piece> &pieces, int top, int gap) {
        int x = margin;
        int y = top;
        for (Piece &piece : pieces) {
            const int mark = piece.mark == Mark::None ? 0 : markSide + metric::space4;
            const int wide = mark + plain.horizontalAdvance(piece.before) +
                             heavy.horizontalAdvance(piece.strong) +
                             plain.horizontalAdvance(piece.plain) + 2;
            if (x > margin && x + wide > width - margin) {
                x = margin;
                y += lineStep;
            }
            const int left = piece.atRight ? std::max(x, width - margin - wide) : x;
            piece.area = QRect(left, y, wide, 20);
            x = left + wide + gap;
        }
        return y + 20;
    };
    Layout layout{.facts = factPieces(), .phases = phasePieces(), .bar = {}, .height = 0};
    int y = metric::space16;
    if (!layout.facts.isEmpty())
        y = flow(layout.facts, y, metric::space32) + 10;
    layout.bar = QRect(margin, y, width - 2 * margin, barHeight);
    y += barHeight;
    if (!layout.phases.isEmpty())
        y = flow(layout.phases, y + 11, metric::space24);
    layout.height = y + metric::space16;
    return layout;
}

QSize ProgressStrip::sizeHint() const
{
    return {640, arrange(640).height};
}

QSize ProgressStrip::minimumSizeHint() const
{
    return {320, arrange(std::max(width(), 320)).height};
}

int ProgressStrip::heightForWidth(int width) const
{
    return arrange(width).height;
}

void ProgressStrip::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = m_theme.tokens();
    const Layout layout = arrange(width());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(tokens.line, 1));
    painter.setBrush(tokens.panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), metric::cardRadius,
                            metric::cardRadius);
    paintPieces(painter, layout.facts);
    paintBar(painter, layout.bar);
    paintPieces(painter, layout.phases);
}

void ProgressStrip::paintPieces(QPainter &painter, const QList<Piece> &pieces) const
{
    const QFont plain = m_theme.tabularFont(TextStyle::Base);
    const QFont heavy = m_theme.tabularFont(TextStyle::BaseStrong);
    for (const Piece &piece : pieces) {
        const QColor color = m_theme.color(piece.ink);
        QRect rest = piece.area;
        const QRect mark(rest.left(), rest.top() + 3, markSide, markSide);
        switch (piece.mark) {
        case Mark::None: break;
        case Mark::Tick:
            painter.drawPixmap(mark, iconPixmap(u"check"_s, color, markSide, devicePixelRatioF()));
            break;
        case Mark::Current: paintArrow(painter, mark, color); break;
        case Mark::Failed: paintState(painter, mark, StateShape::Down, color); break;
        case Mark::Beat: paintState(painter, mark.adjusted(1, 1, -1, -1), StateShape::Ok, color);
        }
        if (piece.mark != Mark::None)
            rest.setLeft(rest.left() + markSide + metric::space4);
        painter.setPen(piece.strong.isEmpty() || piece.ink != Ink::Primary ? color
                                                                           : m_theme.tokens().ink);
        const auto draw = [&](const QFont &font, const QString &text) {
            painter.setFont(font);
            painter.drawText(rest, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text);
            rest.setLeft(rest.left() + painter.fontMetrics().horizontalAdvance(text));
        };
        draw(plain, piece.before);
        draw(heavy, piece.strong);
        draw(plain, piece.plain);
    }
}

void ProgressStrip::paintBar(QPainter &painter, const QRect &area) const
{
    QPainterPath groove;
    groove.addRoundedRect(area, 4, 4);
    painter.fillPath(groove, m_theme.tokens().line);
    if (m_facts.bytesTotal <= 0 && m_facts.itemsTotal <= 0)
        return;
    const double share =
        m_facts.bytesTotal > 0
            ? static_cast<double>(m_facts.bytesDone) / static_cast<double>(m_facts.bytesTotal)
            : static_cast<double>(m_facts.itemsDone) / static_cast<double>(m_facts.itemsTotal);
    painter.save();
    painter.setClipPath(groove);
    painter.fillRect(
        QRectF(area.x(), area.y(), area.width() * std::clamp(share, 0.0, 1.0), area.height()),
        m_theme.tokens().accent);
    painter.restore();
}

} // namespace mayday::ui
