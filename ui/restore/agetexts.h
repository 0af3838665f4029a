// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backup/datatime.h"

#include <QDateTime>
#include <QString>

/// How old the data of a backup is, in words that promise no more than is known of it.
namespace mayday::ui::agetexts {

/// "12 h 05 min", "at least 12 h 05 min" by the file's time, "at most 12 h 05 min" by its name.
[[nodiscard]] QString length(const backup::DataTime &time, const QDateTime &now);
/// "The newest complete backup is 12 h 05 min old.", or what can be said instead.
[[nodiscard]] QString sentence(const backup::DataTime &newest, const QDateTime &now);
/// For a list: "12 h ago", "file 12 h ago".
[[nodiscard]] QString cell(const backup::DataTime &time, const QDateTime &now);
/// For the plan: "taken 12 h ago", "file of 12 h ago".
[[nodiscard]] QString taken(const backup::DataTime &time, const QDateTime &now);
/// Who says so, where it is not the backup itself; empty where it is.
[[nodiscard]] QString doubt(const backup::DataTime &time);

} // namespace mayday::ui::agetexts
