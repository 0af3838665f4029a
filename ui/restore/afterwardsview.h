// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/restorerecord.h"
#include "ui/kit/fittedarea.h"
#include "ui/kit/theme.h"

class QGridLayout;

namespace mayday::ui {

class TextLabel;

/// What is left to do once a restore is live: first what has come to life with the backup, each
/// with a glyph, then the jobs that are off, each with the statement that switches it on, then what
/// is to be done after any. The body of a Disclosure.
class AfterwardsView final : public FittedArea {
    Q_OBJECT

public:
    explicit AfterwardsView(const Theme &theme, QWidget *parent = nullptr);

    void setRecord(const restore::RestoreRecord &record);
    /// Nothing is left to do.
    [[nodiscard]] bool isEmpty() const;
    [[nodiscard]] QString title() const;

private:
    void addJobs(const QList<restore::JobOff> &jobs, int row);

    const Theme &m_theme;
    QGridLayout *m_found;
    TextLabel *m_general;
    qsizetype m_count = 0; ///< of what was found
};

} // namespace mayday::ui
