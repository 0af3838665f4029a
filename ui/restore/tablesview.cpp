// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/tablesview.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/sentenceheader.h"
#include "ui/kit/timetext.h"

#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QLineEdit>
#include <QShortcut>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

TablesView::TablesView(const Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_header(new SentenceHeader(theme, this)),
      m_find(new QLineEdit(this)),
      m_model(new DumpTablesModel(this)),
      m_table(new ActionTable(theme, this)),
      m_copy(new ActionButton(theme, ButtonKind::Primary, QString(), this)),
      m_bring(new ActionButton(theme, ButtonKind::Secondary, QString(), this))
{
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Tables of the backup"));
    m_table->setMonoColumns({DumpTablesModel::Table});
    m_table->setNumberColumns({DumpTablesModel::Rows, DumpTablesModel::Size});
    m_table->setStretchColumn(DumpTablesModel::Table);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setEmptyText(tr("This backup holds no rows"), tr("Choose another one."));
    auto *back = new ActionButton(theme, ButtonKind::Secondary, tr("Back to the plan"), this);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(metric::space12);
    buttons->addWidget(m_copy);
    buttons->addWidget(m_bring);
    buttons->addWidget(back);
    buttons->addStretch();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(metric::space12);
    column->addWidget(m_header);
    column->addWidget(m_find);
    column->addWidget(m_table, 1);
    column->addLayout(buttons);
    m_find->setPlaceholderText(tr("Find tables: a part of the name"));
    m_find->setAccessibleName(tr("Find tables"));
    m_find->setClearButtonEnabled(true);
    connect(m_find, &QLineEdit::textChanged, this, &TablesView::find);
    connect(m_find, &QLineEdit::returnPressed, m_table, [this] { m_table->setFocus(); });
    auto *toFind = new QShortcut(QKeySequence::Find, this);
    connect(toFind, &QShortcut::activated, m_find, [this] {
        m_find->setFocus();
        m_find->selectAll();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &TablesView::follow);
    connect(m_table, &ActionTable::activated, this, [this] {
        if (m_copy->isEnabled())
            Q_EMIT copyRequested();
    });
    connect(m_copy, &ActionButton::clicked, this, &TablesView::copyRequested);
    connect(m_bring, &ActionButton::clicked, this, &TablesView::tablesRequested);
    back->setShortcut(Qt::Key_Escape);
    connect(back, &ActionButton::clicked, this, &TablesView::backRequested);
}

void TablesView::showTables(const QString &file, const QList<dump::TableInDump> &tables,
                            const QList<restore::TableName> &missing)
{
    m_find->clear();
    m_model->setTables(tables, missing);
    m_header->setSentence(tr("Whose rows of %1 do you want beside the live data?").arg(file));
    m_header->setDetail(tr("Nothing is replaced. The rows are proven in a place of their own and "
                           "compared with what is live; then you choose which come back."));
    find({});
}

/// What is found is what is selected.
void TablesView::find(const QString &part)
{
    QItemSelection found;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const dump::TableInDump &table = m_model->table(row);
        const bool isFound =
            (table.schema + u'.' + table.name).contains(part.trimmed(), Qt::CaseInsensitive);
        m_table->setRowHidden(row, !isFound);
        if (isFound)
            found.select(m_model->index(row, 0), m_model->index(row, m_model->columnCount() - 1));
    }
    const QModelIndexList cells = found.indexes();
    m_table->selectionModel()->setCurrentIndex(cells.value(0), QItemSelectionModel::NoUpdate);
    m_table->selectionModel()->select(found, QItemSelectionModel::ClearAndSelect);
    follow();
}

QModelIndexList TablesView::selected() const
{
    QModelIndexList rows = m_table->selectionModel()->selectedRows();
    rows.removeIf([this](const QModelIndex &index) { return m_table->isRowHidden(index.row()); });
    return rows;
}

QList<restore::TableName> TablesView::chosen() const
{
    QList<restore::TableName> names;
    const QModelIndexList rows = selected();
    if (rows.size() == m_model->rowCount() && !areMissing(rows))
        return names;
    for (const QModelIndex &index : rows) {
        const dump::TableInDump &table = m_model->table(index.row());
        names.append({table.schema, table.name});
    }
    return names;
}

bool TablesView::areMissing(const QModelIndexList &rows) const
{
    return !rows.isEmpty() && std::ranges::all_of(rows, [this](const QModelIndex &index) {
        return m_model->isMissing(index.row());
    });
}

void TablesView::follow()
{
    qint64 rows = 0;
    qint64 bytes = 0;
    const QModelIndexList indexes = selected();
    for (const QModelIndex &index : indexes) {
        rows += m_model->table(index.row()).rows;
        bytes += m_model->table(index.row()).bytes;
    }
    m_copy->setEnabled(!indexes.isEmpty());
    m_bring->setVisible(areMissing(indexes));
    m_bring->setText(
        indexes.size() == 1
            ? tr("Bring it back where it was...")
            : tr("Bring %1 tables back where they were...").arg(timetext::count(indexes.size())));
    m_copy->setText(
        indexes.isEmpty()
            ? tr("Select a table")
            : tr("Lay %1 of %2 beside the live data (%3)")
                  .arg(rows == 1 ? tr("1 row") : tr("%1 rows").arg(timetext::count(rows)),
                       indexes.size() == 1 ? tr("1 table")
                                           : tr("%1 tables").arg(timetext::count(indexes.size())),
                       timetext::bytes(bytes)));
}

QWidget *TablesView::initialFocus() const
{
    return m_table;
}

} // namespace mayday::ui
