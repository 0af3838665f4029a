// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/loadcrew.h"

#include "dump/dumpreader.h"
#include "postgres/quoting.h"
#include "restore/statementqueue.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// An index of a smaller table is made before the server has started others to help with it, and
/// the other connections have the cores already (12 of 84 MB: 1.8 s with them as without).
constexpr QByteArrayView aloneBelow = "SET min_parallel_table_scan_size = '256MB'";

} // namespace

/// One connection and what it is at.
class LoadCrew::Member final {
public:
    explicit Member(postgres::Session session) : session(std::move(session)) {}

    /// Jobs come in another order than the file has them, so a setting may have to go again.
    Result<void> take(const QByteArrayList &wanted, TaskContext &context)
    {
        if (wanted == settings)
            return {};
        if (auto reset = session.resetSettings(context); !reset)
            return reset;
        if (auto alone = session.execute(aloneBelow, context); !alone)
            return failure(alone.error());
        for (const QByteArray &sql : wanted) {
            if (auto set = session.execute(sql, context); !set)
                return failure(set.error());
        }
        settings = wanted;
        return {};
    }

    postgres::Session session;
    std::optional<QByteArrayList> settings = {}; ///< that were made in this session
    QString at = {};                             ///< guarded by the crew's mutex
};

namespace {

/// Passes the one block of a part on to a connection.
class BlockLoad final : public dump::DumpVisitor {
public:
    BlockLoad(postgres::Session &session, const StatementFilter &filter,
              std::atomic<qint64> &bytesDone, TaskContext &context)
        : m_session(session), m_filter(filter), m_bytesDone(bytesDone), m_context(context)
    {
    }

    /// The table is this transaction's own: rows may come frozen, which spares their first readers
    /// the writing of hints.
    void freeze() { m_freezes = true; }
    void nameIt(const dump::DataBlock &block) { m_block = block; }
    [[nodiscard]] qint64 rows() const { return m_rows; }

    Result<void> statement(const dump::DumpStatement &statement) override
    {
        return failure({.kind = ErrorKind::Corrupt,
                        .subject = u"statement at line %1"_s.arg(statement.line),
                        .detail = u"it stands where only rows were when the file was read"_s,
                        .advice = Advice::TakeAnotherBackup,
                        .line = statement.line});
    }
    Result<void> copyBegin(const dump::CopyHeader &header) override
    {
        const StatementDecision decision = m_filter.decide(header.statement);
        if (decision.kind == StatementDecision::Kind::Refuse)
            return failure(*decision.error);
        m_copy = header.statement;
        m_copy.objectSchema = m_block.schema;
        m_copy.objectName = m_block.table;
        return placed(
            m_session.copyInBegin(m_freezes ? frozen(m_copy.sql) : m_copy.sql, m_context));
    }
    Result<void> copyData(QByteArrayView rows) override
    {
        m_bytesDone += rows.size();
        return placed(m_session.copyInWrite(rows, m_context));
    }
    Result<void> copyEnd(qint64 rows, qint64, qint64 line) override
    {
        const auto taken = m_session.copyInFinish(m_context);
        if (!taken)
            return placed(failure(taken.error()));
        m_rows += *taken;
        if (*taken == rows)
            return {};
        return failure(
            {.kind = ErrorKind::Corrupt,
             .subject = m_copy.objectName,
             .detail = u"the file has %1 rows for it, the server took %2"_s.arg(rows).arg(*taken),
             .advice = Advice::SendReport,
             .line = line});
    }

private:
    [[nodiscard]] Result<void> placed(const Result<void> &outcome) const
    {
        return outcome ? outcome : failure(atCopyRow(outcome.error(), m_copy));
    }

    postgres::Session &m_session;
    const StatementFilter &m_filter;
    std::atomic<qint64> &m_bytesDone;
    TaskContext &m_context;
    dump::DataBlock m_block;
    dump::DumpStatement m_copy;
    bool m_freezes = false;
    qint64 m_rows = 0;
};

Result<bool> canEmpty(postgres::Session &session, const dump::DataBlock &block,
                      TaskContext &context)
{
    const std::array<QByteArray, 2> name{block.schema.toUtf8(), block.table.toUtf8()};
    return session
        .query("SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
               " ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2"
               " AND c.relkind = 'r' AND pg_catalog.has_table_privilege(c.oid, 'TRUNCATE')",
               name, context)
        .transform([](const postgres::Rows &rows) { return rows.integer(0, 0) == 1; });
}

Result<void> execute(postgres::Session &session, const QByteArray &sql, TaskContext &context)
{
    return session.execute(sql, context).transform([](qint64) {});
}

Result<void> note(postgres::Session &session, const LoadLedger &ledger, qint64 place,
                  TaskContext &context)
{
    const QByteArray sql = ledger.noteDone(place);
    return sql.isEmpty() ? Result<void>() : execute(session, sql, context);
}

/// In one transaction, committed only when the checksum behind the rows agrees.
Result<qint64> loadBlock(postgres::Session &session, const LoadCrew::Source &source,
                         const dump::DataBlock &block, bool isAlone, std::atomic<qint64> &bytesDone,
                         TaskContext &context)
{
    BlockLoad load(session, source.filter, bytesDone, context);
    load.nameIt(block);
    if (auto begun = execute(session, "BEGIN", context); !begun)
        return failure(begun.error());
    const auto isOwn = isAlone ? canEmpty(session, block, context) : Result<bool>(false);
    if (!isOwn)
        return failure(isOwn.error());
    if (*isOwn) {
        const QString name =
            postgres::quoteIdentifier(block.schema) + u'.' + postgres::quoteIdentifier(block.table);
        if (auto emptied = execute(session, "TRUNCATE ONLY " + name.toUtf8(), context); !emptied)
            return failure(emptied.error());
        load.freeze();
    }
    auto reader = dump::DumpReader::ofParts(source.file, {dump::partOf(block)}, source.points);
    if (auto read = reader.read(load, context); !read)
        return failure(read.error());
    if (auto noted = note(session, source.ledger, block.offset, context); !noted)
        return failure(noted.error());
    if (auto committed = execute(session, "COMMIT", context); !committed)
        return failure(committed.error());
    return load.rows();
}

/// Two constraints may want the same two tables in another order; one of them then comes again.
Result<void> runStatement(postgres::Session &session, const dump::DumpStatement &statement,
                          const LoadLedger &ledger, TaskContext &context)
{
    constexpr int attempts = 10;
    // Outside a transaction a batch is one.
    const bool isNoted = ledger.isKept() && statement.offset >= 0;
    const std::array statements{statement.sql,
                                isNoted ? ledger.noteDone(statement.offset) : QByteArray()};
    const std::span<const QByteArray> sent(statements.data(), isNoted ? 2 : 1);
    Result<void> done;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        done = session.executeBatch(sent, context);
        if (done || done.error().sqlState != "40P01"_L1)
            break;
    }
    return done ? done : failure(atStatement(done.error(), statement));
}

} // namespace

