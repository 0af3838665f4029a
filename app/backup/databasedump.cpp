// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/databasedump.h"

#include "backup/dumpopener.h"
#include "backup/partialfile.h"
#include "core/redactor.h"
#include "postgres/quoting.h"
#include "postgres/session.h"

#include <QFileInfo>
#include <QHash>

#include <thread>

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

using TableCounts = QHash<QPair<QString, QString>, qint64>; ///< schema and name -> rows

constexpr int versionsPerMajor = 10000;
/// Tables counted in one round trip.
constexpr qsizetype countRound = 50;

/// Both ends of one snapshot: what pg_dump writes and what we count.
class Snapshot final {
public:
    static Result<Snapshot> take(const DumpOrder &order, TaskContext &context);

    [[nodiscard]] const QString &name() const { return m_name; }
    [[nodiscard]] int serverVersion() const { return m_session.facts().versionNumber; }
    [[nodiscard]] Result<TableCounts> count(const QStringList &schemas, TaskContext &context);

private:
    explicit Snapshot(postgres::Session session) : m_session(std::move(session)) {}

    postgres::Session m_session;
    QString m_name;
};

Result<Snapshot> Snapshot::take(const DumpOrder &order, TaskContext &context)
{
    auto session =
        postgres::Session::connect(order.source, context, {.applicationName = u"mayday dump"_s});
    if (!session)
        return failure(session.error());
    Snapshot snapshot(*std::move(session));
    // What a policy hides from us must be an error and not a smaller number.
    const auto begun = snapshot.m_session.execute(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL row_security = off", context);
    if (!begun)
        return failure(begun.error());
    const auto name = snapshot.m_session.query("SELECT pg_catalog.pg_export_snapshot()", context);
    if (!name)
        return failure(name.error());
    snapshot.m_name = name->text(0, 0);
    return snapshot;
}

/// The tables whose rows pg_dump writes; those of extensions are made by their extensions.
Result<TableCounts> Snapshot::count(const QStringList &schemas, TaskContext &context)
{
    QByteArrayList names;
    for (const QString &schema : schemas)
        names.append(postgres::quoteLiteral(schema.toUtf8()));
    const QByteArray which = names.isEmpty() ? QByteArray("n.nspname !~ '^pg_' AND n.nspname <>"
                                                          " 'information_schema'")
                                             : "n.nspname IN (" + names.join(", ") + ')';
    const auto rows = m_session.query(
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND " +
            which +
            " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.deptype = 'e'"
            " AND d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid) ORDER BY c.oid",
        context);
    if (!rows)
        return failure(rows.error());
    TableCounts counts;
    for (int from = 0; from < rows->rowCount(); from += countRound) {
        const int end = std::min<int>(rows->rowCount(), from + countRound);
        std::vector<QByteArray> questions;
        for (int i = from; i < end; ++i)
            questions.push_back(u"SELECT pg_catalog.count(*) FROM ONLY %1.%2"_s
                                    .arg(postgres::quoteIdentifier(rows->text(i, 0)),
                                         postgres::quoteIdentifier(rows->text(i, 1)))
                                    .toUtf8());
        const auto answers = m_session.queryBatch(questions, context);
        if (!answers)
            return failure(answers.error());
        for (int i = from; i < end; ++i)
            counts.insert({rows->text(i, 0), rows->text(i, 1)},
                          (*answers)[static_cast<size_t>(i - from)].integer(0, 0));
    }
    return counts;
}

process::CommandLine pgDump(const process::Tool &tool, const DumpOrder &order,
                            const QString &snapshot)
{
    // Whoever waits for it waits for its speed: the lightest compression takes a third of the time
    // of the usual one.
    process::CommandLine command{
        .program = tool.path,
        .arguments = {u"--dbname="_s + order.source.withoutPassword(), u"--format=plain"_s,
                      u"--compress=1"_s, u"--encoding=UTF8"_s, u"--no-password"_s,
                      u"--lock-wait-timeout=20s"_s, u"--snapshot="_s + snapshot}};
    for (const QString &schema : order.schemas)
        command.arguments.append(u"--schema="_s + postgres::quoteIdentifier(schema));
    if (!order.schemas.isEmpty())
        command.arguments.append(u"--strict-names"_s);
    if (order.source.hasPassword())
        command.environment.emplace_back(u"PGPASSWORD"_s, order.source.password());
    command.environment.emplace_back(u"LC_ALL"_s, Secret("C")); // its complaints are read by us
    return command;
}

/// "pg_dump: error: query failed: ..." -> what stands behind the first "error: "; a statement that
/// it quotes behind that says nothing more.
QString complaintIn(const QByteArray &complaints)
{
    for (const QByteArray &line : complaints.split('\n')) {
        const QString text = QString::fromUtf8(line).trimmed();
        if (text.contains("error: "_L1))
            return redacted(text.section(u"error: "_s, 1));
    }
    return redacted(QString::fromUtf8(complaints).trimmed().section(u'\n', -1));
}

/// What libpq says of a server that went away or cannot be reached (fe-misc.c, fe-connect.c).
bool isAboutTheLine(const QByteArray &complaints)
{
    if (complaints.contains("terminating connection")) // by its last word, if that was heard
        return true;
    if (complaints.contains("FATAL:")) // any other: it is there, and does not let us in
        return false;
    return complaints.contains("server closed the connection") ||
           complaints.contains("could not receive data from server") ||
           complaints.contains("no connection to the server") ||
           complaints.contains("connection to server at");
}

using Sink = std::function<Result<void>(QByteArrayView)>;

Result<void> run(process::ProcessRunner &runner, const process::CommandLine &command,
                 const Sink &take, TaskContext &context)
{
    const auto outcome = runner.run(command, process::RunOptions{.onOutput = take}, context);
    if (!outcome)
        return failure(outcome.error());
    if (outcome->exitCode == 0)
        return {};
    const QString complaint = complaintIn(outcome->complaints);
    return failure(
        {.kind = isAboutTheLine(outcome->complaints) ? ErrorKind::Unreachable : ErrorKind::Refused,
         .subject = QFileInfo(command.program).fileName(),
         .detail = u"it ended with %1: %2"_s.arg(outcome->exitCode).arg(complaint)});
}

Result<void> writeDump(process::ProcessRunner &runner, const process::CommandLine &command,
                       PartialFile &file, TaskContext &context)
{
    const auto take = [&](QByteArrayView piece) {
        auto written = file.write(piece);
        context.progress(file.bytes(), 0, u"dump"_s);
        return written;
    };
    return run(runner, command, take, context).and_then([&] { return file.flush(); });
}

Error notVerified(const QString &file, const QString &detail)
{
    return {.kind = ErrorKind::Corrupt,
            .subject = QFileInfo(file).fileName(),
            .detail = u"the dump was read back, and "_s + detail,
            .advice = Advice::TryAgain};
}

Result<DumpReceipt> verify(const PartialFile &file, const QString &name, const TableCounts &counts,
                           TaskContext &context)
{
    TaskContext watched(context.stopToken(),
                        [&context](qint64 done, qint64 total, const QString &) {
                            context.progress(done, total, u"verify"_s);
                        });
    const auto inspection = inspectDump(file.path(), watched);
    if (!inspection)
        return failure(inspection.error());
    if (inspection->verdict != dump::DumpVerdict::Complete)
        return failure(notVerified(name, inspection->problem ? inspection->problem->detail
                                                             : u"it is not whole"_s));
    TableCounts found;
    for (const dump::TableInDump &table : inspection->tables)
        found[{table.schema, table.name}] += table.rows;
    DumpReceipt receipt{.file = name, .bytes = file.bytes(), .tables = counts.size()};
    for (const auto &[table, rows] : counts.asKeyValueRange()) {
        if (found.value(table, -1) != rows)
            return failure(notVerified(
                name, u"it has %1 rows of %2.%3; the server has %4"_s.arg(found.value(table))
                          .arg(table.first, table.second)
                          .arg(rows)));
        receipt.rows += rows;
    }
    return receipt;
}

} // namespace

