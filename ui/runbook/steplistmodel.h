// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/checklist.h"

#include <QAbstractListModel>

namespace mayday::ui {

/// The checklist as a list: phases as headings with their count, steps with their state. What is
/// folded away (phases far ahead) is still a row, so nothing open is hidden (R3).
class StepListModel final : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role : int {
        KindRole = Qt::UserRole + 1, ///< int(Kind)
        StateRole,                   ///< int(runbook::StepState)
        SensedRole,                  ///< bool: Mayday looks for itself
        CurrentRole,                 ///< bool: the step to do now
        ShownRole,                   ///< bool: the step in the middle of the screen
    };
    enum class Kind { Phase, Step, Decision };

    explicit StepListModel(QObject *parent = nullptr);

    /// shown: the step that fills the centre.
    void setChecklist(const runbook::Checklist &checklist, const runbook::StepId &shown);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] runbook::StepId stepAt(const QModelIndex &index) const;
    [[nodiscard]] QModelIndex indexOf(const runbook::StepId &step) const;
    /// Invalid while there is none to make.
    [[nodiscard]] QModelIndex indexOfDecision() const;
    /// Kind::Phase, which leads nowhere, for an index that is not there.
    [[nodiscard]] Kind kindAt(const QModelIndex &index) const;

private:
    struct Row {
        Kind kind = Kind::Step;
        QString text;
        runbook::StepId step = {};
        runbook::StepState state = runbook::StepState::Open;
        bool isSensed = false;
        bool isCurrent = false;
        bool isShown = false;

        [[nodiscard]] bool operator==(const Row &) const = default;
    };
    [[nodiscard]] static QList<Row> rowsOf(const runbook::Checklist &checklist,
                                           const runbook::StepId &shown);
    [[nodiscard]] static QString spoken(const Row &row);

    QList<Row> m_rows;
};

} // namespace mayday::ui
