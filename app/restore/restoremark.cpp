// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/restoremark.h"

#include "core/atomicfile.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

constexpr qint64 longestNote = 4096;

} // namespace

QString noteFileOf(const QString &safetyCopy)
{
    const QFileInfo file(safetyCopy);
    return file.path() + u"/."_s + file.fileName() + u".mayday-restore"_s;
}

Result<void> noteTransaction(postgres::Session &session, const QString &safetyCopy,
                             const RestoreId &restore, TaskContext &context)
{
    const auto number = session.query("SELECT pg_catalog.txid_current()", context);
    if (!number)
        return failure(number.error());
    const QJsonObject note{{u"restore"_s, restore.text()}, {u"transaction"_s, number->text(0, 0)}};
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
    if (!status)
        return failure(status.error());
    if (status->text(0, 0) == "committed"_L1)
        return true;
    if (status->text(0, 0) == "aborted"_L1)
        return false;
    const bool isOld = status->isNull(0, 0);
    return failure({.kind = isOld ? ErrorKind::NotFound : ErrorKind::Timeout,
                    .subject = session.subject(),
                    .detail = isOld ? u"the server does not know any more how that restore ended"_s
                                    : u"that restore is still under way on the server"_s,
                    .advice = isOld ? std::nullopt : std::optional(Advice::TryAgain)});
}

} // namespace mayday::restore
