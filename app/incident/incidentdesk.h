// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "incident/incidenthistory.h"
#include "incident/runbooksnapshot.h"
#include "store/journal.h"

#include <QObject>

namespace mayday::incident {

/// How an incident begins.
struct OpenOptions {
    QString title;
    Severity severity = Severity::Sev1;
    bool drill = false;
    bool security = false;
    QString environment;
    QString commander;           ///< also the name behind every tick until somebody else takes over
    std::chrono::minutes rto{0}; ///< used when the runbook promises nothing
};

/// All incidents: the one that runs and those of the past.
///
/// A domain object of the GUI thread, owned by Desk. Event-sourced: every change is first a record
/// on the disk and only then shown, so that a tick on the screen is a tick that survives. What was
/// refused or could not be written comes as failed(); nothing changed then. Saying again what is
/// already so (a second press of Space) does nothing.
class IncidentDesk final : public QObject {
    Q_OBJECT

public:
    IncidentDesk(store::Journal &journal, const Clock &clock, QObject *parent = nullptr);

    /// Folds the past. Call once, before anything else.
    void replay(const QList<store::JournalEvent> &events);

    /// Newest first.
    [[nodiscard]] const QList<Incident> &incidents() const { return m_shown.incidents(); }
    [[nodiscard]] const Incident *find(const IncidentId &id) const { return m_shown.find(id); }
    /// nullptr when none runs.
    [[nodiscard]] const Incident *running() const { return m_shown.running(); }

    /// shared: Markdown of the files the runbook includes, by name; kept with it, so that the steps
    /// stay what they were. AlreadyExists while another incident runs.
    void open(const runbook::Runbook &runbook, const SharedSources &shared,
              const OpenOptions &options);
    void tick(const runbook::StepId &step);
    void senseDone(const runbook::StepId &step, const QString &evidence);
    void overrideStep(const runbook::StepId &step, const QString &reason);
    void defer(const runbook::StepId &step);
    void reopen(const runbook::StepId &step);
    void recordChoice(const QString &decision, const QString &option, const QString &reason);
    void addNote(const QString &text);
    /// Also restarts the clock of the next update.
    void messageCopied(const QString &which, const QString &text);
    /// An update went out some other way.
    void updateSent();
    void evidenceKept(const QString &folder, const QStringList &files,
                      const QString &manifestHash = {});
    /// A line of "what changed"; does nothing while no incident runs.
    void statusChanged(const QString &what, const QString &from, const QString &to,
                       const QString &words);
    void setSeverity(Severity severity);
    void takeCommand(const QString &name);
    /// Refused while required steps are open or deferred: a list cannot close over them (R3).
    void close();

Q_SIGNALS:
    void incidentChanged(const mayday::incident::IncidentId &id);
    /// Another incident runs now, or none.
    void runningChanged();
    void failed(const mayday::Error &error);

private:
    void fold(const store::JournalEvent &event);
    void submit(const store::JournalDraft &draft);
    void submitToRunning(const QString &kind, QJsonObject data);
    void changeStep(const QString &kind, const runbook::StepId &step, runbook::StepState state,
                    const QString &reason);
    void settle();

    store::Journal &m_journal;
    const Clock &m_clock;
    IncidentHistory m_shown;   ///< what is on the disk
    IncidentHistory m_planned; ///< with what is on its way there; judges what comes next
    int m_underWay = 0;
};

} // namespace mayday::incident
