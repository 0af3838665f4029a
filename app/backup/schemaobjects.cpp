// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/schemaobjects.h"

#include "postgres/quoting.h"

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

/// The schemas go where $1 stands. Rows: kind, schema, name; of tables and sequences the name
/// alone, of all others with its schema or its table.
///
/// Left out is what pg_dump leaves out: an index that is not valid, what is of an extension, the
/// parts of a foreign key on partitions, whose names the server chooses. And what other versions
/// have no rows for: constraints that are NOT NULL.
constexpr auto objectsQuestion = R"(
WITH spaces AS (SELECT oid, nspname::text AS space FROM pg_catalog.pg_namespace WHERE $1),
members AS (SELECT classid, objid, deptype FROM pg_catalog.pg_depend
  WHERE deptype IN ('e', 'i') AND objsubid = 0),
relations AS (SELECT c.oid, c.relkind, s.space, c.relname::text AS short,
    s.space || '.' || c.relname AS name, c.relrowsecurity, c.relforcerowsecurity,
    c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery() AS hidden
  FROM pg_catalog.pg_class c JOIN spaces s ON s.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT EXISTS (SELECT FROM members m
    WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid AND m.deptype = 'e')),
named (class, oid, nsp, kind, short) AS (
  SELECT 'pg_proc'::regclass::oid, oid, pronamespace,
    CASE prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
    proname || '(' || coalesce((SELECT pg_catalog.string_agg(
      pg_catalog.format_type(a.type, NULL), ', ' ORDER BY a.number)
      FROM pg_catalog.unnest(proargtypes) WITH ORDINALITY a (type, number)), '') || ')'
    FROM pg_catalog.pg_proc WHERE pronamespace IN (SELECT oid FROM spaces)
  UNION ALL SELECT 'pg_type'::regclass, t.oid, typnamespace,
    CASE typtype WHEN 'd' THEN 'domain' ELSE 'type' END, typname::text
    FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    WHERE coalesce(c.relkind, 'c') = 'c'
  UNION ALL SELECT 'pg_operator'::regclass, oid, oprnamespace, 'operator', oprname || ' ('
    || pg_catalog.format_type(oprleft, NULL) || ', ' || pg_catalog.format_type(oprright, NULL)
    || ')' FROM pg_catalog.pg_operator
    WHERE oprcode <> 0 AND oprnamespace IN (SELECT oid FROM spaces)
  UNION ALL SELECT 'pg_opclass'::regclass, oid, opcnamespace, 'operator class', opcname::text
    FROM pg_catalog.pg_opclass
  UNION ALL SELECT 'pg_opfamily'::regclass, oid, opfnamespace, 'operator family', opfname::text
    FROM pg_catalog.pg_opfamily
  UNION ALL SELECT 'pg_collation'::regclass, oid, collnamespace, 'collation', collname::text
    FROM pg_catalog.pg_collation
  UNION ALL SELECT 'pg_conversion'::regclass, oid, connamespace, 'conversion', conname::text
    FROM pg_catalog.pg_conversion
  UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, stxnamespace, 'statistics', stxname::text
    FROM pg_catalog.pg_statistic_ext
  UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictnamespace, 'text search dictionary',
    dictname::text FROM pg_catalog.pg_ts_dict
  UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgnamespace, 'text search configuration',
    cfgname::text FROM pg_catalog.pg_ts_config
  UNION ALL SELECT 'pg_ts_parser'::regclass, oid, prsnamespace, 'text search parser',
    prsname::text FROM pg_catalog.pg_ts_parser
  UNION ALL SELECT 'pg_ts_template'::regclass, oid, tmplnamespace, 'text search template',
    tmplname::text FROM pg_catalog.pg_ts_template),
things AS (SELECT n.class, n.oid, n.kind, s.space, s.space || '.' || n.short AS name
  FROM named n JOIN spaces s ON s.oid = n.nsp WHERE NOT EXISTS (SELECT FROM members m
    WHERE m.classid = n.class AND m.objid = n.oid))
SELECT 'schema' AS kind, space, space AS name FROM spaces WHERE NOT EXISTS (SELECT FROM members m
  WHERE m.classid = 'pg_namespace'::regclass AND m.objid = spaces.oid)
