// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desk/credentials.h"
#include "incident/incidentdesk.h"
#include "restore/restoredesk.h"
#include "status/statusboard.h"

#include <QHash>
#include <QObject>
#include <QTimer>

namespace mayday::desk {

/// Sees to it that what restores keep goes once its days have passed, where stack.yaml says
/// keep-days. restore/keptexpiry.h has the rules of what goes; these are the ones of when:
///
/// An hour after the start and every 24 hours from then on, each database by itself. Not in the
/// first hour, because most who open Mayday do so when something has just broken, and what was kept
/// may be what they need. Not while an incident is open, while a restore or the like runs, or
/// unless the board says of the database, and has asked lately, that it answers and that no table
/// it watches has lost rows. What has to wait for the board goes as soon as it says so; but after
/// an incident, a restore, a put-back or the like the next look is a day later, as the rules have
/// it, too, which know of those before the start. What could not go is tried again the next day.
/// Never in practice; another stack stops what is under way.
///
/// GUI thread, owned by Desk; asks no server itself.
class ExpiryWatch final : public QObject {
    Q_OBJECT

public:
    struct Tools {
        restore::RestoreDesk &restores;
        const incident::IncidentDesk &incidents;
        const status::StatusBoard &board;
        const Credentials &credentials;
        const Clock &clock;
    };
    explicit ExpiryWatch(Tools tools, QObject *parent = nullptr);

    /// The first hour begins.
    void setStack(const stack::Stack &stack);
    /// Begins with one database for which it is time; whether there was any. The watch's own timer
    /// does this once a minute.
    bool lookIfDue();

private:
    void putOff();
    [[nodiscard]] bool isQuiet(const stack::Database &database) const;

    Tools m_tools;
    QList<stack::Database> m_databases; ///< those with keep-days
    /// By the monotonic clock, which on most machines stands still while they sleep.
    QHash<stack::DatabaseId, std::chrono::milliseconds> m_next;
    QTimer m_timer;
    bool m_isLooking = false;
};

} // namespace mayday::desk
