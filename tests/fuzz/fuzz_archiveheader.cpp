// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/breaches.h"

#include <QtLogging>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const QString breach =
        mayday::tests::archiveHeaderBreach(QByteArrayView(data, static_cast<qsizetype>(size)));
    if (!breach.isEmpty())
        qFatal("%s", qPrintable(breach));
    return 0;
}
