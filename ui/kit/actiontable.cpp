// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/actiontable.h"

#include "ui/kit/tablepainter.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr int rowsMeasured = 100;

/// The header aligns with its column, whatever the model thinks.
class TableHeader final : public QHeaderView {
public:
    TableHeader(const Theme &theme, ActionTable &table)
        : QHeaderView(Qt::Horizontal, &table), m_theme(theme), m_table(table)
    {
        setHighlightSections(false);
        setSectionsClickable(true);
        setFixedHeight(33);
        setMinimumSectionSize(48);
    }

    [[nodiscard]] QSize sectionSizeFromContents(int section) const override
    {
        const QFontMetrics metrics(m_theme.font(TextStyle::CaptionStrong));
        const int arrow =
            m_table.isSortingEnabled() ? metrics.horizontalAdvance(arrowOf(Qt::AscendingOrder)) : 0;
        return {metrics.horizontalAdvance(textOf(section)) + arrow + 26, 33};
    }

protected:
    void paintSection(QPainter *painter, const QRect &area, int section) const override
    {
        painter->save();
        painter->setFont(m_theme.font(TextStyle::CaptionStrong));
        painter->setPen(m_theme.tokens().ink2);
        const Qt::Alignment side = m_table.isNumberColumn(section) ? Qt::AlignRight : Qt::AlignLeft;
        const QRect inner = area.adjusted(12, 0, -12, -1);
        const bool isSorted = m_table.isSortingEnabled() && sortIndicatorSection() == section;
        const QString text =
            isSorted ? textOf(section) + arrowOf(sortIndicatorOrder()) : textOf(section);
        painter->drawText(inner, static_cast<int>(side | Qt::AlignVCenter) | Qt::TextSingleLine,
                          painter->fontMetrics().elidedText(text, Qt::ElideRight, inner.width()));
        painter->fillRect(QRect(area.left(), area.bottom(), area.width(), 1),
                          m_theme.tokens().line);
        painter->restore();
    }

private:
    [[nodiscard]] QString textOf(int section) const
    {
        return model() == nullptr ? QString()
                                  : model()->headerData(section, Qt::Horizontal).toString();
    }

    [[nodiscard]] static QString arrowOf(Qt::SortOrder order)
    {
        return order == Qt::AscendingOrder ? u" \u25b4"_s : u" \u25be"_s;
    }

    const Theme &m_theme;
    const ActionTable &m_table;
};

QString cellText(const QModelIndex &index)
{
    const QVariant special = index.data(CopyRole);
    QString text = (special.isValid() ? special : index.data()).toString();
    return text.replace(u'\t', u' ').replace(u'\n', u' ');
}

} // namespace