UNION ALL SELECT CASE relkind
  WHEN 'r' THEN CASE WHEN hidden THEN 'table without rows' ELSE 'table' END WHEN 'p' THEN 'partitioned table'
  WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
  ELSE 'sequence' END, space, CASE WHEN relkind IN ('r', 'S') THEN short ELSE name END
  FROM relations
UNION ALL SELECT kind, space, name FROM things
UNION ALL SELECT 'index', r.space, i.relname || ' on ' || r.name
  FROM pg_catalog.pg_index x JOIN relations r ON r.oid = x.indrelid
  JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  WHERE (x.indisvalid OR r.relkind = 'p') AND x.indisready AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.oid AND k.conrelid = r.oid
      AND k.contype IN ('p', 'u', 'x'))
UNION ALL SELECT CASE k.contype WHEN 'f' THEN 'foreign key' ELSE 'constraint' END,
  coalesce(r.space, d.space), k.conname || ' on ' || coalesce(r.name, d.name)
  FROM pg_catalog.pg_constraint k LEFT JOIN relations r ON r.oid = k.conrelid
  LEFT JOIN things d ON d.oid = k.contypid AND d.class = 'pg_type'::regclass
  WHERE (r.oid IS NOT NULL OR d.oid IS NOT NULL) AND (k.contype IN ('p', 'u', 'x', 'c')
    OR (k.contype = 'f' AND k.conparentid = 0))
UNION ALL SELECT 'trigger', r.space, t.tgname || ' on ' || r.name
  FROM pg_catalog.pg_trigger t JOIN relations r ON r.oid = t.tgrelid
  WHERE NOT t.tgisinternal AND coalesce(pg_catalog.to_jsonb(t) ->> 'tgparentid', '0') = '0'
UNION ALL SELECT 'policy', r.space, p.polname || ' on ' || r.name
  FROM pg_catalog.pg_policy p JOIN relations r ON r.oid = p.polrelid
UNION ALL SELECT 'rule', r.space, w.rulename || ' on ' || r.name
  FROM pg_catalog.pg_rewrite w JOIN relations r ON r.oid = w.ev_class
  WHERE w.rulename <> '_RETURN'
UNION ALL SELECT 'row security', space, 'on ' || name FROM relations WHERE relrowsecurity
UNION ALL SELECT 'forced row security', space, 'on ' || name FROM relations
  WHERE relforcerowsecurity
UNION ALL SELECT 'extension', '', extname::text FROM pg_catalog.pg_extension
  WHERE extname <> 'plpgsql'
UNION ALL SELECT 'schema of extension', n.nspname, e.extname
  FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
UNION ALL SELECT 'large objects', '', pg_catalog.count(*)::text
  FROM pg_catalog.pg_largeobject_metadata
ORDER BY 2, 1, 3)";

/// pg_dump asks for the same when it is not told schemas.
QByteArray conditionOn(const QStringList &schemas)
{
    if (schemas.isEmpty())
        return "nspname !~ '^pg_' AND nspname <> 'information_schema'";
    return "nspname = ANY (" + postgres::quoteLiteral(postgres::arrayOf(schemas)) + "::text[])";
}

} // namespace

postgres::Question schemaObjectsQuestion(const QStringList &schemas)
{
    return {.sql = QByteArray(objectsQuestion).replace("$1", conditionOn(schemas))};
}

Result<SchemaObjects> schemaObjects(postgres::Session &session, const QStringList &schemas,
                                    TaskContext &context)
{
    const auto rows = session.query(schemaObjectsQuestion(schemas), context);
    if (!rows)
        return failure(rows.error());
    SchemaObjects found;
    for (int i = 0; i < rows->rowCount(); ++i) {
        const QString kind = rows->text(i, 0);
        const QString schema = rows->text(i, 1);
        const QString name = rows->text(i, 2);
        if (kind == "schema"_L1)
            found.schemas.append(schema);
        else if (kind == "table"_L1)
            found.tables.append({.schema = schema, .name = name});
        else if (kind == "table without rows"_L1)
            found.withoutRows.append(schema + u'.' + name);
        else if (kind == "sequence"_L1)
            found.sequences.append({.schema = schema, .name = name});
        else if (kind == "schema of extension"_L1)
            found.schemaOfExtension.insert(name, schema);
        else if (kind == "large objects"_L1)
            found.largeObjects = name.toLongLong();
        else
            found.others.append({.schema = schema, .kind = kind, .name = name});
    }
    return found;
}

} // namespace mayday::backup
