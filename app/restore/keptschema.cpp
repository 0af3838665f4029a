// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/keptschema.h"

#include "postgres/catalog.h"
#include "postgres/quoting.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTimeZone>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

QString stateKey(KeptState state)
{
    switch (state) {
    case KeptState::Before: return u"before"_s;
    case KeptState::Restored: return u"restored"_s;
    case KeptState::Loading: return u"loading"_s;
    case KeptState::HandedOver: return u"handed-over"_s;
    case KeptState::Copy: break;
    }
    return u"copy"_s;
}

/// Marks of the first versions only say whether it is what a restore had brought.
KeptState stateFrom(const QJsonObject &json)
{
    const QString key = json["state"_L1].toString();
    if (key == "copy"_L1)
        return KeptState::Copy;
    if (key == "loading"_L1)
        return KeptState::Loading;
    if (key == "handed-over"_L1)
        return KeptState::HandedOver;
    return key == "restored"_L1 || json["restored"_L1].toBool() ? KeptState::Restored
                                                                : KeptState::Before;
}

/// The moment in a name that was given to something that is kept.
QDateTime momentIn(const QString &name)
{
    constexpr auto stamp = "yyyyMMdd_HHmmss"_L1;
    QDateTime at = QDateTime::fromString(name.right(stamp.size()), stamp);
    at.setTimeZone(QTimeZone::UTC);
    return at;
}

} // namespace

std::optional<KeptSchema> keptFromComment(const QString &name, QByteArrayView comment)
{
    const QJsonObject json = QJsonDocument::fromJson(comment.toByteArray()).object();
    if (json["mayday"_L1].toInt() != 1 || json["original"_L1].toString().isEmpty())
        return std::nullopt;
    std::optional<QStringList> only;
    if (json.contains("only"_L1)) {
        only.emplace();
        for (const auto &table : json["only"_L1].toArray())
            only->append(table.toString());
    }
    return KeptSchema{.name = name,
                      .original = json["original"_L1].toString(),
                      .restore = json["restore"_L1].toString(),
                      .at = QDateTime::fromString(json["at"_L1].toString(), Qt::ISODate),
                      .file = json["file"_L1].toString(),
                      .comment = json["comment"_L1].toString(),
                      .state = stateFrom(json),
                      .only = only};
}

bool isAside(const KeptSchema &kept)
{
    RestorePlan naming;
    naming.plannedAt = momentIn(kept.name);
    if (!naming.plannedAt.isValid() || kept.name == kept.original)
        return false;
    constexpr std::array modes{RestoreMode::Replace, RestoreMode::Copy,
                               RestoreMode::ReplaceDatabase, RestoreMode::NewDatabase};
    return std::ranges::any_of(modes, [&](RestoreMode mode) {
        naming.mode = mode;
        return naming.keptSchemaName(kept.original) == kept.name;
    });
}

QDateTime keptSince(const KeptSchema &kept)
{
    return kept.at.isValid() ? kept.at : momentIn(kept.name);
}

QByteArray commentOf(const KeptSchema &kept)
{
    QJsonObject json{{u"mayday"_s, 1},
                     {u"original"_s, kept.original},
                     {u"restore"_s, kept.restore},
                     {u"at"_s, kept.at.toUTC().toString(Qt::ISODateWithMs)},
                     {u"file"_s, kept.file},
                     {u"comment"_s, kept.comment},
                     {u"state"_s, stateKey(kept.state)}};
    if (kept.state == KeptState::HandedOver)
        json.remove("at"_L1);
    if (kept.only)
        json.insert(u"only"_s, QJsonArray::fromStringList(*kept.only));
    return QJsonDocument(json).toJson(QJsonDocument::Compact);
}

