// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/restorereceipt.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

Verdict verdictFromKey(const QString &key)
{
    if (key == "proven"_L1)
        return Verdict::Proven;
    return key == "differences"_L1 ? Verdict::Differences : Verdict::NotRestored;
}

QJsonObject toJson(const TableResult &table)
{
    return {{u"schema"_s, table.schema},
            {u"name"_s, table.name},
            {u"rowsInDump"_s, table.rowsInDump},
            {u"rowsAfter"_s, table.rowsAfter},
            {u"sequence"_s, table.sequence},
            {u"constraints"_s, table.constraints},
            {u"verdict"_s, verdictKey(table.verdict)},
            {u"note"_s, table.note}};
}

TableResult tableFromJson(const QJsonObject &json)
{
    return {.schema = json["schema"_L1].toString(),
            .name = json["name"_L1].toString(),
            .rowsInDump = json["rowsInDump"_L1].toInteger(),
            .rowsAfter = json["rowsAfter"_L1].toInteger(-1),
            .sequence = json["sequence"_L1].toString(),
            .constraints = json["constraints"_L1].toInt(),
            .verdict = verdictFromKey(json["verdict"_L1].toString()),
            .note = json["note"_L1].toString()};
}

Error errorFromJson(const QJsonObject &json)
{
    Error error{.kind = ErrorKind::Internal,
                .subject = json["subject"_L1].toString(),
                .detail = json["detail"_L1].toString()};
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::Internal); ++kind) {
        if (kindKey(static_cast<ErrorKind>(kind)) == json["kind"_L1].toString())
            error.kind = static_cast<ErrorKind>(kind);
    }
    for (int advice = 0; advice <= static_cast<int>(Advice::SendReport); ++advice) {
        if (adviceKey(static_cast<Advice>(advice)) == json["adviceKey"_L1].toString())
            error.advice = static_cast<Advice>(advice);
    }
    error.sqlState = json["sqlstate"_L1].toString();
    error.line = json["line"_L1].toInteger();
    return error;
}

QJsonValue toJson(const std::optional<SafetyCopy> &copy)
{
    if (!copy)
        return {};
    return QJsonObject{{u"file"_s, copy->file},
                       {u"bytes"_s, copy->bytes},
                       {u"tables"_s, copy->tables},
                       {u"rows"_s, copy->rows}};
}

std::optional<SafetyCopy> safetyCopyFromJson(const QJsonValue &json)
{
    if (!json.isObject())
        return std::nullopt;
    return SafetyCopy{.file = json["file"_L1].toString(),
                      .bytes = json["bytes"_L1].toInteger(),
                      .tables = json["tables"_L1].toInteger(),
                      .rows = json["rows"_L1].toInteger()};
}

template <typename T, typename Convert>
QJsonArray arrayOf(const QList<T> &values, Convert convert)
{
    QJsonArray array;
    for (const T &value : values)
        array.append(convert(value));
    return array;
}

} // namespace

qint64 RestoreReceipt::rowsRestored() const
{
    qint64 rows = 0;
    for (const TableResult &table : tables)
        rows += std::max<qint64>(table.rowsAfter, 0);
    return rows;
}

qsizetype RestoreReceipt::tablesProven() const
{
    return std::ranges::count(tables, Verdict::Proven, &TableResult::verdict);
}

qsizetype RestoreReceipt::checksFailed() const
{
    return std::ranges::count(checks, false, &CheckResult::isTrue);
}

QString verdictKey(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Proven: return u"proven"_s;
    case Verdict::Differences: return u"differences"_s;
    case Verdict::NotRestored: return u"not-restored"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

QJsonObject toJson(const RestoreReceipt &receipt)
{
    return {{u"id"_s, receipt.id.text()},
            {u"verdict"_s, verdictKey(receipt.verdict)},
            {u"tables"_s, arrayOf(receipt.tables, [](const TableResult &t) { return toJson(t); })},
            {u"mode"_s, receipt.mode},
            {u"seconds"_s, receipt.seconds},
            {u"error"_s, receipt.error ? QJsonValue(toJson(*receipt.error)) : QJsonValue()},
            {u"left"_s, arrayOf(receipt.left,
                                [](const Leftover &l) {
                                    return QJsonObject{{u"what"_s, l.what},
                                                       {u"removeWith"_s, l.removeWith}};
                                })},
            {u"notes"_s, QJsonArray::fromStringList(receipt.notes)},
            {u"checks"_s, arrayOf(receipt.checks,
                                  [](const CheckResult &c) {
                                      return QJsonObject{{u"name"_s, c.name},
                                                         {u"isTrue"_s, c.isTrue},
                                                         {u"detail"_s, c.detail}};
                                  })},
            {u"afterwards"_s, toJson(receipt.afterwards)},
            {u"safetyCopy"_s, toJson(receipt.safetyCopy)},
            {u"target"_s, receipt.target},
            {u"file"_s, receipt.file},
            {u"connection"_s, receipt.connection}};
}

RestoreReceipt receiptFromJson(const QJsonObject &json)
{
    RestoreReceipt receipt;
    receipt.id = RestoreId::parse(json["id"_L1].toString()).value_or(RestoreId{});
    receipt.verdict = verdictFromKey(json["verdict"_L1].toString());
    for (const auto &table : json["tables"_L1].toArray())
        receipt.tables.append(tableFromJson(table.toObject()));
    receipt.mode = json["mode"_L1].toString();
    receipt.seconds = json["seconds"_L1].toDouble();
    if (json["error"_L1].isObject())
        receipt.error = errorFromJson(json["error"_L1].toObject());
    for (const auto &left : json["left"_L1].toArray())
        receipt.left.append({left["what"_L1].toString(), left["removeWith"_L1].toString()});
    for (const auto &note : json["notes"_L1].toArray())
        receipt.notes.append(note.toString());
    for (const auto &check : json["checks"_L1].toArray())
        receipt.checks.append({check["name"_L1].toString(), check["isTrue"_L1].toBool(),
                               check["detail"_L1].toString()});
    receipt.afterwards = afterwardsFromJson(json["afterwards"_L1]);
    receipt.safetyCopy = safetyCopyFromJson(json["safetyCopy"_L1]);
    receipt.target = json["target"_L1].toString();
    receipt.file = json["file"_L1].toString();
    receipt.connection = json["connection"_L1].toString();
    return receipt;
}

} // namespace mayday::restore
