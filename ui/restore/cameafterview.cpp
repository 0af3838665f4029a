// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/cameafterview.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/errorpanel.h"
#include "ui/kit/sentenceheader.h"
#include "ui/kit/textlabel.h"
#include "ui/kit/timetext.h"
#include "ui/restore/cameaftermodel.h"

#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

using restore::TableChoice;

namespace {

QString rows(qint64 count)
{
    return count == 1 ? CameAfterView::tr("1 row")
                      : CameAfterView::tr("%1 rows").arg(timetext::count(count));
}

QString tables(qsizetype count)
{
    return count == 1 ? CameAfterView::tr("1 table")
                      : CameAfterView::tr("%1 tables").arg(timetext::count(count));
}

/// Columns that only one side has are neither compared nor filled, and that must be said.
QString columnNotes(const restore::Comparison &comparison)
{
    QStringList lines;
    for (const restore::TableComparison &table : comparison.tables) {
        if (!table.pair.hasLive || table.isSame())
            continue;
        if (!table.pair.onlyKeptColumns.isEmpty())
            lines.append(
                (comparison.isCopy
                     ? CameAfterView::tr("%1: there is no column %2 live; it is not brought back.")
                     : CameAfterView::tr(
                           "%1: the backup has no column %2; it is not brought back."))
                    .arg(table.pair.name, table.pair.onlyKeptColumns.join(u", "_s)));
        if (!table.pair.onlyLiveColumns.isEmpty())
            lines.append(
                (comparison.isCopy
                     ? CameAfterView::tr("%1: the backup has no column %2; it gets its default.")
                     : CameAfterView::tr(
                           "%1: column %2 is only in the backup; it gets its default."))
                    .arg(table.pair.name, table.pair.onlyLiveColumns.join(u", "_s)));
        if (const QStringList names = table.pair.notComparedColumns(); !names.isEmpty())
            lines.append(
                (comparison.isCopy
                     ? CameAfterView::tr(
                           "%1: %2 is not compared; a job that is brought back is off.")
                     : CameAfterView::tr("%1: %2 is not compared: a restore switches jobs off."))
                    .arg(table.pair.name, names.join(u", "_s)));
    }
    return lines.join(u'\n');
}

} // namespace

