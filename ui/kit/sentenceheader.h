// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/stateglyph.h"

#include <QWidget>

#include <optional>

class QHBoxLayout;

namespace mayday::ui {

class TextLabel;

/// How a page begins: the sentence that answers the question, a second line, buttons at the right.
class SentenceHeader final : public QWidget {
    Q_OBJECT
public:
    explicit SentenceHeader(const Theme &theme, QWidget *parent = nullptr);

    void setSentence(const QString &plain);
    [[nodiscard]] QString sentence() const;
    /// Empty hides the line.
    void setDetail(const QString &plain);
    void setDetailMarkup(const QString &markup);
    void setShape(std::optional<StateShape> shape);
    /// Any widget, usually an ActionButton; owned from now on.
    void addControl(QWidget *control);

private:
    StateGlyph *m_glyph;
    TextLabel *m_sentence;
    TextLabel *m_detail;
    QHBoxLayout *m_controls;
};

} // namespace mayday::ui
