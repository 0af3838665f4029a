// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "core/latest.h"
#include "core/task.h"
#include "restore/bringback.h"
#include "restore/keptexpiry.h"
#include "restore/lineinfile.h"
#include "restore/preflight.h"
#include "restore/restoreprogress.h"
#include "restore/restorerecord.h"
#include "store/journal.h"

#include <QObject>
#include <QSet>
#include <QTimer>

namespace mayday::restore {

/// What came of discarding what had been kept for long enough.
struct ExpiryReport {
    struct Trouble {
        QStringList names; ///< due, and not known to be gone; empty where nobody could look
        Error why;
    };
    postgres::ConnectionString target = {};
    QDateTime at = {};
    int keepDays = 0;
    QList<KeptSchema> gone = {};
    QList<Trouble> troubles = {};
};

/// What the rules of one look want to know.
struct ExpiryGround {
    KeptLook look;
    QHash<QString, QDateTime> ended = {}; ///< as of ExpiryRules
    QDateTime quietUntil = {};            ///< as of ExpiryRules
    /// What became of that which was about to go when a process ended.
    QList<store::JournalDraft> settled = {};
};

/// All restores: the one that runs and those of the past.
///
/// A domain object of the GUI thread, owned by Desk, so that closing a page never loses the outcome
/// of a restore. Nothing is started before its intention is on disk. One change at a time. After a
/// crash the record says Interrupted until the server has been asked.
class RestoreDesk final : public QObject {
    Q_OBJECT

public:
    RestoreDesk(store::Journal &journal, const Clock &clock, QThreadPool &pool,
                QObject *parent = nullptr);
    /// Stops what runs: the server rolls back.
    ~RestoreDesk() override;

    /// Folds the past. Call once, before anything else.
    void replay(const QList<store::JournalEvent> &events);

    [[nodiscard]] Task<PreflightReport> preflight(const RestorePlan &plan,
                                                  const dump::DumpInspection &inspection,
                                                  const backup::DataTime &taken);
    /// What stands at a line of a backup. It is in no record.
    [[nodiscard]] Task<LineInFile> lineOf(const QString &file, qint64 line);
    void start(const RestorePlan &plan, std::optional<dump::DumpInspection> inspection);
    /// What runs, a restore, a put-back or a bring-back, also when it has only been asked for.
    /// Within a second the live data is as it was; the receipt says so.
    void requestStop();
    void putBack(const postgres::ConnectionString &target, const QString &restore);
    /// What the restore's earlier state has and the live tables have not. Changes nothing; progress
    /// has the tables compared so far.
    [[nodiscard]] Task<Comparison> compare(const postgres::ConnectionString &target,
                                           const QString &restore,
                                           const Latest<Comparison> &progress);
    void bringBack(const postgres::ConnectionString &target, const QString &restore,
                   const QList<TableDecision> &decisions);
    /// Whether the live rows are those of the restore's backup, to the letter. Changes nothing
    /// and is written down. Whatever changes something stops it; a second one takes the place of
    /// the first, which says nothing any more.
    void checkContent(const postgres::ConnectionString &target, const RestoreId &restore);
    void stopContentCheck() { m_contentCheck.requestStop(); }
    [[nodiscard]] ContentProgress contentProgress() const { return m_contentProgress.read(); }
    /// Everything that restores keep in this database and beside it.
    [[nodiscard]] Task<KeptLook> kept(const postgres::ConnectionString &target);
    /// Drops kept data by name, one after the other, for good; each is recorded when it is gone.
    /// The first that cannot go ends it.
    void discard(const postgres::ConnectionString &target, const QStringList &names);
    /// Drops what is due by the rules of keptexpiry.h; that it is about to go is recorded before,
    /// or it stays, and each when it is gone. What was about to go when a process ended is asked
    /// about first. Not while something runs here, and whatever begins stops it: what is due stays
    /// due. expiryEnded() says what came of it, in any case and in a later turn.
    void discardExpired(const postgres::ConnectionString &target, int keepDays);
    /// What holds here and now for that database.
    [[nodiscard]] ExpiryRules expiryRules(const postgres::ConnectionString &target,
                                          int keepDays) const;
    /// Databases that stack.yaml names: those never go by themselves.
    void setDatabasesInStack(const QSet<QString> &names) { m_inStack = names; }
    /// Nothing goes by itself while one is open.
    void setIncidentOpen(bool open);
    /// What has not gone yet stays.
    void stopExpiry();
    /// What was kept once, newest first.
    [[nodiscard]] const QList<DiscardedKept> &discarded() const { return m_discarded; }
    /// Asks the server about an interrupted restore or put-back and writes its answer into the
    /// journal.
    void settle(const RestoreId &id, const postgres::ConnectionString &target);

