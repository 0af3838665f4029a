// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/incident/incidentband.h"

#include "ui/incident/incidenttexts.h"
#include "ui/kit/actionbutton.h"
#include "ui/kit/tag.h"
#include "ui/kit/textlabel.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

IncidentBand::IncidentBand(const Theme &theme, const incident::IncidentDesk &incidents,
                           const Clock &clock, QString stackName, QWidget *parent)
    : QFrame(parent),
      m_theme(theme),
      m_incidents(incidents),
      m_clock(clock),
      m_stackName(std::move(stackName)),
      m_tag(new Tag(theme, QString(), Ink::Drill, false, this))
{
    setFixedHeight(metric::bandHeight);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(metric::space24, 0, metric::space24, 0);
    row->setSpacing(metric::space24);
    row->addWidget(m_tag);
    m_scenario = addPair(*row, QString());
    // The names give way; the clocks and the commander stay whole.
    for (TextLabel *name : {m_scenario.caption, m_scenario.value})
        name->setElided(true);
    row->setStretch(row->count() - 1, 1);
    m_recovery = addPair(*row, tr("Recovery clock"));
    m_update = addPair(*row, tr("Next update due"));
    m_commander = addPair(*row, tr("Commander"));
    auto *back = new ActionButton(theme, ButtonKind::Secondary, tr("Checklist"), this);
    row->addWidget(back);
    connect(back, &ActionButton::clicked, this, &IncidentBand::checklistRequested);
    connect(&incidents, &incident::IncidentDesk::runningChanged, this, &IncidentBand::follow);
    connect(&incidents, &incident::IncidentDesk::incidentChanged, this, &IncidentBand::follow);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
    m_ticker.setInterval(std::chrono::seconds(1));
    connect(&m_ticker, &QTimer::timeout, this, &IncidentBand::tick);
    follow();
}

IncidentBand::Pair IncidentBand::addPair(QHBoxLayout &row, const QString &caption)
{
    auto *column = new QVBoxLayout;
    column->setSpacing(0);
    auto *small = new TextLabel(m_theme, TextStyle::Caption, Ink::Second, this);
    small->setText(caption);
    small->setWordWrap(false);
    auto *value = new TextLabel(m_theme, TextStyle::BaseStrong, this);
    value->setWordWrap(false);
    column->addStretch();
    column->addWidget(small);
    column->addWidget(value);
    column->addStretch();
    row.addLayout(column);
    return {small, value};
}

void IncidentBand::setStackName(const QString &name)
{
    m_stackName = name;
    follow();
}

void IncidentBand::follow()
{
    const incident::Incident *running = m_incidents.running();
    setVisible(running);
    if (!running) {
        m_ticker.stop();
        return;
    }
    m_tag->set(incidenttexts::modeWord(*running), running->drill ? Ink::Drill : Ink::Down,
               !running->drill);
    m_scenario.caption->setText(incidenttexts::numberWord(*running) + u" · "_s + running->title);
    m_scenario.value->setText(m_stackName + u" / "_s + running->environment);
    m_commander.value->setText(running->commander);
    m_recovery.caption->setText(
        running->rto.count() > 0 ? tr("Recovery clock (promise %1 min)").arg(running->rto.count())
                                 : tr("Recovery clock"));
    m_ticker.start();
    tick();
    update();
}

void IncidentBand::tick()
{
    const incident::Incident *running = m_incidents.running();
    if (!running)
        return;
    const incident::RtoReading clock = incident::readRtoClock(*running, m_clock.now());
    m_recovery.value->setText(incidenttexts::clockWords(clock));
    m_recovery.value->setInk(incidenttexts::clockInk(clock));
    const std::chrono::seconds until = incident::untilNextUpdate(*running, m_clock.now());
    m_update.value->setText(incidenttexts::updateWords(until));
    m_update.value->setInk(incidenttexts::updateInk(until));
}

/// Drill and production differ in ground, line and tag; the drill's line is broken as well, so that
/// they differ without colour.
void IncidentBand::paintEvent(QPaintEvent *)
{
    const incident::Incident *running = m_incidents.running();
    const bool drill = running && running->drill;
    QPainter painter(this);
    painter.fillRect(rect(), drill ? m_theme.tokens().drillBg : m_theme.tokens().downBg);
    painter.setPen(QPen(drill ? m_theme.tokens().drill : m_theme.tokens().down, 2,
                        drill ? Qt::DashLine : Qt::SolidLine));
    painter.drawLine(0, height() - 1, width(), height() - 1);
}

} // namespace mayday::ui
