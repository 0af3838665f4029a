// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/inspectionindex.h"

#include "backup/dumpopener.h"
#include "core/atomicfile.h"
#include "core/clock.h"
#include "core/log.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

/// First lines of the files; another number is another layout.
constexpr QByteArrayView inspectionMagic("mayday-index 9\n");
constexpr QByteArrayView pointsMagic("mayday-points 1\n");
constexpr QByteArrayView objectsMagic("mayday-objects 1\n");
constexpr qint64 endSize = 64 * 1024;
constexpr qint64 mostBytes = 64 * 1024 * 1024;

/// What has to be the same for a file to be the one that was read. Empty when it cannot be known.
QByteArray stampOf(const QString &path)
{
    const QFileInfo info(path);
    QDateTime newest = info.lastModified();
    QString file = path;
    if (info.isDir()) {
        file = path + u"/toc.dat"_s;
        QDirIterator files(path, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (files.hasNext())
            newest = std::max(newest, files.nextFileInfo().lastModified());
    }
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(QByteArray::number(sizeOnDisk(path)) + ' ' +
                 QByteArray::number(newest.toMSecsSinceEpoch()) + '\n');
    return addBothEnds(file, hash) ? hash.result().toHex() : QByteArray();
}

QByteArray digestOf(const QByteArray &body)
{
    return QCryptographicHash::hash(body, QCryptographicHash::Sha256).toHex();
}

/// A file beside the backup: magic, digest of the rest, stamp; a line each; then the body. Empty
/// when it is not there, not whole, or about another state of the backup.
QByteArray bodyOf(const QString &file, QByteArrayView magic, const QByteArray &stamp)
{
    const auto bytes = readWholeFile(file, mostBytes);
    if (stamp.isEmpty() || !bytes || !bytes->startsWith(magic))
        return {};
    const QByteArray rest = bytes->sliced(magic.size());
    const qsizetype line = rest.indexOf('\n');
    if (line < 0)
        return {};
    const QByteArray body = rest.sliced(line + 1);
    if (rest.first(line) != digestOf(body) || !body.startsWith(stamp + '\n'))
        return {};
    return body.sliced(stamp.size() + 1);
}

bool write(const QString &file, QByteArrayView magic, const QByteArray &stamp,
           const QByteArray &body)
{
    const QByteArray stamped = stamp + '\n' + body;
    const QByteArray bytes = magic.toByteArray() + digestOf(stamped) + '\n' + stamped;
    const auto written = writeFileAtomically(file, bytes);
    if (!written)
        log::info(u"backup", u"not remembered: "_s + describe(written.error()));
    return written.has_value();
}

std::optional<dump::DumpInspection> known(const QString &path, const QByteArray &stamp)
{
    const QByteArray body = bodyOf(indexFileOf(path), inspectionMagic, stamp);
    if (body.isEmpty())
        return std::nullopt;
    const QJsonObject json = QJsonDocument::fromJson(body).object();
    auto inspection = dump::inspectionFromJson(json["inspection"_L1].toObject());
    if (inspection)
        inspection->index = {.blocks = dump::blocksFromJson(json["blocks"_L1].toArray()),
                             .inserts = dump::blocksFromJson(json["inserts"_L1].toArray()),
                             .stamp = stamp,
                             .isReadableInParts = json["isReadableInParts"_L1].toBool()};
    return inspection;
}

/// Points and objects are large and seldom wanted, so they have files of their own. Objects that
/// were written are not kept in memory.
void remember(const QString &path, const QByteArray &stamp, dump::DumpInspection &inspection)
{
    const QJsonObject json{{u"inspection"_s, dump::toJson(inspection)},
                           {u"blocks"_s, dump::toJson(inspection.index.blocks)},
                           {u"inserts"_s, dump::toJson(inspection.index.inserts)},
                           {u"isReadableInParts"_s, inspection.index.isReadableInParts}};
    write(indexFileOf(path), inspectionMagic, stamp,
          QJsonDocument(json).toJson(QJsonDocument::Compact));
    if (write(objectsFileOf(path), objectsMagic, stamp, inspection.index.objects.toBytes()))
        inspection.index.objects = dump::ObjectIndex();
    if (inspection.index.points.isEmpty()) {
        QFile::remove(pointsFileOf(path));
        return;
    }
    QByteArray body;
    QDataStream out(&body, QIODevice::WriteOnly);
    out.setVersion(QDataStream::Qt_6_0);
    for (const archive::AccessPoint &point : inspection.index.points)
        out << point.textOffset << point.fileOffset << point.bits << point.lastByte << point.crc
            << point.window;
    write(pointsFileOf(path), pointsMagic, stamp, body);
}

Error changedError(const QString &path)
{
    return {.kind = ErrorKind::Corrupt,
            .subject = path,
            .detail = u"it has changed since it was read"_s};
}

std::optional<archive::AccessPoints> pointsFrom(const QByteArray &body)
{
    QDataStream in(body);
    in.setVersion(QDataStream::Qt_6_0);
    archive::AccessPoints points;
    while (!in.atEnd() && in.status() == QDataStream::Ok) {
        archive::AccessPoint point;
        in >> point.textOffset >> point.fileOffset >> point.bits >> point.lastByte >> point.crc >>
            point.window;
        points.append(point);
    }
    return body.isEmpty() || in.status() != QDataStream::Ok ? std::nullopt : std::optional(points);
}

} // namespace

