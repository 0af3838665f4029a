// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/preflight.h"

#include "backup/databasedump.h"
#include "postgres/catalog.h"
#include "postgres/quoting.h"
#include "restore/databasething.h"
#include "restore/dependents.h"
#include "restore/missingtables.h"
#include "restore/outsidetriggers.h"
#include "restore/rolemap.h"
#include "restore/rowsonly.h"
#include "restore/serverspace.h"
#include "restore/sidedatabase.h"

#include <QFileInfo>

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

postgres::Question ownersQuestion(const QStringList &schemas)
{
    return {.sql = "SELECT n.nspname, pg_catalog.pg_get_userbyid(n.nspowner),"
                   " pg_catalog.pg_has_role(n.nspowner, 'USAGE') FROM pg_catalog.pg_namespace n"
                   " WHERE n.nspname = ANY ($1::text[])",
            .parameters = {postgres::arrayOf(schemas)}};
}

postgres::Question mayCreateQuestion()
{
    return {.sql = "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(),"
                   " 'CREATE')"};
}

Result<QList<SchemaFacts>> schemaFacts(postgres::Session &session, const QStringList &schemas,
                                       QByteArrayView sizeOf, TaskContext &context)
{
    const QByteArray names = postgres::arrayOf(schemas);
    const QByteArray sql =
        "SELECT wanted.name, n.oid IS NOT NULL, pg_catalog.pg_get_userbyid(n.nspowner),"
        " count(c.oid), coalesce(sum(" +
        sizeOf.toByteArray() +
        "), 0)::bigint, coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint"
        " FROM pg_catalog.unnest($1::text[]) AS wanted(name)"
        " LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.name"
        " LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'm')"
        " GROUP BY 1, n.oid, n.nspowner ORDER BY 1";
    const auto rows = session.query(sql, {&names, 1}, context);
    if (!rows)
        return failure(rows.error());
    QList<SchemaFacts> facts;
    for (int i = 0; i < rows->rowCount(); ++i) {
        facts.append({.name = rows->text(i, 0),
                      .exists = rows->isTrue(i, 1),
                      .owner = rows->text(i, 2),
                      .tables = rows->integer(i, 3),
                      .rows = rows->integer(i, 5),
                      .bytes = rows->integer(i, 4)});
    }
    return facts;
}

/// To ask for a size is to wait for whoever has locked the table; then the planner's will do.
Result<QList<SchemaFacts>> schemaFacts(postgres::Session &session, const QStringList &schemas,
                                       TaskContext &context)
{
    auto facts = schemaFacts(session, schemas, "pg_catalog.pg_total_relation_size(c.oid)", context);
    if (facts || facts.error().sqlState != "55P03"_L1)
        return facts;
    return schemaFacts(session, schemas,
                       "c.relpages::bigint * pg_catalog.current_setting('block_size')::bigint",
                       context);
}

/// An extension that stays in the way: the new schema needs it under its name.
Result<void> checkExtensions(postgres::Session &session, const QStringList &schemas,
                             TaskContext &context)
{
    const auto homes = homesOfExtensions(session, schemas, context);
    if (!homes)
        return failure(homes.error());
    if (homes->isEmpty())
        return {};
    return failure({.kind = ErrorKind::Unsupported,
                    .subject = u"schema "_s + homes->firstKey(),
                    .detail = u"extension %1 lives in it and cannot be moved by %2"_s.arg(
                        homes->first(), session.facts().user)});
}

Result<void> checkRights(postgres::Session &session, const QStringList &schemas,
                         TaskContext &context)
{
    const auto rows = session.query(ownersQuestion(schemas), context);
    if (!rows)
        return failure(rows.error());
    for (int i = 0; i < rows->rowCount(); ++i) {
        if (!rows->isTrue(i, 2))
            return failure({.kind = ErrorKind::Denied,
                            .subject = u"schema "_s + rows->text(i, 0),
                            .detail = u"it belongs to %1, and %2 may not rename it"_s.arg(
                                rows->text(i, 1), session.facts().user),
                            .advice = Advice::AskForRights,
                            .sqlState = u"42501"_s});
    }
    const auto create = session.query(mayCreateQuestion(), context);
    if (!create)
        return failure(create.error());
    if (!create->isTrue(0, 0))
        return failure({.kind = ErrorKind::Denied,
                        .subject = session.subject(),
                        .detail = u"%1 may not create schemas here"_s.arg(session.facts().user),
                        .advice = Advice::AskForRights,
                        .sqlState = u"42501"_s});
    return {};
}

