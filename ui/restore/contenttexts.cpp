// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/contenttexts.h"

#include "ui/kit/timetext.h"

#include <QFileInfo>

#include <cmath>

using namespace Qt::StringLiterals;

namespace mayday::ui::contenttexts {

using restore::ContentCheck;
using restore::ContentProgress;
using restore::ContentVerdict;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("contenttexts", text);
}

QString tables(qsizetype count)
{
    return count == 1 ? tr("1 table") : tr("%1 tables").arg(timetext::count(count));
}

QString rows(qint64 count)
{
    return count == 1 ? tr("1 row") : tr("%1 rows").arg(timetext::count(count));
}

QString columns(qsizetype count)
{
    return count == 1 ? tr("1 column") : tr("%1 columns").arg(timetext::count(count));
}

QString leftOutWords(qsizetype count)
{
    return count == 0
               ? QString()
               : tr("Not compared: %1, which the server writes its own way or a restore switches "
                    "off.")
                     .arg(columns(count));
}

} // namespace

QString progressSentence(const ContentProgress &progress)
{
    if (progress.isReading)
        return tr("Reading the backup");
    return tr("Comparing %1: %2 of %3 done")
        .arg(progress.table, timetext::count(progress.tables), tables(progress.tablesTotal));
}

ProgressFacts progressFacts(const ContentProgress &progress)
{
    ProgressFacts facts;
    if (progress.isReading) {
        facts.bytesDone = progress.done;
        facts.bytesTotal = progress.total;
    } else {
        facts.itemsDone = progress.done;
        facts.itemsTotal = progress.total;
        facts.itemWord = tr("rows");
    }
    const double seconds = static_cast<double>(progress.elapsed.count()) / 1000;
    constexpr double settled = 0.5; // before, a rate says nothing
    if (seconds < settled || progress.done <= 0)
        return facts;
    const double rate = static_cast<double>(progress.done) / seconds;
    if (progress.isReading)
        facts.bytesPerSecond = rate;
    if (progress.total >= progress.done) {
        const std::chrono::seconds left(
            std::llround(static_cast<double>(progress.total - progress.done) / rate));
        facts.left = std::pair(left, left + left / 2 + std::chrono::seconds(1));
    }
    return facts;
}

QList<ProgressPhase> progressPhases(const ContentProgress &progress)
{
    return {{.text = tr("Read the backup"),
             .state = progress.isReading ? PhaseState::Current : PhaseState::Done},
            {.text = tr("Read the database"),
             .state = progress.isReading ? PhaseState::Todo : PhaseState::Current}};
}

QString sentence(const ContentCheck &check)
{
    if (check.tables.isEmpty())
        return tr("There are no rows in the backup.");
    const qsizetype different = check.count(ContentVerdict::Different);
    if (different > 0)
        return tr("%1 of %2 differ from the backup.")
            .arg(timetext::count(different), tables(check.tables.size()));
    if (check.isSame())
        return tr("The same to the letter: %1 with %2 are as in the backup.")
            .arg(tables(check.tables.size()), rows(check.rows()));
    return tr("%1 of %2 are the same to the letter; the others could not be compared.")
        .arg(timetext::count(check.count(ContentVerdict::Same)), tables(check.tables.size()));
}

QString detail(const ContentCheck &check)
{
    QStringList parts;
    if (check.count(ContentVerdict::Different) > 0)
        parts.append(tr("What was written since the restore counts as a difference too."));
    if (const QString leftOut = leftOutWords(check.leftOut()); !leftOut.isEmpty())
        parts.append(leftOut);
    if (parts.isEmpty())
        parts.append(tr("Only questions were asked, all of one moment; nothing changed."));
    return parts.join(u' ');
}

StateShape shape(const ContentCheck &check)
{
    if (check.isSame() && !check.tables.isEmpty())
        return StateShape::Ok;
    return check.count(ContentVerdict::Different) > 0 ? StateShape::Degraded : StateShape::Unknown;
}

StateShape shape(ContentVerdict verdict)
{
    switch (verdict) {
    case ContentVerdict::Same: return StateShape::Ok;
    case ContentVerdict::Different: return StateShape::Degraded;
    case ContentVerdict::NotCompared: return StateShape::Unknown;
    }
    Q_UNREACHABLE_RETURN(StateShape::Unknown);
}

QString verdict(const restore::TableContent &table)
{
    QString text = table.verdict == ContentVerdict::Same        ? tr("Same")
                   : table.verdict == ContentVerdict::Different ? tr("Different")
                                                                : tr("Not compared");
    if (!table.why.isEmpty())
        return text + u": "_s + table.why;
    const qint64 more = table.inDatabase.rows() - table.inFile.rows();
    if (more != 0)
        text += u": "_s + (more > 0 ? tr("%1 more than in the backup").arg(rows(more))
                                    : tr("%1 fewer than in the backup").arg(rows(-more)));
    else if (table.verdict == ContentVerdict::Different)
        text += u": "_s + tr("as many rows, other contents");
    if (!table.leftOut.isEmpty())
        text += u"; "_s + tr("without %1").arg(table.leftOut.join(u", "_s));
    return text;
}

QString forChat(const ContentCheck &check)
{
    QStringList lines = {sentence(check), tr("Backup: %1").arg(QFileInfo(check.file).fileName())};
    for (const restore::TableContent &table : check.tables) {
        if (table.verdict != ContentVerdict::Same || !table.leftOut.isEmpty())
            lines.append(u"%1.%2: %3"_s.arg(table.schema, table.name, verdict(table)));
    }
    return lines.join(u'\n');
}

QString note(const restore::ContentSummary &content)
{
    const QString when = timetext::utcMinutes(content.at);
    QString text;
    if (!content.different.isEmpty())
        text = tr("Compared to the letter at %1: %2 of %3 differed from the backup: %4.")
                   .arg(when, timetext::count(content.different.size()), tables(content.tables),
                        content.different.join(u", "_s));
    else if (content.notCompared > 0)
        text =
            tr("Compared to the letter at %1: %2 could not be compared, the others are as in the "
               "backup.")
                .arg(when, tables(content.notCompared));
    else
        text = tr("Compared to the letter at %1: %2 with %3 are as in the backup.")
                   .arg(when, tables(content.tables), rows(content.rows));
    if (const QString leftOut = leftOutWords(content.leftOut); !leftOut.isEmpty())
        text += u' ' + leftOut;
    return text;
}

} // namespace mayday::ui::contenttexts
