// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/schemacontent.h"

#include "restore/sqlwords.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// "things": everything with a name and a schema that is one of, or none of these.
QByteArray thingsWith(QByteArrayView isOneOf, const QStringList &schemas)
{
    return "WITH spaces AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname " +
           isOneOf.toByteArray() + " (" + quotedList(schemas) +
           ") AND nspname !~ '^pg_' AND nspname <> 'information_schema'),"
           " named AS (SELECT 'pg_class'::regclass AS class, c.oid, relowner AS owner,"
           "   CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view'"
           "   WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'sequence' END"
           "   AS kind, CASE relkind WHEN 'm' THEN '' ELSE c.xmin || coalesce((SELECT"
           "    pg_catalog.string_agg(r.xmin::text, ' ' ORDER BY r.oid) FROM pg_catalog.pg_rewrite "
           "r"
           "    WHERE r.ev_class = c.oid), '') END AS version FROM pg_catalog.pg_class c"
           "   WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
           "   AND relnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_proc'::regclass, oid, proowner, CASE prokind WHEN 'p' THEN"
           "   'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, xmin::text"
           "   FROM pg_catalog.pg_proc WHERE pronamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_type'::regclass, t.oid, t.typowner, 'type', t.xmin::text"
           "   FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid"
           "   WHERE t.typnamespace IN (SELECT oid FROM spaces) AND coalesce(c.relkind, 'c') = 'c'"
           "  UNION ALL SELECT 'pg_operator'::regclass, oid, oprowner, 'operator', ''"
           "   FROM pg_catalog.pg_operator WHERE oprnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_opclass'::regclass, oid, opcowner, 'operator class', ''"
           "   FROM pg_catalog.pg_opclass WHERE opcnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_opfamily'::regclass, oid, opfowner, 'operator family', ''"
           "   FROM pg_catalog.pg_opfamily WHERE opfnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_collation'::regclass, oid, collowner, 'collation', ''"
           "   FROM pg_catalog.pg_collation WHERE collnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_conversion'::regclass, oid, conowner, 'conversion', ''"
           "   FROM pg_catalog.pg_conversion WHERE connamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, stxowner, 'statistics', ''"
           "   FROM pg_catalog.pg_statistic_ext WHERE stxnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictowner, 'text search dictionary', ''"
           "   FROM pg_catalog.pg_ts_dict WHERE dictnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgowner,"
           "   'text search configuration', ''"
           "   FROM pg_catalog.pg_ts_config WHERE cfgnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_ts_parser'::regclass, oid, NULL, 'text search parser', ''"
           "   FROM pg_catalog.pg_ts_parser WHERE prsnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_ts_template'::regclass, oid, NULL, 'text search template', ''"
           "   FROM pg_catalog.pg_ts_template WHERE tmplnamespace IN (SELECT oid FROM spaces)),"
           " things AS (SELECT n.class::oid AS class, n.oid, n.owner, n.kind, n.version FROM named "
           "n"
           "  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = n.class"
           "   AND d.objid = n.oid AND d.objsubid = 0 AND d.deptype IN ('e', 'i')))";
}

} // namespace

QByteArray SchemaThing::dropSql() const
{
    const bool isRoutine =
        kind == "function"_L1 || kind == "procedure"_L1 || kind == "aggregate"_L1;
    return u"DROP %1 IF EXISTS %2 CASCADE"_s.arg(isRoutine ? u"ROUTINE"_s : kind.toUpper(), name)
        .toUtf8();
}

Result<QList<SchemaThing>> thingsIn(postgres::Session &session, const QStringList &schemas,
                                    TaskContext &context)
{
    const auto rows = session.query(
        thingsWith("IN", schemas) +
            " SELECT t.class, t.oid, t.kind, i.identity, pg_catalog.pg_get_userbyid(t.owner),"
            " CASE WHEN t.owner IS NULL THEN (SELECT rolsuper FROM pg_catalog.pg_roles"
            "  WHERE rolname = current_user) ELSE pg_catalog.pg_has_role(t.owner, 'USAGE') END,"
            " t.version FROM things t"
            " LEFT JOIN pg_catalog.pg_class c ON c.oid = t.oid AND t.class = 'pg_class'::regclass,"
            " LATERAL pg_catalog.pg_identify_object(t.class, t.oid, 0) i"
            " WHERE i.identity IS NOT NULL"
            // Views, then tables with their partitions, then what those may be made of.
            " ORDER BY c.oid IS NULL, c.relkind NOT IN ('v', 'm'), c.relispartition, 1, 2",
        context);
    if (!rows)
        return failure(rows.error());
    QList<SchemaThing> things;
    things.reserve(rows->rowCount());
    for (int i = 0; i < rows->rowCount(); ++i)
        things.append({.id = {rows->integer(i, 0), rows->integer(i, 1)},
                       .kind = rows->text(i, 2),
                       .name = rows->text(i, 3),
                       .owner = rows->text(i, 4),
                       .version = rows->text(i, 6),
                       .isOurs = rows->isTrue(i, 5)});
    return things;
}