Result<process::Tool> DatabaseDump::clientFor(int serverVersion, TaskContext &context) const
{
    const int major = serverVersion / versionsPerMajor;
    QList<process::Tool> tools = process::Toolbox(m_runner).findAll(u"pg_dump"_s, context);
    tools.removeIf([](const process::Tool &tool) { return tool.version.isNull(); });
    if (context.stopRequested())
        return failure(TaskContext::cancelled(u"pg_dump"_s, u"nothing changed"_s));
    if (!tools.isEmpty() && tools.front().version.majorVersion() >= major)
        return tools.front();
    QStringList here;
    for (const process::Tool &tool : tools)
        here.append(u"%1 (%2)"_s.arg(tool.version.toString(), tool.path));
    return failure(
        {.kind = ErrorKind::Unsupported,
         .subject = u"pg_dump"_s,
         .detail = here.isEmpty()
                       ? u"there is none on this machine; a dump of this server takes pg_dump %1 "
                         "or newer"_s.arg(major)
                       : u"pg_dump %1 is older than the server %2; a dump of it takes pg_dump %2 "
                         "or newer, and on this machine there is %3"_s
                             .arg(tools.front().version.toString())
                             .arg(major)
                             .arg(here.join(u", "_s)),
         .advice = Advice::InstallClient});
}

