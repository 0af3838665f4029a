// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/tablesview.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/sentenceheader.h"
#include "ui/kit/timetext.h"

#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

TablesView::TablesView(const Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_header(new SentenceHeader(theme, this)),
      m_model(new DumpTablesModel(this)),
      m_table(new ActionTable(theme, this)),
      m_copy(new ActionButton(theme, ButtonKind::Primary, QString(), this))
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
    buttons->addWidget(back);
    buttons->addStretch();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(metric::space12);
    column->addWidget(m_header);
    column->addWidget(m_table, 1);
    column->addLayout(buttons);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &TablesView::follow);
    connect(m_table, &ActionTable::activated, this, [this] {
        if (m_copy->isEnabled())
            Q_EMIT copyRequested();
    });
    connect(m_copy, &ActionButton::clicked, this, &TablesView::copyRequested);
    connect(back, &ActionButton::clicked, this, &TablesView::backRequested);
}

void TablesView::showTables(const QString &file, const QList<dump::TableInDump> &tables)
{
    m_model->setTables(tables);
    m_header->setSentence(tr("Whose rows of %1 do you want beside the live data?").arg(file));
    m_header->setDetail(tr("Nothing is replaced. The rows are proven in a place of their own and "
                           "compared with what is live; then you choose which come back."));
    m_table->setCurrentIndex(m_model->index(0, 0));
    m_table->selectAll();
    follow();
}

QModelIndexList TablesView::selected() const
{
    return m_table->selectionModel()->selectedRows();
}

QList<restore::TableName> TablesView::chosen() const
{
    QList<restore::TableName> names;
    const QModelIndexList rows = selected();
    if (rows.size() == m_model->rowCount())
        return names;
    for (const QModelIndex &index : rows) {
        const dump::TableInDump &table = m_model->table(index.row());
        names.append({table.schema, table.name});
    }
    return names;
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
