// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/linepeek.h"

#include "ui/kit/prompter.h"
#include "ui/kit/timetext.h"
#include "ui/restore/verdictview.h"

namespace mayday::ui {

LinePeek::LinePeek(VerdictView &view, restore::RestoreDesk &desk, Prompter &prompter,
                   QObject *parent)
    : QObject(parent), m_view(view), m_desk(desk), m_prompter(prompter)
{
    connect(&view, &VerdictView::lineRequested, this, &LinePeek::read);
    connect(&view, &VerdictView::lineUnwanted, this, [this] {
        ++m_readings;
        m_reading.requestStop();
        m_view.setReadingLine(false);
    });
}

void LinePeek::read(const QString &file, qint64 line)
{
    m_view.setReadingLine(true);
    m_reading = m_desk.lineOf(file, line);
    m_reading.deliverTo(
        this, [this, line, number = ++m_readings](const Result<restore::LineInFile> &found) {
            if (number == m_readings) // nobody has stopped it, or turned to another verdict
                show(line, found);
        });
}

void LinePeek::show(qint64 line, const Result<restore::LineInFile> &found)
{
    m_view.setReadingLine(false);
    if (!found) {
        m_prompter.showError(found.error());
        return;
    }
    const QString what = found->table.isEmpty()
                             ? tr("A statement of the backup. It may hold personal data.")
                             : tr("A row of %1, as it is in the backup. It may hold personal data.")
                                   .arg(found->table);
    QStringList note{what, tr("Mayday has read it from the file for this window alone: it is in no "
                              "log, record or report.")};
    if (found->isCut)
        note.append(tr("It is longer; this is how it begins."));
    m_prompter.askText(&m_view,
                       {.title = tr("Line %1 of the backup").arg(timetext::count(line)),
                        .note = note.join(u' '),
                        .confirmLabel = tr("Close"),
                        .initial = QString::fromUtf8(found->text),
                        .multiLine = true,
                        .mayBeEmpty = true,
                        .readOnly = true},
                       [](const std::optional<QString> &) {});
}

} // namespace mayday::ui
