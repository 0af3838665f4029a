// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/status/chattext.h"

#include "core/redactor.h"
#include "ui/kit/timetext.h"
#include "ui/status/tilewords.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

struct ChatWords {
    Q_DECLARE_TR_FUNCTIONS(ChatText)
};

/// One line per thing that is not well, the others counted.
template <typename Watched>
QStringList sectionLines(const QString &title, const QList<Watched> &watched,
                         const status::BoardSnapshot &board)
{
    if (watched.isEmpty())
        return {};
    QStringList lines;
    qsizetype well = 0;
    for (const Watched &one : watched) {
        const TileFacts tile = tileFor(one, board);
        if (tile.shape == StateShape::Ok)
            ++well;
        else
            lines += u"- %1: %2. %3 (%4)"_s.arg(tile.name, tile.word, tile.detail, tile.age);
    }
    lines.prepend(ChatWords::tr("%1: %2 of %3 well").arg(title).arg(well).arg(watched.size()));
    return lines;
}

} // namespace

QString chatText(const ChatHeading &heading, const status::Verdict &verdict,
                 const status::BoardSnapshot &board, const QTimeZone &here)
{
    QStringList lines;
    QString first = heading.stackName;
    if (heading.isPractice)
        first = ChatWords::tr("PRACTICE, nothing is real: %1").arg(first);
    lines += u"%1, %2"_s.arg(first, timetext::clock(board.now, here));
    lines += verdict.sentence;
    if (verdict.since.isValid())
        lines += ChatWords::tr("Since %1.").arg(timetext::clock(verdict.since, here));
    lines += sectionLines(ChatWords::tr("Our own probes"), board.probes, board);
    lines += sectionLines(ChatWords::tr("Vendors' pages"), board.providers, board);
    return redacted(lines.join(u'\n'));
}

} // namespace mayday::ui
