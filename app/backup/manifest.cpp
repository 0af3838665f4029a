// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/manifest.h"

#include "archive/digest.h"
#include "backup/inspectionindex.h"
#include "core/atomicfile.h"
#include "dump/dumpinspection.h"
#include "dump/statementclass.h"

#include <QCryptographicHash>
#include <QFileInfo>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMap>
#include <QSet>

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

constexpr QLatin1StringView manifestEnding(".manifest.json");
/// Another number is another layout.
constexpr int manifestVersion = 1;
constexpr qint64 largestManifest = 64 * 1024 * 1024;
/// The rest is counted.
constexpr qsizetype fewTold = 6;

Error manifestError(ErrorKind kind, const QString &detail)
{
    return {.kind = kind, .subject = u"the manifest"_s, .detail = detail};
}

/// By schema, then by kind: {"public": {"view": ["public.names"]}}. Of no schema: "".
QJsonObject jsonOf(const QList<SchemaObject> &objects)
{
    QMap<QString, QMap<QString, QStringList>> names;
    for (const SchemaObject &object : objects)
        names[object.schema][object.kind].append(object.name);
    QJsonObject json;
    for (const auto &[schema, kinds] : names.asKeyValueRange()) {
        QJsonObject ofSchema;
        for (const auto &[kind, all] : kinds.asKeyValueRange())
            ofSchema.insert(kind, QJsonArray::fromStringList(all));
        json.insert(schema, ofSchema);
    }
    return json;
}

QList<SchemaObject> objectsFrom(const QJsonObject &json)
{
    QList<SchemaObject> objects;
    for (auto schema = json.begin(); schema != json.end(); ++schema) {
        const QJsonObject kinds = schema.value().toObject();
        for (auto kind = kinds.begin(); kind != kinds.end(); ++kind) {
            for (const auto &name : kind.value().toArray())
                objects.append(
                    {.schema = schema.key(), .kind = kind.key(), .name = name.toString()});
        }
    }
    return objects;
}

SchemaObjects contentFrom(const QJsonObject &json)
{
    SchemaObjects content{.others = objectsFrom(json["objects"_L1].toObject()),
                          .largeObjects = json["largeObjects"_L1].toInteger()};
    const QJsonObject homes = json["schemaOfExtension"_L1].toObject(); // absent in older ones
    for (auto home = homes.begin(); home != homes.end(); ++home)
        content.schemaOfExtension.insert(home.key(), home.value().toString());
    for (const auto &schema : json["schemas"_L1].toArray())
        content.schemas.append(schema.toString());
    for (const auto &table : json["tables"_L1].toArray())
        content.tables.append({.schema = table["schema"_L1].toString(),
                               .name = table["name"_L1].toString(),
                               .rows = table["rows"_L1].toInteger()});
    for (const auto &sequence : json["sequences"_L1].toArray())
        content.sequences.append({.schema = sequence["schema"_L1].toString(),
                                  .name = sequence["name"_L1].toString(),
                                  .value = sequence["value"_L1].toInteger(),
                                  .isCalled = sequence["isCalled"_L1].toBool()});
    return content;
}

QDateTime takenAtOf(const QJsonObject &json)
{
    return QDateTime::fromString(json["takenAt"_L1].toString(), Qt::ISODate);
}

/// What cannot be missing in one that is whole.
bool hasAllParts(const QJsonObject &json)
{
    const QJsonValue file = json["file"_L1];
    return takenAtOf(json).isValid() && json["schemas"_L1].isArray() &&
           json["tables"_L1].isArray() && json["sequences"_L1].isArray() &&
           json["objects"_L1].isObject() && json["largeObjects"_L1].isDouble() &&
           file["bytes"_L1].isDouble() && !file["ends"_L1].toString().isEmpty();
}

/// Kinds of which a dump makes at least one statement for each, and how inspections count them.
struct CountedKind {
    QLatin1StringView one;
    QLatin1StringView many;
    QList<QLatin1StringView> kinds;
    dump::StatementClass counted;
    bool isNamed = true; ///< statements say its name as the manifest does
};

