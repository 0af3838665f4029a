// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "status/statuschange.h"
#include "ui/kit/card.h"

#include <QList>

namespace mayday::ui {

/// "What changed": the newest changes first, each with its time; says so when there were none.
class ChangesCard final : public QWidget {
    Q_OBJECT
public:
    explicit ChangesCard(const Theme &theme, QWidget *parent = nullptr);
    /// newest last, as the board keeps them
    void setChanges(const QList<status::StatusChange> &changes, const QDateTime &now);
    [[nodiscard]] QStringList lines() const;

private:
    QList<TextLabel *> m_lines;
    TextLabel *m_empty;
};

} // namespace mayday::ui