ActionTable::ActionTable(const Theme &theme, QWidget *parent) : QTableView(parent), m_theme(theme)
{
    setItemDelegate(new TablePainter(theme, *this));
    setHorizontalHeader(new TableHeader(theme, *this));
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(metric::tableRowHeight);
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setTabKeyNavigation(false);
    setWordWrap(false);
    setMouseTracking(true);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    viewport()->setAttribute(Qt::WA_Hover);
    connect(&theme, &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void ActionTable::setModel(QAbstractItemModel *model)
{
    if (this->model() != nullptr)
        disconnect(this->model(), nullptr, this, nullptr);
    QTableView::setModel(model);
    if (model == nullptr)
        return;
    connect(model, &QAbstractItemModel::modelReset, this, &ActionTable::fitColumns);
    connect(model, &QAbstractItemModel::rowsInserted, this, &ActionTable::fitColumns);
    connect(model, &QAbstractItemModel::dataChanged, this, &ActionTable::widen);
    connect(model, &QAbstractItemModel::rowsRemoved, viewport(), qOverload<>(&QWidget::update));
    fitColumns();
}

void ActionTable::setNumberColumns(const QSet<int> &columns)
{
    m_numbers = columns;
    viewport()->update();
}

void ActionTable::setMonoColumns(const QSet<int> &columns)
{
    m_mono = columns;
    fitColumns();
}

void ActionTable::setStretchColumn(int column)
{
    m_stretch = column;
    fitColumns();
}

void ActionTable::setEmptyText(const QString &headline, const QString &detail)
{
    m_emptyHeadline = headline;
    m_emptyDetail = detail;
    setAccessibleDescription(u"%1 %2"_s.arg(headline, detail));
    viewport()->update();
}

QString ActionTable::asText() const
{
    if (model() == nullptr)
        return {};
    const auto columns = model()->columnCount();
    QStringList header;
    for (int column = 0; column < columns; ++column)
        header += model()->headerData(column, Qt::Horizontal).toString();
    QStringList lines{header.join(u'\t')};
    const bool all = selectionModel()->selectedRows().isEmpty();
    for (int row = 0; row < model()->rowCount(); ++row) {
        if (!all && !selectionModel()->isRowSelected(row, {}))
            continue;
        QStringList cells;
        for (int column = 0; column < columns; ++column)
            cells += cellText(model()->index(row, column));
        lines += cells.join(u'\t');
    }
    return lines.join(u'\n');
}

void ActionTable::setFrameless(bool frameless)
{
    viewport()->setAutoFillBackground(!frameless);
    setAutoFillBackground(!frameless);
}

void ActionTable::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    if ((model() != nullptr && model()->rowCount() > 0) || m_emptyHeadline.isEmpty())
        return;
    QPainter painter(viewport());
    const int width = std::min(viewport()->width() - 2 * metric::space24, 520);
    const QRect area((viewport()->width() - width) / 2, viewport()->height() / 2 - 40, width, 90);
    painter.setFont(m_theme.font(TextStyle::BaseStrong));
    painter.setPen(m_theme.tokens().ink);
    painter.drawText(QRect(area.left(), area.top(), width, 24), Qt::AlignCenter, m_emptyHeadline);
    painter.setFont(m_theme.font(TextStyle::Base));
    painter.setPen(m_theme.tokens().ink2);
    const int flags = static_cast<int>(Qt::AlignHCenter | Qt::AlignTop) | Qt::TextWordWrap;
    painter.drawText(area.adjusted(0, 28, 0, 0), flags, m_emptyDetail);
}

bool ActionTable::viewportEvent(QEvent *event)
{
    int row = m_hoveredRow;
    if (event->type() == QEvent::HoverMove || event->type() == QEvent::HoverEnter)
        row = rowAt(qRound(static_cast<QHoverEvent *>(event)->position().y()));
    else if (event->type() == QEvent::HoverLeave || event->type() == QEvent::Leave)
        row = -1;
    if (row != m_hoveredRow) {
        m_hoveredRow = row;
        viewport()->update();
    }
    return QTableView::viewportEvent(event);
}

void ActionTable::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        return;
    }
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && currentIndex().isValid()) {
        Q_EMIT activated(currentIndex());
        return;
    }
    QTableView::keyPressEvent(event);
}

void ActionTable::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions(actions());
    if (!actions().isEmpty())
        menu->addSeparator();
    QAction *copy = menu->addAction(tr("Copy"));
    copy->setShortcut(QKeySequence::Copy);
    connect(copy, &QAction::triggered, this, &ActionTable::copySelection);
    menu->popup(event->globalPos());
}

void ActionTable::copySelection() const
{
    QGuiApplication::clipboard()->setText(asText());
}

/// A text that has grown gets its room; a column never becomes narrower under the reader's eyes.
void ActionTable::widen(const QModelIndex &from, const QModelIndex &to)
{
    QStyleOptionViewItem option;
    for (int column = from.column(); column <= to.column(); ++column) {
        if (horizontalHeader()->sectionResizeMode(column) == QHeaderView::Stretch)
            continue;
        int width = columnWidth(column);
        for (int row = from.row(); row <= std::min(to.row(), from.row() + rowsMeasured); ++row)
            width = std::max(width,
                             itemDelegate()->sizeHint(option, model()->index(row, column)).width());
        setColumnWidth(column, width);
    }
}

void ActionTable::fitColumns()
{
    if (model() == nullptr || model()->columnCount() == 0)
        return;
    resizeColumnsToContents();
    const int last = model()->columnCount() - 1;
    for (int column = 0; column <= last; ++column)
        horizontalHeader()->setSectionResizeMode(column, QHeaderView::Interactive);
    horizontalHeader()->setSectionResizeMode(m_stretch < 0 ? last : m_stretch,
                                             QHeaderView::Stretch);
    viewport()->update();
}

} // namespace mayday::ui
