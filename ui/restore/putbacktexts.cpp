// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/putbacktexts.h"

#include "ui/kit/timetext.h"
#include "ui/restore/restoretexts.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace mayday::ui::putbacktexts {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("putbacktexts", text);
}

bool hasDifferences(const restore::RestoreRecord &record)
{
    return record.lastPutBack && record.lastPutBack->verdict == restore::Verdict::Differences;
}

StateShape shapeOf(const restore::RestoreRecord &record)
{
    return hasDifferences(record) || record.isPutBackUnseen ? StateShape::Degraded : StateShape::Ok;
}

QString unseen()
{
    return tr("Nobody saw its end, and so not whether there are differences.");
}

QString undone(const restore::RestoreRecord &record)
{
    QString detail =
        (record.discardedAt ? tr("Since %1. What the restore had brought was discarded.")
                            : tr("Since %1. What the restore had brought is kept."))
            .arg(timetext::utcMinutes(*record.putBackAt));
    if (hasDifferences(record))
        detail += u' ' + tr("What is not as it was is named below.");
    if (record.isPutBackUnseen)
        detail += u' ' + unseen();
    return detail;
}

} // namespace

std::optional<PutBackVerdict> verdict(const restore::RestoreRecord &record)
{
    if (record.isPutBackOpen)
        return PutBackVerdict{
            .sentence = tr("A put-back was interrupted; the server is being asked whether it took "
                           "place."),
            .detail = tr("Both states are on the server: one live, one kept."),
            .shape = StateShape::Unknown};
    if (record.putBackAt)
        return PutBackVerdict{
            .sentence =
                hasDifferences(record)
                    ? tr("Put back, with differences: the data as it was before the restore is "
                         "live again.")
                    : tr("Put back: the data as it was before the restore is live again."),
            .detail = undone(record),
            .shape = shapeOf(record)};
    if (!record.lastPutBack && !record.isPutBackUnseen)
        return std::nullopt;
    const QString verdict = record.receipt ? restoretexts::verdictSentence(*record.receipt)
                                           : restoretexts::interruptedSentence(record);
    return PutBackVerdict{.sentence =
                              hasDifferences(record)
                                  ? tr("Taken again, with differences: the restored data is live.")
                                  : tr("Taken again: the restored data is live."),
                          .detail = tr("The restore itself: %1").arg(verdict) +
                                    (record.isPutBackUnseen ? u' ' + unseen() : QString()),
                          .shape = shapeOf(record)};
}

std::optional<Error> failed(const restore::RestoreRecord &record)
{
    return record.isPutBackOpen ? std::nullopt : record.putBackError;
}

QString forChat(const restore::RestoreRecord &record)
{
    const auto said = verdict(record);
    QStringList lines = {said ? said->sentence : tr("Not put back. Nothing changed."),
                         tr("Target: %1").arg(record.target)};
    if (said && !said->detail.isEmpty())
        lines.insert(1, said->detail);
    if (const auto error = failed(record))
        lines.append(describe(*error));
    if (record.lastPutBack)
        lines += record.lastPutBack->notes;
    return lines.join(u'\n');
}

} // namespace mayday::ui::putbacktexts
