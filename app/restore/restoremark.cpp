// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/restoremark.h"

#include "core/atomicfile.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include <array>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

constexpr qint64 longestNote = 4096;

/// SQLSTATE of txid_status() for a number that the server has not given out yet (22023,
/// invalid_parameter_value: "transaction ID 864 is in the future", xid8funcs.c).
const QString inTheFuture = u"22023"_s;

/// What is another after a crash, or where a standby has taken over: the server begins anew, and so
/// do its statistics.
const QByteArray runOfServer = QByteArrayLiteral(
    "(SELECT pg_catalog.concat(extract(epoch FROM pg_catalog.pg_postmaster_start_time()), ' ',"
    " extract(epoch FROM stats_reset)) FROM pg_catalog.pg_stat_bgwriter)");

/// Relations that this transaction has made or changed, each with its number and that of the
/// transaction, or of a savepoint in it; those of others that began later may be among them.
const QByteArray madeHere = QByteArrayLiteral(
    "(SELECT pg_catalog.string_agg(r.oid || ':' || r.xmin, ' ')"
    " FROM (SELECT oid, xmin FROM pg_catalog.pg_class WHERE pg_catalog.age(xmin) <="
    " pg_catalog.age((n.number % 4294967296)::text::xid) ORDER BY oid LIMIT 64) AS r)");

/// "committed" is about another one when the server crashed before it had written anything of it
/// down, or a standby took over before it had heard of it: the number goes to somebody else then.
/// Not where the server still runs as it did, or something is as this one made it.
Result<bool> isAboutThat(postgres::Session &session, const QJsonObject &note, TaskContext &context)
{
    const std::array<QByteArray, 2> known{note["server"_L1].toString().toUtf8(),
                                          note["made"_L1].toString().toUtf8()};
    return session
        .query("SELECT $1::text = " + runOfServer +
                   " OR EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid || ':' || xmin ="
                   " ANY (pg_catalog.string_to_array($2::text, ' ')))",
               known, context)
        .transform([](const postgres::Rows &rows) { return rows.isTrue(0, 0); });
}

/// The server has not given out that number. A standby may yet hear of it; any other server never
/// had the transaction, or lost it in a crash, and with it what it would have committed.
Result<bool> isStillToHear(postgres::Session &session, TaskContext &context)
{
    return session.query("SELECT pg_catalog.pg_is_in_recovery()", context)
        .transform([](const postgres::Rows &rows) { return rows.isTrue(0, 0); });
}

} // namespace

QString noteFileOf(const QString &safetyCopy)
{
    const QFileInfo file(safetyCopy);
    return file.path() + u"/."_s + file.fileName() + u".mayday-restore"_s;
}

Result<void> noteTransaction(postgres::Session &session, const QString &safetyCopy,
                             const RestoreId &restore, TaskContext &context)
{
    const auto known = session.query("SELECT n.number, " + runOfServer + ", " + madeHere +
                                         " FROM (SELECT pg_catalog.txid_current() AS number) AS n",
                                     context);
    if (!known)
        return failure(known.error());
    const QJsonObject note{{u"restore"_s, restore.text()},
                           {u"transaction"_s, known->text(0, 0)},
                           {u"server"_s, known->text(0, 1)},
                           {u"made"_s, known->text(0, 2)}};
    return writeFileAtomically(noteFileOf(safetyCopy), QJsonDocument(note).toJson());
}

Result<bool> isNotedAsCommitted(postgres::Session &session, const QString &safetyCopy,
                                const RestoreId &restore, TaskContext &context)
{
    const QFileInfo noted(noteFileOf(safetyCopy));
    if (!QFileInfo(noted.path()).isDir())
        return failure({.kind = ErrorKind::NotFound,
                        .subject = noted.path(),
                        .detail = u"that folder, with the note on the restore, is not there, so "
                                  "nobody can say how it ended"_s,
                        .advice = Advice::TryAgain});
    if (!noted.exists())
        return false; // it stands there before the commit is sent
    const auto note = readWholeFile(noteFileOf(safetyCopy), longestNote);
    if (!note)
        return failure(note.error());
    const QJsonObject json = QJsonDocument::fromJson(*note).object();
    if (json["restore"_L1].toString() != restore.text())
        return false;
    const QByteArray number = json["transaction"_L1].toString().toUtf8();
    const auto status =
        session.query("SELECT pg_catalog.txid_status($1::bigint)", {&number, 1}, context);
    if (!status && status.error().sqlState == inTheFuture) {
        const auto isToHear = isStillToHear(session, context);
        if (!isToHear)
            return failure(isToHear.error());
        if (!*isToHear)
            return false;
        return failure({.kind = ErrorKind::Timeout,
                        .subject = session.subject(),
                        .detail = u"it is a standby, and has not heard of that restore yet"_s,
                        .advice = Advice::TryAgain});
    }
    if (!status)
        return failure(status.error());
    if (status->text(0, 0) == "aborted"_L1)
        return false;
    bool isForgotten = status->isNull(0, 0);
    if (status->text(0, 0) == "committed"_L1) {
        const auto isThat = isAboutThat(session, json, context);
        if (!isThat || *isThat)
            return isThat;
        isForgotten = true;
    }
    return failure({.kind = isForgotten ? ErrorKind::NotFound : ErrorKind::Timeout,
                    .subject = session.subject(),
                    .detail = isForgotten
                                  ? u"the server does not know any more how that restore ended"_s
                                  : u"that restore is still under way on the server"_s,
                    .advice = isForgotten ? std::nullopt : std::optional(Advice::TryAgain)});
}

} // namespace mayday::restore
