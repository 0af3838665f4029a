// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/statusstrip.h"

#include "ui/kit/textlabel.h"
#include "ui/kit/timetext.h"

#include <QHBoxLayout>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr int stackFrom = 600;
constexpr int nextFrom = 440;

} // namespace

StatusStrip::StatusStrip(const Theme &theme, const Clock &clock, QTimeZone here, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_clock(clock),
      m_here(std::move(here)),
      m_glyph(new StateGlyph(theme, StateShape::Unknown, this)),
      m_text(new TextLabel(theme, TextStyle::Caption, Ink::Second, this)),
      m_next(new TextLabel(theme, TextStyle::Caption, Ink::Second, this)),
      m_stack(new TextLabel(theme, TextStyle::Caption, Ink::Second, this)),
      m_time(new TextLabel(theme, TextStyle::Caption, Ink::Second, this))
{
    setFixedHeight(metric::statusBarHeight);
    m_glyph->setExtent(10);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(metric::space16, 1, metric::space16, 0);
    row->setSpacing(metric::space16);
    row->addWidget(m_glyph);
    m_text->setElided(true);
    row->addWidget(m_text, 1);
    for (TextLabel *label : {m_next, m_stack, m_time}) {
        label->setWordWrap(false);
        row->addWidget(label);
    }
    m_next->setTabular(true);
    m_time->setTabular(true);
    m_ticker.setInterval(std::chrono::seconds(1));
    connect(&m_ticker, &QTimer::timeout, this, &StatusStrip::tick);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
    tick();
}

void StatusStrip::setFacts(const StatusFacts &facts)
{
    m_facts = facts;
    m_glyph->setShape(facts.shape);
    m_text->setText(facts.text);
    m_stack->setText(facts.stackName);
    tick();
}

void StatusStrip::tick()
{
    const QDateTime now = m_clock.now();
    const QString here = now.toTimeZone(m_here).toString(u"HH:mm"_s);
    m_time->setText(tr("%1 · %2 here").arg(timetext::utcSeconds(now), here));
    // What matters least gives way first.
    m_stack->setVisible(!m_facts.stackName.isEmpty() && width() >= stackFrom);
    m_next->setVisible(m_facts.nextCheck.has_value() && width() >= nextFrom);
    if (!m_facts.nextCheck)
        return;
    const std::chrono::milliseconds left(now.msecsTo(*m_facts.nextCheck));
    m_next->setText(left.count() < 1000 ? tr("Checking now")
                                        : tr("Next check in %1")
                                              .arg(timetext::duration(
                                                  std::chrono::floor<std::chrono::seconds>(left))));
}

QString StatusStrip::plainText() const
{
    QStringList parts;
    for (const TextLabel *label : {m_text, m_next, m_stack, m_time}) {
        if (!label->isHidden() && !label->plainText().isEmpty())
            parts += label->plainText();
    }
    return parts.join(u", "_s);
}

void StatusStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.tokens().panel);
    painter.fillRect(QRect(0, 0, width(), 1), m_theme.tokens().line);
}

void StatusStrip::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    tick();
}

void StatusStrip::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    tick();
    m_ticker.start();
}

void StatusStrip::hideEvent(QHideEvent *event)
{
    m_ticker.stop();
    QWidget::hideEvent(event);
}

} // namespace mayday::ui
