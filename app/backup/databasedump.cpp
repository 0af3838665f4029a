// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/databasedump.h"

#include "backup/dumpopener.h"
#include "backup/manifest.h"
#include "backup/partialfile.h"
#include "core/redactor.h"
#include "postgres/quoting.h"
#include "postgres/session.h"

#include <QCryptographicHash>
#include <QFileInfo>
#include <QHash>
#include <QJsonDocument>

#include <thread>

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

constexpr int versionsPerMajor = 10000;
/// Tables counted in one round trip.
constexpr qsizetype countRound = 50;
/// Tables held by one statement.
constexpr qsizetype holdRound = 500;

QString nameOf(const CountedTable &table)
{
    return postgres::quoteIdentifier(table.schema) + u'.' + postgres::quoteIdentifier(table.name);
}

/// Both ends of one snapshot: what pg_dump writes and what we count.
class Snapshot final {
public:
    static Result<Snapshot> take(const DumpOrder &order, TaskContext &context);

    [[nodiscard]] const QString &name() const { return m_name; }
    [[nodiscard]] int serverVersion() const { return m_session.facts().versionNumber; }
    /// All of a manifest that the server knows, but rows. From then on every table stays as this
    /// snapshot sees it: a TRUNCATE that came between would empty it for us, and not for pg_dump.
    [[nodiscard]] Result<Manifest> describe(const QStringList &schemas, TaskContext &context);
    [[nodiscard]] Result<void> count(QList<CountedTable> &tables, TaskContext &context);

private:
    explicit Snapshot(postgres::Session session) : m_session(std::move(session)) {}
    [[nodiscard]] Result<void> hold(const QList<CountedTable> &tables, TaskContext &context);

    postgres::Session m_session;
    QString m_name;
    QDateTime m_takenAt;
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
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL row_security = off;"
        " SET LOCAL search_path = pg_catalog; SET LOCAL lock_timeout = '20s'",
        context);
    if (!begun)
        return failure(begun.error());
    const auto name = snapshot.m_session.query(
        "SELECT pg_catalog.pg_export_snapshot(), pg_catalog.to_char(pg_catalog.now() AT TIME ZONE"
        " 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
        context);
    if (!name)
        return failure(name.error());
    snapshot.m_name = name->text(0, 0);
    snapshot.m_takenAt = QDateTime::fromString(name->text(0, 1), Qt::ISODate);
    return snapshot;
}

Result<Manifest> Snapshot::describe(const QStringList &schemas, TaskContext &context)
{
    auto content = schemaObjects(m_session, schemas, context);
    if (!content)
        return failure(content.error());
    if (auto held = hold(content->tables, context); !held)
        return failure(held.error());
    // Of some schemas pg_dump writes nothing that belongs to the database as a whole.
    if (!schemas.isEmpty()) {
        content->others.removeIf([](const SchemaObject &one) { return one.schema.isEmpty(); });
        content->schemaOfExtension.clear();
        content->largeObjects = 0;
    }
    return Manifest{.takenAt = m_takenAt,
                    .server = m_session.facts().version,
                    .database = m_session.facts().database,
                    .content = *std::move(content)};
}

Result<void> Snapshot::hold(const QList<CountedTable> &tables, TaskContext &context)
{
    for (qsizetype from = 0; from < tables.size(); from += holdRound) {
        QStringList names;
        for (const CountedTable &table : tables.mid(from, holdRound))
            names.append(u"ONLY "_s + nameOf(table));
        const QByteArray lock =
            "LOCK TABLE " + names.join(u", "_s).toUtf8() + " IN ACCESS SHARE MODE";
        if (auto held = m_session.execute(lock, context); !held)
            return failure(held.error());
    }
    return {};
}