Result<QHash<SchemaThing::Id, QString>>
thingsOutside(postgres::Session &session, const QStringList &schemas, TaskContext &context)
{
    const auto rows = session.query(
        thingsWith("NOT IN", schemas) +
            " SELECT t.class, t.oid, t.kind || ' ' || i.identity"
            " FROM things t, LATERAL pg_catalog.pg_identify_object(t.class, t.oid, 0) i"
            " UNION ALL SELECT 'pg_extension'::regclass::oid, oid, 'extension ' || extname"
            "  FROM pg_catalog.pg_extension"
            " UNION ALL SELECT 'pg_event_trigger'::regclass::oid, oid, 'event trigger ' || evtname"
            "  FROM pg_catalog.pg_event_trigger"
            " UNION ALL SELECT 'pg_language'::regclass::oid, oid, 'language ' || lanname"
            "  FROM pg_catalog.pg_language"
            " UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass::oid, oid,"
            "  'foreign data wrapper ' || fdwname FROM pg_catalog.pg_foreign_data_wrapper"
            " UNION ALL SELECT 'pg_am'::regclass::oid, oid, 'access method ' || amname"
            "  FROM pg_catalog.pg_am",
        context);
    if (!rows)
        return failure(rows.error());
    QHash<SchemaThing::Id, QString> things;
    things.reserve(rows->rowCount());
    for (int i = 0; i < rows->rowCount(); ++i)
        things.insert({rows->integer(i, 0), rows->integer(i, 1)}, rows->text(i, 2));
    return things;
}

QString whatIsOfOthers(const QList<SchemaThing> &things)
{
    QMap<QString, QMap<QString, int>> counts; // owner -> kind -> how many
    for (const SchemaThing &thing : things) {
        if (thing.isOurs)
            continue;
        counts[thing.owner.isEmpty() ? u"superusers"_s : thing.owner][thing.kind] += 1;
    }
    QStringList owners;
    for (const auto &[owner, kinds] : counts.asKeyValueRange()) {
        QStringList parts;
        for (const auto &[kind, count] : kinds.asKeyValueRange()) {
            const bool isAlreadyMany = kind.endsWith(u's');
            const QString plural = isAlreadyMany               ? kind
                                   : kind.endsWith("class"_L1) ? kind + u"es"_s
                                   : kind.endsWith(u'y')       ? kind.chopped(1) + u"ies"_s
                                                               : kind + u's';
            parts.append(u"%1 %2"_s.arg(count).arg(count == 1 ? kind : plural));
        }
        owners.append(u"%1 of %2"_s.arg(parts.join(u", "_s), owner));
    }
    return owners.join(u"; "_s);
}

Result<QMap<qint64, QString>> referencedOutside(postgres::Session &session,
                                                const QStringList &schemas, TaskContext &context)
{
    const QByteArray ours = " IN (" + quotedList(schemas) + ')';
    const auto rows = session.query(
        "SELECT DISTINCT c.oid, n.nspname || '.' || c.relname FROM pg_catalog.pg_constraint k"
        " JOIN pg_catalog.pg_class o ON o.oid = k.conrelid"
        " JOIN pg_catalog.pg_namespace m ON m.oid = o.relnamespace AND m.nspname" +
            ours +
            " JOIN pg_catalog.pg_class c ON c.oid = k.confrelid"
            " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND NOT n.nspname" +
            ours + " WHERE k.contype = 'f'",
        context);
    if (!rows)
        return failure(rows.error());
    QMap<qint64, QString> tables;
    for (int i = 0; i < rows->rowCount(); ++i)
        tables.insert(rows->integer(i, 0), rows->text(i, 1));
    return tables;
}

Result<QStringList> inNoDumpOf(postgres::Session &session, const QStringList &schemas,
                               TaskContext &context)
{
    const QByteArray names = quotedList(schemas);
    const auto rows = session.query(
        "WITH types AS (SELECT t.oid FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n"
        "  ON n.oid = t.typnamespace WHERE n.nspname IN (" +
            names +
            ") AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.deptype = 'e'"
            "   AND d.classid = 'pg_type'::regclass AND d.objid = t.oid)),"
            // A range has one to its multirange, and makes it itself.
            " things AS (SELECT 'pg_cast'::regclass::oid AS class, c.oid FROM pg_catalog.pg_cast c"
            "  WHERE (castsource IN (SELECT oid FROM types) OR casttarget IN (SELECT oid FROM "
            "types))"
            "  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.deptype = 'i'"
            "   AND d.classid = 'pg_cast'::regclass AND d.objid = c.oid)"
            "  UNION ALL SELECT 'pg_transform'::regclass::oid, oid FROM pg_catalog.pg_transform"
            "  WHERE trftype IN (SELECT oid FROM types))"
            " SELECT i.type || ' ' || i.identity FROM things t,"
            "  LATERAL pg_catalog.pg_identify_object(t.class, t.oid, 0) i"
            " UNION ALL SELECT 'table ' || n.nspname || '.' || c.relname || ' as a part of ' ||"
            "  pn.nspname || '.' || pc.relname FROM pg_catalog.pg_inherits h"
            "  JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid AND c.relkind IN ('r', 'p', 'f')"
            "  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname IN (" +
            names +
            ")  JOIN pg_catalog.pg_class pc ON pc.oid = h.inhparent"
            "  JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace"
            "  AND pn.nspname NOT IN (" +
            names + ") ORDER BY 1",
        context);
    if (!rows)
        return failure(rows.error());
    QStringList things;
    for (int i = 0; i < rows->rowCount(); ++i)
        things.append(rows->text(i, 0));
    return things;
}

} // namespace mayday::restore
