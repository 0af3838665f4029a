// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/extensionnames.h"

#include <QSet>
#include <QStringTokenizer>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

/// Names are separated by blanks; one that ends in '*' is the beginning of many.
struct KnownExtension {
    QLatin1StringView name;
    QLatin1StringView types = {};
    QLatin1StringView functions = {};
    QLatin1StringView operatorClasses = {};
    QLatin1StringView methods = {};
    QLatin1StringView schemas = {}; ///< that it makes itself
    QLatin1StringView oldFunctions = {};
};

/// PostgreSQL's documentation, appendix F, "Additional Supplied Modules and Extensions": the
/// section of each. Functions that serve an operator class alone are left out.
constexpr std::array supplied{
    KnownExtension{.name = "bloom"_L1, .methods = "bloom"_L1},
    KnownExtension{.name = "btree_gin"_L1},
    KnownExtension{
        .name = "btree_gist"_L1,
        .functions = "cash_dist date_dist float4_dist float8_dist int2_dist int4_dist int8_dist "
                     "interval_dist oid_dist time_dist ts_dist tstz_dist"_L1,
        .operatorClasses =
            "gist_bit_ops gist_bool_ops gist_bpchar_ops gist_bytea_ops gist_cash_ops gist_cidr_ops "
            "gist_date_ops gist_enum_ops gist_float4_ops gist_float8_ops gist_inet_ops "
            "gist_int2_ops gist_int4_ops gist_int8_ops gist_interval_ops gist_macad8_ops "
            "gist_macad_ops gist_numeric_ops gist_oid_ops gist_text_ops gist_time_ops "
            "gist_timestamp_ops gist_timestamptz_ops gist_timetz_ops gist_uuid_ops "
            "gist_vbit_ops"_L1},
    KnownExtension{.name = "citext"_L1, .types = "citext"_L1, .operatorClasses = "citext_*"_L1},
    KnownExtension{.name = "cube"_L1,
                   .types = "cube"_L1,
                   .functions = "cube_*"_L1,
                   .operatorClasses = "cube_ops gist_cube_ops"_L1},
    KnownExtension{.name = "dblink"_L1, .functions = "dblink dblink_*"_L1},
    KnownExtension{.name = "dict_int"_L1, .functions = "dintdict_*"_L1},
    KnownExtension{.name = "dict_xsyn"_L1, .functions = "dxsyn_*"_L1},
    KnownExtension{.name = "earthdistance"_L1,
                   .types = "earth"_L1,
                   .functions = "earth earth_box earth_distance gc_to_sec latitude ll_to_earth "
                                "longitude sec_to_gc"_L1},
    KnownExtension{.name = "fuzzystrmatch"_L1,
                   .functions = "daitch_mokotoff difference dmetaphone dmetaphone_alt levenshtein "
                                "levenshtein_less_equal metaphone soundex text_soundex"_L1},
    KnownExtension{.name = "hstore"_L1,
                   .types = "ghstore hstore"_L1,
                   .functions = "akeys avals defined each exist hstore_* isdefined skeys slice "
                                "slice_array svals"_L1,
                   .operatorClasses = "btree_hstore_ops gin_hstore_ops gist_hstore_ops "
                                      "hash_hstore_ops"_L1},
    KnownExtension{.name = "intarray"_L1,
                   .types = "query_int"_L1,
                   .functions = "icount idx intset sort sort_asc sort_desc subarray uniq"_L1,
                   .operatorClasses = "gin__int_ops gist__int_ops gist__intbig_ops"_L1},
    KnownExtension{.name = "isn"_L1,
                   .types = "ean13 isbn isbn13 ismn ismn13 issn issn13 upc"_L1,
                   .functions = "is_valid isn_weak make_valid"_L1},
    KnownExtension{.name = "lo"_L1, .types = "lo"_L1, .functions = "lo_manage lo_oid"_L1},
    KnownExtension{.name = "ltree"_L1,
                   .types = "lquery ltree ltree_gist ltxtquery"_L1,
                   .functions = "index lca ltree2text nlevel subltree subpath text2ltree"_L1,
                   .operatorClasses = "gist__ltree_ops gist_ltree_ops hash_ltree_ops ltree_ops"_L1},
    KnownExtension{.name = "pg_trgm"_L1,
                   .types = "gtrgm"_L1,
                   .functions = "set_limit show_limit show_trgm similarity strict_word_similarity "
                                "word_similarity"_L1,
                   .operatorClasses = "gin_trgm_ops gist_trgm_ops"_L1},
    KnownExtension{.name = "pgcrypto"_L1,
                   .functions = "armor crypt dearmor decrypt decrypt_iv digest encrypt encrypt_iv "
                                "gen_random_bytes gen_salt hmac pgp_*"_L1,
                   .oldFunctions = "gen_random_uuid"_L1}, // PostgreSQL's own since 13
    KnownExtension{.name = "seg"_L1,
                   .types = "seg"_L1,
                   .functions = "seg_*"_L1,
                   .operatorClasses = "gist_seg_ops seg_ops"_L1},
    KnownExtension{.name = "autoinc"_L1, .functions = "autoinc"_L1},
    KnownExtension{.name = "insert_username"_L1, .functions = "insert_username"_L1},
    KnownExtension{.name = "moddatetime"_L1, .functions = "moddatetime"_L1},
    KnownExtension{.name = "refint"_L1, .functions = "check_foreign_key check_primary_key"_L1},
    KnownExtension{.name = "tablefunc"_L1,
                   .types = "tablefunc_crosstab_2 tablefunc_crosstab_3 tablefunc_crosstab_4"_L1,
                   .functions = "connectby crosstab crosstab2 crosstab3 crosstab4 normal_rand"_L1},
    KnownExtension{.name = "tcn"_L1, .functions = "triggered_change_notification"_L1},
    KnownExtension{.name = "unaccent"_L1, .functions = "unaccent"_L1},
    KnownExtension{.name = "uuid-ossp"_L1, .functions = "uuid_generate_* uuid_nil uuid_ns_*"_L1},
    KnownExtension{.name = "xml2"_L1, .functions = "xpath_* xslt_process"_L1},
};

