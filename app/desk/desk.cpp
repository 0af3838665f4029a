// SPDX-License-Identifier: GPL-3.0-or-later
#include "desk/desk.h"

#include "backup/unpackfolder.h"
#include "core/atomicfile.h"
#include "core/log.h"
#include "incident/evidence.h"
#include "incident/rtoclock.h"
#include "net/curltransport.h"
#include "report/incidentreport.h"
#include "report/statussheet.h"
#include "stack/stackreader.h"

#include <QCryptographicHash>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::desk {

namespace {

constexpr int probeThreads = 4;
constexpr int workThreads = 4;
constexpr std::chrono::seconds sheetEvery{15};
constexpr qint64 logTailBytes = 64 * 1024;

/// Profiles do not share secrets: each has its own corner of the keychain.
QString secretScope(const Profile &profile)
{
    if (profile.dataFolder == Profile::standard().dataFolder)
        return {};
    return QString::fromLatin1(
        QCryptographicHash::hash(profile.dataFolder.toUtf8(), QCryptographicHash::Sha256)
            .toHex()
            .first(12));
}

QByteArray readingsJson(const status::BoardSnapshot &board)
{
    QJsonArray rows;
    const auto add = [&rows](const QString &id, const QString &name,
                             const status::Watched &watched) {
        rows.append(QJsonObject{{u"id"_s, id},
                                {u"name"_s, name},
                                {u"state"_s, status::stateKey(watched.reading.state)},
                                {u"word"_s, watched.reading.word},
                                {u"detail"_s, watched.reading.detail},
                                {u"at"_s, watched.reading.at.toUTC().toString(Qt::ISODateWithMs)}});
    };
    for (const status::ProbeSnapshot &probe : board.probes)
        add(probe.id.text(), probe.name, probe.watched);
    for (const status::ProviderSnapshot &provider : board.providers)
        add(provider.id.text(), provider.name, provider.watched);
    return QJsonDocument(rows).toJson();
}

QByteArray timelineText(const incident::Incident &incident)
{
    QByteArray text;
    for (const incident::TimelineEntry &entry : incident.timeline)
        text += entry.at.toUTC().toString(Qt::ISODate).toUtf8() + ' ' + entry.who.toUtf8() + ": " +
                entry.text.toUtf8() + '\n';
    return text;
}

QByteArray logTail(const Profile &profile)
{
    QFile file(profile.logFolder() + u"/mayday.log"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    file.seek(std::max<qint64>(file.size() - logTailBytes, 0));
    return file.readAll();
}

} // namespace

Desk::Desk(const Profile &profile, const Clock &clock) : m_profile(profile), m_clock(clock)
{
    m_pool.setMaxThreadCount(workThreads);
    m_probePool.setMaxThreadCount(probeThreads);
}

Desk::~Desk()
{
    if (m_poller) // not there when the journal could not be opened
        m_poller->stop();
    m_practice.reset();
    m_expiry.reset();
    m_restores.reset();
    m_pool.waitForDone(5000);
    m_probePool.waitForDone(5000);
}

Result<std::unique_ptr<Desk>> Desk::open(const Profile &profile, const Clock &clock,
                                         practice::SampleSize practiceSize)
{
    std::unique_ptr<Desk> desk(new Desk(profile, clock));
    desk->m_practiceSize = practiceSize;
    auto journal = store::Journal::open(profile.journalFile(), clock);
    if (!journal)
        return failure(journal.error());
    desk->m_journal = *std::move(journal);
    desk->build();
    const auto events = desk->m_journal->read();
    if (!events)
        return failure(events.error());
    desk->m_restores->replay(*events);
    desk->m_incidents->replay(*events);
    desk->m_expiry =
        std::make_unique<ExpiryWatch>(ExpiryWatch::Tools{.restores = *desk->m_restores,
                                                         .incidents = *desk->m_incidents,
                                                         .board = *desk->m_board,
                                                         .credentials = *desk->m_credentials,
                                                         .clock = desk->m_clock});
    desk->connectParts();
    return desk;
}

void Desk::build()
{
    m_transport = std::make_unique<net::CurlTransport>();
    m_secrets = secrets::openSecretStore(secretScope(m_profile));
    m_credentials = std::make_unique<Credentials>(*m_secrets, m_pool);
    m_board = std::make_unique<status::StatusBoard>(m_clock);
    m_poller = std::make_unique<status::StatusPoller>(
        status::StatusPoller::Tools{.transport = *m_transport,
                                    .pool = m_probePool,
                                    .clock = m_clock,
                                    .passwords =
                                        [credentials = m_credentials.get()](const QString &name) {
                                            return credentials->secret(name);
                                        }},
        *m_board);
    m_shelf = std::make_unique<backup::BackupShelf>(m_profile.backupFolder(), m_pool);
    m_restores = std::make_unique<restore::RestoreDesk>(*m_journal, m_clock, m_pool);
    m_incidents = std::make_unique<incident::IncidentDesk>(*m_journal, m_clock);
    m_sensor = std::make_unique<StepSensor>(StepSensor::Tools{.transport = *m_transport,
                                                              .pool = m_probePool,
                                                              .clock = m_clock,
                                                              .board = *m_board,
                                                              .credentials = *m_credentials});
    m_practice = std::make_unique<PracticeHost>(PracticeHost::Tools{.profile = m_profile,
                                                                    .clock = m_clock,
                                                                    .pool = m_pool,
                                                                    .secrets = *m_secrets,
                                                                    .size = m_practiceSize});
    m_library =
        runbook::RunbookLibrary::load(m_profile.runbookFolder(), runbook::VerbRegistry::standard());
}

void Desk::connectParts()
{
    connect(m_practice.get(), &PracticeHost::ready, this, &Desk::useStack);
    connect(m_practice.get(), &PracticeHost::failed, this, &Desk::failed);
    const auto goOn = [this] {
        m_poller->refreshNow();
        settleInterrupted();
    };
    connect(m_credentials.get(), &Credentials::loaded, this, goOn);
    connect(m_credentials.get(), &Credentials::saved, this, goOn);
    connect(m_board.get(), &status::StatusBoard::changeNoted, this,
            [this](const status::StatusChange &change) {
                if (change.from != status::State::Unknown &&
                    change.to == status::State::Operational)
                    settleInterrupted();
            });
    connect(m_sensor.get(), &StepSensor::cameTrue, m_incidents.get(),
            &incident::IncidentDesk::senseDone);
    connect(m_board.get(), &status::StatusBoard::changeNoted, m_incidents.get(),
            [this](const status::StatusChange &change) {
                m_incidents->statusChanged(change.what, status::stateKey(change.from),
                                           status::stateKey(change.to), change.words);
            });
    connect(m_incidents.get(), &incident::IncidentDesk::incidentChanged, this,
            &Desk::writeStatusSheet);
    connect(m_incidents.get(), &incident::IncidentDesk::failed, this, &Desk::failed);
    connect(m_restores.get(), &restore::RestoreDesk::failed, this, &Desk::failed);
    connect(m_restores.get(), &restore::RestoreDesk::restoreChanged, m_poller.get(),
            &status::StatusPoller::refreshNow);
    connect(&m_sheetTimer, &QTimer::timeout, this, &Desk::writeStatusSheet);
    m_sheetTimer.setInterval(sheetEvery);
}

void Desk::start()
{
    QList<status::SuggestRule> rules;
    for (const runbook::Runbook &runbook : m_library.list()) {
        for (const QString &condition : runbook.suggest)
            rules.append({.runbook = runbook.id.text(), .condition = condition});
    }
    m_board->useRules(rules);
    loadStack();
    m_pool.start([] { backup::UnpackFolder::removeLeftovers(); });
    m_shelf->refresh();
    m_sheetTimer.start();
    writeStatusSheet();
}

/// Without a stack.yaml, or with one that cannot be used, the practice world stands in: the window
/// always has something true to show, and says which of the two it is.
void Desk::loadStack()
{
    const QString path = m_profile.stackFile();
    if (QFile::exists(path)) {
        const auto stack =
            readWholeFile(path, stack::maxStackBytes).and_then([&path](const QByteArray &yaml) {
                return stack::parseStack(yaml, path);
            });
        if (stack && !stack->practice) {
            useStack(*stack);
            return;
        }
        if (!stack) {
            m_stackError = stack.error();
            log::error(u"desk", describe(stack.error()));
        }
    }
    m_stack.practice = true;
    m_practice->start();
    Q_EMIT stackChanged();
}

void Desk::useStack(const stack::Stack &stack)
{
    m_stack = stack;
    m_sensor->setStack(stack);
    m_expiry->setStack(stack);
    m_shelf->setFloor(stack.backupFloor);
    m_credentials->setStack(stack);
    if (stack.practice)
        m_poller->start(stack, status::PollIntervals::practice());
    else
        m_poller->start(stack);
    m_shelf->refresh();
    Q_EMIT stackChanged();
}

/// A restore that nobody saw end: the server knows, and is asked as soon as it can be reached.
void Desk::settleInterrupted()
{
    for (const restore::RestoreRecord &record : m_restores->records()) {
        if (!record.isToBeAsked())
            continue;
        const stack::Database *database = databaseOf(record);
        if (!database)
            continue;
        if (const auto where = m_credentials->connection(*database))
            m_restores->settle(record.id, *where);
    }
}

/// By its id; a restore by maydayctl knows no ids, so by where it went.
const stack::Database *Desk::databaseOf(const restore::RestoreRecord &record) const
{
    if (const auto id = stack::DatabaseId::parse(record.database))
        return m_stack.database(*id);
    const auto went = postgres::ConnectionString::parse(record.connection);
    if (!went)
        return nullptr;
    const auto isIt = [&went](const stack::Database &one) {
        const auto known = postgres::ConnectionString::parse(one.connection);
        return known && known->host() == went->host() && known->port() == went->port() &&
               known->database() == went->database();
    };
    const auto found = std::ranges::find_if(m_stack.databases, isIt);
    return found != m_stack.databases.end() ? &*found : nullptr;
}

Result<postgres::ConnectionString> Desk::connection(const QString &database) const
{
    const stack::Database *known =
        m_stack.database(stack::DatabaseId::parse(database).value_or(stack::DatabaseId{}));
    if (!known)
        return failure({.kind = ErrorKind::NotFound,
                        .subject = u"database "_s + database,
                        .detail = u"the stack does not have it (yet)"_s,
                        .advice = Advice::EditStackFile});
    return m_credentials->connection(*known);
}

void Desk::startScenario(const runbook::RunbookId &id)
{
    const runbook::Runbook *runbook = m_library.find(id);
    if (!runbook) {
        Q_EMIT failed({.kind = ErrorKind::NotFound,
                       .subject = id.text(),
                       .detail = u"there is no such runbook"_s});
        return;
    }
    const QString user = qEnvironmentVariable("USER", u"you"_s);
    m_incidents->open(
        *runbook, incident::sharedSources(m_library, *runbook),
        {.title = runbook->title,
         .severity = incident::Severity::Sev1,
         .drill = m_stack.practice,
         .environment = m_stack.environment.isEmpty() ? u"practice"_s : m_stack.environment,
         .commander = user,
         .rto = m_stack.promises.rto});
}

void Desk::keepEvidence()
{
    const incident::Incident *running = m_incidents->running();
    if (!running)
        return;
    const QList<incident::EvidenceItem> items = {
        {u"readings.json"_s, readingsJson(m_board->snapshot())},
        {u"timeline.txt"_s, timelineText(*running)},
        {u"mayday.log"_s, logTail(m_profile)}};
    auto keeping = startTask(m_pool, [root = m_profile.evidenceFolder(), id = running->id.text(),
                                      now = m_clock.now(), items](TaskContext &context) {
        return incident::keepEvidence(root, id, now, items, context);
    });
    keeping.deliverTo(this, [this](const Result<incident::EvidenceFolder> &kept) {
        if (!kept) {
            Q_EMIT failed(kept.error());
            return;
        }
        m_incidents->evidenceKept(kept->path, kept->files, kept->manifestHash);
        Q_EMIT evidenceKept(kept->path);
    });
}

std::optional<QString> Desk::messageWord(const QString &placeholder) const
{
    const incident::Incident *running = m_incidents->running();
    const auto clockTime = [](const QDateTime &at) {
        return at.toUTC().toString(u"HH:mm 'UTC'"_s);
    };
    if (placeholder == "name"_L1 && running)
        return running->commander;
    if (placeholder == "time"_L1 || placeholder == "start"_L1)
        return running ? std::optional(clockTime(running->openedAt)) : std::nullopt;
    if (placeholder == "date"_L1 && running)
        return running->openedAt.toUTC().date().toString(Qt::ISODate);
    if (placeholder == "end"_L1 || placeholder == "time of next update"_L1)
        return clockTime(placeholder == "end"_L1 ? m_clock.now()
                                                 : incident::nextUpdateDue(m_clock.now()));
    return std::nullopt;
}

QString Desk::reportOf(const incident::IncidentId &id) const
{
    const incident::Incident *wanted = m_incidents->find(id);
    return wanted ? report::incidentReport(*wanted, m_stack, m_clock.now()) : QString();
}

void Desk::writeStatusSheet()
{
    auto writing = startTask(
        m_pool, [path = m_profile.statusSheetFile(),
                 sheet = report::statusSheet(m_incidents->running(), m_stack, m_clock.now())](
                    TaskContext &) { return writeFileAtomically(path, sheet); });
    writing.deliverTo(this, [](const Result<void> &written) {
        if (!written)
            log::warning(u"desk", describe(written.error()));
    });
}

} // namespace mayday::desk
