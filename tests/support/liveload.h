// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

#include <QHash>
#include <QList>
#include <QMutex>
#include <QString>
#include <QStringList>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace mayday::tests {

/// One user of a live database: a session on a thread of its own that does its round again and
/// again, measures what it waits for, and remembers what it was told.
class LiveUser final {
public:
    using Clock = std::chrono::steady_clock;
    struct Wait {
        Clock::time_point from;
        Clock::time_point to;
        QString statement;
    };

    LiveUser(QString name, postgres::Session session);

    [[nodiscard]] const QString &name() const { return m_name; }
    /// A value that nobody else writes.
    [[nodiscard]] QString freshValue();
    /// The first cell of the answer, empty without one; nothing on a failure, which is noted.
    std::optional<QString> ask(const QByteArray &sql);
    /// Said once the server has confirmed its commit.
    void isCommitted(const QString &value) { m_committed.append(value); }
    /// An answer that is wrong though no statement failed.
    void complain(const QString &what) { m_failures.append(m_name + QStringLiteral(": ") + what); }

    [[nodiscard]] const QStringList &committed() const { return m_committed; }
    [[nodiscard]] const QStringList &failures() const { return m_failures; }
    [[nodiscard]] const QList<Wait> &waits() const { return m_waits; }

private:
    QString m_name;
    postgres::Session m_session;
    int m_number = 0;
    QStringList m_committed;
    QStringList m_failures;
    QList<Wait> m_waits; ///< every statement
};

/// Users at work from the constructor to stop().
class LiveLoad final {
public:
    using Round = std::function<void(LiveUser &)>;
    struct Part {
        QString name;
        Round round;
        QByteArray atFirst = {}; ///< run once in its session
    };
    static constexpr auto applicationName = "live load";

    LiveLoad(const postgres::ConnectionString &target, const QList<Part> &parts);
    ~LiveLoad();
    Q_DISABLE_COPY_MOVE(LiveLoad)

    /// Until every user has done so many more rounds.
    void awaitRounds(int rounds);
    /// Ends the load; then the users may be read.
    void stop();

    [[nodiscard]] QStringList committed() const;
    [[nodiscard]] QStringList failures() const;
    [[nodiscard]] qsizetype statements() const;
    /// The longest wait for one statement, of those that overlap the span or of those that do not.
    [[nodiscard]] LiveUser::Wait longest(LiveUser::Clock::time_point from,
                                         LiveUser::Clock::time_point to, bool isOverlapping) const;

private:
    void run(size_t index, const Round &round, const std::stop_token &over);

    std::vector<std::unique_ptr<LiveUser>> m_users;
    std::mutex m_mutex;
    std::condition_variable m_advanced;
    std::vector<int> m_rounds;
    std::vector<std::jthread> m_threads; // last: they use the rest
};

/// Looks all the time, through a session of its own, whether somebody of a LiveLoad waits for a
/// lock that Mayday holds or stands in line for.
class BlockWatch final {
public:
    explicit BlockWatch(const postgres::ConnectionString &target);

    /// Ends the watch; the moments at which somebody was seen waiting, with the statement.
    [[nodiscard]] QList<LiveUser::Wait> stop();
    [[nodiscard]] int looks() const { return m_looks; }

private:
    void run(const std::stop_token &over);

    postgres::Session m_session;
    QList<LiveUser::Wait> m_seen;
    int m_looks = 0;
    std::jthread m_thread; // last: it uses the rest
};

} // namespace mayday::tests
