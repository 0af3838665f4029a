// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/checklist.h"
#include "ui/kit/theme.h"

#include <QStyledItemDelegate>

namespace mayday::ui {

/// Draws rows of StepListModel: a box for a person's step, a circle for one that checks itself, and
/// a mark of its own for done, seen, overridden and deferred, so that greyscale is enough (R3,
/// R10).
class StepDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit StepDelegate(const Theme &theme, QObject *parent = nullptr);

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const override;

private:
    void paintMark(QPainter &painter, const QRect &area, runbook::StepState state,
                   bool isSensed) const;
    [[nodiscard]] QFont fontFor(const QModelIndex &index) const;
    [[nodiscard]] QRect textArea(const QRect &row, bool isHeading) const;

    const Theme &m_theme;
};

} // namespace mayday::ui
