// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "core/latest.h"
#include "core/profile.h"
#include "core/task.h"
#include "practice/practicecloud.h"
#include "practice/practicedatabase.h"
#include "practice/practicesample.h"
#include "process/processrunner.h"
#include "secrets/secretstore.h"
#include "stack/stack.h"

#include <QObject>
#include <QTimer>

namespace mayday::desk {

enum class PracticePhase { Off, Starting, Ready, Failed };

/// The practice world: a real PostgreSQL, a real dump of it, and providers that answer real HTTP,
/// all on this machine. Broken on request, and put right again.
///
/// Lives on the GUI thread, owned by Desk; the slow parts run on the pool. What it makes is kept
/// below the profile's practice folder and used again by the next start, also after a kill.
class PracticeHost final : public QObject {
    Q_OBJECT

public:
    struct Tools {
        Profile profile;
        const Clock &clock;
        QThreadPool &pool;
        secrets::SecretStore &secrets;
        practice::SampleSize size = practice::SampleSize::Whole;
    };
    explicit PracticeHost(Tools tools, QObject *parent = nullptr);
    /// Stops the server, and waits for that at most five seconds.
    ~PracticeHost() override;

    void start();
    [[nodiscard]] PracticePhase phase() const { return m_phase; }
    /// What is being done while Starting: "Filling in 60,000 rows".
    [[nodiscard]] QString doing() const { return m_doing.read(); }
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }

    /// Deletes the products; the cascade takes what hangs on them.
    void deleteProducts();
    void breakSupabase();
    /// Providers fine, tables full again.
    void putRight();

Q_SIGNALS:
    void changed();
    /// The world is there; this is its stack.
    void ready(const mayday::stack::Stack &stack);
    void failed(const mayday::Error &error);

private:
    struct World {
        postgres::ConnectionString server;
        postgres::ConnectionString shop;
        Secret password;
    };
    void build(const Secret &known);
    void settle(const World &world);
    void fail(const Error &error);
    using Work = std::function<Result<void>(practice::PracticeSample &, TaskContext &)>;
    /// One at a time, in the order they were asked for.
    void runInWorld(Work work);
    void runNext();
    void watchBackend();

    Tools m_tools;
    process::SystemProcessRunner m_runner;
    practice::PracticeDatabase m_database;
    practice::PracticeCloud m_cloud;
    PracticePhase m_phase = PracticePhase::Off;
    Latest<QString> m_doing;
    QTimer m_ticker;
    QTimer m_backendTimer;
    Task<World> m_building;
    Task<void> m_working;
    QList<Work> m_waiting;
    bool m_isWorking = false;
    Task<bool> m_asking;
    std::optional<World> m_world;
    std::optional<Error> m_error;
};

} // namespace mayday::desk
