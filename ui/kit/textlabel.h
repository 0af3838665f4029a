// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QHash>
#include <QLabel>

namespace mayday::ui {

/// Text in one of the kit's styles with its true line height, in a colour of the theme. Wraps
/// unless told otherwise. setText() is for plain text; setMarkup() for what strong(), code() and
/// link() made.
class TextLabel final : public QLabel {
    Q_OBJECT
public:
    TextLabel(const Theme &theme, TextStyle style, QWidget *parent = nullptr);
    TextLabel(const Theme &theme, TextStyle style, Ink ink, QWidget *parent = nullptr);

    void setText(const QString &plain);
    /// Only markup built from escaped(), strong(), code() and link().
    void setMarkup(const QString &markup);
    [[nodiscard]] QString plainText() const;
    void setInk(Ink ink);
    void setStyle(TextStyle style);
    using QLabel::setStyle;
    /// One line, "..." at the end when it does not fit, the whole text as the tooltip.
    void setElided(bool elided);
    /// By mouse; takes no place in the tab order, unless it holds a link.
    void setSelectable(bool selectable);
    /// Figures of one width, for text with running numbers.
    void setTabular(bool tabular);
    /// Lines of at most about this many characters (R15: 60 to 75).
    void setMeasure(int characters);

    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void render();
    void updateElision();
    void updateInteraction();

    const Theme &m_theme;
    TextStyle m_style;
    Ink m_ink;
    QString m_markup;
    QString m_plain;
    bool m_elided = false;
    bool m_selectable = false;
    bool m_tabular = false;
    /// Height for width: one pass of nested layouts asks a dozen times, and each answer costs a
    /// layout of the text.
    mutable QHash<int, int> m_heights;
};

[[nodiscard]] QString escaped(const QString &plain);
[[nodiscard]] QString strong(const QString &plain);
/// In the mono face.
[[nodiscard]] QString code(const QString &plain);
/// Emits QLabel::linkActivated(target).
[[nodiscard]] QString link(const QString &plain, const QString &target);

} // namespace mayday::ui