Result<QList<KeptSchema>> keptSchemas(postgres::Session &session, TaskContext &context)
{
    const auto rows = session.query(
        "SELECT n.nspname, pg_catalog.obj_description(n.oid, 'pg_namespace'),"
        " coalesce(sum(pg_catalog.pg_total_relation_size(c.oid)), 0)::bigint, count(c.oid)"
        " FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_class c"
        " ON c.relnamespace = n.oid AND c.relkind IN ('r', 'm')"
        " WHERE pg_catalog.obj_description(n.oid, 'pg_namespace') LIKE '{%\"mayday\"%'"
        " GROUP BY n.oid, n.nspname",
        context);
    if (!rows)
        return failure(rows.error());
    QList<KeptSchema> all;
    for (int i = 0; i < rows->rowCount(); ++i) {
        auto kept = keptFromComment(rows->text(i, 0), rows->value(i, 1));
        if (!kept)
            continue;
        kept->bytes = rows->integer(i, 2);
        kept->tables = rows->integer(i, 3);
        all.append(*std::move(kept));
    }
    std::ranges::sort(all, [](const KeptSchema &a, const KeptSchema &b) {
        return a.at != b.at ? a.at > b.at : a.name < b.name;
    });
    return all;
}

Result<QList<KeptSchema>> keptOf(postgres::Session &session, const QString &restore,
                                 KeptFor purpose, TaskContext &context)
{
    auto all = keptSchemas(session, context);
    if (!all)
        return all;
    const auto isCopy = [](const KeptSchema &kept) {
        return kept.state == KeptState::Copy;
    };
    if (purpose == KeptFor::PutBack && !restore.isEmpty() &&
        std::ranges::any_of(
            *all, [&](const KeptSchema &kept) { return isCopy(kept) && kept.restore == restore; }))
        return failure({.kind = ErrorKind::NotFound,
                        .subject = session.subject(),
                        .detail = u"%1 only laid a copy beside the live data, so there is nothing "
                                  "to put back"_s.arg(restore)});
    if (purpose == KeptFor::PutBack)
        all->removeIf(isCopy);
    if (all->isEmpty())
        return failure({.kind = ErrorKind::NotFound,
                        .subject = session.subject(),
                        .detail = u"no earlier state is kept here"_s});
    const QString wanted = restore.isEmpty() ? all->front().restore : restore;
    QList<KeptSchema> matching;
    for (const KeptSchema &kept : std::as_const(*all)) {
        // Several states of one schema: a restore, put back, put back again. The newest counts.
        const bool isKnown = std::ranges::contains(matching, kept.original, &KeptSchema::original);
        if (kept.restore == wanted && !isKnown)
            matching.append(kept);
    }
    if (matching.isEmpty())
        return failure({.kind = ErrorKind::NotFound,
                        .subject = session.subject(),
                        .detail = u"nothing of restore %1 is kept here"_s.arg(wanted)});
    return matching;
}

Result<QString> freeKeptName(postgres::Session &session, const QString &schema, const QDateTime &at,
                             RestoreMode mode, TaskContext &context)
{
    RestorePlan naming;
    naming.mode = mode;
    for (naming.plannedAt = at;; naming.plannedAt = naming.plannedAt.addSecs(1)) {
        QString name = naming.keptSchemaName(schema);
        const auto isTaken = postgres::schemaExists(session, name, context);
        if (!isTaken)
            return failure(isTaken.error());
        if (!*isTaken)
            return name;
    }
}

QJsonObject toJson(const KeptSchema &kept)
{
    QJsonObject json{
        {u"name"_s, kept.name},       {u"original"_s, kept.original},
        {u"restore"_s, kept.restore}, {u"at"_s, keptSince(kept).toString(Qt::ISODateWithMs)},
        {u"file"_s, kept.file},       {u"holds"_s, stateKey(kept.state)},
        {u"tables"_s, kept.tables},   {u"bytes"_s, kept.bytes}};
    if (kept.only)
        json.insert(u"only"_s, QJsonArray::fromStringList(*kept.only));
    if (kept.isBroken)
        json.insert(u"broken"_s, true);
    return json;
}

QString removalOf(const KeptSchema &kept)
{
    return kept.isDatabase ? u"DROP DATABASE "_s + postgres::quoteIdentifier(kept.name)
                           : removalOf(kept.name);
}

QString removalOf(const QString &keptName)
{
    return u"DROP SCHEMA %1 CASCADE"_s.arg(postgres::quoteIdentifier(keptName));
}

} // namespace mayday::restore
