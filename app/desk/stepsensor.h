// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "desk/credentials.h"
#include "net/httptransport.h"
#include "runbook/runbook.h"
#include "status/statusboard.h"

#include <QObject>
#include <QTimer>

#include <optional>

namespace mayday::desk {

/// What came of one look. passed is empty while nobody has looked, or nobody can.
struct CheckReading {
    runbook::VerbCall call;
    std::optional<bool> passed = std::nullopt;
    QString words; ///< "products has 60,012 rows"; English, for the evidence and the screen
    QDateTime at = {};
};

/// Looks whether the sensed step in front of the user has come true, every two seconds, and says so
/// with the evidence (R3, R7 of the checklist: reality ticks, not hope).
///
/// Lives on the GUI thread, owned by Desk. HTTP goes through the transport, SQL on the pool. A
/// check that cannot be made never passes: it says why.
class StepSensor final : public QObject {
    Q_OBJECT

public:
    struct Tools {
        net::HttpTransport &transport;
        QThreadPool &pool;
        const Clock &clock;
        const status::StatusBoard &board;
        const Credentials &credentials;
    };
    explicit StepSensor(const Tools &tools, QObject *parent = nullptr);
    ~StepSensor() override;

    void setStack(const stack::Stack &stack);
    /// The step to look at; nullptr to look at nothing. The same step again changes nothing.
    void watch(const runbook::Step *step);
    [[nodiscard]] const runbook::StepId &step() const { return m_step; }
    [[nodiscard]] const QList<CheckReading> &readings() const { return m_readings; }
    void lookNow();

Q_SIGNALS:
    void readingsChanged();
    /// Every check of the step holds at once.
    void cameTrue(const mayday::runbook::StepId &step, const QString &evidence);

private:
    void look(qsizetype index);
    void lookAtHttp(qsizetype index);
    void lookAtSql(qsizetype index, const QByteArray &sql);
    void lookAtBoard(qsizetype index);
    void settle(qsizetype index, int round, std::optional<bool> passed, const QString &words);
    void judgeAnswer(qsizetype index, int round, const Result<QString> &answer);
    [[nodiscard]] Result<postgres::ConnectionString>
    databaseOf(const runbook::VerbCall &call) const;

    Tools m_tools;
    stack::Stack m_stack;
    runbook::StepId m_step;
    QList<CheckReading> m_readings;
    QTimer m_timer;
    int m_round = 0;   ///< answers of an earlier step are of no use
    int m_pending = 0; ///< looks under way; no new round before they ended
};

} // namespace mayday::desk