/// In place a safety copy has to be made, so its program must be there.
Result<InPlaceFacts> checkPlace(postgres::Session &session, const QStringList &schemas,
                                TaskContext &context)
{
    return checkInPlace(session, schemas, context).and_then([&](const InPlaceFacts &facts) {
        auto able = facts.things == 0
                        ? Result<void>()
                        : backup::checkDumpClient(session.facts().versionNumber, context);
        return able.transform([&] { return facts; });
    });
}

/// Whether the whole database may be swapped, all of the backup in it.
Result<void> findDatabaseWay(PreflightReport &report, postgres::Session &session,
                             const RestorePlan &plan, const dump::DumpInspection &rest,
                             TaskContext &context)
{
    auto way = proposeWay(session, rest, context);
    if (!way)
        return failure(way.error());
    report.way = *std::move(way);
    std::optional<Error> stays;
    if (!plan.leaveOut.isEmpty())
        stays = notWithTheDatabase(plan.leaveOut);
    else if (std::ranges::any_of(report.platform, &PlatformSchema::isService))
        stays = mustStay(report.platform, session.facts().user);
    if (stays)
        report.way.noNewDatabase = stays;
    if (!stays || report.way.noDatabase)
        return {};
    report.way.noDatabase = std::move(stays);
    report.way.proposed = RestoreMode::Replace;
    report.way.reason = u"nobody is disconnected"_s;
    return {};
}

/// The other ways. A server that cannot be asked at all is an Error.
Result<void> findWays(PreflightReport &report, postgres::Session &session, const RestorePlan &plan,
                      const dump::DumpInspection &inspection, TaskContext &context)
{
    const QStringList &schemas = inspection.schemas;
    RestorePlan beside = plan;
    beside.mode = RestoreMode::Replace;
    const auto able = checkNoPooler(session, beside, context).and_then([&] {
        return checkTarget(session, beside, schemas, context);
    });
    if (!able) {
        if (able.error().kind != ErrorKind::Denied) {
            report.blocker = able.error();
            return {};
        }
        report.way.noSchema = able.error();
    } else if (auto free = checkExtensions(session, schemas, context); !free) {
        report.way.noSchema = free.error();
    }
    report.isPoolerExcluded = true; // or it would have been refused already
    auto place = checkPlace(session, schemas, context);
    if (place) {
        report.inPlace = *std::move(place);
        report.safetySpace = backup::bytesFreeIn(QFileInfo(plan.safetyCopyFile()).path());
    } else {
        report.way.noPlace = place.error();
    }
    if (auto left = report.way.turnFromSchema(); !left)
        report.blocker = left.error();
    return {};
}

/// Triggers on tables of others that a restore makes call the new functions, in words.
Result<QStringList> triggersThatFollow(postgres::Session &session, const QStringList &schemas,
                                       TaskContext &context)
{
    QStringList following;
    for (const QString &schema : schemas) {
        const auto triggers = outsideTriggers(session, schema, schema, schemas, context);
        if (!triggers)
            return failure(triggers.error());
        for (const OutsideTrigger &trigger : *triggers)
            following.append(trigger.dependent);
    }
    return following;
}

/// What goes on using the old schemas from outside of them, and what follows to the new.
Result<void> noteOutside(PreflightReport &report, postgres::Session &session,
                         const QStringList &schemas, TaskContext &context)
{
    using Weight = PreflightNote::Weight;
    const auto outside = outsideDependents(session, schemas, context);
    if (!outside)
        return failure(outside.error());
    if (outside->isEmpty())
        return {};
    const auto following = triggersThatFollow(session, schemas, context);
    if (!following)
        return failure(following.error());
    for (const QString &dependent : *outside) {
        if (following->contains(dependent))
            report.notes.append(
                {Weight::Fact,
                 u"%1 will call the restored function, when the backup has it."_s.arg(dependent),
                 true});
        else
            report.notes.append(
                {Weight::Warning, u"%1 would go on using the old schema."_s.arg(dependent), true});
    }
    return {};
}

