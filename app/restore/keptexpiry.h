// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/keptschema.h"
#include "restore/restorerecord.h"

#include <QSet>

namespace mayday::restore {

/// When what restores keep goes by itself, and why some of it stays all the same.
///
/// Nothing goes unless stack.yaml says keep-days for the database: what is kept is often the only
/// way back, and Mayday loses no data unasked. Then these rules hold, and no others:
///
/// 1. Only what carries Mayday's own mark, with the restore and the time in it; never a name alone.
/// 2. So many days must have passed since anything of the same restore was last moved (a put-back
///    begins them anew), by the server's clock and by ours: a clock that is wrong drops nothing.
/// 3. What one restore keeps goes together or stays together: half of it cannot be put back.
/// 4. While an incident is open nothing goes: whoever works on it may need any of it.
/// 5. What a restore keeps whose end nobody has seen stays until the server has told it.
/// 6. Something must be live under its name, a table at least: the only copy stays.
/// 7. A database that somebody is connected to stays.
///
/// That no restore or put-back runs there meanwhile is seen to by the lock that each of them takes,
/// discarding too.
struct ExpiryRules {
    int keepDays = 0; ///< 0: nothing goes by itself
    bool isIncidentOpen = false;
    QSet<QString> unsettled = {}; ///< ids of restores whose end nobody has seen
};

/// What is to become of something that is kept.
enum class KeptFate {
    ByHand, ///< it goes when somebody discards it
    Later,  ///< it goes when its days have passed
    Due,    ///< it goes at the next look
    // Its days have passed, and it stays:
    IncidentOpen,
    Unsettled,
    OnlyCopy,
    InUse,
};

struct KeptTerm {
    KeptFate fate = KeptFate::ByHand;
    QDateTime goesAt = {}; ///< UTC; invalid of what goes by hand alone
};

/// What is kept for one database, and what the rules want to know of the server.
struct KeptLook {
    QList<KeptSchema> kept; ///< newest first
    QDateTime serverNow;
    QSet<QString> withTables; ///< schemas, kept ones among them
    QSet<QString> inUse;      ///< databases that somebody else is connected to
};

/// Blocking; changes nothing. One question more than allKept().
[[nodiscard]] Result<KeptLook> lookAtKept(postgres::Session &session, TaskContext &context);

/// now: of this machine.
[[nodiscard]] KeptTerm termOf(const KeptSchema &kept, const KeptLook &look,
                              const ExpiryRules &rules, const QDateTime &now);
/// What is due, a list for each restore, the oldest first: each to be dropped by discardTogether().
[[nodiscard]] QList<QList<KeptSchema>> dueOf(const KeptLook &look, const ExpiryRules &rules,
                                             const QDateTime &now);
/// As far as the record knows it.
[[nodiscard]] QSet<QString> unsettledOf(const QList<RestoreRecord> &records);

[[nodiscard]] QString fateKey(KeptFate fate); ///< "by-hand", "later", "due", "incident-open" ...

} // namespace mayday::restore
