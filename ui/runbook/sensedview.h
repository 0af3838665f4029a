// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desk/stepsensor.h"
#include "ui/kit/theme.h"

#include <QWidget>

class QVBoxLayout;

namespace mayday::ui {

/// What Mayday sees when it looks for itself: one line a check, with shape, words and age.
class SensedView final : public QWidget {
    Q_OBJECT

public:
    SensedView(const Theme &theme, const Clock &clock, QWidget *parent = nullptr);
    void setReadings(const QList<desk::CheckReading> &readings);

private:
    void addLine(const desk::CheckReading &reading);

    const Theme &m_theme;
    const Clock &m_clock;
    QVBoxLayout *m_lines;
};

} // namespace mayday::ui