QList<CountedKind> countedKinds()
{
    using enum dump::StatementClass;
    return {
        {"view"_L1, "views"_L1, {"view"_L1, "materialized view"_L1}, View},
        {"function"_L1, "functions"_L1, {"function"_L1, "procedure"_L1, "aggregate"_L1}, Function},
        {"type"_L1, "types"_L1, {"type"_L1, "domain"_L1}, Type, false},
        {"index"_L1, "indexes"_L1, {"index"_L1}, Index},
        {"foreign key"_L1, "foreign keys"_L1, {"foreign key"_L1}, ForeignKey},
        {"trigger"_L1, "triggers"_L1, {"trigger"_L1}, Trigger},
        {"policy"_L1, "policies"_L1, {"policy"_L1}, Policy},
        {"rule"_L1, "rules"_L1, {"rule"_L1}, Rule},
        {"extension"_L1, "extensions"_L1, {"extension"_L1}, Extension, false}};
}

QString fewerMade(qint64 made, qint64 there, QLatin1StringView one, QLatin1StringView many)
{
    return there == 1 ? u"it does not make the only %1"_s.arg(one)
                      : u"it makes %1 of %2 %3"_s.arg(made).arg(there).arg(many);
}

/// How often something of a kind and a name in a schema is made.
struct NameInSchema {
    QString kind;
    QString schema;
    QString name;

    [[nodiscard]] bool operator==(const NameInSchema &) const = default;
    [[nodiscard]] friend size_t qHash(const NameInSchema &one, size_t seed = 0)
    {
        return qHashMulti(seed, one.kind, one.schema, one.name);
    }
};
using MadeNames = QHash<NameInSchema, qint64>;

/// Nothing when the inspection has not the names of all that is made.
std::optional<MadeNames> madeNames(const dump::DumpInspection &inspection)
{
    const dump::ObjectIndex &index = inspection.index.objects;
    const auto entries = index.entries();
    if (index.isEmpty() || index.isCut() || !entries)
        return std::nullopt;
    MadeNames made;
    for (const dump::DumpEntry &entry : *entries) {
        if (entry.role == dump::EntryRole::Makes)
            ++made[{dump::kindWord(entry.kind), entry.schema, entry.name}];
    }
    return made;
}

/// The bare name of "own on public.a", "public.v", "public.f(integer)"; empty when the name has in
/// it what stands behind names.
QString bareName(const SchemaObject &object)
{
    QString own = object.name.mid(object.schema.size() + 1);
    if (object.kind.endsWith("view"_L1))
        return own;
    const bool isRoutine = object.kind == "function"_L1 || object.kind == "procedure"_L1 ||
                           object.kind == "aggregate"_L1;
    const QString name = isRoutine ? own : object.name;
    const QString behind = isRoutine ? u"("_s : u" on "_s;
    return name.count(behind) == 1 ? name.section(behind, 0, 0) : QString();
}

/// Those of one kind that have a name and are not made, or not as often.
QStringList missingNames(const CountedKind &counted, const MadeNames &made,
                         const Manifest &manifest)
{
    const QString word = dump::kindWord(counted.counted);
    QList<NameInSchema> order;
    QHash<NameInSchema, QList<const SchemaObject *>> wanted;
    for (const SchemaObject &object : manifest.content.others) {
        const NameInSchema key{word, object.schema, bareName(object)};
        if (key.name.isEmpty() || !counted.kinds.contains(object.kind))
            continue;
        if (!wanted.contains(key))
            order.append(key);
        wanted[key].append(&object);
    }
    QStringList missing;
    for (const NameInSchema &key : std::as_const(order)) {
        const auto &objects = wanted[key];
        const qint64 there = made.value(key);
        if (there >= objects.size())
            continue;
        missing.append(objects.size() == 1 ? u"it does not make "_s + objects.front()->words()
                                           : u"it makes %1 of %2 %3 called %4 in %5"_s.arg(there)
                                                 .arg(objects.size())
                                                 .arg(counted.many, key.name, key.schema));
    }
    return missing;
}