void describe(PreflightReport &report)
{
    using Weight = PreflightNote::Weight;
    for (const SchemaFacts &schema : std::as_const(report.schemas)) {
        if (!schema.exists)
            report.notes.append(
                {Weight::Fact, u"Schema %1 is not there yet; it will be made."_s.arg(schema.name)});
    }
    if (report.kept.size() == 1)
        report.notes.append({Weight::Fact, u"1 older state is kept here already."_s});
    else if (!report.kept.isEmpty())
        report.notes.append(
            {Weight::Fact, u"%1 older states are kept here already."_s.arg(report.kept.size())});
}

/// Whatever is live would be gone, and the proof would find that all is as in the backup.
void noteEmptiness(PreflightReport &report, const dump::DumpInspection &inspection)
{
    if (inspection.isEmpty())
        report.notes.prepend({PreflightNote::Weight::Alarm,
                              u"The backup %1. Restoring it would empty the live data."_s.arg(
                                  emptyInWords(inspection))});
}

/// A server older than the dump does not know all of its words.
void compareVersions(PreflightReport &report, const dump::DumpInspection &inspection,
                     const postgres::ServerFacts &server)
{
    constexpr int perMajor = 10000;
    const int dumped = inspection.serverVersion.section(u'.', 0, 0).toInt();
    if (dumped > server.versionNumber / perMajor)
        report.notes.append({PreflightNote::Weight::Warning,
                             u"The dump is of PostgreSQL %1 and this server is %2: it may refuse "
                             "newer statements. Nothing changes if it does."_s.arg(
                                 inspection.serverVersion.section(u' ', 0, 0),
                                 server.version.section(u' ', 0, 0))});
}

/// What the server lacks for it, and whether that is in the way.
Result<void> noteNeeds(PreflightReport &report, postgres::Session &session, const RestorePlan &plan,
                       const dump::DumpInspection &inspection, TaskContext &context)
{
    const auto facts = targetFacts(session, inspection.schemas, context);
    if (!facts)
        return failure(facts.error());
    report.host = hostProfile({.logins = facts->logins,
                               .settings = facts->settings,
                               .hostName = plan.target.host(),
                               .user = session.facts().user,
                               .isSuperuser = facts->isSuperuser});
    report.notMade = notMade(inspection, *facts);
    const dump::DumpNeeds needs = together(inspection.needs);
    report.missing = missingNeeds(withRoles(needs, plan.mappedRoles), *facts);
    report.roleChoices = roleChoices(needs, *facts);
    report.canMakeRoles = session.facts().canCreateRoles;
    // Without those of policies there is no restore, so that they are made goes without asking.
    const bool madeRoles =
        report.canMakeRoles && (plan.makeRoles || !report.missing.policyRoles.isEmpty());
    report.notes += notesOf(report.missing, session.facts().user, madeRoles);
    report.notes += notesOfHostRoles(report.missing.roles, report.host,
                                     madeRoles             ? MissingRoles::AreMade
                                     : report.canMakeRoles ? MissingRoles::MayBeMade
                                                           : MissingRoles::Stay);
    const auto space = serverSpace(session, inspection, context);
    if (!space)
        return failure(space.error());
    if (auto note = noteOf(*space))
        report.notes.append(*std::move(note));
    report.hindrance = hindrance(report.missing, madeRoles);
    return {};
}

/// Whatever a role, a database or the server holds sessions to, Mayday's own have been freed of it.
Result<void> noteLimits(PreflightReport &report, postgres::Session &session, TaskContext &context)
{
    auto limits = serverLimits(session, context);
    if (!limits)
        return failure(limits.error());
    report.limits = *std::move(limits);
    report.notes += notesOf(report.limits.limits);
    return {};
}

/// What of the dump can be restored: without what the user leaves out; and without what the
/// platform does not let anybody replace, which is told, unless a database of its own holds it all.
Result<dump::DumpInspection> restorable(PreflightReport &report, postgres::Session &session,
                                        const RestorePlan &plan, const dump::DumpInspection &whole,
                                        TaskContext &context)
{
    auto asked =
        checkLeftOut(plan, whole)
            .and_then([&] { return checkRolesOfDump(plan.mappedRoles, whole); })
            .and_then([&] { return checkIsThere(session, plan.leaveOut, context); })
            .and_then([&] { return checkRolesAreThere(session, plan.mappedRoles, context); });
    if (!asked)
        return failure(asked.error());
    report.leftOut = plan.leaveOut;
    dump::DumpInspection rest = withoutSchemas(whole, plan.leaveOut);
    auto platform = platformSchemas(session, rest.schemas, context);
    if (!platform)
        return failure(platform.error());
    report.platform = *std::move(platform);
    if (auto found = findDatabaseWay(report, session, plan, rest, context); !found)
        return failure(found.error());
    if (report.platform.isEmpty())
        return rest;
    QStringList names;
    for (const PlatformSchema &schema : std::as_const(report.platform))
        names.append(schema.name);
    report.leftOut += names;
    if (plan.mode == RestoreMode::NewDatabase && !report.way.noNewDatabase)
        return rest;
    if (report.way.noDatabase) {
        // What is shown is without them, and so is not what a new database would hold.
        report.way.noNewDatabase = mustStay(report.platform, session.facts().user);
        return withoutSchemas(rest, names);
    }
    report.way.noSchema = mustStay(report.platform, session.facts().user);
    report.way.noPlace = report.way.noSchema;
    return rest;
}

