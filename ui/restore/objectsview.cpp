// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/objectsview.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/copybutton.h"
#include "ui/kit/errorpanel.h"
#include "ui/kit/sentenceheader.h"
#include "ui/kit/textlabel.h"
#include "ui/kit/timetext.h"
#include "ui/restore/insidetexts.h"
#include "ui/restore/objectsmodel.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QShortcut>
#include <QVBoxLayout>

#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace mayday::ui {

namespace {

/// SQL to read: Ctrl+C takes what is selected, or all of it.
class SqlText final : public QPlainTextEdit {
public:
    using QPlainTextEdit::QPlainTextEdit;

protected:
    void keyPressEvent(QKeyEvent *event) override
    {
        if (event->matches(QKeySequence::Copy) && !textCursor().hasSelection())
            QGuiApplication::clipboard()->setText(toPlainText());
        else
            QPlainTextEdit::keyPressEvent(event);
    }
};

} // namespace

ObjectsView::ObjectsView(const Theme &theme, const backup::BackupShelf &shelf, QWidget *parent)
    : QWidget(parent),
      m_shelf(shelf),
      m_header(new SentenceHeader(theme, this)),
      m_find(new QLineEdit(this)),
      m_model(new ObjectsModel(this)),
      m_table(new ActionTable(theme, this)),
      m_about(new TextLabel(theme, TextStyle::Detail, Ink::Second, this)),
      m_largest(new ActionButton(theme, ButtonKind::Secondary, QString(), this)),
      m_copy(new CopyButton(theme, tr("Copy the SQL"), this)),
      m_sql(new SqlText(this)),
      m_error(new ErrorPanel(theme, this))
{
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("What is in the backup"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setMonoColumns({ObjectsModel::Name});
    m_table->setNumberColumns({ObjectsModel::Rows, ObjectsModel::Size, ObjectsModel::Line});
    m_table->setStretchColumn(ObjectsModel::Name);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->horizontalHeader()->setSortIndicatorClearable(true);
    m_table->setSortingEnabled(true);
    m_find->setPlaceholderText(tr("Find: parts of the name, or a kind"));
    m_find->setAccessibleName(tr("Find in the backup"));
    m_find->setClearButtonEnabled(true);
    m_sql->setReadOnly(true);
    m_sql->setTabChangesFocus(true);
    m_sql->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_sql->setFont(theme.font(TextStyle::Mono));
    m_sql->setAccessibleName(tr("SQL of what is selected"));
    auto *back = new ActionButton(theme, ButtonKind::Secondary, tr("Back"), this);
    auto *search = new QHBoxLayout;
    search->setSpacing(metric::space12);
    search->addWidget(m_find, 1);
    search->addWidget(m_largest);
    auto *line = new QHBoxLayout;
    line->setSpacing(metric::space8);
    line->addWidget(m_about, 1);
    line->addWidget(m_copy);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(metric::space12);
    column->addWidget(m_header);
    column->addLayout(search);
    column->addWidget(m_table, 3);
    column->addLayout(line);
    column->addWidget(m_sql, 2);
    column->addWidget(m_error);
    column->addWidget(back, 0, Qt::AlignLeft);
    back->setShortcut(Qt::Key_Escape);
    connect(back, &ActionButton::clicked, this, &ObjectsView::backRequested);
    connectParts();
    followOrder();
}

ObjectsView::~ObjectsView()
{
    m_listing.requestStop();
    m_reading.requestStop();
}

void ObjectsView::connectParts()
{
    m_pause.setSingleShot(true);
    m_pause.setInterval(120ms);
    connect(&m_pause, &QTimer::timeout, this, &ObjectsView::read);
    connect(m_find, &QLineEdit::textChanged, this, &ObjectsView::find);
    connect(&m_shelf, &backup::BackupShelf::changed, this, &ObjectsView::followFile);
    connect(m_find, &QLineEdit::returnPressed, m_table, [this] { m_table->setFocus(); });
    auto *toFind = new QShortcut(QKeySequence::Find, this);
    connect(toFind, &QShortcut::activated, m_find, [this] {
        m_find->setFocus();
        m_find->selectAll();
    });
    QHeaderView *head = m_table->horizontalHeader();
    connect(head, &QHeaderView::sortIndicatorChanged, this, &ObjectsView::followOrder);
    connect(m_largest, &ActionButton::clicked, this, [this, head] {
        const bool isSorted = head->sortIndicatorSection() >= 0;
        m_table->sortByColumn(isSorted ? -1 : static_cast<int>(ObjectsModel::Size),
                              Qt::DescendingOrder);
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &ObjectsView::followSelection);
    connect(m_table, &ActionTable::activated, this, [this] {
        if (m_pause.isActive())
            read();
        m_sql->setFocus();
    });
}

void ObjectsView::showBackup(const QString &path)
{
    m_entry = backup::BackupEntry();
    m_entry.path = path;
    m_objects.reset();
    m_listing.requestStop();
    m_find->clear();
    m_model->setObjects({});
    followSelection();
    m_error->hide();
    m_header->setSentence(tr("What is in %1?").arg(QFileInfo(path).fileName()));
    ++m_listed; // what is on its way is about another one, or about this one as it was
    const backup::BackupEntry *entry = m_shelf.entry(path);
    if (!entry || !entry->inspection)
        return showNoList({.kind = ErrorKind::NotFound,
                           .subject = path,
                           .detail = u"it is no longer on the shelf"_s});
    m_entry = *entry;
    m_header->setDetail(tr("The list is being put together."));
    m_table->setEmptyText(tr("A moment"), tr("The list is being put together."));
    m_listing = m_shelf.objectsIn(*entry);
    m_listing.deliverTo(this, [this, asked = m_listed](const Result<dump::DumpObjects> &objects) {
        if (asked != m_listed)
            return;
        if (objects)
            showObjects(*objects);
        else
            showNoList(objects.error());
    });
}

/// Another file may stand in its place by now, and no line of the list would be where it was.
void ObjectsView::followFile()
{
    const backup::BackupEntry *entry = m_shelf.entry(m_entry.path);
    if (!m_entry.inspection || !entry || !entry->inspection ||
        (entry->bytes == m_entry.bytes && entry->modifiedAt == m_entry.modifiedAt))
        return;
    const QString words = m_find->text();
    showBackup(QString(entry->path));
    m_find->setText(words);
}

void ObjectsView::showObjects(const dump::DumpObjects &objects)
{
    m_objects = objects;
    const qsizetype count = objects.all().size();
    QString detail = count == 1 ? tr("1 thing, with the line of the file where it begins.")
                                : tr("%1 things, with the line of the file where each begins.")
                                      .arg(timetext::count(count));
    if (objects.isCut())
        detail += u' ' + tr("The file has more than are listed.");
    m_header->setDetail(detail + u' ' + tr("Nothing of it is run."));
    m_table->setEmptyText(count == 0 ? tr("There is nothing in it") : tr("Nothing is called so"),
                          count == 0 ? tr("The backup makes and fills nothing.")
                                     : tr("Take something out of the field above."));
    m_model->setObjects(objects.all());
    find(m_find->text());
}

void ObjectsView::showNoList(const Error &error)
{
    m_header->setDetail({});
    m_table->setEmptyText(tr("It could not be read"), {});
    showError(error);
}

void ObjectsView::showError(const Error &error)
{
    m_error->setError(error);
    m_error->setWhatIsSafe(tr("The file is as it was, and no server was asked."));
    m_error->show();
}

void ObjectsView::find(const QString &words)
{
    m_model->find(words);
    m_table->setCurrentIndex(m_model->index(0, 0));
    followSelection();
}

std::optional<qsizetype> ObjectsView::selected() const
{
    const QModelIndex current = m_table->currentIndex();
    return m_objects && current.isValid() ? std::optional(m_model->object(current.row()))
                                          : std::nullopt;
}

/// Whoever sorts looks for what is at the top.
void ObjectsView::followOrder()
{
    m_largest->setText(m_table->horizontalHeader()->sortIndicatorSection() < 0
                           ? tr("Largest first")
                           : tr("As in the file"));
    m_table->setCurrentIndex(m_model->index(0, 0));
    m_table->scrollToTop();
}

void ObjectsView::followSelection()
{
    ++m_asked; // what is on its way is about another one
    m_reading.requestStop();
    m_error->hide();
    m_sql->clear();
    m_copy->setCopyText({});
    const auto object = selected();
    m_about->setText(object ? about(m_objects->all()[*object], false) : QString());
    if (object)
        m_pause.start();
    else
        m_pause.stop();
}

void ObjectsView::read()
{
    m_pause.stop();
    const auto object = selected();
    if (!object)
        return;
    m_reading =
        m_shelf.sqlOf(m_entry, m_objects->entriesOf(*object, dump::DumpObjects::Rows::Without));
    m_reading.deliverTo(
        this, [this, asked = ++m_asked, number = *object](const Result<backup::ShownSql> &sql) {
            if (asked != m_asked)
                return;
            if (sql)
                showSql(*sql, m_objects->all()[number]);
            else
                showError(sql.error());
        });
}

void ObjectsView::showSql(const backup::ShownSql &sql, const dump::DumpObject &object)
{
    const QString text = sql.text.value_or(QString()).trimmed();
    m_sql->setPlainText(text);
    m_copy->setCopyText(text);
    QString words = about(object, sql.isCut && sql.text);
    if (!sql.text)
        words += u' ' + tr("It is in %1, which cannot be shown; maydayctl inspect --show has it.")
                            .arg(m_entry.inspection->encoding);
    m_about->setText(words);
}

/// "table public.orders. Its 60,000 rows are not shown."
QString ObjectsView::about(const dump::DumpObject &object, bool isCut) const
{
    QString text = insidetexts::kindName(object.kind) + u' ' + object.title() + u'.';
    if (!object.isMade)
        text += u' ' + tr("The backup does not make it: it is taken to be there.");
    if (object.rowBytes > 0)
        text +=
            u' ' + (object.rows == 1
                        ? tr("Its row is not shown here.")
                        : tr("Its %1 rows are not shown here.").arg(timetext::count(object.rows)));
    if (isCut)
        text += u' ' + tr("Only the beginning is shown; maydayctl inspect --show has all of it.");
    return text;
}

QWidget *ObjectsView::initialFocus() const
{
    return m_table;
}

} // namespace mayday::ui
