// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/dependents.h"

#include "postgres/quoting.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

QByteArray literalsOf(const QStringList &schemas)
{
    QByteArrayList names{"''"};
    for (const QString &schema : schemas)
        names.append(postgres::quoteLiteral(schema.toUtf8()));
    return names.join(", ");
}

/// Which schemas n count as outside, besides those that are asked about, when they are renamed.
/// What earlier restores keep has followed names before.
QByteArray beyondRenamed()
{
    return " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
           " AND coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace'), '') NOT LIKE "
           "'{%\"mayday\"%'";
}

/// And when they are dropped: all but the companions. A mark is no reason to take anything away, be
/// it another restore's undo or what is live again.
QByteArray beyondDropped(const QStringList &companions)
{
    return " AND n.nspname !~ '^pg_(catalog$|toast)' AND n.nspname <> 'information_schema'"
           " AND n.nspname NOT IN (" +
           literalsOf(companions) + ')';
}

/// "inside" is everything in the schemas, "ours" the same without what belongs to extensions,
/// "outside" every relation that is in none of them, "uses" what depends on ours.
QByteArray beginning(const QStringList &schemas, const QByteArray &beyond)
{
    // What belongs to an extension moves with it and stays the same thing.
    return "WITH spaces AS (SELECT oid, nspname FROM pg_catalog.pg_namespace WHERE nspname IN (" +
           literalsOf(schemas) +
           ")),"
           " inside AS (SELECT 'pg_class'::regclass AS class, oid FROM pg_catalog.pg_class"
           "   WHERE relnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_proc'::regclass, oid FROM pg_catalog.pg_proc"
           "   WHERE pronamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_catalog.pg_type"
           "   WHERE typnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_catalog.pg_operator"
           "   WHERE oprnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_catalog.pg_opclass"
           "   WHERE opcnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_opfamily'::regclass, oid FROM pg_catalog.pg_opfamily"
           "   WHERE opfnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_collation'::regclass, oid FROM pg_catalog.pg_collation"
           "   WHERE collnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_ts_dict'::regclass, oid FROM pg_catalog.pg_ts_dict"
           "   WHERE dictnamespace IN (SELECT oid FROM spaces)"
           "  UNION ALL SELECT 'pg_ts_config'::regclass, oid FROM pg_catalog.pg_ts_config"
           "   WHERE cfgnamespace IN (SELECT oid FROM spaces)"
           " ),"
           " ours AS (SELECT class, oid FROM inside"
           "  EXCEPT SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'),"
           " outside AS (SELECT c.oid, c.relkind, n.nspname || '.' || c.relname AS name"
           "  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
           "  WHERE n.oid NOT IN (SELECT oid FROM spaces)" +
           beyond +
           "),"
           " uses AS (SELECT d.classid, d.objid, d.objsubid, d.deptype FROM pg_catalog.pg_depend d"
           "  JOIN ours ON ours.class = d.refclassid AND ours.oid = d.refobjid)";
}