/// Rows alone go into the structure that is live, as far as there is one for each.
Result<void> noteRowsOnly(PreflightReport &report, postgres::Session &session,
                          const dump::DumpInspection &inspection, TaskContext &context)
{
    if (!inspection.hasRowsOnly() || report.blocker)
        return {};
    const auto other = checkRowsOnlyWay(RestoreMode::InPlace);
    report.way = {.reason = u"the backup has rows only"_s,
                  .noDatabase = other.error(),
                  .noNewDatabase = other.error(),
                  .noSchema = report.way.noSchema,
                  .noPlace = other.error()};
    report.notes.append({PreflightNote::Weight::Warning,
                         u"The backup has rows only. Tables, keys and rights stay those that are "
                         "live."_s});
    auto able = backup::checkDumpClient(session.facts().versionNumber, context);
    if (!able) {
        report.blocker = able.error();
        return {};
    }
    if (auto left = report.way.turnFromSchema(); !left) {
        report.blocker = left.error();
        return {};
    }
    RestorePlan beside;
    beside.mode = RestoreMode::Replace;
    auto fit = checkRowsOnly(session, inspection, beside, context);
    if (fit)
        return {};
    if (fit.error().kind != ErrorKind::Refused && fit.error().kind != ErrorKind::NotFound)
        return fit;
    if (!report.hindrance)
        report.hindrance = fit.error(); // rows can be brought back all the same
    return {};
}

/// Nobody is locked out by a restore, so what others write until the swap goes aside unseen.
Result<void> noteWriters(PreflightReport &report, postgres::Session &session,
                         const QStringList &schemas, TaskContext &context)
{
    for (const QString &schema : schemas) {
        const auto others = postgres::sessionsUsing(session, schema, context);
        if (!others)
            return failure(others.error());
        const auto writers = std::ranges::count_if(*others, &postgres::OtherSession::writes);
        if (writers > 0)
            report.notes.append(
                {PreflightNote::Weight::Warning,
                 (writers == 1
                      ? u"1 session is writing to schema %1 now. "_s
                      : QString::number(writers) + u" sessions are writing to schema %1 now. "_s)
                         .arg(schema) +
                     u"What is written until the restore ends goes aside with the old data."_s,
                 true});
    }
    return {};
}

} // namespace

std::vector<postgres::Question> rightsQuestions(const QStringList &schemas)
{
    return {ownersQuestion(schemas), mayCreateQuestion()};
}

Result<void> checkNoPooler(postgres::Session &session, const RestorePlan &plan,
                           TaskContext &context)
{
    if (const auto reason = plan.target.looksLikeTransactionPooler())
        return failure(poolerError(session, u" (%1)"_s.arg(*reason)));
    const auto pooler = postgres::isTransactionPooler(session, context);
    if (!pooler)
        return failure(pooler.error());
    return *pooler ? failure(poolerError(session, {})) : Result<void>();
}

Error poolerError(const postgres::Session &session, const QString &reason)
{
    return {.kind = ErrorKind::Refused,
            .subject = session.subject(),
            .detail = u"a transaction pooler answers there%1; a restore needs one session from "
                      "beginning to end"_s.arg(reason),
            .advice = Advice::UseSessionPort};
}

