// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocale>
#include <QString>

namespace mayday {

/// "24.1 MB", in powers of 1000, for plain English text; the window translates its own.
[[nodiscard]] inline QString byteText(qint64 bytes)
{
    return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat);
}

} // namespace mayday
