// SPDX-License-Identifier: GPL-3.0-or-later
#include "desk/practicehost.h"

#include "core/log.h"
#include "postgres/session.h"
#include "practice/practicestack.h"

#include <QDir>

using namespace Qt::StringLiterals;

namespace mayday::desk {

namespace {

constexpr std::chrono::milliseconds tellEvery{200};
constexpr std::chrono::milliseconds backendEvery{1000};
/// The dump is this old, so that a restore has something to lose.
constexpr std::chrono::hours dumpAge{3};

secrets::SecretName passwordName()
{
    return secrets::SecretName::parse(practice::practiceCredential).value_or(secrets::SecretName());
}

bool hasDump(const QString &folder)
{
    return !QDir(folder).entryList({u"shop_*.sql.gz"_s}, QDir::Files).isEmpty();
}

/// Sample, dump, newer rows: in this order, so that the dump is true and the loss is real.
Result<void> furnish(practice::PracticeSample &sample, const Profile &profile, const QDateTime &now,
                     const Latest<QString> &doing, TaskContext &context)
{
    const auto filled = sample.isFilled(context);
    if (!filled)
        return failure(filled.error());
    if (*filled && hasDump(profile.backupFolder()))
        return {};
    const QDateTime taken = now.addDuration(-dumpAge);
    doing.publish(u"Filling in a shop with 60,000 rows"_s);
    if (auto done = sample.fill(taken, context); !done)
        return done;
    doing.publish(u"Taking a backup with pg_dump"_s);
    if (auto dumped = sample.dump(profile.backupFolder(), taken, context); !dumped)
        return failure(dumped.error());
    doing.publish(u"Letting customers buy"_s);
    return sample.addNewerRows(taken, now, context);
}

} // namespace

PracticeHost::PracticeHost(Tools tools, QObject *parent)
    : QObject(parent),
      m_tools(std::move(tools)),
      m_database(m_runner, m_tools.profile.practiceFolder())
{
    m_ticker.setInterval(tellEvery);
    m_backendTimer.setInterval(backendEvery);
    connect(&m_ticker, &QTimer::timeout, this, &PracticeHost::changed);
    connect(&m_backendTimer, &QTimer::timeout, this, &PracticeHost::watchBackend);
}

PracticeHost::~PracticeHost()
{
    m_building.requestStop();
    m_working.requestStop();
    m_asking.requestStop();
    if (m_phase == PracticePhase::Off)
        return;
    m_tools.pool.waitForDone(5000);
    TaskContext context;
    if (auto stopped = m_database.stop(context); !stopped)
        log::warning(u"practice", describe(stopped.error()));
}

void PracticeHost::start()
{
    m_phase = PracticePhase::Starting;
    m_error.reset();
    m_doing.publish(u"Starting a PostgreSQL of its own"_s);
    m_ticker.start();
    Q_EMIT changed();
    if (m_cloud.baseUrl().isEmpty()) {
        if (auto started = m_cloud.start(); !started) {
            fail(started.error());
            return;
        }
    }
    auto reading = m_tools.secrets.read(passwordName());
    reading.deliverTo(this,
                      [this](const Result<Secret> &known) { build(known.value_or(Secret())); });
}

void PracticeHost::build(const Secret &known)
{
    m_building = startTask(
        m_tools.pool,
        [this, known, profile = m_tools.profile, now = m_tools.clock.now(),
         doing = m_doing](TaskContext &context) -> Result<World> {
            const auto started = m_database.start(known, context);
            if (!started)
                return failure(started.error());
            practice::PracticeSample sample(m_runner, started->server, m_tools.size);
            if (auto furnished = furnish(sample, profile, now, doing, context); !furnished)
                return failure(furnished.error());
            return World{
                .server = started->server, .shop = sample.shop(), .password = started->password};
        });
    m_building.deliverTo(this, [this](const Result<World> &world) {
        if (!world) {
            fail(world.error());
            return;
        }
        // The stack names this secret, so it has to be there before anybody looks for it.
        auto keeping = m_tools.secrets.write(passwordName(), world->password);
        keeping.deliverTo(this, [this, world = *world](const Result<void> &kept) {
            if (kept)
                settle(world);
            else
                fail(kept.error());
        });
    });
}

void PracticeHost::settle(const World &world)
{
    const auto stack = practice::practiceStack(m_cloud.baseUrl(), world.shop);
    if (!stack) {
        fail(stack.error());
        return;
    }
    m_world = world;
    m_phase = PracticePhase::Ready;
    m_ticker.stop();
    m_backendTimer.start();
    watchBackend();
    Q_EMIT changed();
    Q_EMIT ready(*stack);
}

void PracticeHost::fail(const Error &error)
{
    log::error(u"practice", describe(error));
    m_ticker.stop();
    m_phase = PracticePhase::Failed;
    m_error = error;
    Q_EMIT changed();
}

/// The back end of the practice shop is as healthy as its products: it says so over HTTP.
void PracticeHost::watchBackend()
{
    if (!m_world || (m_asking.isValid() && !m_asking.isFinished()))
        return;
    m_asking =
        startTask(m_tools.pool, [shop = m_world->shop](TaskContext &context) -> Result<bool> {
            auto session =
                postgres::Session::connect(shop, context, {.applicationName = u"shop backend"_s});
            if (!session)
                return failure(session.error());
            return session->query("SELECT EXISTS (SELECT 1 FROM products)", context)
                .transform([](const postgres::Rows &rows) { return rows.isTrue(0, 0); });
        });
    m_asking.deliverTo(this, [this](const Result<bool> &hasProducts) {
        if (!hasProducts)
            m_cloud.setBackendHealthy(false, u"database: "_s + kindKey(hasProducts.error().kind));
        else
            m_cloud.setBackendHealthy(*hasProducts, u"no products"_s);
    });
}

void PracticeHost::runInWorld(Work work)
{
    if (!m_world)
        return;
    m_waiting.append(std::move(work));
    if (!m_isWorking)
        runNext();
}

void PracticeHost::runNext()
{
    m_isWorking = !m_waiting.isEmpty();
    if (!m_isWorking)
        return;
    m_working = startTask(m_tools.pool, [this, server = m_world->server,
                                         work = m_waiting.takeFirst()](TaskContext &context) {
        practice::PracticeSample sample(m_runner, server, m_tools.size);
        return work(sample, context);
    });
    m_working.deliverTo(this, [this](const Result<void> &done) {
        if (!done)
            Q_EMIT failed(done.error());
        watchBackend();
        runNext();
    });
}

void PracticeHost::deleteProducts()
{
    runInWorld([](practice::PracticeSample &sample, TaskContext &context) {
        return sample.breakData(practice::BreakKind::DeleteProducts, context).transform([](qint64) {
        });
    });
}

void PracticeHost::breakSupabase()
{
    if (auto broken = m_cloud.setProviderState(u"supabase"_s, practice::PageState::Critical);
        !broken)
        Q_EMIT failed(broken.error());
}

void PracticeHost::putRight()
{
    m_cloud.heal();
    runInWorld([now = m_tools.clock.now()](practice::PracticeSample &sample,
                                           TaskContext &context) -> Result<void> {
        const QDateTime taken = now.addDuration(-dumpAge);
        if (auto filled = sample.fill(taken, context); !filled)
            return filled;
        return sample.addNewerRows(taken, now, context);
    });
}

} // namespace mayday::desk