CameAfterView::CameAfterView(const Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_header(new SentenceHeader(theme, this)),
      m_error(new ErrorPanel(theme, this)),
      m_model(new CameAfterModel(this)),
      m_table(new ActionTable(theme, this)),
      m_notes(new TextLabel(theme, TextStyle::Detail, Ink::Second, this)),
      m_choices(new QWidget(this)),
      m_bring(new ActionButton(theme, ButtonKind::Primary, QString(), this)),
      m_stop(new ActionButton(theme, ButtonKind::Secondary, tr("Stop; nothing changes"), this)),
      m_again(new ActionButton(theme, ButtonKind::Secondary, tr("Compare again"), this)),
      m_back(new ActionButton(theme, ButtonKind::Secondary, tr("Back to the verdict"), this))
{
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Tables that differ"));
    m_table->setMonoColumns({CameAfterModel::Table});
    m_table->setNumberColumns(
        {CameAfterModel::OnlyKept, CameAfterModel::OnlyLive, CameAfterModel::Changed});
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_notes->setSelectable(true);
    m_stop->setKeyHint(tr("Esc"));
    m_stop->setShortcut(Qt::Key_Escape);
    auto *choices = new QHBoxLayout(m_choices);
    choices->setContentsMargins({});
    choices->setSpacing(metric::space8);
    choices->addWidget(new TextLabel(theme, TextStyle::Detail, Ink::Second, m_choices));
    m_choices->findChild<TextLabel *>()->setText(tr("Selected tables:"));
    for (const TableChoice choice :
         {TableChoice::AddMissing, TableChoice::AsBefore, TableChoice::LeaveAsRestored}) {
        auto *button =
            new ActionButton(theme, ButtonKind::Secondary, choiceWord(choice, false), m_choices);
        m_choiceButtons.append({choice, button});
        choices->addWidget(button);
        connect(button, &ActionButton::clicked, this,
                [this, choice] { chooseForSelected(choice); });
    }
    choices->addStretch();
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(metric::space12);
    buttons->addWidget(m_bring);
    buttons->addWidget(m_stop);
    buttons->addWidget(m_again);
    buttons->addWidget(m_back);
    buttons->addStretch();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(metric::space12);
    column->addWidget(m_header);
    column->addWidget(m_error);
    column->addWidget(m_table, 1);
    column->addWidget(m_choices);
    column->addWidget(m_notes);
    column->addLayout(buttons);
    connect(m_table, &ActionTable::activated, this, &CameAfterView::nextChoice);
    connect(m_model, &CameAfterModel::choicesChanged, this, &CameAfterView::follow);
    connect(m_bring, &ActionButton::clicked, this, &CameAfterView::bringBackRequested);
    connect(m_stop, &ActionButton::clicked, this, &CameAfterView::stopRequested);
    connect(m_again, &ActionButton::clicked, this, &CameAfterView::compareAgainRequested);
    connect(m_back, &ActionButton::clicked, this, &CameAfterView::backRequested);
}

void CameAfterView::showParts(bool table, bool error)
{
    m_table->setVisible(table);
    m_choices->setVisible(table);
    m_notes->setVisible(table && !m_notes->plainText().isEmpty());
    m_bring->setVisible(table);
    m_error->setVisible(error);
}

void CameAfterView::setRunning(bool running)
{
    m_stop->setVisible(running);
    m_again->setVisible(!running);
    m_back->setEnabled(!running);
    m_choices->setEnabled(!running);
}

void CameAfterView::showComparing(const restore::Comparison &soFar)
{
    m_header->setShape(std::nullopt);
    m_header->setSentence(tr("Comparing what is kept with what is live now..."));
    const QString meanwhile =
        soFar.database.isEmpty()
            ? tr("Only questions are asked; nothing changes.")
            : tr("Nothing live changes; of a table that differs the server holds a temporary copy "
                 "meanwhile.");
    m_header->setDetail(tr("%1 compared so far. %2").arg(tables(soFar.tables.size()), meanwhile));
    showParts(false, false);
    setRunning(true);
}

void CameAfterView::showComparison(const restore::Comparison &comparison)
{
    m_isCopy = comparison.isCopy;
    for (const auto &[choice, button] : std::as_const(m_choiceButtons))
        button->setText(choiceWord(choice, m_isCopy));
    m_model->setComparison(comparison);
    m_notes->setText(columnNotes(comparison));
    setRunning(false);
    tellDifference(comparison);
    const bool differs = !comparison.isSame();
    showParts(differs, false);
    if (differs)
        m_table->setCurrentIndex(m_model->index(0, 0));
    follow();
}

void CameAfterView::tellDifference(const restore::Comparison &comparison)
{
    const auto differing = std::ranges::count_if(
        comparison.tables, [](const restore::TableComparison &t) { return !t.isSame(); });
    const QString missing = rows(comparison.onlyKept());
    QString detail;
    m_header->setShape(comparison.onlyKept() == 0 ? StateShape::Ok : StateShape::Degraded);
    if (differing == 0) {
        m_header->setSentence(
            m_isCopy
                ? tr("Nothing is missing: these tables hold the same rows live as in the backup.")
                : tr("Nothing is missing: all tables hold the same rows as before the restore."));
    } else if (comparison.onlyKept() == 0) {
        m_header->setSentence(m_isCopy ? tr("No row of the backup is missing live.")
                                       : tr("Nothing that came after the backup is missing."));
        detail = tr("%1 differ in other ways.").arg(tables(differing));
    } else {
        m_header->setSentence((m_isCopy ? tr("Not live now: %1 of the backup.")
                                        : tr("Not live now: %1 that came after the backup."))
                                  .arg(missing));
        detail = tr("They are kept on this server. Choose for each table what happens; Enter "
                    "changes the choice.");
    }
    m_header->setDetail(m_done.isEmpty() ? detail : m_done);
}

void CameAfterView::showBringing()
{
    m_header->setShape(std::nullopt);
    m_header->setSentence(tr("Bringing the rows back, and proving it..."));
    m_header->setDetail(tr("In one transaction; until it is proven nobody sees any of it."));
    m_bring->setEnabled(false);
    m_error->hide();
    setRunning(true);
}

void CameAfterView::showReceipt(const restore::BringBackReceipt &receipt)
{
    m_done.clear();
    setRunning(false);
    if (receipt.error) {
        m_header->setShape(receipt.isUnknown ? StateShape::Unknown : StateShape::Down);
        m_header->setSentence(receipt.isUnknown ? tr("It is not known whether the rows came back.")
                                                : tr("Not brought back. Nothing changed."));
        m_header->setDetail({});
        m_error->setError(*receipt.error);
        m_error->setWhatIsSafe(
            receipt.isUnknown
                ? tr("Either all of it took place or nothing. Compare again to see.")
                : tr("The live data is as it was: everything happened in one transaction that was "
                     "rolled back."));
        m_error->show();
        follow();
        return;
    }
    m_error->hide();
    m_done = tr("Brought back and proven: %1 in %2.")
                 .arg(rows(receipt.inserted()), tables(receipt.tables.size()));
    if (!receipt.notes.isEmpty())
        m_done += u' ' + receipt.notes.join(u". "_s) + u'.';
}

void CameAfterView::showError(const Error &error)
{
    m_header->setShape(StateShape::Unknown);
    if (error.kind == ErrorKind::Cancelled) { // which is what was asked for
        m_header->setSentence(tr("Stopped. Nothing was changed."));
        m_header->setDetail(tr("Nothing is known of what is missing until it is compared again."));
        setRunning(false);
        showParts(false, false);
        return;
    }
    m_header->setSentence(tr("It could not be compared."));
    m_header->setDetail({});
    m_error->setError(error);
    m_error->setWhatIsSafe(tr("Nothing was changed: only questions were asked."));
    setRunning(false);
    showParts(false, true);
}

QList<restore::TableDecision> CameAfterView::decisions() const
{
    return m_model->decisions();
}

QString CameAfterView::verb() const
{
    const qint64 changes = m_model->rowsToChange() + m_model->rowsToRemove();
    return changes == 0
               ? tr("Bring back %1").arg(rows(m_model->rowsToAdd()))
               : tr("Bring back %1, change %2").arg(rows(m_model->rowsToAdd()), rows(changes));
}

QString CameAfterView::consequence() const
{
    QStringList parts{tr("%1 added").arg(rows(m_model->rowsToAdd()))};
    if (m_model->rowsToChange() > 0)
        parts.append(
            (m_isCopy ? tr("%1 made as in the backup") : tr("%1 made as before the restore"))
                .arg(rows(m_model->rowsToChange())));
    if (m_model->rowsToRemove() > 0)
        parts.append((m_isCopy ? tr("%1 removed that the backup does not have")
                               : tr("%1 removed that only the backup has"))
                         .arg(rows(m_model->rowsToRemove())));
    return parts.join(u", "_s);
}

void CameAfterView::chooseForSelected(TableChoice choice)
{
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows())
        m_model->choose(index.row(), choice);
}

void CameAfterView::nextChoice()
{
    const int row = m_table->currentIndex().row();
    switch (m_model->choice(row)) {
    case TableChoice::LeaveAsRestored: return m_model->choose(row, TableChoice::AddMissing);
    case TableChoice::AddMissing: return m_model->choose(row, TableChoice::AsBefore);
    case TableChoice::AsBefore: return m_model->choose(row, TableChoice::LeaveAsRestored);
    }
}

void CameAfterView::follow()
{
    m_bring->setText(verb() + u"..."_s);
    m_bring->setEnabled(!m_model->decisions().isEmpty());
}

QWidget *CameAfterView::initialFocus() const
{
    if (m_table->isVisibleTo(this))
        return m_table;
    return m_stop->isVisibleTo(this) ? m_stop : m_back;
}

} // namespace mayday::ui