QStringList missingKinds(const dump::DumpInspection &inspection, const Manifest &manifest)
{
    const auto named = madeNames(inspection);
    QHash<QString, qint64> there;
    for (const SchemaObject &object : manifest.content.others)
        ++there[object.kind];
    QStringList missing;
    for (const CountedKind &counted : countedKinds()) {
        const QStringList names =
            named && counted.isNamed ? missingNames(counted, *named, manifest) : QStringList();
        missing += names;
        if (!names.isEmpty())
            continue;
        qint64 wanted = 0;
        for (const QLatin1StringView kind : counted.kinds)
            wanted += there.value(kind);
        const qint64 made = inspection.objects.value(dump::kindWord(counted.counted));
        if (made < wanted)
            missing.append(fewerMade(made, wanted, counted.one, counted.many));
    }
    const qint64 large =
        inspection.objects.value(dump::kindWord(dump::StatementClass::LargeObject));
    if (large < manifest.content.largeObjects)
        missing.append(
            fewerMade(large, manifest.content.largeObjects, "large object"_L1, "large objects"_L1));
    return missing;
}

QStringList missingTables(const dump::DumpInspection &inspection, const Manifest &manifest)
{
    QHash<QPair<QString, QString>, qint64> inDump;
    for (const dump::TableInDump &table : inspection.tables)
        inDump[{table.schema, table.name}] += table.rows;
    QStringList missing;
    for (const CountedTable &table : manifest.content.tables) {
        const auto found = inDump.constFind({table.schema, table.name});
        if (found == inDump.constEnd())
            missing.append(u"it has no table "_s + table.fullName());
        else if (*found != table.rows)
            missing.append(u"it has %1 rows of %2; the server had %3"_s.arg(*found)
                               .arg(table.fullName())
                               .arg(table.rows));
    }
    QSet<QString> wholes;
    for (const dump::PartitionedInDump &whole : inspection.partitioned)
        wholes.insert(whole.table.schema + u'.' + whole.table.name);
    for (const SchemaObject &object : manifest.content.others) {
        if (object.kind == "partitioned table"_L1 && !wholes.contains(object.name))
            missing.append(u"it has no table "_s + object.name);
    }
    return missing;
}

QStringList missingSequences(const dump::DumpInspection &inspection, const Manifest &manifest)
{
    QSet<QPair<QString, QString>> said;
    for (const dump::SequenceInDump &sequence : inspection.sequences)
        said.insert({sequence.schema, sequence.name});
    QStringList missing;
    for (const NamedSequence &sequence : manifest.content.sequences) {
        if (!said.contains({sequence.schema, sequence.name}))
            missing.append(u"it has no sequence "_s + sequence.fullName());
    }
    return missing;
}

} // namespace

qint64 Manifest::rows() const
{
    qint64 sum = 0;
    for (const CountedTable &table : content.tables)
        sum += table.rows;
    return sum;
}

QString manifestFileOf(const QString &dump)
{
    return dump + manifestEnding;
}

bool isManifestName(const QString &file)
{
    return file.endsWith(manifestEnding);
}

QJsonObject toJson(const Manifest &manifest)
{
    QJsonArray tables;
    for (const CountedTable &table : manifest.content.tables)
        tables.append(QJsonObject{
            {u"schema"_s, table.schema}, {u"name"_s, table.name}, {u"rows"_s, table.rows}});
    QJsonArray sequences;
    for (const NamedSequence &sequence : manifest.content.sequences)
        sequences.append(QJsonObject{{u"schema"_s, sequence.schema},
                                     {u"name"_s, sequence.name},
                                     {u"value"_s, sequence.value},
                                     {u"isCalled"_s, sequence.isCalled}});
    QJsonObject homes;
    for (const auto &[extension, schema] : manifest.content.schemaOfExtension.asKeyValueRange())
        homes.insert(extension, schema);
    return {{u"manifest"_s, manifestVersion},
            {u"takenAt"_s, manifest.takenAt.toUTC().toString(Qt::ISODate)},
            {u"server"_s, manifest.server},
            {u"database"_s, manifest.database},
            {u"madeWith"_s, manifest.madeWith},
            {u"file"_s, QJsonObject{{u"bytes"_s, manifest.bytes},
                                    {u"sha256"_s, QString::fromLatin1(manifest.sha256)},
                                    {u"ends"_s, QString::fromLatin1(manifest.ends)}}},
            {u"schemas"_s, QJsonArray::fromStringList(manifest.content.schemas)},
            {u"tables"_s, tables},
            {u"sequences"_s, sequences},
            {u"objects"_s, jsonOf(manifest.content.others)},
            {u"schemaOfExtension"_s, homes},
            {u"largeObjects"_s, manifest.content.largeObjects}};
}

