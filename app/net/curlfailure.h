// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <QUrl>

namespace mayday::net {

/// The address as it may be shown: without user, password, query and fragment.
[[nodiscard]] QString displayUrl(const QUrl &url);
/// code is a CURLcode; words are libcurl's own about this transfer.
[[nodiscard]] Error errorFromCurl(int code, const QString &words, const QUrl &url);

} // namespace mayday::net