/// Parts of tables and views, by the words for what people know of them.
constexpr QByteArrayView partsOfRelations =
    " SELECT 'View ' || o.name FROM uses u JOIN pg_catalog.pg_rewrite r ON r.oid = u.objid"
    "  AND u.classid = 'pg_rewrite'::regclass JOIN outside o ON o.oid = r.ev_class"
    " UNION SELECT 'Foreign key of table ' || o.name FROM pg_catalog.pg_constraint k"
    "  JOIN outside o ON o.oid = k.conrelid JOIN ours ON ours.oid = k.confrelid"
    "  WHERE k.contype = 'f'"
    " UNION SELECT 'Trigger ' || t.tgname || ' of table ' || o.name"
    "  FROM uses u JOIN pg_catalog.pg_trigger t ON t.oid = u.objid"
    "  AND u.classid = 'pg_trigger'::regclass JOIN outside o ON o.oid = t.tgrelid"
    "  WHERE NOT t.tgisinternal" // nor the same again in a partition
    "  AND coalesce(pg_catalog.to_jsonb(t) ->> 'tgparentid', '0') = '0'"
    " UNION SELECT 'Policy ' || p.polname || ' of table ' || o.name"
    "  FROM uses u JOIN pg_catalog.pg_policy p ON p.oid = u.objid"
    "  AND u.classid = 'pg_policy'::regclass JOIN outside o ON o.oid = p.polrelid"
    " UNION SELECT 'Column ' || o.name || '.' || a.attname"
    "  FROM uses u JOIN pg_catalog.pg_attrdef d ON d.oid = u.objid"
    "  AND u.classid = 'pg_attrdef'::regclass JOIN outside o ON o.oid = d.adrelid"
    "  JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum"
    " UNION SELECT 'Column ' || o.name || '.' || a.attname"
    "  FROM uses u JOIN outside o ON o.oid = u.objid AND u.classid = 'pg_class'::regclass"
    "  JOIN pg_catalog.pg_attribute a ON a.attrelid = u.objid AND a.attnum = u.objsubid"
    "  WHERE o.relkind IN ('r', 'p', 'f')"
    " UNION SELECT 'Publication ' || p.pubname FROM pg_catalog.pg_publication_rel pr"
    "  JOIN pg_catalog.pg_publication p ON p.oid = pr.prpubid"
    "  JOIN ours ON ours.oid = pr.prrelid";

/// Since PostgreSQL 15 there are publications of whole schemas; older servers lack the catalog.
constexpr QByteArrayView publishedSchemas =
    " UNION SELECT 'Publication ' || (a.object_args)[1] FROM pg_catalog.pg_depend d,"
    "  LATERAL pg_catalog.pg_identify_object_as_address(d.classid, d.objid, 0) a"
    "  WHERE d.classid = pg_catalog.to_regclass('pg_catalog.pg_publication_namespace')"
    "  AND d.refclassid = 'pg_namespace'::regclass AND d.refobjid IN (SELECT oid FROM spaces)";

/// Whole things, by the server's own words. A cast or a transform belongs to its types: with one of
/// ours it goes aside, and the dump makes it anew.
QByteArray wholeThings(const QByteArray &beyond)
{
    return " UNION SELECT upper(pg_catalog.left(i.type, 1)) || pg_catalog.substr(i.type, 2) || ' ' "
           "||"
           "  i.identity FROM uses u,"
           "  LATERAL pg_catalog.pg_identify_object(u.classid, u.objid, 0) i"
           "  LEFT JOIN pg_catalog.pg_namespace n ON pg_catalog.quote_ident(n.nspname) = i.schema"
           "  WHERE u.deptype IN ('n', 'a') AND u.objsubid = 0"
           "  AND u.classid::regclass::text IN ('pg_class', 'pg_proc', 'pg_type', 'pg_constraint',"
           "   'pg_operator', 'pg_opclass', 'pg_ts_dict', 'pg_ts_config', 'pg_statistic_ext',"
           "   'pg_conversion', 'pg_language', 'pg_event_trigger', 'pg_foreign_data_wrapper', "
           "'pg_am',"
           "   'pg_cast', 'pg_transform')"
           "  AND NOT EXISTS (SELECT FROM ours WHERE ours.class = u.classid AND ours.oid = u.objid)"
           "  AND (i.schema IS NULL OR n.oid NOT IN (SELECT oid FROM spaces)" +
           beyond +
           ")"
           "  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.contype = 'f'"
           "   AND u.classid = 'pg_constraint'::regclass AND k.oid = u.objid)"
           "  AND NOT EXISTS (SELECT FROM pg_catalog.pg_cast c JOIN ours ON ours.oid IN "
           "(c.castsource,"
           "   c.casttarget) WHERE u.classid = 'pg_cast'::regclass AND c.oid = u.objid)"
           "  AND NOT EXISTS (SELECT FROM pg_catalog.pg_transform f JOIN ours ON ours.oid = "
           "f.trftype"
           "   WHERE u.classid = 'pg_transform'::regclass AND f.oid = u.objid)";
}

