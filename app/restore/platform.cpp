// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/platform.h"

#include "postgres/catalog.h"
#include "postgres/quoting.h"
#include "restore/inplace.h"

#include <QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// A schema that nothing may be loaded beside.
struct Suspect {
    PlatformSchema schema;
    bool mustStay = false; ///< whatever this login may do in it
};

/// A member of a role that runs a service of the platform may act as it, and must not: the service
/// would find its own tables gone. Such a role can log in, which one made for a restore cannot. And
/// a schema that an extension has made goes and comes with the extension alone.
postgres::Question suspectsQuestion(const QStringList &schemas)
{
    return {
        .sql = "WITH service AS (SELECT oid, rolname FROM pg_catalog.pg_roles WHERE rolname ~ "
               "'^supabase_'"
               "  AND rolcanlogin AND rolname <> current_user"
               "  AND NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)),"
               " found AS (SELECT n.nspname, o.rolname,"
               "  pg_catalog.pg_has_role(o.oid, 'USAGE') AS mine,"
               "  (SELECT min(rolname) FROM service WHERE oid = n.nspowner"
               "    OR (o.rolname <> current_user AND (EXISTS (SELECT FROM pg_catalog.pg_class"
               "     WHERE relnamespace = n.oid AND relowner = service.oid)"
               "    OR EXISTS (SELECT FROM pg_catalog.pg_proc WHERE pronamespace = n.oid"
               "     AND proowner = service.oid)))) AS service,"
               "  (SELECT min(extname) FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e"
               "    ON e.oid = d.refobjid WHERE d.classid = 'pg_catalog.pg_namespace'::regclass"
               "    AND d.objid = n.oid AND d.deptype = 'e'"
               "    AND d.refclassid = 'pg_catalog.pg_extension'::regclass) AS extension"
               "  FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_roles o ON o.oid = n.nspowner"
               "  WHERE n.nspname = ANY ($1::text[]) AND n.nspname <> 'public')"
               " SELECT nspname, rolname, service, extension FROM found"
               " WHERE NOT mine OR service IS NOT NULL OR extension IS NOT NULL",
        .parameters = {postgres::arrayOf(schemas)}};
}

postgres::Question homesQuestion(const QStringList &schemas)
{
    return {.sql = "SELECT n.nspname, min(e.extname) FROM pg_catalog.pg_extension e"
                   " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace"
                   " WHERE n.nspname = ANY ($1::text[]) AND (NOT e.extrelocatable"
                   "  OR NOT pg_catalog.pg_has_role(e.extowner, 'USAGE')"
                   "  OR EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_proc p"
                   "   ON p.oid = d.objid AND d.classid = 'pg_proc'::regclass WHERE d.deptype = 'e'"
                   "   AND d.refobjid = e.oid AND d.refclassid = 'pg_extension'::regclass"
                   "   AND NOT pg_catalog.pg_has_role(p.proowner, 'USAGE'))) GROUP BY 1",
            .parameters = {postgres::arrayOf(schemas)}};
}

Result<QList<Suspect>> ownedByOthers(postgres::Session &session, const QStringList &schemas,
                                     TaskContext &context)
{
    const auto rows = session.query(suspectsQuestion(schemas), context);
    if (!rows)
        return failure(rows.error());
    QList<Suspect> suspects;
    for (int i = 0; i < rows->rowCount(); ++i) {
        const bool isService = !rows->isNull(i, 2);
        const bool isOfExtension = !rows->isNull(i, 3);
        QString reason = u"it belongs to "_s + rows->text(i, 1);
        if (isOfExtension)
            reason = u"it belongs to extension "_s + rows->text(i, 3);
        else if (isService && rows->text(i, 2) != rows->text(i, 1))
            reason = u"what is in it belongs to "_s + rows->text(i, 2);
        suspects.append(
            {.schema = {.name = rows->text(i, 0), .reason = reason, .isService = isService},
             .mustStay = isService || isOfExtension});
    }
    return suspects;
}

/// "table with 2 rows"
QString counted(qint64 number, const QString &one)
{
    return number == 1 ? u"1 "_s + one : u"%1 %2s"_s.arg(number).arg(one);
}

QString schemasNamed(const QStringList &schemas)
{
    return (schemas.size() == 1 ? u"schema "_s : u"schemas "_s) + schemas.join(u", "_s);
}

} // namespace

std::vector<postgres::Question> platformQuestions(const QStringList &schemas)
{
    return {suspectsQuestion(schemas), homesQuestion(schemas)};
}

Result<QMap<QString, QString>> homesOfExtensions(postgres::Session &session,
                                                 const QStringList &schemas, TaskContext &context)
{
    const auto rows = session.query(homesQuestion(schemas), context);
    if (!rows)
        return failure(rows.error());
    QMap<QString, QString> homes;
    for (int i = 0; i < rows->rowCount(); ++i)
        homes.insert(rows->text(i, 0), rows->text(i, 1));
    return homes;
}

