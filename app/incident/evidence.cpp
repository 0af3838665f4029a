// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident/evidence.h"

#include "core/atomicfile.h"
#include "core/redactor.h"

#include <QCryptographicHash>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>

using namespace Qt::StringLiterals;

namespace mayday::incident {

namespace {

constexpr qint64 mostBytesPerFile = 64 * 1024 * 1024;
const QString manifestName = QStringLiteral("manifest.json");

QString sha256(const QByteArray &bytes)
{
    return QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex());
}

/// A folder nothing is in yet: two may be asked for in one second.
QString freshFolder(const QString &root, const QString &incident, const QDateTime &now)
{
    const QString stem =
        u"%1/%2/%3"_s.arg(root, incident, now.toUTC().toString(u"yyyyMMdd'T'HHmmss'Z'"_s));
    QString name = stem;
    for (int i = 2; QDir(name).exists(); ++i)
        name = u"%1-%2"_s.arg(stem).arg(i);
    return name;
}

/// Before anything is written: a folder that cannot become whole is not begun.
Result<void> checkNames(const QList<EvidenceItem> &items)
{
    QSet<QString> seen;
    for (const auto &[name, bytes] : items) {
        if (name.contains(u'/') || name.startsWith(u'.') || name.isEmpty() || name == manifestName)
            return failure({.kind = ErrorKind::Refused,
                            .subject = name,
                            .detail = u"evidence needs a plain file name"_s});
        if (seen.contains(name))
            return failure({.kind = ErrorKind::Refused,
                            .subject = name,
                            .detail = u"two pieces of evidence have this name"_s});
        seen.insert(name);
    }
    return {};
}

Result<QJsonObject> writeItem(const QString &folder, const EvidenceItem &item)
{
    const QByteArray bytes = redacted(QString::fromUtf8(item.bytes)).toUtf8();
    return writeFileAtomically(folder + u'/' + item.fileName, bytes).transform([&] {
        return QJsonObject{
            {u"file"_s, item.fileName}, {u"bytes"_s, bytes.size()}, {u"sha256"_s, sha256(bytes)}};
    });
}

} // namespace

Result<EvidenceFolder> keepEvidence(const QString &root, const QString &incident,
                                    const QDateTime &now, const QList<EvidenceItem> &items,
                                    const TaskContext &context)
{
    if (const auto names = checkNames(items); !names)
        return failure(names.error());
    EvidenceFolder kept{.path = freshFolder(root, incident, now), .files = {}, .manifestHash = {}};
    QJsonArray files;
    for (const EvidenceItem &item : items) {
        if (context.stopRequested())
            return failure(
                TaskContext::cancelled(kept.path, u"the files written so far are there"_s));
        const auto written = writeItem(kept.path, item);
        if (!written)
            return failure(written.error());
        files.append(*written);
        kept.files.append(item.fileName);
        context.progress(files.size(), items.size(), item.fileName);
    }
    const QByteArray manifest =
        QJsonDocument(QJsonObject{{u"incident"_s, incident},
                                  {u"at"_s, now.toUTC().toString(Qt::ISODateWithMs)},
                                  {u"files"_s, files}})
            .toJson();
    kept.manifestHash = sha256(manifest);
    return writeFileAtomically(kept.path + u'/' + manifestName, manifest).transform([&] {
        return kept;
    });
}

Result<QStringList> verifyEvidence(const QString &folder)
{
    const auto manifest = readWholeFile(folder + u'/' + manifestName, mostBytesPerFile);
    if (!manifest)
        return failure(manifest.error());
    const QJsonValue files = QJsonDocument::fromJson(*manifest)["files"_L1];
    if (!files.isArray())
        return failure({.kind = ErrorKind::Corrupt,
                        .subject = folder,
                        .detail = u"its manifest cannot be read, so nothing is proven"_s});
    QStringList changed;
    for (const auto &file : files.toArray()) {
        const QString name = file.toObject()["file"_L1].toString();
        const auto bytes = readWholeFile(folder + u'/' + name, mostBytesPerFile);
        if (!bytes || sha256(*bytes) != file.toObject()["sha256"_L1].toString())
            changed.append(name);
    }
    return changed;
}

} // namespace mayday::incident
