// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/incidentreport.h"

#include "incident/rtoclock.h"
#include "report/markdownwriter.h"

#include <QFileInfo>
#include <QLocale>

using namespace Qt::StringLiterals;

namespace mayday::report {

namespace {

using incident::Incident;
using incident::RestoreNote;
using runbook::StepState;

QString utc(const QDateTime &at)
{
    return at.isValid() ? at.toUTC().toString(u"yyyy-MM-dd HH:mm:ss 'UTC'"_s) : u"not known"_s;
}

QString lengthWords(std::chrono::seconds length)
{
    const qint64 minutes = length.count() / 60;
    if (minutes >= 60)
        return u"%1 h %2 min"_s.arg(minutes / 60).arg(minutes % 60);
    return u"%1 min %2 s"_s.arg(minutes).arg(length.count() % 60);
}

QString promiseWords(const Incident &incident, const QDateTime &now)
{
    const incident::RtoReading clock = incident::readRtoClock(incident, now);
    const QString took = lengthWords(clock.elapsed);
    if (!clock.isPromised)
        return u"%1; nothing was promised"_s.arg(took);
    const QString promised = u"%1 of the promised %2"_s.arg(took, lengthWords(incident.rto));
    if (clock.isOver)
        return u"%1: missed by %2"_s.arg(promised, lengthWords(-clock.left));
    return promised + (incident.isRunning() ? u": still running"_s : u": kept"_s);
}

void writeSection(MarkdownWriter &out, const QString &title, const QStringList &lines,
                  const QString &otherwise)
{
    out.heading(2, title);
    for (const QString &line : lines)
        out.bullet(line);
    if (lines.isEmpty())
        out.paragraph(otherwise);
}

void writeSummary(MarkdownWriter &out, const Incident &incident, const stack::Stack &stack,
                  const QDateTime &now)
{
    const QString state = incident.isRunning() ? u"still running"_s : utc(*incident.closedAt);
    out.table(
        {u"What"_s, u"Value"_s},
        {{u"Stack"_s, stack.name},
         {u"Environment"_s, incident.environment + (incident.drill ? u" (a drill)"_s : u""_s)},
         {u"Severity"_s, incident::severityWords(incident.severity)},
         {u"Checklist"_s, incident.runbookTitle},
         {u"Led by"_s, incident.commander},
         {u"Opened"_s, utc(incident.openedAt)},
         {u"Closed"_s, state},
         {u"Recovery time"_s, promiseWords(incident, now)},
         {u"Messages and updates"_s, QString::number(incident.updatesSent)}});
}

QString count(qint64 rows)
{
    return rows < 0 ? u"not counted"_s : QLocale(QLocale::English).toString(rows);
}

QString outcomeWords(const RestoreNote &note)
{
    if (note.verdict.isEmpty() && note.committed)
        return *note.committed
                   ? (note.isCopy ? u"interrupted; the server says that the copy is there"_s
                                  : u"interrupted; the server says that it did take effect"_s)
                   : u"interrupted; the server says that nothing changed"_s;
    return incident::verdictWords(note.verdict, note.isCopy);
}

void writeRestore(MarkdownWriter &out, const RestoreNote &note)
{
    out.heading(3, u"Restore %1"_s.arg(note.id));
    QList<QStringList> facts = {{u"Verdict"_s, outcomeWords(note)},
                                {u"Backup"_s, note.file},
                                {u"Into"_s, note.target},
                                {u"Started"_s, utc(note.startedAt)},
                                {u"Ended"_s, note.endedAt ? utc(*note.endedAt) : u"not known"_s}};
    if (note.putBackAt)
        facts.append({u"Put back"_s, utc(*note.putBackAt)});
    if (!note.error.isEmpty())
        facts.append({u"Reason"_s, note.error});
    out.table({u"What"_s, u"Value"_s}, facts);
    QList<QStringList> rows;
    for (const incident::RestoredTable &table : note.tables)
        rows.append({table.name, count(table.rowsInDump), count(table.rowsAfter), table.verdict,
                     table.note});
    if (!rows.isEmpty())
        out.table({u"Table"_s, u"Rows in the backup"_s, u"Rows after"_s, u"Verdict"_s, u"Note"_s},
                  rows);
    for (const QString &text : note.notes)
        out.bullet(text);
    if (!note.content.isEmpty())
        out.bullet(note.content);
}

void writeRestores(MarkdownWriter &out, const Incident &incident)
{
    out.heading(2, u"Restores"_s);
    for (const RestoreNote &note : incident.restores)
        writeRestore(out, note);
    if (incident.restores.isEmpty())
        out.paragraph(u"Nothing was restored."_s);
}

bool isInEffect(const RestoreNote &note)
{
    const bool happened = note.verdict == "proven"_L1 || note.verdict == "differences"_L1 ||
                          note.committed.value_or(false);
    return happened && !note.putBackAt && !note.isCopy;
}

/// It was interrupted, and nobody has asked the server since.
bool isUnsettled(const RestoreNote &note)
{
    return note.verdict.isEmpty() && !note.committed && !note.putBackAt && !note.isCopy;
}

QString afterBackupLine(const RestoreNote &note)
{
    const QString line =
        u"What was written after the backup %1 was taken is not in the live data"_s.arg(
            QFileInfo(note.file).fileName());
    return note.rowsBroughtBack > 0
               ? line +
                     u", but for %1 rows that were brought back."_s.arg(count(note.rowsBroughtBack))
               : line + u'.';
}

QStringList lossLines(const Incident &incident)
{
    QStringList lines;
    for (const RestoreNote &note : incident.restores) {
        if (isUnsettled(note))
            lines.append(
                u"Not known: restore %1 has no verdict, so it may have replaced data."_s.arg(
                    note.id));
        if (!isInEffect(note))
            continue;
        lines.append(afterBackupLine(note));
        for (const incident::RestoredTable &table : note.tables) {
            if (table.rowsAfter >= 0 && table.rowsAfter < table.rowsInDump)
                lines.append(u"%1: %2 rows of the backup are missing."_s.arg(
                    table.name, count(table.rowsInDump - table.rowsAfter)));
        }
    }
    return lines;
}

QStringList stepsIn(const Incident &incident, StepState state)
{
    QStringList lines;
    for (const runbook::Step &step : incident.checklist.order()) {
        const runbook::StepOutcome outcome = incident.checklist.outcome(step.id);
        if (outcome.state == state)
            lines.append(outcome.reason.isEmpty() ? step.action
                                                  : step.action + u": "_s + outcome.reason);
    }
    return lines;
}

QStringList choiceLines(const Incident &incident)
{
    QStringList lines;
    for (const incident::Choice &choice : incident.choices)
        lines.append(choice.option + (choice.reason.isEmpty() ? u""_s : u": "_s + choice.reason) +
                     u" (%1, %2)"_s.arg(choice.by, utc(choice.at)));
    return lines;
}

void writeFollowUps(MarkdownWriter &out, const Incident &incident)
{
    QStringList tasks = incident.openEnds();
    for (const QString &action : stepsIn(incident, StepState::Overridden))
        tasks.append(u"overridden, look again: "_s + action);
    for (const RestoreNote &note : incident.restores) {
        for (const QString &left : note.left)
            tasks.append(u"left on the server by restore %1: %2"_s.arg(note.id, left));
    }
    out.heading(2, u"Follow-ups"_s);
    for (const QString &task : tasks)
        out.task(task);
    if (tasks.isEmpty())
        out.paragraph(u"None that Mayday knows of."_s);
}

QStringList evidenceLines(const Incident &incident)
{
    QStringList lines;
    for (const incident::KeptEvidence &kept : incident.evidence)
        lines.append(u"%1, %2: %3. SHA-256 of its manifest: %4"_s.arg(
            utc(kept.at), kept.folder, kept.files.join(u", "_s), kept.manifestHash));
    return lines;
}

void writeTimeline(MarkdownWriter &out, const Incident &incident)
{
    out.heading(2, u"Timeline"_s);
    QList<QStringList> rows;
    for (const incident::TimelineEntry &entry : incident.timeline)
        rows.append({utc(entry.at), entry.who, entry.text});
    out.table({u"When"_s, u"Who"_s, u"What"_s}, rows);
}

} // namespace

QString incidentReport(const Incident &incident, const stack::Stack &stack, const QDateTime &now)
{
    MarkdownWriter out;
    out.heading(1, u"%1 %2: %3"_s.arg(incident.drill ? u"Drill"_s : u"Incident"_s)
                       .arg(incident.number)
                       .arg(incident.title));
    writeSummary(out, incident, stack, now);
    writeRestores(out, incident);
    writeSection(out, u"What was lost"_s, lossLines(incident),
                 u"Nothing that Mayday did lost data."_s);
    writeSection(out, u"Decisions"_s, choiceLines(incident), u"None."_s);
    writeSection(out, u"Steps that were overridden"_s, stepsIn(incident, StepState::Overridden),
                 u"None."_s);
    writeFollowUps(out, incident);
    writeSection(out, u"Evidence"_s, evidenceLines(incident), u"None was kept."_s);
    writeTimeline(out, incident);
    return out.text();
}

} // namespace mayday::report
