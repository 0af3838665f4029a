// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/checklist.h"
#include "ui/kit/theme.h"

#include <QWidget>

namespace mayday::ui {

/// "Which way?" One large button an option, chosen by number as well; what each brings stands below
/// its name.
class DecisionView final : public QWidget {
    Q_OBJECT

public:
    DecisionView(const Theme &theme, const runbook::Checklist &checklist,
                 const runbook::Decision &decision, QWidget *parent = nullptr);

Q_SIGNALS:
    void chosen(const QString &decision, const QString &option);
};

} // namespace mayday::ui