Result<void> checkTarget(postgres::Session &session, const RestorePlan &plan,
                         const QStringList &schemas, TaskContext &context)
{
    const auto refused = [&](const QString &detail, Advice advice) {
        return failure({.kind = ErrorKind::Refused,
                        .subject = session.subject(),
                        .detail = detail,
                        .advice = advice});
    };
    if (session.facts().inRecovery)
        return refused(u"it is a standby and cannot be written"_s, Advice::UseDirectConnection);
    if (plan.mode == RestoreMode::NewDatabase)
        return {}; // nothing in the live one is asked for
    if (plan.mode == RestoreMode::Tables) {
        const QString folder = QFileInfo(plan.safetyCopyFile()).path();
        if (!QFileInfo(folder).isWritable())
            return failure({.kind = ErrorKind::Denied,
                            .subject = folder,
                            .detail = u"a note of the restore goes there before its commit, and it "
                                      "cannot be written"_s});
        return checkMissing(session, plan.tables, context);
    }
    if (plan.mode != RestoreMode::InPlace)
        return checkRights(session, schemas, context);
    return checkPlace(session, schemas, context).transform([](const InPlaceFacts &) {});
}

Result<void> checkSchemas(const QStringList &schemas)
{
    for (const QString &schema : schemas) {
        if (schema.startsWith("pg_"_L1) || schema == "information_schema"_L1)
            return failure({.kind = ErrorKind::Unsupported,
                            .subject = u"schema "_s + schema,
                            .detail = u"it is PostgreSQL's own and cannot be replaced; make a dump "
                                      "of your own schemas only (pg_dump --schema)"_s,
                            .advice = Advice::MakeBackupWithPgDump});
    }
    if (schemas.isEmpty())
        return failure({.kind = ErrorKind::Unsupported,
                        .subject = u"the dump"_s,
                        .detail = u"it fills no schema, so there is nothing to restore"_s,
                        .advice = Advice::TakeAnotherBackup});
    return {};
}

Result<PreflightReport> runPreflight(const RestorePlan &plan, const dump::DumpInspection &whole,
                                     const backup::DataTime &taken, TaskContext &context)
{
    PreflightReport report;
    report.target = plan.target.display();
    auto session = postgres::Session::connect(
        plan.target, context,
        {.applicationName = u"mayday preflight"_s, .lockTimeout = std::chrono::seconds(2)});
    if (!session)
        return failure(session.error());
    report.serverVersion = session->facts().version;
    auto rest = restorable(report, *session, plan, whole, context);
    if (!rest)
        return failure(rest.error());
    const dump::DumpInspection &inspection = *rest;
    // A database of its own is the only way then, and it is known already.
    const bool isDatabaseAlone = report.way.noSchema && report.way.noPlace;
    if (inspection.schemas.isEmpty() && !report.platform.isEmpty()) {
        report.blocker = mustStay(report.platform, session->facts().user);
        report.blocker->advice = Advice::AskForRights; // nothing else is left to restore
    } else if (auto fit = checkSchemas(inspection.schemas); !fit) {
        report.blocker = fit.error();
    } else if (isDatabaseAlone) {
        (void)report.way.turnFromSchema(); // to the one there is
    } else if (auto found = findWays(report, *session, plan, inspection, context); !found) {
        return failure(found.error());
    }
    auto schemas = schemaFacts(*session, inspection.schemas, context);
    if (!schemas)
        return failure(schemas.error());
    report.schemas = *std::move(schemas);
    auto kept = allKept(*session, context);
    if (!kept)
        return failure(kept.error());
    report.kept = *std::move(kept);
    describe(report);
    noteEmptiness(report, inspection);
    auto missing = missingTables(*session, inspection, context);
    if (!missing)
        return failure(missing.error());
    report.missingTables = *std::move(missing);
    if (auto noted = noteOutside(report, *session, inspection.schemas, context); !noted)
        return failure(noted.error());
    compareVersions(report, inspection, session->facts());
    if (auto noted = noteNeeds(report, *session, plan, inspection, context); !noted)
        return failure(noted.error());
    if (auto noted = noteLimits(report, *session, context); !noted)
        return failure(noted.error());
    if (auto noted = noteRowsOnly(report, *session, inspection, context); !noted)
        return failure(noted.error());
    if (!report.platform.isEmpty() && report.way.noDatabase)
        report.hindrance = mustStay(report.platform, session->facts().user);
    if (auto noted = noteWriters(report, *session, inspection.schemas, context); !noted)
        return failure(noted.error());
    auto loss = estimateLoss(*session, inspection, taken, plan.plannedAt, context);
    if (!loss)
        return failure(loss.error());
    report.loss = *std::move(loss);
    return report;
}

} // namespace mayday::restore
