// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QWidget>

#include <chrono>
#include <optional>

namespace mayday::ui {

enum class PhaseState { Done, Current, Todo, Failed };

struct ProgressPhase {
    QString text; ///< "Preflight, 3 repairs"
    PhaseState state = PhaseState::Todo;
    [[nodiscard]] bool operator==(const ProgressPhase &) const = default;
};

/// How far long work is. What is not known stays empty and is not shown.
struct ProgressFacts {
    qint64 bytesDone = 0;
    qint64 bytesTotal = 0; ///< 0: unknown; the bar then shows no share, only that it is running
    qint64 itemsDone = 0;
    qint64 itemsTotal = 0;
    QString itemWord; ///< "rows", "tables", translated
    double bytesPerSecond = 0;
    double itemsPerSecond = 0;
    std::optional<std::pair<std::chrono::seconds, std::chrono::seconds>> left = std::nullopt;
    /// Since the other side last answered; older than 5 s is shown as a warning.
    std::optional<std::chrono::milliseconds> sinceAnswer = std::nullopt;
};

/// Bytes, items, rate, time left as a range, heartbeat, an 8 px bar and the row of phases (R23).
/// A card of its own; wraps its numbers when narrow. Call setFacts() a few times a second at most.
class ProgressStrip final : public QWidget {
    Q_OBJECT
public:
    explicit ProgressStrip(const Theme &theme, QWidget *parent = nullptr);

    void setFacts(const ProgressFacts &facts);
    void setPhases(const QList<ProgressPhase> &phases);
    [[nodiscard]] QString spokenText() const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    enum class Mark;
    struct Piece;
    struct Layout;
    [[nodiscard]] QList<Piece> factPieces() const;
    [[nodiscard]] QList<Piece> phasePieces() const;
    [[nodiscard]] Layout arrange(int width) const;
    void paintPieces(QPainter &painter, const QList<Piece> &pieces) const;
    void paintBar(QPainter &painter, const QRect &area) const;

    const Theme &m_theme;
    ProgressFacts m_facts;
    QList<ProgressPhase> m_phases;
};

} // namespace mayday::ui