bool addBothEnds(const QString &file, QCryptographicHash &hash)
{
    QFile ends(file);
    if (!ends.open(QIODevice::ReadOnly))
        return false;
    hash.addData(ends.read(endSize));
    if (ends.size() > endSize && ends.seek(std::max(endSize, ends.size() - endSize)))
        hash.addData(ends.read(endSize));
    return ends.error() == QFileDevice::NoError;
}

QString indexFileOf(const QString &path)
{
    const QFileInfo file(path);
    return u"%1/.%2.mayday-index"_s.arg(file.absolutePath(), file.fileName());
}

QString pointsFileOf(const QString &path)
{
    const QFileInfo file(path);
    return u"%1/.%2.mayday-points"_s.arg(file.absolutePath(), file.fileName());
}

QString objectsFileOf(const QString &path)
{
    const QFileInfo file(path);
    return u"%1/.%2.mayday-objects"_s.arg(file.absolutePath(), file.fileName());
}

Result<dump::DumpInspection> inspectAgain(const QString &path, TaskContext &context)
{
    const QByteArray before = stampOf(path);
    auto inspection = inspectDump(path, context);
    if (!inspection || inspection->verdict != dump::DumpVerdict::Complete)
        return inspection;
    inspection->readAt = SystemClock().now();
    // A file that changed while it was read is not the one that was read.
    if (!before.isEmpty() && stampOf(path) == before) {
        inspection->index.stamp = before;
        remember(path, before, *inspection);
    }
    return inspection;
}

Result<dump::DumpInspection> inspectUnlessKnown(const QString &path, TaskContext &context)
{
    if (auto found = known(path, stampOf(path)))
        return *std::move(found);
    return inspectAgain(path, context);
}

bool completeIndex(dump::DumpInspection &inspection, const QString &path)
{
    const QByteArray stamp = stampOf(path);
    if (!inspection.index.isReadableInParts || stamp.isEmpty() || inspection.index.stamp != stamp)
        return false;
    const bool isPacked = inspection.format.endsWith(".gz"_L1);
    if (!isPacked || !inspection.index.points.isEmpty())
        return true;
    auto points = pointsFrom(bodyOf(pointsFileOf(path), pointsMagic, stamp));
    if (!points)
        return false;
    inspection.index.points = *std::move(points);
    return true;
}

Result<dump::ObjectIndex> objectsOf(const dump::DumpInspection &inspection, const QString &path,
                                    TaskContext &context)
{
    if (!inspection.index.objects.isEmpty() || inspection.index.stamp.isEmpty())
        return inspection.index.objects;
    const auto kept = [&path](const QByteArray &stamp) {
        return dump::ObjectIndex::fromBytes(bodyOf(objectsFileOf(path), objectsMagic, stamp));
    };
    if (auto objects = kept(inspection.index.stamp); !objects.isEmpty())
        return objects;
    const auto again = inspectAgain(path, context);
    if (!again)
        return failure(again.error());
    const bool isSame = again->index.stamp == inspection.index.stamp;
    auto objects = again->index.objects.isEmpty() ? kept(again->index.stamp) : again->index.objects;
    return isSame ? Result<dump::ObjectIndex>(objects) : failure(changedError(path));
}

bool isAnotherByNow(const dump::DumpInspection &inspection, const QString &path)
{
    return inspection.index.stamp.isEmpty() ? inspection.fileBytes != sizeOnDisk(path)
                                            : inspection.index.stamp != stampOf(path);
}

QByteArray fingerprintOf(const dump::DumpInspection &inspection, const QString &path)
{
    QByteArray stamp = stampOf(path);
    if (stamp.isEmpty() || inspection.index.stamp != stamp)
        return {};
    if (!inspection.index.blocks.isEmpty())
        return stamp; // the places are those of the file itself
    return stamp + ' ' + inspection.reader.toUtf8() + ' ' +
           QByteArray::number(inspection.plainBytes) + ' ' + QByteArray::number(inspection.lines);
}

} // namespace mayday::backup
