// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/dumpinspection.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

QJsonArray toJson(const QList<TableInDump> &tables)
{
    QJsonArray json;
    for (const TableInDump &table : tables)
        json.append(QJsonObject{{u"schema"_s, table.schema},
                                {u"name"_s, table.name},
                                {u"rows"_s, table.rows},
                                {u"bytes"_s, table.bytes},
                                {u"line"_s, table.copyLine}});
    return json;
}

QJsonArray toJson(const QList<SequenceInDump> &sequences)
{
    QJsonArray json;
    for (const SequenceInDump &sequence : sequences)
        json.append(QJsonObject{{u"schema"_s, sequence.schema},
                                {u"name"_s, sequence.name},
                                {u"value"_s, sequence.value},
                                {u"isCalled"_s, sequence.isCalled}});
    return json;
}

QJsonObject toJson(const QualifiedName &name)
{
    return {{u"schema"_s, name.schema}, {u"name"_s, name.name}};
}

QualifiedName nameFrom(const QJsonValue &json)
{
    return {.schema = json["schema"_L1].toString(), .name = json["name"_L1].toString()};
}

QJsonArray toJson(const QList<PartitionedInDump> &tables)
{
    QJsonArray json;
    for (const PartitionedInDump &whole : tables) {
        QJsonArray parts;
        for (const QualifiedName &part : whole.parts)
            parts.append(toJson(part));
        QJsonObject one = toJson(whole.table);
        one.insert(u"parts"_s, parts);
        json.append(one);
    }
    return json;
}

QList<PartitionedInDump> partitionedFrom(const QJsonArray &json)
{
    QList<PartitionedInDump> tables;
    for (const auto &one : json) {
        PartitionedInDump whole{.table = nameFrom(one)};
        for (const auto &part : one["parts"_L1].toArray())
            whole.parts.append(nameFrom(part));
        tables.append(whole);
    }
    return tables;
}

QList<TableInDump> tablesFrom(const QJsonArray &json)
{
    QList<TableInDump> tables;
    for (const auto &one : json)
        tables.append({.schema = one["schema"_L1].toString(),
                       .name = one["name"_L1].toString(),
                       .rows = one["rows"_L1].toInteger(),
                       .bytes = one["bytes"_L1].toInteger(),
                       .copyLine = one["line"_L1].toInteger()});
    return tables;
}

QList<SequenceInDump> sequencesFrom(const QJsonArray &json)
{
    QList<SequenceInDump> sequences;
    for (const auto &one : json)
        sequences.append({.schema = one["schema"_L1].toString(),
                          .name = one["name"_L1].toString(),
                          .value = one["value"_L1].toInteger(),
                          .isCalled = one["isCalled"_L1].toBool()});
    return sequences;
}

QStringList textsFrom(const QJsonArray &json)
{
    QStringList texts;
    for (const auto &one : json)
        texts.append(one.toString());
    return texts;
}

std::optional<QDateTime> timeFrom(const QJsonValue &json)
{
    const QDateTime time = QDateTime::fromString(json.toString(), Qt::ISODate);
    return time.isValid() ? std::optional(time) : std::nullopt;
}

} // namespace

QString verdictKey(DumpVerdict verdict)
{
    switch (verdict) {
    case DumpVerdict::Complete: return u"complete"_s;
    case DumpVerdict::Truncated: return u"truncated"_s;
    case DumpVerdict::Damaged: return u"damaged"_s;
    case DumpVerdict::NotADump: break;
    }
    return u"not-a-dump"_s;
}