LoadCrew::LoadCrew(std::vector<postgres::Session> sessions, Source source,
                   const TaskContext &context)
    : m_source(std::move(source)),
      m_onOuterStop(context.stopToken(), [this] { m_stop.request_stop(); })
{
    for (postgres::Session &session : sessions)
        m_members.push_back(std::make_unique<Member>(std::move(session)));
    for (const auto &member : m_members)
        m_threads.emplace_back(
            [this, &member = *member](const std::stop_token &ended) { run(member, ended); });
}

LoadCrew::~LoadCrew()
{
    m_stop.request_stop();
}

void LoadCrew::addBlock(const dump::DataBlock &block, bool isAlone, const QByteArrayList &settings)
{
    m_rowsGiven += block.rows;
    add(Block{.block = block, .isAlone = isAlone, .settings = settings});
}

void LoadCrew::addStatement(const dump::DumpStatement &statement, const QByteArrayList &settings)
{
    add(Statement{.statement = statement, .settings = settings});
}

void LoadCrew::addOwn(const QByteArray &sql, const QByteArrayList &settings, const QString &about)
{
    add(Statement{.statement = {.sql = sql, .offset = -1, .objectName = about},
                  .settings = settings});
}

void LoadCrew::add(Job job)
{
    {
        const std::scoped_lock lock(m_mutex);
        // The largest first, so that none of them is left over at the end.
        const auto sizeOf = [](const Job &one) {
            const auto *block = std::get_if<Block>(&one);
            return block ? block->block.bytes : 0;
        };
        const auto place = std::ranges::upper_bound(m_jobs, sizeOf(job), std::greater{}, sizeOf);
        m_jobs.insert(place, std::move(job));
    }
    m_changed.notify_all();
}

Result<void> LoadCrew::wait(const std::function<void()> &onTick)
{
    for (;;) {
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait_for(lock, std::chrono::milliseconds(100),
                               [this] { return m_jobs.empty() && m_atWork == 0; });
            if (m_error && m_atWork == 0)
                return failure(*m_error);
            if (m_jobs.empty() && m_atWork == 0)
                return {};
        }
        onTick();
    }
}

std::chrono::milliseconds LoadCrew::sinceLastAnswer() const
{
    auto youngest = std::chrono::milliseconds::max();
    for (const auto &member : m_members)
        youngest = std::min(youngest, member->session.sinceLastAnswer());
    return youngest;
}

QStringList LoadCrew::work() const
{
    const std::scoped_lock lock(m_mutex);
    QStringList all;
    for (const auto &member : m_members)
        all.append(member->at);
    return all;
}

std::optional<LoadCrew::Job> LoadCrew::next(Member &member, const std::stop_token &ended)
{
    std::unique_lock lock(m_mutex);
    member.at.clear();
    if (!m_changed.wait(lock, ended, [this] { return !m_jobs.empty(); }))
        return std::nullopt;
    Job job = std::move(m_jobs.front());
    m_jobs.pop_front();
    ++m_atWork;
    if (const auto *block = std::get_if<Block>(&job))
        member.at = block->block.schema + u'.' + block->block.table;
    else
        member.at = std::get<Statement>(job).statement.objectName;
    return job;
}

void LoadCrew::finished(const Result<void> &outcome)
{
    {
        const std::scoped_lock lock(m_mutex);
        --m_atWork;
        if (!outcome) {
            // What the others say after they were stopped for it is no news.
            if (!m_error)
                m_error = outcome.error();
            m_jobs.clear();
        }
    }
    if (!outcome)
        m_stop.request_stop();
    m_changed.notify_all();
}

void LoadCrew::run(Member &member, const std::stop_token &ended)
{
    while (auto job = next(member, ended)) {
        TaskContext context(m_stop.get_token());
        if (const auto *given = std::get_if<Statement>(&*job)) {
            finished(member.take(given->settings, context).and_then([&] {
                return runStatement(member.session, given->statement, m_source.ledger, context);
            }));
            continue;
        }
        const Block &block = std::get<Block>(*job);
        if (auto ready = member.take(block.settings, context); !ready) {
            finished(ready);
            continue;
        }
        const auto rows =
            loadBlock(member.session, m_source, block.block, block.isAlone, m_bytes, context);
        m_rows += rows.value_or(0);
        finished(rows ? Result<void>() : failure(rows.error()));
    }
}

} // namespace mayday::restore
