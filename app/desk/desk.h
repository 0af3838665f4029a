// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backup/backupshelf.h"
#include "core/clock.h"
#include "core/profile.h"
#include "desk/credentials.h"
#include "desk/expirywatch.h"
#include "desk/practicehost.h"
#include "desk/stepsensor.h"
#include "incident/incidentdesk.h"
#include "net/httptransport.h"
#include "restore/restoredesk.h"
#include "runbook/runbooklibrary.h"
#include "secrets/secretstore.h"
#include "status/statusboard.h"
#include "status/statuspoller.h"
#include "store/journal.h"

#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <memory>

namespace mayday::desk {

/// Builds and owns everything below the window; the only place that names concrete adapters.
///
/// GUI thread. open() is quick: it reads the journal and the runbooks and asks nobody. start() sets
/// the pollers going, and the practice world when no stack is configured. Destroyed in reverse
/// order; work that runs is asked to stop first and waited for at most five seconds.
class Desk final : public QObject {
    Q_OBJECT

public:
    /// The Error is about the profile's own files; there is no Desk without a journal.
    [[nodiscard]] static Result<std::unique_ptr<Desk>>
    open(const Profile &profile, const Clock &clock,
         practice::SampleSize practiceSize = practice::SampleSize::Whole);
    ~Desk() override;

    void start();

    [[nodiscard]] const Profile &profile() const { return m_profile; }
    [[nodiscard]] const Clock &clock() const { return m_clock; }
    [[nodiscard]] const stack::Stack &stack() const { return m_stack; }
    /// Why stack.yaml was not used; the practice world stands in for it then.
    [[nodiscard]] const std::optional<Error> &stackError() const { return m_stackError; }
    [[nodiscard]] bool isPractice() const { return m_stack.practice; }
    [[nodiscard]] const runbook::RunbookLibrary &library() const { return m_library; }
    [[nodiscard]] const store::JournalHealth &journalHealth() const { return m_journal->health(); }

    [[nodiscard]] store::Journal &journal() { return *m_journal; }
    [[nodiscard]] status::StatusBoard &board() { return *m_board; }
    [[nodiscard]] status::StatusPoller &poller() { return *m_poller; }
    [[nodiscard]] backup::BackupShelf &shelf() { return *m_shelf; }
    [[nodiscard]] Credentials &credentials() { return *m_credentials; }
    [[nodiscard]] restore::RestoreDesk &restores() { return *m_restores; }
    [[nodiscard]] incident::IncidentDesk &incidents() { return *m_incidents; }
    [[nodiscard]] StepSensor &sensor() { return *m_sensor; }
    [[nodiscard]] PracticeHost &practice() { return *m_practice; }

    /// Declares an incident and begins its checklist; a drill when the stack is the practice one.
    void startScenario(const runbook::RunbookId &id);
    /// Writes readings, timeline and log into the evidence folder of the running incident.
    void keepEvidence();
    /// The words of message templates that are known now: "time", "name", "status page".
    [[nodiscard]] std::optional<QString> messageWord(const QString &placeholder) const;
    /// How to reach the database of that id, with its password.
    [[nodiscard]] Result<postgres::ConnectionString> connection(const QString &database) const;
    /// Markdown of a finished or running incident.
    [[nodiscard]] QString reportOf(const incident::IncidentId &id) const;

Q_SIGNALS:
    void stackChanged();
    void failed(const mayday::Error &error);
    /// Where the evidence went.
    void evidenceKept(const QString &folder);

private:
    Desk(const Profile &profile, const Clock &clock);
    void build();
    void connectParts();
    void useStack(const stack::Stack &stack);
    void loadStack();
    void settleInterrupted();
    [[nodiscard]] const stack::Database *databaseOf(const restore::RestoreRecord &record) const;
    void writeStatusSheet();

    Profile m_profile;
    practice::SampleSize m_practiceSize = practice::SampleSize::Whole;
    const Clock &m_clock;
    QThreadPool m_pool;
    QThreadPool m_probePool;
    stack::Stack m_stack;
    std::optional<Error> m_stackError;
    runbook::RunbookLibrary m_library;
    std::unique_ptr<net::HttpTransport> m_transport;
    std::unique_ptr<store::Journal> m_journal;
    std::unique_ptr<secrets::SecretStore> m_secrets;
    std::unique_ptr<Credentials> m_credentials;
    std::unique_ptr<status::StatusBoard> m_board;
    std::unique_ptr<status::StatusPoller> m_poller;
    std::unique_ptr<backup::BackupShelf> m_shelf;
    std::unique_ptr<restore::RestoreDesk> m_restores;
    std::unique_ptr<incident::IncidentDesk> m_incidents;
    std::unique_ptr<ExpiryWatch> m_expiry;
    std::unique_ptr<StepSensor> m_sensor;
    std::unique_ptr<PracticeHost> m_practice;
    QTimer m_sheetTimer;
};

} // namespace mayday::desk
