// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

class QVBoxLayout;

namespace mayday::ui {

/// Texts below one another: as high as they are where there is room, and to be scrolled where there
/// is not, so that nothing is cut off. A stop for the keys only while it scrolls.
class FittedArea : public QScrollArea {
    Q_OBJECT

public:
    /// name: for screen readers.
    explicit FittedArea(const QString &name, QWidget *parent = nullptr);

    /// What is added here belongs to the area.
    [[nodiscard]] QVBoxLayout *column() const { return m_column; }
    /// To be called when a text has changed.
    void fit();
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    [[nodiscard]] int heightOfTexts() const;
    void followRoom();

    QVBoxLayout *m_column;
};

} // namespace mayday::ui
