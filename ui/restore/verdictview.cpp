// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/verdictview.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/copybutton.h"
#include "ui/kit/disclosure.h"
#include "ui/kit/errorpanel.h"
#include "ui/kit/fittedarea.h"
#include "ui/kit/sentenceheader.h"
#include "ui/kit/textlabel.h"
#include "ui/kit/timetext.h"
#include "ui/restore/afterwardsview.h"
#include "ui/restore/contenttexts.h"
#include "ui/restore/putbacktexts.h"
#include "ui/restore/restoretexts.h"
#include "ui/restore/tableresultmodel.h"

#include <QFile>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

/// What was counted, compared and checked was the restored data; put back, other data is live.
bool isRestoredDataLive(const restore::RestoreRecord &record)
{
    return !record.putBackAt && !record.isPutBackOpen;
}

QStringList checkLines(const restore::RestoreRecord &record, const restore::RestoreReceipt &receipt)
{
    QStringList lines;
    if (!isRestoredDataLive(record))
        return lines;
    if (record.content)
        lines.append(contenttexts::note(*record.content));
    for (const restore::CheckResult &check : receipt.checks)
        lines.append(
            check.isTrue
                ? VerdictView::tr("Your check is true: %1.").arg(check.name)
                : VerdictView::tr("Your check fails: %1: %2.").arg(check.name, check.detail));
    return lines;
}

QString notesText(const restore::RestoreRecord &record, const restore::RestoreReceipt &receipt)
{
    QStringList lines = checkLines(record, receipt);
    for (const QString &note : receipt.notes)
        lines.append(VerdictView::tr("Note: %1.").arg(note));
    const bool areTables = record.mode == restore::RestoreMode::Tables &&
                           receipt.verdict != restore::Verdict::NotRestored;
    for (const restore::Leftover &left : receipt.left)
        lines.append(
            areTables
                ? VerdictView::tr("To take away again what came back: %1").arg(left.removeWith)
                : VerdictView::tr("Kept on the server: %1.").arg(left.what));
    return lines.join(u'\n');
}

QString putBackVerb(const restore::RestoreRecord &record)
{
    return record.putBackAt ? VerdictView::tr("Take the restored data again...")
                            : VerdictView::tr("Put back the data as it was before...");
}

} // namespace