QJsonObject toJson(const DumpInspection &inspection)
{
    QJsonObject objects;
    for (auto it = inspection.objects.cbegin(); it != inspection.objects.cend(); ++it)
        objects.insert(it.key(), it.value());
    QJsonObject comments;
    for (auto it = inspection.extensionComments.cbegin(); it != inspection.extensionComments.cend();
         ++it)
        comments.insert(it.key(), it.value());
    QJsonObject json{{u"verdict"_s, verdictKey(inspection.verdict)},
                     {u"format"_s, inspection.format},
                     {u"serverVersion"_s, inspection.serverVersion},
                     {u"dumpVersion"_s, inspection.dumpVersion},
                     {u"encoding"_s, inspection.encoding},
                     {u"tables"_s, toJson(inspection.tables)},
                     {u"partitioned"_s, toJson(inspection.partitioned)},
                     {u"sequences"_s, toJson(inspection.sequences)},
                     {u"objects"_s, objects},
                     {u"schemas"_s, QJsonArray::fromStringList(inspection.schemas)},
                     {u"needs"_s, toJson(together(inspection.needs))},
                     {u"needsBySchema"_s, toJson(inspection.needs)},
                     {u"isEmpty"_s, inspection.isEmpty()},
                     {u"switches"_s, QJsonArray::fromStringList(inspection.switches)},
                     {u"extensionComments"_s, comments},
                     {u"warnings"_s, QJsonArray::fromStringList(inspection.warnings)},
                     {u"statements"_s, inspection.statements},
                     {u"copyBlocks"_s, inspection.copyBlocks},
                     {u"lines"_s, inspection.lines},
                     {u"fileBytes"_s, inspection.fileBytes},
                     {u"plainBytes"_s, inspection.plainBytes}};
    if (!inspection.reader.isEmpty())
        json.insert(u"reader"_s, inspection.reader);
    if (inspection.startedAt)
        json.insert(u"startedAt"_s, inspection.startedAt->toString(Qt::ISODate));
    if (inspection.readAt)
        json.insert(u"readAt"_s, inspection.readAt->toString(Qt::ISODate));
    if (inspection.problem)
        json.insert(u"problem"_s, toJson(*inspection.problem));
    return json;
}

std::optional<DumpInspection> inspectionFromJson(const QJsonObject &json)
{
    if (json["verdict"_L1].toString() != verdictKey(DumpVerdict::Complete))
        return std::nullopt;
    DumpInspection inspection{.verdict = DumpVerdict::Complete,
                              .format = json["format"_L1].toString(),
                              .serverVersion = json["serverVersion"_L1].toString(),
                              .dumpVersion = json["dumpVersion"_L1].toString(),
                              .encoding = json["encoding"_L1].toString(),
                              .tables = tablesFrom(json["tables"_L1].toArray()),
                              .partitioned = partitionedFrom(json["partitioned"_L1].toArray()),
                              .sequences = sequencesFrom(json["sequences"_L1].toArray()),
                              .warnings = textsFrom(json["warnings"_L1].toArray()),
                              .schemas = textsFrom(json["schemas"_L1].toArray()),
                              .needs = needsFromJson(json["needsBySchema"_L1].toObject()),
                              .switches = textsFrom(json["switches"_L1].toArray()),
                              .fileBytes = json["fileBytes"_L1].toInteger(),
                              .plainBytes = json["plainBytes"_L1].toInteger(),
                              .lines = json["lines"_L1].toInteger(),
                              .statements = json["statements"_L1].toInteger(),
                              .copyBlocks = json["copyBlocks"_L1].toInteger(),
                              .reader = json["reader"_L1].toString(),
                              .startedAt = timeFrom(json["startedAt"_L1]),
                              .readAt = timeFrom(json["readAt"_L1])};
    const QJsonObject objects = json["objects"_L1].toObject();
    for (auto it = objects.begin(); it != objects.end(); ++it)
        inspection.objects.insert(it.key(), it.value().toInteger());
    const QJsonObject comments = json["extensionComments"_L1].toObject();
    for (auto it = comments.begin(); it != comments.end(); ++it)
        inspection.extensionComments.insert(it.key(), it.value().toString());
    return inspection;
}

} // namespace mayday::dump