Result<DumpReceipt> DatabaseDump::make(const DumpOrder &order, TaskContext &context) const
{
    auto file = PartialFile::create(order.file, order.leaveFree);
    if (!file)
        return failure(file.error());
    auto snapshot = Snapshot::take(order, context);
    if (!snapshot)
        return failure(snapshot.error());
    const auto client = clientFor(snapshot->serverVersion(), context);
    if (!client)
        return failure(client.error());
    // At the same time: whoever waits for the dump should not wait for the counting as well.
    std::stop_source both;
    const std::stop_callback onStop(context.stopToken(), [&both] { both.request_stop(); });
    TaskContext dumping(both.get_token(), [&](qint64 done, qint64 total, const QString &phase) {
        context.progress(done, total, phase);
    });
    Result<TableCounts> counts;
    Result<void> written;
    {
        const std::jthread counter([&] {
            TaskContext counting(both.get_token());
            counts = snapshot->count(order.schemas, counting);
            if (!counts)
                both.request_stop();
        });
        written = writeDump(m_runner, pgDump(*client, order, snapshot->name()), **file, dumping);
        if (!written)
            both.request_stop();
    }
    // The first that failed stopped the other.
    if (!counts && (written || counts.error().kind != ErrorKind::Cancelled))
        return failure(counts.error());
    if (!written)
        return failure(written.error());
    auto receipt = verify(**file, order.file, *counts, context);
    if (!receipt)
        return receipt;
    receipt->madeWith = u"pg_dump "_s + client->version.toString();
    return (*file)->keep().transform([&] { return *receipt; });
}

Result<Structure> DatabaseDump::structure(const DumpOrder &order, TaskContext &context) const
{
    constexpr qsizetype most = 256 * 1024 * 1024;
    auto snapshot = Snapshot::take(order, context);
    if (!snapshot)
        return failure(snapshot.error());
    const auto client = clientFor(snapshot->serverVersion(), context);
    if (!client)
        return failure(client.error());
    Structure structure;
    for (const auto &[section, text] : {std::pair(u"pre-data"_s, &structure.before),
                                        std::pair(u"post-data"_s, &structure.behind)}) {
        process::CommandLine command = pgDump(*client, order, snapshot->name());
        command.arguments += {u"--compress=0"_s, u"--section="_s + section};
        const Sink take = [&order, text](QByteArrayView piece) -> Result<void> {
            text->append(piece);
            if (text->size() <= most)
                return {};
            return failure({.kind = ErrorKind::Unsupported,
                            .subject = order.source.display(),
                            .detail = u"its structure alone is more than 256 MB of text"_s});
        };
        if (auto read = run(m_runner, command, take, context); !read)
            return failure(read.error());
    }
    return structure;
}

Result<Structure> structureOf(const DumpOrder &order, TaskContext &context)
{
    process::SystemProcessRunner runner;
    return DatabaseDump(runner).structure(order, context);
}

Result<DumpReceipt> makeDump(const DumpOrder &order, TaskContext &context)
{
    process::SystemProcessRunner runner;
    return DatabaseDump(runner).make(order, context);
}

Result<void> checkDumpClient(int serverVersion, TaskContext &context)
{
    process::SystemProcessRunner runner;
    return DatabaseDump(runner).clientFor(serverVersion, context).transform([](const auto &) {});
}

} // namespace mayday::backup
