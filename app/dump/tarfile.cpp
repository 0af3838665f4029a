// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/tarfile.h"

#include "archive/tarheader.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

Error cut(const QString &path, const QString &what)
{
    return {.kind = ErrorKind::Corrupt,
            .subject = path,
            .detail = what,
            .advice = Advice::DownloadAgain};
}

} // namespace

Result<void> checkTarIsWhole(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure({.kind = ErrorKind::Denied, .subject = path, .detail = file.errorString()});
    QString last = u"its beginning"_s;
    for (qint64 at = 0;;) {
        const QByteArray block = file.seek(at) ? file.read(archive::tarBlock) : QByteArray();
        if (block.size() < archive::tarBlock)
            return failure(cut(path, u"the tar file is cut off at byte %1, behind %2"_s.arg(
                                         QString::number(file.size()), last)));
        const archive::TarHeader header(block);
        if (header.isEmpty())
            return {};
        const qint64 size = header.size();
        if (size < 0 || !header.hasRightSum())
            return failure(cut(path, u"the tar file is damaged at byte %1, behind %2"_s.arg(
                                         QString::number(at), last)));
        last = QString::fromUtf8(header.name());
        at += archive::tarBlock;
        // Compared before it is rounded up and added: it may be any number.
        const qint64 left = file.size() - at;
        if (size > left || archive::paddedTarSize(size) > left)
            return failure(cut(path, u"the tar file is cut off at byte %1, inside %2"_s.arg(
                                         QString::number(file.size()), last)));
        at += archive::paddedTarSize(size);
    }
}

} // namespace mayday::dump