VerdictView::VerdictView(const Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_header(new SentenceHeader(theme, this)),
      m_copy(new CopyButton(theme, tr("Copy the verdict for chat"), this)),
      m_error(new ErrorPanel(theme, this)),
      m_connectionRow(new QWidget(this)),
      m_connection(new TextLabel(theme, TextStyle::Detail, m_connectionRow)),
      m_howToSwitch(new TextLabel(theme, TextStyle::Detail, Ink::Second, m_connectionRow)),
      m_copyConnection(
          new CopyButton(theme, tr("Copy the new connection string"), m_connectionRow)),
      m_notesArea(new FittedArea(tr("What is to be known of the restore"), this)),
      m_notes(new TextLabel(theme, TextStyle::Detail, Ink::Second)),
      m_next(new AfterwardsView(theme, this)),
      m_nextFold(new Disclosure(theme, m_next->title(), m_next, this)),
      m_model(new TableResultModel(this)),
      m_table(new ActionTable(theme, this)),
      m_putBack(new ActionButton(theme, ButtonKind::Secondary,
                                 tr("Put back the data as it was before..."), this)),
      m_safetyCopy(new ActionButton(theme, ButtonKind::Secondary,
                                    tr("Undo: restore the safety copy..."), this)),
      m_cameAfter(new ActionButton(theme, ButtonKind::Secondary,
                                   tr("What came after the backup..."), this)),
      m_content(
          new ActionButton(theme, ButtonKind::Secondary, tr("Compare every letter..."), this)),
      m_line(new ActionButton(theme, ButtonKind::Secondary, QString(), this)),
      m_again(new ActionButton(theme, ButtonKind::Secondary, tr("Restore the same backup again..."),
                               this)),
      m_another(new ActionButton(theme, ButtonKind::Secondary, tr("Choose another backup"), this))
{
    m_header->addControl(m_content);
    m_header->addControl(m_copy);
    m_notes->setSelectable(true);
    layOutConnection();
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Tables"));
    m_table->setMonoColumns({TableResultModel::Table});
    m_table->setNumberColumns({TableResultModel::InDump, TableResultModel::Now});
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(metric::space12);
    buttons->addWidget(m_cameAfter);
    buttons->addWidget(m_putBack);
    buttons->addWidget(m_safetyCopy);
    buttons->addWidget(m_line);
    buttons->addWidget(m_again);
    buttons->addWidget(m_another);
    buttons->addStretch();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(metric::space12);
    column->addWidget(m_header);
    column->addWidget(m_error);
    column->addWidget(m_connectionRow);
    column->addWidget(m_table, 200);
    m_notesArea->column()->addWidget(m_notes);
    column->addWidget(m_notesArea);
    column->addWidget(m_nextFold);
    column->addLayout(buttons);
    column->addStretch(1); // takes the room while there is no table, which takes it otherwise
    // All of them at once would ask for more room than any verdict needs.
    for (ActionButton *button : {m_cameAfter, m_content, m_putBack, m_safetyCopy, m_line, m_again})
        button->hide();
    connect(m_putBack, &ActionButton::clicked, this, &VerdictView::putBackRequested);
    connect(m_safetyCopy, &ActionButton::clicked, this, &VerdictView::safetyCopyRequested);
    connect(m_cameAfter, &ActionButton::clicked, this, &VerdictView::cameAfterRequested);
    connect(m_content, &ActionButton::clicked, this, &VerdictView::contentRequested);
    connect(m_again, &ActionButton::clicked, this, &VerdictView::againRequested);
    connect(m_line, &ActionButton::clicked, this, [this] {
        if (m_isReadingLine)
            Q_EMIT lineUnwanted();
        else
            Q_EMIT lineRequested(m_lineFile, m_lineNumber);
    });
    connect(m_another, &ActionButton::clicked, this, &VerdictView::anotherRequested);
}

void VerdictView::layOutConnection()
{
    m_connection->setSelectable(true);
    m_connection->setObjectName(u"newConnection"_s);
    m_howToSwitch->setText(tr(
        "Add the password that you have, set it where the application has its connection string "
        "now (DATABASE_URL, or as it is called there), and restart it. What is written to the "
        "live database until then is not in the new one; the live one stays until you drop it."));
    auto *told = new QHBoxLayout;
    told->setSpacing(metric::space8);
    told->addWidget(m_connection, 1);
    told->addWidget(m_copyConnection, 0, Qt::AlignTop);
    auto *switching = new QVBoxLayout(m_connectionRow);
    switching->setContentsMargins({});
    switching->setSpacing(metric::space8);
    switching->addLayout(told);
    switching->addWidget(m_howToSwitch);
    m_connectionRow->hide();
}

void VerdictView::setReadingLine(bool isReading)
{
    m_isReadingLine = isReading;
    m_line->setText(isReading
                        ? tr("Stop looking for the row")
                        : tr("Show the row at line %1...").arg(timetext::count(m_lineNumber)));
}

/// The text of a row stands nowhere; who wants to see it has it read from the file again.
void VerdictView::showLineOffer(const restore::RestoreRecord &record)
{
    const bool hasFailed = record.receipt && record.receipt->error;
    const qint64 line = hasFailed ? record.receipt->error->line : 0;
    const QString file = hasFailed ? record.receipt->file : QString();
    if (m_isReadingLine && (line != m_lineNumber || file != m_lineFile))
        Q_EMIT lineUnwanted();
    m_lineFile = file;
    m_lineNumber = line;
    setReadingLine(m_isReadingLine);
    m_line->setVisible(line > 0);
}

/// How to use a database of its own; nothing of others.
void VerdictView::showConnection(const restore::RestoreRecord &record)
{
    const QString connection = record.newConnection();
    m_connection->setMarkup(code(connection));
    m_copyConnection->setCopyText(connection);
    m_connectionRow->setVisible(!connection.isEmpty());
}

void VerdictView::setRecord(const restore::RestoreRecord &record)
{
    showConnection(record);
    showLineOffer(record);
    if (record.receipt) {
        showReceipt(record, *record.receipt);
        return;
    }
    m_copy->setCopyText(restoretexts::interruptedSentence(record) + u'\n' + record.target);
    m_header->setSentence(restoretexts::interruptedSentence(record));
    m_header->setDetail(record.target);
    m_header->setShape(!record.committed   ? StateShape::Unknown
                       : *record.committed ? StateShape::Ok
                                           : StateShape::Down);
    m_error->hide();
    m_table->hide();
    const QString notes = record.lastPutBack ? notesText(record, *record.lastPutBack) : QString();
    m_notes->setText(notes);
    m_notesArea->setVisible(!notes.isEmpty());
    m_notesArea->fit();
    m_next->setRecord(record);
    m_nextFold->setTitle(m_next->title());
    m_nextFold->setVisible(!m_next->isEmpty());
    if (std::exchange(m_shown, record.id) != record.id)
        m_nextFold->setOpen(false);
    m_putBack->setText(putBackVerb(record));
    m_putBack->setVisible(record.canBePutBack());
    showPutBack(record);
    m_again->setVisible(record.committed && !*record.committed);
    followMode(record);
}

void VerdictView::renew(const restore::RestoreRecord &record)
{
    if (record.id == m_shown)
        setRecord(record);
}

void VerdictView::followMode(const restore::RestoreRecord &record)
{
    m_cameAfter->setText(record.mode == restore::RestoreMode::Copy
                             ? tr("Compare with the live data...")
                             : tr("What came after the backup..."));
    m_cameAfter->setVisible(record.canBeCompared());
    m_content->setVisible(record.canBeCheckedByContent());
    m_safetyCopy->setVisible(record.mode == restore::RestoreMode::InPlace && record.isInEffect() &&
                             QFile::exists(record.safetyCopy));
}

/// In place of what the restore came to, or beside it.
void VerdictView::showPutBack(const restore::RestoreRecord &record)
{
    if (const auto said = putbacktexts::verdict(record)) {
        m_header->setSentence(said->sentence);
        m_header->setDetail(said->detail);
        m_header->setShape(said->shape);
        m_copy->setCopyText(putbacktexts::forChat(record));
    }
    if (const auto error = putbacktexts::failed(record)) {
        m_error->setError(*error);
        m_error->setWhatIsSafe(tr("What was live is live, and what was kept is kept."));
        m_error->show();
        m_copy->setCopyText(putbacktexts::forChat(record));
    }
}

void VerdictView::showReceipt(const restore::RestoreRecord &record,
                              const restore::RestoreReceipt &receipt)
{
    m_header->setSentence(restoretexts::verdictSentence(receipt));
    m_header->setDetail(restoretexts::verdictDetail(receipt));
    m_header->setShape(restoretexts::verdictShape(receipt.verdict));
    m_copy->setCopyText(restoretexts::verdictForChat(receipt));
    m_error->setVisible(receipt.error.has_value());
    if (receipt.error) {
        m_error->setError(*receipt.error);
        if (receipt.left.isEmpty())
            m_error->setWhatIsSafe(
                restore::loadsDatabase(record.mode)
                    ? tr("The live data is as it was: everything happened in a database of its "
                         "own, which is gone.")
                    : tr("The live data is as it was: everything happened in one transaction "
                         "that was rolled back."));
    }
    showPutBack(record);
    m_model->setResults(receipt.tables, false);
    m_table->setVisible(!receipt.tables.isEmpty() && isRestoredDataLive(record));
    QString notes = notesText(record, receipt);
    if (record.rowsBroughtBack > 0 && isRestoredDataLive(record))
        notes.prepend((record.mode == restore::RestoreMode::Copy
                           ? tr("Brought back since: %1 rows of the backup.")
                           : tr("Brought back since: %1 rows that came after the backup."))
                          .arg(timetext::count(record.rowsBroughtBack)) +
                      (notes.isEmpty() ? QString() : u"\n"_s));
    if (record.discardedAt)
        notes.prepend(
            (record.mode == restore::RestoreMode::Copy ? tr("The copy was discarded at %1.")
             : record.mode == restore::RestoreMode::NewDatabase
                 ? tr("The new database was discarded at %1.")
                 : tr("The other state was discarded at %1: there is no put-back any more."))
                .arg(timetext::utcMinutes(*record.discardedAt)) +
            (notes.isEmpty() ? QString() : u"\n"_s));
    m_notes->setText(notes);
    m_notesArea->setVisible(!notes.isEmpty());
    m_notesArea->fit();
    m_next->setRecord(record);
    m_nextFold->setTitle(m_next->title());
    m_nextFold->setVisible(!m_next->isEmpty());
    // What came to life does harm while nobody reads of it; who folds it away has.
    const bool isAnother = std::exchange(m_shown, record.id) != record.id;
    const bool hasFound = !restoretexts::cameToLife(record).isEmpty();
    if (isAnother || (hasFound && !m_hasFound))
        m_nextFold->setOpen(hasFound);
    m_hasFound = hasFound;
    m_putBack->setText(putBackVerb(record));
    m_putBack->setVisible(record.canBePutBack());
    m_again->hide();
    followMode(record);
}

QWidget *VerdictView::initialFocus() const
{
    return m_table->isVisibleTo(this) ? static_cast<QWidget *>(m_table) : m_another;
}

} // namespace mayday::ui
