// SPDX-License-Identifier: GPL-3.0-or-later
#include "journeys/deskstory.h"

#include "restore/restorerunner.h"

#include <QTest>

#include <algorithm>

#include <cstdio>
#include <cstdlib>

using namespace Qt::StringLiterals;

namespace mayday::journeys {

DeskStory::DeskStory(desk::Desk &desk, Checkpoint checkpoint)
    : m_desk(desk), m_checkpoint(std::move(checkpoint))
{
}

void DeskStory::waitFor(const QString &what, const std::function<bool()> &isTrue, int milliseconds)
{
    if (QTest::qWaitFor(isTrue, milliseconds))
        return;
    std::fprintf(stderr, "did not come true: %s\n", qUtf8Printable(what));
    std::_Exit(2);
}

void DeskStory::waitUntilReady()
{
    waitFor(
        u"practice is ready"_s,
        [&] { return m_desk.practice().phase() == desk::PracticePhase::Ready; }, 120000);
    waitFor(u"the password has been read"_s,
            [&] { return m_desk.connection(u"main"_s).has_value(); });
    waitFor(
        u"the backup has been read"_s,
        [&] {
            return !m_desk.shelf().entries().isEmpty() &&
                   m_desk.shelf().entries().front().isComplete();
        },
        60000);
    waitFor(
        u"every restore is settled"_s,
        [&] {
            return std::ranges::none_of(
                m_desk.restores().records(), [](const restore::RestoreRecord &record) {
                    return record.state == restore::RestoreState::Interrupted ||
                           record.state == restore::RestoreState::Running;
                });
        },
        60000);
}

qint64 DeskStory::liveProducts()
{
    const auto where = m_desk.connection(u"main"_s);
    if (!where)
        return -1;
    TaskContext context;
    auto session = postgres::Session::connect(*where, context);
    if (!session)
        return -1;
    const auto rows = session->query("SELECT count(*) FROM public.products", context);
    return rows ? rows->integer(0, 0) : -1;
}

void DeskStory::run()
{
    if (!m_desk.incidents().running())
        breakAndOpen();
    workThroughSteps();
    m_checkpoint(u"before close"_s);
    m_desk.incidents().close();
    waitFor(u"the incident is closed"_s, [&] { return !m_desk.incidents().running(); });
    m_checkpoint(u"closed"_s);
}

void DeskStory::breakAndOpen()
{
    m_checkpoint(u"before break"_s);
    m_desk.practice().deleteProducts();
    waitFor(u"the products are gone"_s, [&] { return liveProducts() == 0; });
    m_checkpoint(u"broken"_s);
    const auto id = runbook::RunbookId::parse(u"database-corruption"_s).value();
    m_desk.startScenario(id);
    waitFor(u"the incident is open"_s, [&] { return m_desk.incidents().running() != nullptr; });
    m_checkpoint(u"opened"_s);
}

void DeskStory::workThroughSteps()
{
    while (const runbook::Step *step = m_desk.incidents().running()->checklist.current()) {
        const bool isRestore = std::ranges::any_of(
            step->actions, [](const runbook::VerbCall &call) { return call.verb == "restore"_L1; });
        const runbook::Step current = *step;
        if (isRestore)
            restoreOnce();
        tick(current);
    }
}

void DeskStory::tick(const runbook::Step &step)
{
    m_checkpoint(u"before "_s + step.id.value);
    if (step.isSensed())
        m_desk.sensor().watch(&step);
    else
        m_desk.incidents().tick(step.id);
    waitFor(
        step.action,
        [&] {
            const incident::Incident *running = m_desk.incidents().running();
            return running && running->checklist.state(step.id) != runbook::StepState::Open;
        },
        60000);
    m_checkpoint(u"done "_s + step.id.value);
}

void DeskStory::restoreOnce()
{
    // A restore that had taken place before the interruption is not done again.
    const auto &records = m_desk.restores().records();
    const QString incident = m_desk.incidents().running()->id.text();
    if (!records.isEmpty() && records.front().incident == incident && records.front().isInEffect())
        return;
    const QDateTime now = m_desk.clock().now();
    const restore::RestorePlan plan{.id = restore::freshRestoreId(now),
                                    .file = m_desk.shelf().entries().front().path,
                                    .target = m_desk.connection(u"main"_s).value(),
                                    .environment = u"practice"_s,
                                    .incident = incident,
                                    .database = u"main"_s,
                                    .plannedAt = now};
    m_checkpoint(u"before restore"_s);
    restore::RestorePhase seen = restore::RestorePhase::Waiting;
    const auto watch =
        QObject::connect(&m_desk.restores(), &restore::RestoreDesk::progressChanged, &m_desk, [&] {
            const restore::RestoreProgress progress = m_desk.restores().progress();
            if (progress.phase != seen) {
                seen = progress.phase;
                m_checkpoint(u"restore phase %1"_s.arg(static_cast<int>(seen)));
            } else if (seen == restore::RestorePhase::Loading) {
                m_checkpoint(u"loading %1"_s.arg(progress.tablesDone));
            }
        });
    m_desk.restores().start(plan, std::nullopt);
    waitFor(
        u"the restore has ended"_s,
        [&] {
            const auto *record = m_desk.restores().record(plan.id);
            return record && record->state == restore::RestoreState::Finished;
        },
        120000);
    QObject::disconnect(watch);
    m_checkpoint(u"restored"_s);
}

} // namespace mayday::journeys
