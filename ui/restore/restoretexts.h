// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/restoreprogress.h"
#include "restore/restorerecord.h"
#include "ui/kit/facttable.h"
#include "ui/kit/progressstrip.h"
#include "ui/kit/stateglyph.h"

#include <QCoreApplication>

namespace mayday::ui {

/// Everything the restore screens say, in one place and without widgets. Pure functions;
/// translated.
namespace restoretexts {

/// "1 table", "12 tables"
[[nodiscard]] QString tables(qsizetype count);
/// "1 row", "4,100 rows"
[[nodiscard]] QString rows(qint64 count);

/// "Proving the copy: 33 of 41 tables"
[[nodiscard]] QString progressSentence(const restore::RestoreProgress &progress);
/// Of one that was asked to stop; after the swap it is too late for that.
[[nodiscard]] QString stoppingSentence(const restore::RestoreProgress &progress);
/// What is true of the live data meanwhile.
[[nodiscard]] QString progressDetail(const restore::RestoreProgress &progress);
/// What each of several connections is at, one line each; empty of one alone.
[[nodiscard]] QString connectionLines(const restore::RestoreProgress &progress);
/// A question, when the server has been silent for long; else empty.
[[nodiscard]] QString silenceSentence(const restore::RestoreProgress &progress);
[[nodiscard]] ProgressFacts progressFacts(const restore::RestoreProgress &progress);
[[nodiscard]] QList<ProgressPhase> progressPhases(const restore::RestoreProgress &progress);

/// The verdict in words; never "success" before, during or after.
[[nodiscard]] QString verdictSentence(const restore::RestoreReceipt &receipt);
[[nodiscard]] QString verdictDetail(const restore::RestoreReceipt &receipt);
[[nodiscard]] StateShape verdictShape(restore::Verdict verdict);
/// "Proven", "Differs", "Not restored"
[[nodiscard]] QString verdictWord(restore::Verdict verdict);
/// A redacted block for the team's chat (R13).
[[nodiscard]] QString verdictForChat(const restore::RestoreReceipt &receipt);
/// What came to life with the backup and was not alive before, while it is live; one line each.
[[nodiscard]] QStringList cameToLife(const restore::RestoreRecord &record);
/// What is left for people to do, one line each: variables, restarts, the smoke test, whom to tell;
/// also of a copy, and of a database that was not swapped. Empty where nothing happened, and after
/// a put-back.
[[nodiscard]] QStringList whatNext(const restore::RestoreRecord &record);
/// What is true about a restore that nobody saw end.
[[nodiscard]] QString interruptedSentence(const restore::RestoreRecord &record);
/// Whether it takes the place of something that is live; what does not needs no name to be typed.
[[nodiscard]] bool replacesLive(restore::RestoreMode mode);
/// Beside the question before one that does not.
[[nodiscard]] QString harmlessText(restore::RestoreMode mode);

} // namespace restoretexts

} // namespace mayday::ui
