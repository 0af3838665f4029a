// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/keptschema.h"
#include "restore/restorerecord.h"

#include <QHash>
#include <QSet>

#include <chrono>

namespace mayday::restore {

/// When what restores keep goes by itself, and why some of it stays all the same.
///
/// Nothing goes unless stack.yaml says keep-days for the database: what is kept is often the only
/// way back, and Mayday loses no data unasked. Then these rules hold, and no others:
///
/// 1. Only what carries Mayday's own mark, with the restore and the time in it, and has the name
///    Mayday gave it; never a name alone, and never what somebody has renamed. A backup that is
///    still being loaded, or was laid beside the live data as a copy, goes by hand alone.
/// 2. So many days must have passed since anything of the same restore was last moved (a put-back
///    begins them anew) and since this record has seen the end of it, by the server's clock and by
///    ours: a clock that is wrong drops nothing.
/// 3. What one restore keeps goes together or stays together: half of it cannot be put back.
/// 4. While an incident is open nothing goes, nor on the day after one, or after any restore,
///    put-back or bring-back that the record knows: whoever is at it may need any of it.
/// 5. Only of restores into this very database, by host, port and name, whose end the record of
///    this profile has seen, and which it does not take to be discarded already. What a colleague's
///    or another profile's restore keeps stays here, so does what came with a clone of another
///    database, and what one keeps whose put-back is open.
/// 6. Something must be live under its name, a table at least, and of each kept table with rows
///    there must be a live one of that name with rows: the only copy stays.
/// 7. A database that somebody is connected to stays, and nobody is sent away from it; so does one
///    that stack.yaml names, and one in which something is kept that is not due.
///
/// All of them are checked again when it is dropped, behind the lock that each restore, put-back
/// and discarding takes; rows, and what is inside of a database, are looked at only then.
struct ExpiryRules {
    int keepDays = 0; ///< 0: nothing goes by itself
    bool isIncidentOpen = false;
    /// Restores into this database whose end the record has seen, by id, and when.
    QHash<QString, QDateTime> ended = {};
    QDateTime quietUntil = {};  ///< nothing goes before; invalid when nothing has happened
    QSet<QString> inStack = {}; ///< databases that stack.yaml names, on whatever server
};

/// What is to become of something that is kept.
enum class KeptFate {
    ByHand,    ///< it goes when somebody discards it
    Later,     ///< it goes when its days have passed
    Due,       ///< it goes at the next look
    Renamed,   ///< by hand, so it may be live: it is never dropped
    Unsettled, ///< this record has not seen how its restore ended: it stays
    // Its days have passed, and it stays:
    IncidentOpen,
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
/// As ExpiryRules has it, of the database at target.
[[nodiscard]] QHash<QString, QDateTime> endedOf(const QList<RestoreRecord> &records,
                                                const postgres::ConnectionString &target);
/// People go on looking at what they have just done.
constexpr std::chrono::hours quietAfter{24};
/// As ExpiryRules has it.
[[nodiscard]] QDateTime quietUntilOf(const QList<store::JournalEvent> &events);

/// Of an error: DROP DATABASE was interrupted and has left half of it.
inline const QString halfDropped = QStringLiteral("MAY01");

/// What has gone is gone, whether or not there is an error.
struct DiscardOutcome {
    QList<KeptSchema> gone = {};
    QList<KeptSchema> broken = {};             ///< databases of which half is gone: see halfDropped
    std::optional<Error> error = std::nullopt; ///< as of discardKept()
};

/// Drops what one restore keeps for good, its schemas in one transaction, and only if all of it is
/// due by the rules and what it was at the look. For when nobody sits before it: the lock of a kept
/// table is waited for a second, that of a live one it refers to a fifth of one.
[[nodiscard]] DiscardOutcome discardTogether(const postgres::ConnectionString &target,
                                             const QList<KeptSchema> &known,
                                             const ExpiryRules &rules, const QDateTime &now,
                                             TaskContext &context);

[[nodiscard]] QString fateKey(KeptFate fate); ///< "by-hand", "later", "due", "renamed" ...

} // namespace mayday::restore
