// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/planview.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/card.h"
#include "ui/kit/disclosure.h"
#include "ui/kit/errorpanel.h"
#include "ui/kit/fittedarea.h"
#include "ui/kit/textlabel.h"
#include "ui/restore/insidetexts.h"
#include "ui/restore/plantexts.h"
#include "ui/restore/roletexts.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

PlanView::PlanView(const Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_sentence(new TextLabel(theme, TextStyle::StepText, this)),
      m_card(new Card(theme, this)),
      m_factsArea(new FittedArea(tr("The plan"), m_card)),
      m_facts(new FactTable(theme)),
      m_loss(new TextLabel(theme, TextStyle::Detail, Ink::Second, this)),
      m_lossFold(new Disclosure(theme, tr("What is lost, table by table"), m_loss, this)),
      m_warnings(new TextLabel(theme, TextStyle::Detail, Ink::Second, this)),
      m_warningsFold(
          new Disclosure(theme, tr("What in the backup to read before"), m_warnings, this)),
      m_error(new ErrorPanel(theme, this)),
      m_replace(new ActionButton(theme, ButtonKind::Danger, QString(), this)),
      m_rows(new ActionButton(theme, ButtonKind::Secondary, tr("Only bring rows back..."), this)),
      m_again(new ActionButton(theme, ButtonKind::Secondary, tr("Ask the server again"), this)),
      m_other(new ActionButton(theme, ButtonKind::Secondary, tr("Choose another backup"), this))
{
    m_loss->setSelectable(true);
    m_warnings->setSelectable(true);
    m_factsArea->column()->addWidget(m_facts);
    m_card->body()->addWidget(m_factsArea);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(metric::space12);
    buttons->addWidget(m_replace);
    buttons->addWidget(m_rows);
    buttons->addWidget(m_again);
    buttons->addWidget(m_other);
    buttons->addStretch();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(metric::space16);
    for (QWidget *part : {static_cast<QWidget *>(m_sentence), static_cast<QWidget *>(m_card),
                          static_cast<QWidget *>(m_error)})
        column->addWidget(part);
    column->addLayout(buttons);
    column->addWidget(m_lossFold);
    column->addWidget(m_warningsFold);
    column->addStretch();
    connect(m_replace, &ActionButton::clicked, this, &PlanView::replaceRequested);
    connect(m_rows, &ActionButton::clicked, this, &PlanView::rowsRequested);
    connect(m_again, &ActionButton::clicked, this, &PlanView::askAgainRequested);
    connect(m_other, &ActionButton::clicked, this, &PlanView::otherBackupRequested);
    connect(m_facts, &FactTable::linkActivated, this, [this](const QString &target) {
        if (target == "loss"_L1)
            m_lossFold->setOpen(!m_lossFold->isOpen());
        else if (target == insidetexts::warningsTarget)
            m_warningsFold->setOpen(!m_warningsFold->isOpen());
        else if (target == insidetexts::objectsTarget)
            Q_EMIT objectsRequested();
        else if (target == roletexts::makeTarget)
            Q_EMIT rolesToggled();
        else if (target == roletexts::whoTarget)
            Q_EMIT whoRequested();
        else if (target == plantexts::leftOutTarget)
            Q_EMIT leftOutToggled();
        else if (target == plantexts::missingTarget)
            Q_EMIT missingRequested();
        else
            Q_EMIT wayRequested(restore::modeFromKey(target));
    });
}

void PlanView::show(bool plan, bool error)
{
    m_card->setVisible(plan);
    m_replace->setVisible(plan);
    m_rows->setVisible(plan);
    m_lossFold->setVisible(plan && !m_loss->text().isEmpty());
    m_warningsFold->setVisible(plan && !m_warnings->text().isEmpty());
    m_error->setVisible(error);
    m_again->setVisible(error);
}

void PlanView::showAsking(const QString &target)
{
    m_sentence->setText(
        tr("Asking %1 what is there, and counting what would be lost...").arg(target));
    show(false, false);
}

void PlanView::showPlan(const Plan &plan)
{
    m_sentence->setText(plan.sentence);
    m_facts->setFacts(plan.facts);
    m_factsArea->fit();
    m_loss->setText(plan.lossDetails);
    m_warnings->setText(plan.warnings.join(u'\n'));
    m_replace->setText(plan.verb + u"..."_s);
    m_replace->setKind(plan.replaces ? ButtonKind::Danger : ButtonKind::Primary);
    if (plan.hindrance)
        setError(*plan.hindrance);
    show(true, plan.hindrance.has_value());
    m_replace->setVisible(!plan.hindrance);
}

void PlanView::showBlocker(const Error &error)
{
    m_sentence->setText(tr("This cannot be restored there as it is."));
    setError(error);
    show(false, true);
}

void PlanView::setError(const Error &error)
{
    m_error->setError(error);
    m_error->setWhatIsSafe(tr("Nothing was changed: only questions were asked."));
}

/// Where a second Enter starts nothing.
QWidget *PlanView::initialFocus() const
{
    if (m_error->isVisibleTo(this))
        return m_again;
    return m_lossFold->isVisibleTo(this) ? static_cast<QWidget *>(m_lossFold) : m_other;
}

} // namespace mayday::ui
