// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/stateglyph.h"

#include <QWidget>

namespace mayday::ui {

/// What a tile says. All text is for people and already translated.
struct TileFacts {
    QString name; ///< "Database main"
    QString word; ///< "Partial outage"; empty: wordOf(shape)
    StateShape shape = StateShape::Unknown;
    QString detail; ///< "Connection timed out, 41 failures"
    QString age;    ///< "probed 6 s ago"; always there (R11)

    [[nodiscard]] bool operator==(const TileFacts &) const = default;
};

/// One reading on a card: name, shape, word, detail, age. Reachable by Tab, says everything to a
/// screen reader, copies itself as text (Ctrl+C and context menu). Long lines end in "..." and are
/// whole in the tooltip. Enter, Space and a click emit activated().
class Tile final : public QWidget {
    Q_OBJECT
public:
    explicit Tile(const Theme &theme, QWidget *parent = nullptr);

    void setFacts(const TileFacts &facts);
    /// Ages change every second; the rest does not.
    void setAge(const QString &age);
    [[nodiscard]] const TileFacts &facts() const { return m_facts; }
    /// "Database main: Down. Connection timed out. probed 6 s ago"
    [[nodiscard]] QString spokenText() const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void activated();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    bool event(QEvent *event) override;

private:
    void copy() const;
    void retell();

    const Theme &m_theme;
    TileFacts m_facts;
    bool m_hovered = false;
};

} // namespace mayday::ui
