// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/bringback.h"
#include "restore/contentcheck.h"
#include "restore/putback.h"
#include "restore/settlement.h"
#include "store/journalevent.h"

namespace mayday::restore {

/// Where one restore stands, as the journal tells it.
enum class RestoreState {
    Running,     ///< started, and this process is at it
    Finished,    ///< there is a receipt
    Interrupted, ///< started, and whoever did it died; the server has not been asked yet
    Settled,     ///< interrupted, and the server has told what is true
};

/// What came of comparing the live rows with the backup's, to the letter.
struct ContentSummary {
    QDateTime at = {};
    qsizetype tables = 0;
    qsizetype notCompared = 0;
    qsizetype leftOut = 0;      ///< columns
    qint64 rows = 0;            ///< of the backup
    QStringList different = {}; ///< "public.products"

    [[nodiscard]] bool isSame() const { return different.isEmpty() && notCompared == 0; }
};

/// One restore from its first to its last journal event. A value, folded from events alone.
struct RestoreRecord {
    RestoreId id;
    RestoreState state = RestoreState::Interrupted;
    QString file;
    QString target;     ///< for people: "database shop on 127.0.0.1:5432 as app"
    QString connection; ///< conninfo without a password
    QString database;   ///< id in stack.yaml, or empty
    QString environment;
    QString incident;
    RestoreMode mode = RestoreMode::Replace;
    /// Of a restore in place: where it goes, if one is made. Of Tables: beside it stands the note.
    QString safetyCopy = {};
    QString wanted = {};      ///< the tables that were asked for, in words; empty for all
    RoleMap mappedRoles = {}; ///< roles of the dump that are others there
    QDateTime startedAt = {};
    std::optional<QDateTime> endedAt = std::nullopt;
    std::optional<RestoreReceipt> receipt = std::nullopt;
    std::optional<bool> committed = std::nullopt; ///< for Settled: did the swap take place
    QString unfinished = {};  ///< for Settled: the database it has left on the server, not live
    QString made = {};        ///< for Settled: the database of its own in which it stands
    bool isLeftKnown = false; ///< records of older versions do not say whether there is one
    std::optional<QDateTime> putBackAt = std::nullopt;
    /// Of the last put-back, or taking again, that took place; nothing when nobody saw its end.
    std::optional<RestoreReceipt> lastPutBack = std::nullopt;
    /// Why the one after it, if there was one, did not.
    std::optional<Error> putBackError = std::nullopt;
    /// The last one took place, and nobody saw whether there were differences.
    bool isPutBackUnseen = false;
    /// A put-back was begun, and nobody has written down how it ended: the server has to be asked.
    bool isPutBackOpen = false;
    qint64 rowsBroughtBack = 0; ///< that came after the backup, since the restore
    /// The last one, of the data as it was then.
    std::optional<ContentSummary> content = std::nullopt;
    /// When the other state was dropped for good: there is nothing to swap with any more.
    std::optional<QDateTime> discardedAt = std::nullopt;
    /// What was about to go by itself, and nobody has written down whether it did: the server has
    /// to be asked.
    QList<KeptSchema> discarding = {};
    int discardingAfter = 0; ///< days, of these
    /// Dropping a database of it was interrupted: there is nothing to swap with any more.
    bool isHalfGone = false;

