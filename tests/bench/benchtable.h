// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCommandLineParser>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QString>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace mayday::bench {

/// One contender's measurements, in seconds.
struct Series {
    QString name;
    std::vector<double> seconds = {};

    [[nodiscard]] double median() const
    {
        std::vector<double> sorted = seconds;
        std::ranges::sort(sorted);
        return sorted.empty() ? 0 : sorted[sorted.size() / 2];
    }
};

/// Prints the contenders with their ratio to the last one, the peer, and writes the same as JSON.
inline void report(const QString &title, const std::vector<Series> &all, const QString &jsonFile,
                   QJsonObject extra = {})
{
    const double peer = all.empty() ? 0 : all.back().median();
    std::printf("\n%s\n%-44s %10s %10s %10s %8s\n", qPrintable(title), "", "min s", "median s",
                "max s", "ratio");
    QJsonArray rows;
    for (const Series &series : all) {
        const auto [low, high] = std::ranges::minmax(series.seconds);
        const double ratio = peer > 0 ? series.median() / peer : 0;
        std::printf("%-44s %10.3f %10.3f %10.3f %8.2f\n", qPrintable(series.name), low,
                    series.median(), high, ratio);
        rows.append(QJsonObject{{QStringLiteral("name"), series.name},
                                {QStringLiteral("medianSeconds"), series.median()},
                                {QStringLiteral("minSeconds"), low},
                                {QStringLiteral("maxSeconds"), high},
                                {QStringLiteral("ratioToPeer"), ratio}});
    }
    std::fflush(stdout);
    extra[QStringLiteral("title")] = title;
    extra[QStringLiteral("rows")] = rows;
    if (QFile file(jsonFile); !jsonFile.isEmpty() && file.open(QIODevice::WriteOnly))
        file.write(QJsonDocument(extra).toJson());
}

} // namespace mayday::bench
