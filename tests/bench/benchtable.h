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
        const size_t count = sorted.size();
        return sorted.empty() ? 0 : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
    }
};

/// Of what ran side by side, round by round: what a machine does to both of a round falls out.
[[nodiscard]] inline double medianRatio(const Series &ours, const Series &peer)
{
    Series ratios{QString()};
    for (size_t round = 0; round < std::min(ours.seconds.size(), peer.seconds.size()); ++round)
        ratios.seconds.push_back(ours.seconds[round] / peer.seconds[round]);
    return ratios.median();
}

/// What a figure is to be: at most, or at least, so much. Machines differ, so a missed one is said
/// and is no failure of the program.
struct Aim {
    QString name;
    double value = 0;
    double limit = 0;
    QString unit = {};
    bool isAtLeast = false;

    [[nodiscard]] bool isMet() const { return isAtLeast ? value >= limit : value <= limit; }
};

/// Prints each aim as "met" or "missed", with both numbers.
inline QJsonArray report(const std::vector<Aim> &aims)
{
    QJsonArray array;
    for (const Aim &aim : aims) {
        const char *verdict = aim.isMet() ? "met" : "missed";
        std::printf("aim %-6s %s: %.3f%s, to be at %s %.3f%s\n", verdict, qPrintable(aim.name),
                    aim.value, qPrintable(aim.unit), aim.isAtLeast ? "least" : "most", aim.limit,
                    qPrintable(aim.unit));
        array.append(QJsonObject{{QStringLiteral("name"), aim.name},
                                 {QStringLiteral("value"), aim.value},
                                 {QStringLiteral("limit"), aim.limit},
                                 {QStringLiteral("unit"), aim.unit},
                                 {QStringLiteral("isAtLeast"), aim.isAtLeast},
                                 {QStringLiteral("isMet"), aim.isMet()}});
    }
    std::fflush(stdout);
    return array;
}

/// False: it cannot be written. No name is no file, and that is fine.
[[nodiscard]] inline bool writeFigures(const QString &jsonFile, const QJsonObject &figures)
{
    QFile file(jsonFile);
    return jsonFile.isEmpty() || (file.open(QIODevice::WriteOnly) &&
                                  file.write(QJsonDocument(figures).toJson()) > 0 && file.flush());
}

/// Prints the contenders with their ratio to the last one, the peer, then the aims, and writes the
/// same as JSON.
inline void report(const QString &title, const std::vector<Series> &all, const QString &jsonFile,
                   QJsonObject extra = {}, const std::vector<Aim> &aims = {})
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
        // Round by round, so that runs can be taken together.
        QJsonArray rounds;
        for (const double taken : series.seconds)
            rounds.append(taken);
        rows.append(QJsonObject{{QStringLiteral("name"), series.name},
                                {QStringLiteral("seconds"), rounds},
                                {QStringLiteral("medianSeconds"), series.median()},
                                {QStringLiteral("minSeconds"), low},
                                {QStringLiteral("maxSeconds"), high},
                                {QStringLiteral("ratioToPeer"), ratio}});
    }
    extra[QStringLiteral("title")] = title;
    extra[QStringLiteral("rows")] = rows;
    extra[QStringLiteral("aims")] = report(aims);
    if (!writeFigures(jsonFile, extra))
        qFatal("%s cannot be written", qPrintable(jsonFile));
}

} // namespace mayday::bench