Result<void> Snapshot::count(QList<CountedTable> &tables, TaskContext &context)
{
    for (qsizetype from = 0; from < tables.size(); from += countRound) {
        const qsizetype end = std::min(tables.size(), from + countRound);
        std::vector<QByteArray> questions;
        for (qsizetype i = from; i < end; ++i)
            questions.push_back("SELECT pg_catalog.count(*) FROM ONLY " +
                                nameOf(tables[i]).toUtf8());
        const auto answers = m_session.queryBatch(questions, context);
        if (!answers)
            return failure(answers.error());
        for (qsizetype i = from; i < end; ++i)
            tables[i].rows = (*answers)[static_cast<size_t>(i - from)].integer(0, 0);
    }
    return {};
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

/// Its digest is that of what was written: what is on the disk is read back to its checksum.
Result<QByteArray> writeDump(process::ProcessRunner &runner, const process::CommandLine &command,
                             PartialFile &file, TaskContext &context)
{
    QCryptographicHash digest(QCryptographicHash::Sha256);
    const auto take = [&](QByteArrayView piece) {
        auto written = file.write(piece);
        digest.addData(piece);
        context.progress(file.bytes(), 0, u"dump"_s);
        return written;
    };
    return run(runner, command, take, context)
        .and_then([&] { return file.flush(); })
        .transform([&] { return digest.result().toHex(); });
}

Error notVerified(const QString &file, const QString &detail)
{
    return {.kind = ErrorKind::Corrupt,
            .subject = QFileInfo(file).fileName(),
            .detail = u"the dump was read back, and "_s + detail,
            .advice = Advice::TryAgain};
}

/// Where a sequence stands comes from the dump: in no snapshot there is an answer.
void noteValues(QList<NamedSequence> &sequences, const QList<dump::SequenceInDump> &said)
{
    QHash<QPair<QString, QString>, const dump::SequenceInDump *> byName;
    for (const dump::SequenceInDump &one : said)
        byName.insert({one.schema, one.name}, &one);
    for (NamedSequence &sequence : sequences) {
        if (const auto *one = byName.value({sequence.schema, sequence.name})) {
            sequence.value = one->value;
            sequence.isCalled = one->isCalled;
        }
    }
}

/// It is whole, and has all that the server had; then the manifest is told what the dump is.
Result<void> verify(const PartialFile &file, const QString &name, Manifest &manifest,
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
    if (const QStringList missing = missingFrom(*inspection, manifest); !missing.isEmpty())
        return failure(notVerified(name, fewOf(missing)));
    noteValues(manifest.content.sequences, inspection->sequences);
    manifest.bytes = file.bytes();
    manifest.ends = endsOf(file.path());
    return {};
}

/// Both get their names, or neither.
Result<void> keepBoth(PartialFile &dump, PartialFile &beside, const QString &name)
{
    if (auto kept = dump.keep(); !kept)
        return kept;
    auto kept = beside.keep();
    if (!kept)
        QFile::remove(name);
    return kept;
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
    const auto beside = PartialFile::create(manifestFileOf(order.file), order.leaveFree);
    if (!beside)
        return failure(beside.error());
    auto manifest = fill(order, **file, context);
    if (!manifest)
        return failure(manifest.error());
    if (auto whole = verify(**file, order.file, *manifest, context); !whole)
        return failure(whole.error());
    return (*beside)
        ->write(QJsonDocument(toJson(*manifest)).toJson())
        .and_then([&] { return (*beside)->flush(); })
        .and_then([&] { return keepBoth(**file, **beside, order.file); })
        .transform([&] {
            return DumpReceipt{.file = order.file,
                               .bytes = manifest->bytes,
                               .tables = manifest->content.tables.size(),
                               .rows = manifest->rows(),
                               .madeWith = manifest->madeWith,
                               .withoutRows = manifest->content.withoutRows,
                               .manifest = manifestFileOf(order.file),
                               .sha256 = manifest->sha256};
        });
}

/// The dump is written, and the rows it has to hold are counted in the same snapshot, at the same
/// time: whoever waits for the one should not wait for the other as well.
Result<Manifest> DatabaseDump::fill(const DumpOrder &order, PartialFile &file,
                                    TaskContext &context) const
{
    auto snapshot = Snapshot::take(order, context);
    if (!snapshot)
        return failure(snapshot.error());
    const auto client = clientFor(snapshot->serverVersion(), context);
    if (!client)
        return failure(client.error());
    auto manifest = snapshot->describe(order.schemas, context);
    if (!manifest)
        return manifest;
    std::stop_source both;
    const std::stop_callback onStop(context.stopToken(), [&both] { both.request_stop(); });
    TaskContext dumping(both.get_token(), [&](qint64 done, qint64 total, const QString &phase) {
        context.progress(done, total, phase);
    });
    Result<void> counted;
    Result<QByteArray> written;
    {
        const std::jthread counter([&] {
            TaskContext counting(both.get_token());
            counted = snapshot->count(manifest->content.tables, counting);
            if (!counted)
                both.request_stop();
        });
        written = writeDump(m_runner, pgDump(*client, order, snapshot->name()), file, dumping);
        if (!written)
            both.request_stop();
    }
    // The first that failed stopped the other.
    if (!counted && (written || counted.error().kind != ErrorKind::Cancelled))
        return failure(counted.error());
    if (!written)
        return failure(written.error());
    manifest->madeWith = u"pg_dump "_s + client->version.toString();
    manifest->sha256 = *written;
    return manifest;
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
