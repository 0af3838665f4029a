// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QStringList>

#include <optional>

namespace mayday::restore {

/// What a restore has brought to life that was not alive before it: rights, triggers that call
/// out, jobs, people who can sign in. Nothing of it is a difference between backup and result, and
/// all of it is to be looked at before it does harm. A value; of rows it holds counts only.
struct Afterwards {
    QStringList found = {};  ///< a sentence each, the gravest kinds first
    QStringList unseen = {}; ///< what could not be looked at, and why
    QStringList looked = {}; ///< what was looked at in full, a few words each

    [[nodiscard]] bool operator==(const Afterwards &) const = default;
};

/// Keys: found, unseen, looked; null when nobody looked.
[[nodiscard]] QJsonValue toJson(const std::optional<Afterwards> &afterwards);
[[nodiscard]] std::optional<Afterwards> afterwardsFromJson(const QJsonValue &json);

/// The first of the sentences, and how many more there are.
[[nodiscard]] QStringList shortened(QStringList sentences);

} // namespace mayday::restore