    [[nodiscard]] bool isBusy() const { return m_isBusy; }
    [[nodiscard]] const RestoreId &running() const { return m_running; }
    /// As of now.
    [[nodiscard]] RestoreProgress progress() const;
    [[nodiscard]] const QList<RestoreRecord> &records() const { return m_records; }
    [[nodiscard]] const RestoreRecord *record(const RestoreId &id) const;

Q_SIGNALS:
    /// started, finished, settled or put back; with the id of the restore
    void restoreChanged(const mayday::restore::RestoreId &id);
    /// about ten times a second while something runs
    void progressChanged();
    /// What came to life with a restore that was finished already has been looked at.
    void lookedAfterwards(const mayday::restore::RestoreRecord &record);
    void putBackFinished(const mayday::restore::PutBackReceipt &receipt);
    void bringBackFinished(const mayday::restore::BringBackReceipt &receipt);
    void contentChecked(const mayday::restore::RestoreId &id,
                        const mayday::restore::ContentCheck &check);
    void contentCheckFailed(const mayday::restore::RestoreId &id, const mayday::Error &error);
    /// gone: those before the one that could not go, if there is an error
    void discardFinished(const QList<mayday::restore::KeptSchema> &gone,
                         const std::optional<mayday::Error> &error);
    void expiryEnded(const mayday::restore::ExpiryReport &report);
    /// something could not be started, recorded or asked; nothing changed
    void failed(const mayday::Error &error);

private:
    void run(const RestorePlan &plan, std::optional<dump::DumpInspection> inspection);
    void conclude(const RestoreReceipt &receipt);
    void followRestore();
    void tellAfterwards(const Afterwards &seen);
    void tellLate(const RestorePlan &plan, const RestoreReceipt &receipt, qsizetype notesKnown);
    void runPutBack(const postgres::ConnectionString &target, const QString &restore);
    void discardNext(const postgres::ConnectionString &target, QStringList names);
    void expireNext(QList<QList<KeptSchema>> due);
    void dropTogether(const QList<KeptSchema> &together, const QList<QList<KeptSchema>> &due);
    void recordExpired(const QList<KeptSchema> &together, const DiscardOutcome &outcome,
                       const std::function<void()> &then);
    void appendAll(QList<store::JournalDraft> drafts, const std::function<void()> &then);
    void endExpiry();
    [[nodiscard]] bool mayExpire() const { return !m_isBusy && !m_isIncidentOpen; }
    void fold(const store::JournalEvent &event);
    void append(store::JournalDraft draft, std::function<void()> then);
    void setBusy(bool busy);
    [[nodiscard]] bool refuseWhenBusy();

    store::Journal &m_journal;
    const Clock &m_clock;
    QThreadPool &m_pool;
    QList<RestoreRecord> m_records;
    Latest<RestoreProgress> m_progress;
    Latest<ServerPulse> m_pulse;
    Task<void> m_following;      ///< of the server's pulse
    Task<RestoreReceipt> m_task; ///< goes on with statistics when the verdict is known
    Task<PutBackReceipt> m_putBack;
    Task<BringBackReceipt> m_bringBack;
    Task<KeptSchema> m_discard;
    QList<KeptSchema> m_gone; ///< by the discard that runs
    Task<ExpiryGround> m_expiryLook;
    Task<DiscardOutcome> m_expiry;
    std::optional<ExpiryReport> m_expiring;     ///< while it runs
    std::optional<ExpiryGround> m_expiryGround; ///< of its rules
    QDateTime m_quietUntil;
    QSet<QString> m_inStack;
    QList<DiscardedKept> m_discarded;
    Task<ContentCheck> m_contentCheck;
    Latest<ContentProgress> m_contentProgress;
    int m_contentChecks = 0; ///< so many were begun
    QTimer m_ticker;
    RestoreId m_running;
    std::optional<RestorePlan> m_unconcluded; ///< what runs, until its verdict is known
    std::optional<RestorePlan> m_unlooked;    ///< then, until it is known what came to life
    QSet<RestoreId> m_asked;                  ///< those the server is being asked about
    bool m_isBusy = false;
    bool m_isIncidentOpen = false;
    bool m_isExpiryStopped = false;
    bool m_isStopRequested = false;
};

} // namespace mayday::restore
