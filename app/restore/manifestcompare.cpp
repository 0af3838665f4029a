// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/manifestcompare.h"

#include <QHash>
#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using backup::CountedTable;
using backup::NamedSequence;
using backup::SchemaObject;

/// In one form: tables and sequences too. First what others are on or in.
QList<SchemaObject> inOneList(const backup::SchemaObjects &objects)
{
    QList<SchemaObject> all;
    for (const CountedTable &table : objects.tables)
        all.append({.schema = table.schema, .kind = u"table"_s, .name = table.fullName()});
    for (const NamedSequence &sequence : objects.sequences)
        all.append({.schema = sequence.schema, .kind = u"sequence"_s, .name = sequence.fullName()});
    return all + objects.others;
}

/// CopyScope leaves out what would reach beyond a copy, or keep people from its rows.
bool isInNoCopy(const QString &kind)
{
    return kind == "foreign key"_L1 || kind == "trigger"_L1 || kind == "rule"_L1 ||
           kind == "policy"_L1 || kind.endsWith("row security"_L1);
}

/// An extension is in no schema, but what it brings is, and is left out with that.
bool isOutside(const SchemaObject &object, const backup::Manifest &manifest,
               const ManifestScope &scope)
{
    const QString home = object.kind == "extension"_L1
                             ? manifest.content.schemaOfExtension.value(object.name)
                             : object.schema;
    return scope.leftOut.contains(home) || (scope.isCopy && isInNoCopy(object.kind));
}

/// "public.a" of "policy own on public.a".
QString carrierOf(const SchemaObject &object)
{
    const qsizetype on = object.name.lastIndexOf(u" on "_s);
    if (on >= 0)
        return object.name.mid(on + 4);
    return object.kind.endsWith("row security"_L1) ? object.name.mid(3) : QString();
}

/// Others are on it, and go with it.
bool carriesOthers(const QString &kind)
{
    return kind.endsWith("table"_L1) || kind.endsWith("view"_L1) || kind == "domain"_L1;
}

using ResultsByName = QHash<TableName, const TableResult *>;

ResultsByName resultsByName(const QList<TableResult> &counted)
{
    ResultsByName byName;
    for (const TableResult &table : counted)
        byName.insert({table.schema, table.name}, &table);
    return byName;
}

/// A partition whose rows came through its table was counted with that.
bool isCompared(const TableResult *result)
{
    return result && result->note.isEmpty();
}

} // namespace

QStringList missingAfter(const backup::Manifest &manifest, const backup::SchemaObjects &there,
                         const ManifestScope &scope)
{
    const QList<SchemaObject> wanted = inOneList(manifest.content);
    const QList<SchemaObject> list = inOneList(there);
    const QSet<SchemaObject> found(list.begin(), list.end());
    QStringList missing;
    QSet<QString> schemasAway;
    for (const QString &schema : manifest.content.schemas) {
        // One that the dump has not made may be there all the same: as it was before.
        const bool isWanted =
            schema != "public"_L1 || std::ranges::any_of(wanted, [&](const SchemaObject &object) {
                return object.schema == schema;
            });
        if (!isWanted || scope.restored.contains(schema) || scope.leftOut.contains(schema))
            continue;
        schemasAway.insert(schema);
        missing.append(u"schema "_s + schema);
    }
    QSet<QString> carriersAway;
    for (const SchemaObject &object : wanted) {
        if (carriesOthers(object.kind) && !found.contains(object))
            carriersAway.insert(object.name);
    }
    for (const SchemaObject &object : wanted) {
        if (isOutside(object, manifest, scope) || found.contains(object) ||
            schemasAway.contains(object.schema) || carriersAway.contains(carrierOf(object)))
            continue;
        missing.append(object.words());
    }
    return missing;
}

QStringList otherRows(const backup::Manifest &manifest, const QList<TableResult> &counted,
                      const ManifestScope &scope)
{
    const ResultsByName byName = resultsByName(counted);
    QStringList others;
    for (const CountedTable &table : manifest.content.tables) {
        if (scope.leftOut.contains(table.schema))
            continue;
        const TableResult *result = byName.value({table.schema, table.name});
        if (!result && table.rows > 0)
            others.append(u"%1 was not filled, and has %2 rows there"_s.arg(table.fullName())
                              .arg(table.rows));
        else if (isCompared(result) && result->rowsAfter != table.rows)
            others.append(u"%1 has %2 rows, not %3"_s.arg(table.fullName())
                              .arg(result->rowsAfter)
                              .arg(table.rows));
    }
    return others;
}

QString agreement(const backup::Manifest &manifest, const QList<TableResult> &counted,
                  const ManifestScope &scope)
{
    const ResultsByName byName = resultsByName(counted);
    qint64 tables = 0;
    qint64 rows = 0;
    for (const CountedTable &table : manifest.content.tables) {
        if (scope.leftOut.contains(table.schema) ||
            !isCompared(byName.value({table.schema, table.name})))
            continue;
        ++tables;
        rows += table.rows;
    }
    const QList<SchemaObject> all = inOneList(manifest.content);
    const qint64 others = std::ranges::count_if(all, [&](const SchemaObject &object) {
        return object.kind != "table"_L1 && !isOutside(object, manifest, scope);
    });
    return u"the manifest of %1 UTC agrees: %2 tables, %3 rows and %4 other things are all there"_s
        .arg(manifest.takenAt.toUTC().toString(u"yyyy-MM-dd HH:mm"_s))
        .arg(tables)
        .arg(rows)
        .arg(others);
}

} // namespace mayday::restore
