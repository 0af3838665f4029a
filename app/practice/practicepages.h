// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <QStringList>

namespace mayday::practice {

/// How a provider's status page of the practice cloud answers.
enum class PageState {
    Fine,
    Minor,    ///< one component degraded
    Major,    ///< one component partly out
    Critical, ///< a major outage
    Maintenance,
    BadPage, ///< an HTML page with status 200, as some operators answer when the API is off
    Broken,  ///< status 500
};

/// A provider's page in the practice cloud.
struct PracticePage {
    QString id; ///< in the path: "vercel"
    QString name;
    QStringList components; ///< the first is the one that fails
    PageState state = PageState::Fine;
    QDateTime since = {}; ///< when the state began
};

/// The providers of the practice cloud, all fine.
[[nodiscard]] QList<PracticePage> practicePages();
/// The body of /api/v2/summary.json, as Atlassian's Statuspage writes it.
[[nodiscard]] QByteArray summaryJson(const PracticePage &page, const QDateTime &now);

} // namespace mayday::practice
