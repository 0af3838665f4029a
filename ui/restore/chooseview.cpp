// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/chooseview.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/errortext.h"
#include "ui/kit/prompter.h"
#include "ui/kit/textlabel.h"
#include "ui/kit/timetext.h"
#include "ui/restore/backupmodel.h"
#include "ui/restore/insidetexts.h"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QMimeData>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr qsizetype tablesShown = 6;

/// Why it cannot be used, and what to do.
QString problemText(const Error &error)
{
    return error.advice ? describe(error) + u". "_s + adviceSentence(*error.advice)
                        : describe(error);
}

/// What is inside, biggest first: the part of the answer that tells the right backup from the
/// wrong.
QString insideText(const backup::BackupEntry &entry)
{
    if (entry.error)
        return problemText(*entry.error);
    if (!entry.inspection)
        return ChooseView::tr("It is being read to its end; that takes as long as unpacking it.");
    if (entry.inspection->problem)
        return problemText(*entry.inspection->problem);
    auto tables = entry.inspection->tables;
    std::ranges::sort(tables, std::ranges::greater{}, &dump::TableInDump::rows);
    QStringList parts;
    for (const dump::TableInDump &table : tables.mid(0, tablesShown))
        parts.append(u"%1 %2"_s.arg(table.name, timetext::count(table.rows)));
    if (tables.size() > tablesShown)
        parts.append(ChooseView::tr("%1 more").arg(tables.size() - tablesShown));
    QString text =
        parts.isEmpty() ? QString() : ChooseView::tr("Inside: %1.").arg(parts.join(u", "_s));
    if (const QString doubt = insidetexts::doubt(entry); !doubt.isEmpty())
        text = (doubt + u' ' + text).trimmed();
    if (const QString warnings = insidetexts::warnings(*entry.inspection); !warnings.isEmpty())
        text += u' ' + warnings + u'.';
    if (const QString manifest = insidetexts::manifest(entry.manifest); !manifest.isEmpty())
        text += u' ' + manifest + u'.';
    return text;
}

/// By the manifest beside it; without one nobody knows.
bool isOfAnother(const backup::BackupEntry &entry, const QString &database)
{
    const QString &made = entry.manifest.database;
    return !made.isEmpty() && !database.isEmpty() && made != database;
}

} // namespace

ChooseView::ChooseView(const Parts &parts, QWidget *parent)
    : QWidget(parent),
      m_parts(parts),
      m_model(new BackupModel(parts.shelf, parts.clock, this)),
      m_table(new ActionTable(parts.theme, this)),
      m_inside(new TextLabel(parts.theme, TextStyle::Detail, Ink::Second, this)),
      m_take(new ActionButton(parts.theme, ButtonKind::Primary, tr("Use this backup"), this)),
      m_look(new ActionButton(parts.theme, ButtonKind::Secondary, tr("Look inside..."), this))
{
    setAcceptDrops(true);
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Backups"));
    m_table->setMonoColumns({BackupModel::File});
    m_table->setNumberColumns({BackupModel::Size, BackupModel::Tables, BackupModel::Rows});
    m_table->setStretchColumn(BackupModel::File);
    m_table->setEmptyText(
        tr("No backups here yet"),
        tr("Put what pg_dump has written into %1, or add a file.").arg(parts.shelf.folder()));
    auto *add = new ActionButton(parts.theme, ButtonKind::Secondary, tr("Add a file..."), this);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(metric::space12);
    buttons->addWidget(m_take);
    buttons->addWidget(m_look);
    buttons->addWidget(add);
    buttons->addStretch();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(metric::space12);
    column->addWidget(m_table, 1);
    column->addWidget(m_inside);
    column->addLayout(buttons);
    connect(add, &ActionButton::clicked, this, &ChooseView::addFile);
    connect(m_take, &ActionButton::clicked, this, &ChooseView::take);
    connect(m_look, &ActionButton::clicked, this, [this] {
        if (const backup::BackupEntry *entry = m_model->entry(m_table->currentIndex().row()))
            Q_EMIT insideRequested(entry->path);
    });
    connect(m_table, &ActionTable::activated, this, &ChooseView::take);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &current) {
                const backup::BackupEntry *entry = m_model->entry(current.row());
                if (!m_isSelecting)
                    m_chosen = entry ? entry->path : QString();
                follow();
            });
    connect(m_model, &BackupModel::dataChanged, this, &ChooseView::keepSelection);
    connect(m_model, &BackupModel::modelReset, this, &ChooseView::keepSelection);
    keepSelection();
}

QWidget *ChooseView::initialFocus() const
{
    return m_table;
}

void ChooseView::setDatabase(const QString &name)
{
    m_database = name;
    keepSelection();
}

/// The list is made anew when a file comes, goes or turns out to be of another time. The backup
/// under the hand of a person stays selected; without one it is the newest that is not known to be
/// of another database than the one that is restored into.
void ChooseView::keepSelection()
{
    int row = -1;
    int newest = -1;
    for (int at = 0; at < m_model->rowCount(); ++at) {
        const backup::BackupEntry &entry = *m_model->entry(at);
        if (entry.path == m_chosen)
            row = at;
        if (newest < 0 && !isOfAnother(entry, m_database))
            newest = at;
    }
    m_isSelecting = true;
    m_table->setCurrentIndex(m_model->index(row >= 0 ? row : std::max(newest, 0), 0));
    m_isSelecting = false;
    follow();
}

void ChooseView::follow()
{
    const backup::BackupEntry *entry = m_model->entry(m_table->currentIndex().row());
    m_inside->setText(entry ? insideText(*entry) : QString());
    if (entry && isOfAnother(*entry, m_database))
        m_inside->setText(
            tr("Made of the database %1, not of %2.").arg(entry->manifest.database, m_database) +
            u' ' + m_inside->plainText());
    m_take->setEnabled(entry && entry->isComplete());
    m_look->setEnabled(entry && entry->inspection && entry->inspection->statements > 0);
    m_take->setToolTip(m_take->isEnabled()
                           ? QString()
                           : tr("Only a backup that was read to its end can be used."));
}

void ChooseView::take()
{
    const backup::BackupEntry *entry = m_model->entry(m_table->currentIndex().row());
    if (entry && entry->isComplete())
        Q_EMIT chosen(entry->path);
}

void ChooseView::addFile()
{
    m_parts.prompter.askFile(this,
                             {.title = tr("Choose a backup"),
                              .mode = FileQuestion::Mode::Open,
                              .folder = m_parts.shelf.folder(),
                              .filters = {tr("PostgreSQL dumps, also packed (*.sql *.dump *.backup "
                                             "*.pgdump *.gz *.tgz *.bz2 *.tbz2 "
                                             "*.xz *.txz *.zst *.tar *.tar.* *.zip *.7z)"),
                                          tr("All files (*)")}},
                             [this](const std::optional<QString> &path) {
                                 if (path)
                                     m_parts.shelf.addFile(*path);
                             });
}

void ChooseView::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void ChooseView::dropEvent(QDropEvent *event)
{
    for (const QUrl &url : event->mimeData()->urls()) {
        if (url.isLocalFile())
            m_parts.shelf.addFile(url.toLocalFile());
    }
}

} // namespace mayday::ui