/// What each project says of itself: github.com/pgvector/pgvector, postgis.net/docs/reference.html,
/// docs.timescale.com/api, github.com/citusdata/pg_cron, github.com/pgmq/pgmq,
/// github.com/supabase/pg_net, github.com/pramsey/pgsql-http, github.com/postgrespro/rum,
/// pgroonga.github.io/reference, github.com/pgbigm/pg_bigm, github.com/zachasme/h3-pg,
/// github.com/RhodiumToad/ip4r, github.com/citusdata/postgresql-hll,
/// github.com/nearform/temporal_tables, supabase.com/docs/guides/database/extensions.
constexpr std::array ofProjects{
    KnownExtension{.name = "vector"_L1,
                   .types = "halfvec sparsevec vector"_L1,
                   .functions =
                       "binary_quantize cosine_distance hamming_distance inner_product "
                       "jaccard_distance l1_distance l2_distance l2_norm l2_normalize subvector "
                       "vector_dims vector_norm"_L1,
                   .operatorClasses =
                       "bit_hamming_ops bit_jaccard_ops halfvec_* sparsevec_* vector_cosine_ops "
                       "vector_ip_ops vector_l1_ops vector_l2_ops vector_ops"_L1,
                   .methods = "hnsw ivfflat"_L1},
    KnownExtension{.name = "postgis"_L1,
                   .types = "box2d box2df box3d geography geometry geometry_dump gidx spheroid "
                            "valid_detail"_L1,
                   .functions = "addgeometrycolumn postgis_* st_*"_L1,
                   .operatorClasses = "brin_geography_* brin_geometry_* gist_geography_* "
                                      "gist_geometry_* spgist_geography_* spgist_geometry_*"_L1},
    KnownExtension{.name = "postgis_raster"_L1,
                   .types = "addbandarg rastbandarg raster reclassarg unionarg"_L1,
                   .functions = "addrasterconstraints st_*"_L1},
    KnownExtension{.name = "postgis_topology"_L1,
                   .types = "topoelement topoelementarray topogeometry"_L1,
                   .schemas = "topology"_L1},
    KnownExtension{.name = "postgis_tiger_geocoder"_L1,
                   .types = "norm_addy"_L1,
                   .schemas = "tiger tiger_data"_L1},
    KnownExtension{.name = "timescaledb"_L1,
                   .functions = "add_compression_policy add_continuous_aggregate_policy "
                                "add_dimension add_job add_retention_policy create_hypertable "
                                "time_bucket time_bucket_gapfill"_L1,
                   .schemas = "_timescaledb_cache _timescaledb_catalog _timescaledb_config "
                              "_timescaledb_functions _timescaledb_internal "
                              "timescaledb_experimental timescaledb_information"_L1},
    KnownExtension{.name = "pg_cron"_L1, .schemas = "cron"_L1},
    KnownExtension{.name = "pgmq"_L1, .schemas = "pgmq"_L1},
    KnownExtension{.name = "pg_net"_L1, .schemas = "net"_L1},
    KnownExtension{.name = "pg_graphql"_L1, .schemas = "graphql"_L1},
    KnownExtension{.name = "pgsodium"_L1, .schemas = "pgsodium"_L1},
    KnownExtension{.name = "supabase_vault"_L1, .schemas = "vault"_L1},
    KnownExtension{.name = "http"_L1,
                   .types = "http_header http_method http_request http_response"_L1,
                   .functions = "http http_* urlencode"_L1},
    KnownExtension{.name = "rum"_L1, .operatorClasses = "rum_*"_L1, .methods = "rum"_L1},
    KnownExtension{.name = "pgroonga"_L1,
                   .functions = "pgroonga_*"_L1,
                   .operatorClasses = "pgroonga_*"_L1,
                   .methods = "pgroonga"_L1},
    KnownExtension{.name = "pg_bigm"_L1,
                   .functions = "bigm_similarity likequery show_bigm"_L1,
                   .operatorClasses = "gin_bigm_ops"_L1},
    KnownExtension{.name = "h3"_L1, .types = "h3index"_L1, .functions = "h3_*"_L1},
    KnownExtension{.name = "ip4r"_L1, .types = "ip4 ip4r ip6 ip6r ipaddress iprange"_L1},
    KnownExtension{.name = "hll"_L1, .types = "hll hll_hashval"_L1, .functions = "hll_*"_L1},
    KnownExtension{.name = "temporal_tables"_L1, .functions = "versioning"_L1},
};