Result<QList<PlatformSchema>> platformSchemas(postgres::Session &session,
                                              const QStringList &schemas, TaskContext &context)
{
    auto suspects = ownedByOthers(session, schemas, context);
    if (!suspects)
        return failure(suspects.error());
    const auto homes = homesOfExtensions(session, schemas, context);
    if (!homes)
        return failure(homes.error());
    const auto suspect = [&suspects](const QString &schema) {
        return std::ranges::find_if(*suspects,
                                    [&](const Suspect &one) { return one.schema.name == schema; });
    };
    for (auto it = homes->cbegin(); it != homes->cend(); ++it) {
        if (suspect(it.key()) == suspects->end() && it.key() != "public"_L1)
            suspects->append({.schema = {.name = it.key(),
                                         .reason = u"extension %1 lives in it"_s.arg(it.value())}});
    }
    QList<PlatformSchema> found;
    for (const QString &schema : schemas) {
        const auto one = suspect(schema);
        if (one == suspects->end())
            continue;
        const auto place =
            one->mustStay ? InPlaceFacts() : checkInPlace(session, {schema}, context);
        if (!place && place.error().kind != ErrorKind::Denied &&
            place.error().kind != ErrorKind::Refused)
            return failure(place.error());
        if (one->mustStay || (!place && place.error().kind == ErrorKind::Denied))
            found.append(one->schema);
    }
    return found;
}

Error mustStay(const QList<PlatformSchema> &schemas, const QString &user)
{
    QStringList names;
    QStringList reasons;
    for (const PlatformSchema &schema : schemas) {
        names.append(schema.name);
        reasons.append(u"%1: %2"_s.arg(schema.name, schema.reason));
    }
    return {.kind = ErrorKind::Denied,
            .subject = schemasNamed(names),
            .detail = u"%1 may not replace what is there (%2)"_s.arg(user, reasons.join(u"; "_s)),
            .advice = Advice::LeaveSchemasOut,
            .sqlState = u"42501"_s};
}

dump::DumpInspection withoutSchemas(const dump::DumpInspection &whole, const QStringList &schemas)
{
    dump::DumpInspection rest = whole;
    const auto isOut = [&schemas](const auto &thing) {
        return schemas.contains(thing.schema);
    };
    rest.tables.removeIf(isOut);
    rest.sequences.removeIf(isOut);
    for (const QString &schema : schemas) {
        rest.schemas.removeAll(schema);
        rest.needs.remove(schema);
    }
    return rest;
}

Result<void> checkLeftOut(const RestorePlan &plan, const dump::DumpInspection &whole)
{
    const QString file = QFileInfo(plan.file).fileName();
    for (const QString &schema : plan.leaveOut) {
        if (!whole.schemas.contains(schema))
            return failure({.kind = ErrorKind::NotFound,
                            .subject = u"schema "_s + schema,
                            .detail = u"%1 has no such schema; it has %2"_s.arg(
                                file, whole.schemas.join(u", "_s))});
    }
    if (!plan.leaveOut.isEmpty() && withoutSchemas(whole, plan.leaveOut).schemas.isEmpty())
        return failure({.kind = ErrorKind::Unsupported,
                        .subject = file,
                        .detail = u"without %1 nothing of it is left to restore"_s.arg(
                            schemasNamed(plan.leaveOut)),
                        .advice = Advice::TakeAnotherBackup});
    return {};
}

Error notWithTheDatabase(const QStringList &leaveOut)
{
    return {.kind = ErrorKind::Refused,
            .subject = schemasNamed(leaveOut),
            .detail = u"what is left out would be gone when the whole database is swapped"_s,
            .advice = Advice::RestoreBesideSchema};
}

Result<void> checkIsThere(postgres::Session &session, const QStringList &schemas,
                          TaskContext &context)
{
    for (const QString &schema : schemas) {
        const auto exists = postgres::schemaExists(session, schema, context);
        if (!exists)
            return failure(exists.error());
        if (!*exists)
            return failure({.kind = ErrorKind::NotFound,
                            .subject = u"schema "_s + schema,
                            .detail = u"it is to be left as it is, and %1 has none; without that "
                                      "wish it is restored"_s.arg(session.subject())});
    }
    return {};
}

LeftOutAmount amountIn(const dump::DumpInspection &whole, const QStringList &schemas)
{
    LeftOutAmount amount;
    for (const dump::TableInDump &table : whole.tables) {
        if (!schemas.contains(table.schema))
            continue;
        ++amount.tables;
        amount.rows += table.rows;
    }
    return amount;
}

QString leftOutNote(const dump::DumpInspection &whole, const QStringList &schemas)
{
    const auto [tables, rows] = amountIn(whole, schemas);
    return u"%1 left out: %2 with %3 of the backup %4 not restored, and what is there stays as it "
           "is, rights included"_s.arg(schemasNamed(schemas), counted(tables, u"table"_s),
                                       counted(rows, u"row"_s), tables == 1 ? u"is"_s : u"are"_s);
}

} // namespace mayday::restore