    /// Whether only the server can say what is live.
    [[nodiscard]] bool isToBeAsked() const
    {
        return state == RestoreState::Interrupted || isPutBackOpen;
    }
    /// Whether the live data is now what this restore brought, as far as it is known.
    [[nodiscard]] bool isInEffect() const;
    /// Whether there are two states to swap, as far as it is known.
    [[nodiscard]] bool canBePutBack() const;
    /// Whether what is kept may be compared with the live data: what stood there before, while the
    /// restored data is live, or a copy.
    [[nodiscard]] bool canBeCompared() const;
    /// Whether the rows that are live are to be those of the file.
    [[nodiscard]] bool canBeCheckedByContent() const;
    /// Of a NewDatabase that is there: how to connect to it, without a password. Empty otherwise,
    /// and once it was discarded.
    [[nodiscard]] QString newConnection() const;
    /// The tables it brought, as the receipt counted them.
    [[nodiscard]] QList<TableName> tables() const;
};

/// The journal's words for it. Every process that restores writes the same ones.
[[nodiscard]] store::JournalDraft startedDraft(const RestorePlan &plan);
[[nodiscard]] store::JournalDraft finishedDraft(const RestorePlan &plan,
                                                const RestoreReceipt &receipt);
/// What did not come of the full statistics, after the receipt was written.
[[nodiscard]] store::JournalDraft statisticsDraft(const RestorePlan &plan,
                                                  const QStringList &notes);
/// What came to life with it, when the receipt was written before that was looked at.
[[nodiscard]] store::JournalDraft afterwardsDraft(const RestorePlan &plan,
                                                  const Afterwards &afterwards);
[[nodiscard]] store::JournalDraft settledDraft(const RestoreRecord &record,
                                               const Settlement &settlement);
[[nodiscard]] store::JournalDraft putBackStartedDraft(const QString &restore,
                                                      const QString &incident);
/// What the server said of a put-back that nobody saw end.
[[nodiscard]] store::JournalDraft putBackSettledDraft(const RestoreRecord &record, bool isPutBack);
[[nodiscard]] store::JournalDraft putBackDraft(const QString &restore, const QString &incident,
                                               const PutBackReceipt &receipt);

[[nodiscard]] store::JournalDraft bringBackDraft(const QString &incident,
                                                 const BringBackReceipt &receipt);

[[nodiscard]] store::JournalDraft contentDraft(const RestoreRecord &record,
                                               const ContentCheck &check);

/// Whether both lead to the database of one name on one server, as far as their words say: an alias
/// of a host is another one.
[[nodiscard]] bool isSameDatabase(const postgres::ConnectionString &one,
                                  const postgres::ConnectionString &other);

/// What was kept is gone, by somebody's decision; keepDays: or by itself, after so many.
[[nodiscard]] store::JournalDraft
discardedDraft(const KeptSchema &gone, const postgres::ConnectionString &target, int keepDays = 0);

/// Before it goes by itself, all of one restore: a process that dies meanwhile leaves a trace.
[[nodiscard]] store::JournalDraft discardingDraft(const QList<KeptSchema> &together,
                                                  const postgres::ConnectionString &target,
                                                  int keepDays);
/// What was about to go and is there still.
[[nodiscard]] store::JournalDraft stayedDraft(const QString &restore, const QStringList &names,
                                              const postgres::ConnectionString &target);
/// A database of which an interrupted drop has left half; the restore may be unknown.
[[nodiscard]] store::JournalDraft halfGoneDraft(const QString &name, const QString &restore,
                                                const postgres::ConnectionString &target);
/// What is to be written of that which was about to go in this database, now that the server was
/// asked what is there, with nobody at it.
[[nodiscard]] QList<store::JournalDraft> settledDiscards(const QList<RestoreRecord> &records,
                                                         const QList<KeptSchema> &there,
                                                         const postgres::ConnectionString &target);

/// What was kept once, as the journal tells it.
struct DiscardedKept {
    QDateTime at;
    QString name;
    QString target; ///< "database shop on ..."; empty in records of older versions
    qint64 bytes = 0;
    int keepDays = 0; ///< 0: by somebody's decision

    [[nodiscard]] bool operator==(const DiscardedKept &) const = default;
};

/// Nothing when the event is about something else.
[[nodiscard]] std::optional<DiscardedKept> discardedFrom(const store::JournalEvent &event);

/// Applies one event; events of other kinds change nothing. Running is never the result: only the
/// process that works knows that it does.
void applyEvent(QList<RestoreRecord> &records, const store::JournalEvent &event);

} // namespace mayday::restore