const KnownExtension *knownExtension(const QString &name)
{
    const auto isIt = [&name](const KnownExtension &known) {
        return known.name == name;
    };
    if (const auto *it = std::ranges::find_if(supplied, isIt); it != supplied.end())
        return it;
    const auto *it = std::ranges::find_if(ofProjects, isIt);
    return it == ofProjects.end() ? nullptr : it;
}

} // namespace

void ExtensionNames::add(const QString &extension)
{
    if (m_added.contains(extension))
        return;
    m_added.append(extension);
    const KnownExtension *known = knownExtension(extension);
    if (!known)
        return;
    m_known.append(extension);
    const auto addAll = [this, &extension](Names &names, QLatin1StringView words) {
        for (const QLatin1StringView word : words.tokenize(u' ', Qt::SkipEmptyParts)) {
            if (word.endsWith(u'*'))
                m_beginnings.insert(QString(word.chopped(1)), extension);
            else
                names.insert(QString(word), extension);
        }
    };
    addAll(m_types, known->types);
    addAll(m_functions, known->functions);
    addAll(m_oldFunctions, known->oldFunctions);
    addAll(m_operatorClasses, known->operatorClasses);
    addAll(m_methods, known->methods);
    addAll(m_schemas, known->schemas);
}

QStringList ExtensionNames::ofType(const QString &name) const
{
    return m_types.values(name);
}

QStringList ExtensionNames::ofFunction(const QString &name) const
{
    QStringList all = m_functions.values(name) + m_types.values(name);
    for (auto it = m_beginnings.begin(); it != m_beginnings.end(); ++it) {
        if (name.startsWith(it.key()))
            all.append(it.value());
    }
    all.removeDuplicates();
    return all;
}

QStringList ExtensionNames::ofOldFunction(const QString &name) const
{
    return m_oldFunctions.values(name);
}

QStringList ExtensionNames::ofOperatorClass(const QString &name) const
{
    QStringList all = m_operatorClasses.values(name);
    for (auto it = m_beginnings.begin(); it != m_beginnings.end() && name.contains("_ops"_L1);
         ++it) {
        if (name.startsWith(it.key()))
            all.append(it.value());
    }
    return all;
}

QStringList ExtensionNames::ofMethod(const QString &name) const
{
    return m_methods.values(name);
}

QStringList ExtensionNames::ofSchema(const QString &name) const
{
    return m_schemas.values(name);
}

QString ExtensionNames::forScalarsOf(const QString &method) const
{
    const QString extension = u"btree_"_s + method;
    const bool isOne = method == "gin"_L1 || method == "gist"_L1;
    return isOne && m_added.contains(extension) ? extension : QString();
}

/// The documentation's F.7 and F.8. inet is left out: PostgreSQL has a gist class of its own.
bool ExtensionNames::isScalar(const QString &type)
{
    static const QSet<QString> types = {
        u"bigint"_s,    u"bit"_s,         u"boolean"_s,  u"bytea"_s,    u"char"_s,
        u"character"_s, u"date"_s,        u"double"_s,   u"int"_s,      u"int2"_s,
        u"int4"_s,      u"int8"_s,        u"integer"_s,  u"interval"_s, u"money"_s,
        u"numeric"_s,   u"real"_s,        u"smallint"_s, u"text"_s,     u"time"_s,
        u"timestamp"_s, u"timestamptz"_s, u"uuid"_s,     u"varchar"_s,  u"decimal"_s};
    return types.contains(type);
}

} // namespace mayday::dump
