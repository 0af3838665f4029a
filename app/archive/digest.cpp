// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/digest.h"

#include "archive/filesource.h"

#include <QCryptographicHash>

#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::archive {

Result<QByteArray> sha256OfFile(const QString &path, const TaskContext &context)
{
    const auto file = FileSource::open(path);
    if (!file)
        return failure(file.error());
    QCryptographicHash hash(QCryptographicHash::Sha256);
    std::vector<char> buffer(256 * 1024);
    for (;;) {
        if (context.stopRequested())
            return failure(TaskContext::cancelled(path, u"nothing was changed"_s));
        const auto got = (*file)->read(buffer);
        if (!got)
            return failure(got.error());
        if (*got == 0)
            return hash.result().toHex();
        hash.addData(QByteArrayView(buffer.data(), *got));
        context.progress((*file)->consumed(), (*file)->total(), u"digest"_s);
    }
}

} // namespace mayday::archive
