// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runbook/sensedview.h"

#include "ui/kit/stateglyph.h"
#include "ui/kit/textlabel.h"
#include "ui/kit/timetext.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

StateShape shapeOf(const desk::CheckReading &reading)
{
    if (!reading.passed)
        return StateShape::Unknown;
    return *reading.passed ? StateShape::Ok : StateShape::Down;
}

} // namespace

SensedView::SensedView(const Theme &theme, const Clock &clock, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_clock(clock), m_lines(new QVBoxLayout(this))
{
    m_lines->setContentsMargins({});
    m_lines->setSpacing(metric::space8);
}

void SensedView::setReadings(const QList<desk::CheckReading> &readings)
{
    while (QLayoutItem *item = m_lines->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const desk::CheckReading &reading : readings)
        addLine(reading);
}

void SensedView::addLine(const desk::CheckReading &reading)
{
    auto *line = new QWidget(this);
    auto *row = new QHBoxLayout(line);
    row->setContentsMargins({});
    row->setSpacing(metric::space12);
    row->addWidget(new StateGlyph(m_theme, shapeOf(reading), line));
    auto *label = new TextLabel(m_theme, TextStyle::BaseStrong, line);
    label->setText(reading.call.label);
    label->setWordWrap(false);
    auto *words = new TextLabel(m_theme, TextStyle::Base, Ink::Second, line);
    const QString age =
        reading.at.isValid() ? u" · "_s + timetext::age(reading.at, m_clock.now()) : QString();
    words->setText(reading.words + age);
    row->addWidget(label);
    row->addWidget(words, 1);
    m_lines->addWidget(line);
}

} // namespace mayday::ui
