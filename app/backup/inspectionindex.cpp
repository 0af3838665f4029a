// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/inspectionindex.h"

#include "backup/dumpopener.h"
#include "core/atomicfile.h"
#include "core/clock.h"
#include "core/log.h"

#include <QCryptographicHash>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::backup {

namespace {

/// First line of the file; another number is another layout.
constexpr QByteArrayView magic("mayday-index 1\n");
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
    QFile ends(file);
    if (!ends.open(QIODevice::ReadOnly))
        return {};
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(QByteArray::number(sizeOnDisk(path)) + ' ' +
                 QByteArray::number(newest.toMSecsSinceEpoch()) + '\n');
    hash.addData(ends.read(endSize));
    if (ends.size() > endSize && ends.seek(std::max(endSize, ends.size() - endSize)))
        hash.addData(ends.read(endSize));
    return ends.error() == QFileDevice::NoError ? hash.result().toHex() : QByteArray();
}

QByteArray digestOf(const QByteArray &body)
{
    return QCryptographicHash::hash(body, QCryptographicHash::Sha256).toHex();
}

/// magic, digest of the rest, stamp, JSON: a line each.
std::optional<dump::DumpInspection> known(const QString &path, const QByteArray &stamp)
{
    const auto bytes = readWholeFile(indexFileOf(path), mostBytes);
    if (stamp.isEmpty() || !bytes || !bytes->startsWith(magic))
        return std::nullopt;
    const QByteArray rest = bytes->sliced(magic.size());
    const qsizetype line = rest.indexOf('\n');
    if (line < 0)
        return std::nullopt;
    const QByteArray body = rest.sliced(line + 1);
    if (rest.first(line) != digestOf(body) || !body.startsWith(stamp + '\n'))
        return std::nullopt;
    return dump::inspectionFromJson(
        QJsonDocument::fromJson(body.sliced(stamp.size() + 1)).object());
}

void remember(const QString &path, const QByteArray &stamp, const dump::DumpInspection &inspection)
{
    const QByteArray body =
        stamp + '\n' + QJsonDocument(dump::toJson(inspection)).toJson(QJsonDocument::Compact);
    const QByteArray bytes = magic.toByteArray() + digestOf(body) + '\n' + body;
    if (auto written = writeFileAtomically(indexFileOf(path), bytes); !written)
        log::info(u"backup", u"not remembered: "_s + describe(written.error()));
}

} // namespace

QString indexFileOf(const QString &path)
{
    const QFileInfo file(path);
    return u"%1/.%2.mayday-index"_s.arg(file.absolutePath(), file.fileName());
}

Result<dump::DumpInspection> inspectAgain(const QString &path, TaskContext &context)
{
    const QByteArray before = stampOf(path);
    auto inspection = inspectDump(path, context);
    if (!inspection || inspection->verdict != dump::DumpVerdict::Complete)
        return inspection;
    inspection->readAt = SystemClock().now();
    // A file that changed while it was read is not the one that was read.
    if (!before.isEmpty() && stampOf(path) == before)
        remember(path, before, *inspection);
    return inspection;
}

Result<dump::DumpInspection> inspectUnlessKnown(const QString &path, TaskContext &context)
{
    if (auto found = known(path, stampOf(path)))
        return *std::move(found);
    return inspectAgain(path, context);
}

} // namespace mayday::backup