Result<Manifest> manifestFromJson(const QByteArray &text)
{
    QJsonParseError parsed;
    const QJsonObject json = QJsonDocument::fromJson(text, &parsed).object();
    const int version = json["manifest"_L1].toInt();
    if (version > manifestVersion)
        return failure(manifestError(ErrorKind::Unsupported,
                                     u"it was written by a newer Mayday (form %1; this one reads "
                                     "%2)"_s.arg(version)
                                         .arg(manifestVersion)));
    if (version < 1 || !hasAllParts(json))
        return failure(
            manifestError(ErrorKind::Corrupt, parsed.error == QJsonParseError::NoError
                                                  ? u"it is damaged: parts of it are missing"_s
                                                  : u"it is damaged: "_s + parsed.errorString()));
    const QJsonValue file = json["file"_L1];
    return Manifest{.takenAt = takenAtOf(json),
                    .server = json["server"_L1].toString(),
                    .database = json["database"_L1].toString(),
                    .madeWith = json["madeWith"_L1].toString(),
                    .bytes = file["bytes"_L1].toInteger(),
                    .sha256 = file["sha256"_L1].toString().toLatin1(),
                    .ends = file["ends"_L1].toString().toLatin1(),
                    .content = contentFrom(json)};
}

QByteArray endsOf(const QString &file)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(QByteArray::number(QFileInfo(file).size()) + '\n');
    return addBothEnds(file, hash) ? hash.result().toHex() : QByteArray();
}

Result<std::optional<Manifest>> manifestBeside(const QString &dump)
{
    const QString file = manifestFileOf(dump);
    if (!QFileInfo::exists(file))
        return std::nullopt;
    const auto text = readWholeFile(file, largestManifest);
    if (!text)
        return failure(
            manifestError(text.error().kind, u"it cannot be read: "_s + text.error().detail));
    auto manifest = manifestFromJson(*text);
    if (!manifest)
        return failure(manifest.error());
    if (manifest->bytes != QFileInfo(dump).size() || manifest->ends != endsOf(dump))
        return failure(
            manifestError(ErrorKind::Refused, u"it was written for another file than this one"_s));
    return *std::move(manifest);
}

QStringList missingFrom(const dump::DumpInspection &inspection, const Manifest &manifest)
{
    return missingTables(inspection, manifest) + missingSequences(inspection, manifest) +
           missingKinds(inspection, manifest);
}

QString fewOf(const QStringList &all)
{
    QString told = all.mid(0, fewTold).join(u"; "_s);
    const qsizetype more = all.size() - fewTold;
    if (more <= 0)
        return told;
    return told + (more == 1 ? u"; and 1 other"_s : u"; and %1 others"_s.arg(more));
}

ManifestCheck checkManifest(const QString &dump, const dump::DumpInspection &inspection)
{
    const auto beside = manifestBeside(dump);
    if (!beside)
        return {.isThere = true, .problems = {beside.error().detail}};
    if (!*beside)
        return {};
    const Manifest &manifest = **beside;
    return {.isThere = true,
            .isUsable = true,
            .takenAt = manifest.takenAt,
            .database = manifest.database,
            .tables = manifest.content.tables.size(),
            .rows = manifest.rows(),
            .problems = missingFrom(inspection, manifest)};
}

Result<QString> otherThanWritten(const QString &dump, const TaskContext &context)
{
    const auto beside = manifestBeside(dump);
    if (!beside || !*beside)
        return QString();
    const auto digest = archive::sha256OfFile(dump, context);
    if (!digest)
        return failure(digest.error());
    return *digest == (*beside)->sha256 ? QString() : u"its SHA-256 is another one"_s;
}

} // namespace mayday::backup