/// What would lose something although nothing of it depends on ours. Names in settings and
/// functions are found in whatever way they are written.
QByteArray losersOfDropped(const QByteArray &beyond)
{
    return " UNION SELECT 'Part of table ' || o.name FROM pg_catalog.pg_inherits i"
           "  JOIN ours ON ours.class = 'pg_class'::regclass AND ours.oid = i.inhrelid"
           "  JOIN outside o ON o.oid = i.inhparent WHERE o.relkind IN ('r', 'p', 'f')"
           " UNION SELECT 'Type ' || o.name FROM uses u"
           "  JOIN outside o ON o.oid = u.objid AND u.classid = 'pg_class'::regclass"
           "  WHERE o.relkind = 'c'"
           " UNION SELECT 'Extension ' || e.extname FROM pg_catalog.pg_extension e"
           "  WHERE e.extnamespace IN (SELECT oid FROM spaces) OR EXISTS (SELECT FROM"
           "   pg_catalog.pg_depend d JOIN inside ON inside.class = d.classid"
           "   AND inside.oid = d.objid WHERE d.deptype = 'e' AND d.refobjid = e.oid"
           "   AND d.refclassid = 'pg_extension'::regclass)"
           " UNION SELECT 'Setting ' || pg_catalog.split_part(c.setting, '=', 1) ||"
           "  CASE WHEN s.setrole = 0 THEN '' ELSE ' of role ' ||"
           "   pg_catalog.pg_get_userbyid(s.setrole) END ||"
           "  CASE WHEN s.setdatabase = 0 THEN '' ELSE ' of database ' ||"
           "   pg_catalog.current_database() END"
           "  FROM pg_catalog.pg_db_role_setting s,"
           "  LATERAL pg_catalog.unnest(s.setconfig) AS c(setting), spaces"
           "  WHERE (s.setdatabase = 0 OR s.setdatabase = (SELECT oid FROM pg_catalog.pg_database"
           "   WHERE datname = pg_catalog.current_database()))"
           "  AND pg_catalog.strpos(c.setting, spaces.nspname) > 0"
           " UNION SELECT 'Function ' || n.nspname || '.' || p.proname FROM pg_catalog.pg_proc p"
           "  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace, spaces"
           "  WHERE n.oid NOT IN (SELECT oid FROM spaces)" +
           beyond +
           "  AND (pg_catalog.strpos(p.prosrc, spaces.nspname) > 0 OR pg_catalog.strpos("
           "   pg_catalog.array_to_string(p.proconfig, ' '), spaces.nspname) > 0)";
}

QByteArray allUses(const QStringList &schemas, const QByteArray &beyond)
{
    return beginning(schemas, beyond) + partsOfRelations.toByteArray() +
           publishedSchemas.toByteArray() + wholeThings(beyond);
}

Result<QStringList> namesFrom(const Result<postgres::Rows> &rows)
{
    if (!rows)
        return failure(rows.error());
    QStringList dependents;
    for (int i = 0; i < rows->rowCount(); ++i)
        dependents.append(rows->text(i, 0));
    return dependents;
}

} // namespace

postgres::Question dependentsQuestion(const QStringList &schemas)
{
    return {.sql = allUses(schemas, beyondRenamed()) + " ORDER BY 1"};
}

Result<QStringList> outsideDependents(postgres::Session &session, const QStringList &schemas,
                                      TaskContext &context)
{
    if (schemas.isEmpty())
        return {};
    return namesFrom(session.query(dependentsQuestion(schemas), context));
}

Result<QStringList> usersOfDropped(postgres::Session &session, const QStringList &schemas,
                                   const QStringList &companions, TaskContext &context)
{
    const QByteArray beyond = beyondDropped(companions);
    return namesFrom(
        session.query(allUses(schemas, beyond) + losersOfDropped(beyond) + " ORDER BY 1", context));
}

} // namespace mayday::restore
