// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/command.h"
#include "postgres/connectionstring.h"
#include "restore/comparison.h"
#include "store/journal.h"

#include <stop_token>
#include <thread>

namespace mayday::ctl {

/// Ctrl+C and SIGTERM ask the work to stop; it rolls back and says so. One at a time.
class StopOnSignal final {
public:
    StopOnSignal();
    /// Signals end the program again, unless one has come already.
    ~StopOnSignal();
    Q_DISABLE_COPY_MOVE(StopOnSignal)
    [[nodiscard]] TaskContext context() { return TaskContext(m_source.get_token()); }
    /// Passes a signal on to the work. Any thread.
    void look();

private:
    std::stop_source m_source;
};

/// Passes signals on while the work blocks this thread.
class SignalWatcher final {
public:
    explicit SignalWatcher(StopOnSignal &stop);

private:
    std::jthread m_thread;
};

/// The record is worth having and never worth more than the data: without it the work goes on.
class Record final {
public:
    explicit Record(const Call &call);
    void write(const store::JournalDraft &draft);
    /// The same for what must not go on without it, or be passed over in silence.
    [[nodiscard]] Result<void> tryWrite(const store::JournalDraft &draft);

private:
    /// What is done to a restore belongs to the incident that the restore belongs to.
    [[nodiscard]] store::JournalDraft withIncident(store::JournalDraft draft) const;

    std::unique_ptr<store::Journal> m_journal;
    Error m_error; ///< why there is none
};

/// With what it leaves out taken from the environment, PGPASSWORD too if it has no password.
/// Refused when no database is named.
[[nodiscard]] Result<postgres::ConnectionString> filledIn(const postgres::ConnectionString &given);
/// --target, taken out of the arguments and filled in from the environment, so that what is shown,
/// confirmed and written down is the database that is changed.
[[nodiscard]] Result<postgres::ConnectionString> targetOf(QStringList &arguments);
/// Whether --yes was said or the database's name was typed, as in the window: Enter alone never
/// changes anything. what: "This replaces the data in ...".
[[nodiscard]] bool isConfirmed(const Call &call, bool yes, const QString &what,
                               const postgres::ConnectionString &target);
/// Of "no", or of no terminal to ask on.
[[nodiscard]] Error notConfirmed(const postgres::ConnectionString &target);
/// "public.products"; the schema may be left out where it is public.
[[nodiscard]] restore::TableName tableNameFrom(const QString &text);
[[nodiscard]] QString asText(const restore::Comparison &comparison);
/// The error and what to do, a line each; empty without one.
[[nodiscard]] QString errorAsText(const std::optional<Error> &error);

} // namespace mayday::ctl
