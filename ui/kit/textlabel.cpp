// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/textlabel.h"

#include <QPainter>
#include <QTextDocumentFragment>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

/// A wrapping text may become this narrow before it asks for more.
constexpr int narrowest = 120;

} // namespace

TextLabel::TextLabel(const Theme &theme, TextStyle style, QWidget *parent)
    : TextLabel(theme, style, Ink::Primary, parent)
{
}

TextLabel::TextLabel(const Theme &theme, TextStyle style, Ink ink, QWidget *parent)
    : QLabel(parent), m_theme(theme), m_style(style), m_ink(ink)
{
    setWordWrap(true);
    setTextFormat(Qt::RichText);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&theme, &Theme::changed, this, &TextLabel::render);
    render();
}

void TextLabel::setText(const QString &plain)
{
    setMarkup(escaped(plain));
}

void TextLabel::setMarkup(const QString &markup)
{
    if (markup == m_markup)
        return;
    m_markup = markup;
    m_plain = QTextDocumentFragment::fromHtml(markup).toPlainText();
    render();
}

QString TextLabel::plainText() const
{
    return m_plain;
}

void TextLabel::setInk(Ink ink)
{
    if (m_ink == ink)
        return;
    m_ink = ink;
    render();
}

void TextLabel::setStyle(TextStyle style)
{
    m_style = style;
    render();
}

void TextLabel::setElided(bool elided)
{
    m_elided = elided;
    setWordWrap(!elided);
    setSizePolicy(elided ? QSizePolicy::Ignored : QSizePolicy::Preferred, QSizePolicy::Minimum);
    render();
}

void TextLabel::setSelectable(bool selectable)
{
    m_selectable = selectable;
    updateInteraction();
}

void TextLabel::setTabular(bool tabular)
{
    m_tabular = tabular;
    render();
}

void TextLabel::setMeasure(int characters)
{
    setMaximumWidth(fontMetrics().averageCharWidth() * characters);
}

QSize TextLabel::sizeHint() const
{
    if (!m_elided)
        return QLabel::sizeHint();
    return {fontMetrics().horizontalAdvance(m_plain) + 1, lineHeight(m_style)};
}

QSize TextLabel::minimumSizeHint() const
{
    if (m_elided)
        return {0, lineHeight(m_style)};
    if (!wordWrap())
        return QLabel::minimumSizeHint();
    // QLabel asks for the height of its narrowest shape; heightForWidth() knows better.
    return {std::min(fontMetrics().horizontalAdvance(m_plain) + 1, narrowest),
            m_plain.isEmpty() ? 0 : lineHeight(m_style)};
}

/// A layout asks for its own width, also where a measure keeps the text narrower and so taller.
int TextLabel::heightForWidth(int width) const
{
    const int within = std::min(width, maximumWidth());
    if (const auto known = m_heights.constFind(within); known != m_heights.cend())
        return *known;
    const int height = QLabel::heightForWidth(within);
    m_heights.insert(within, height);
    return height;
}

void TextLabel::changeEvent(QEvent *event)
{
    QLabel::changeEvent(event);
    m_heights.clear(); // the font, the style or the direction
}

void TextLabel::paintEvent(QPaintEvent *event)
{
    if (!m_elided) {
        QLabel::paintEvent(event);
        return;
    }
    QPainter painter(this);
    painter.setFont(font());
    painter.setPen(m_theme.color(m_ink));
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     fontMetrics().elidedText(m_plain, Qt::ElideRight, width()));
}

void TextLabel::resizeEvent(QResizeEvent *event)
{
    QLabel::resizeEvent(event);
    updateElision();
}

void TextLabel::render()
{
    m_heights.clear();
    setFont(m_tabular ? m_theme.tabularFont(m_style) : m_theme.font(m_style));
    // Qt puts the whole leading above the text; half of it belongs below.
    const int half = std::max(0, (lineHeight(m_style) - fontMetrics().height()) / 2);
    setContentsMargins(0, -half, 0, half);
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, m_theme.color(m_ink));
    setPalette(colors);
    QString body = m_markup;
    body.replace(u"<a "_s, u"<a style=\"color:%1\" "_s.arg(m_theme.tokens().accent.name()));
    body.replace(u"<code>"_s, u"<span style=\"font-family:'%1'; font-size:%2px\">"_s
                                  .arg(m_theme.monoFont(12).family())
                                  .arg(m_theme.font(m_style).pixelSize() - 1));
    body.replace(u"</code>"_s, u"</span>"_s);
    QLabel::setText(
        m_markup.isEmpty()
            ? QString()
            : u"<p style=\"margin:0; -qt-line-height-type:fixed; line-height:%1px\">%2</p>"_s
                  .arg(lineHeight(m_style))
                  .arg(body));
    m_heights.clear(); // somebody may have asked half way
    updateElision();
    updateInteraction();
    updateGeometry();
}

void TextLabel::updateInteraction()
{
    Qt::TextInteractionFlags flags = Qt::LinksAccessibleByMouse;
    if (m_selectable)
        flags |= Qt::TextSelectableByMouse;
    const bool hasLinks = m_markup.contains(u"<a "_s);
    if (hasLinks)
        flags |= Qt::LinksAccessibleByKeyboard;
    if (flags != textInteractionFlags())
        setTextInteractionFlags(flags);
    setProperty("noFocusRing", !hasLinks);
}

void TextLabel::updateElision()
{
    if (!m_elided)
        return;
    const bool cut = fontMetrics().horizontalAdvance(m_plain) > width();
    setToolTip(cut ? u"<qt>%1</qt>"_s.arg(escaped(m_plain)) : QString());
}

QString escaped(const QString &plain)
{
    QString html = plain.toHtmlEscaped();
    html.replace(u'\n', u"<br/>"_s);
    return html;
}

QString strong(const QString &plain)
{
    return u"<span style=\"font-weight:600\">%1</span>"_s.arg(escaped(plain));
}

QString code(const QString &plain)
{
    return u"<code>%1</code>"_s.arg(escaped(plain));
}

QString link(const QString &plain, const QString &target)
{
    return u"<a href=\"%1\">%2</a>"_s.arg(target.toHtmlEscaped(), escaped(plain));
}

} // namespace mayday::ui
