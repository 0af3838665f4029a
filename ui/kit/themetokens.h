// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>

namespace mayday::ui {

/// Every colour of the window, by purpose. A value; the numbers live in themetokens.cpp only.
struct Tokens {
    QColor bg, panel, line;         ///< page, cards, hairlines
    QColor ink, ink2, ink3;         ///< text, second line, age
    QColor accent, accentInk;       ///< the one primary button, current place, links; text on it
    QColor soft, selection;         ///< hover ground, selected ground
    QColor ok, warn, down, unknown; ///< always with a shape and a word
    QColor okBg, warnBg, downBg;    ///< grounds of banners and of the production band
    QColor drill, drillBg;          ///< drill band, frame and tag
};

/// A colour by purpose, for code that must not hold a QColor (models, roles).
enum class Ink {
    Primary,
    Second,
    Third,
    Accent,
    AccentInk,
    Ok,
    Warn,
    Down,
    Unknown,
    Drill,
};

[[nodiscard]] const Tokens &lightTokens();
[[nodiscard]] const Tokens &darkTokens();
/// For people who need it: black or white grounds, white or black lines, all text at 7:1 or more.
[[nodiscard]] const Tokens &highContrastTokens(bool onDark);
[[nodiscard]] QColor colorOf(const Tokens &tokens, Ink ink);
/// WCAG 2 contrast, 1 to 21.
[[nodiscard]] double contrastRatio(const QColor &one, const QColor &other);

/// Lengths in device-independent pixels.
namespace metric {
inline constexpr int space4 = 4;
inline constexpr int space8 = 8;
inline constexpr int space12 = 12;
inline constexpr int space16 = 16;
inline constexpr int space24 = 24;
inline constexpr int space32 = 32;
inline constexpr int space40 = 40;
inline constexpr int cardRadius = 8;
inline constexpr int controlRadius = 6;
inline constexpr int controlHeight = 32;
inline constexpr int largeControlHeight = 44; ///< what is pressed in a hurry
inline constexpr int railWidth = 88;
inline constexpr int bandHeight = 56;
inline constexpr int statusBarHeight = 28;
inline constexpr int tableRowHeight = 35;
inline constexpr int focusRing = 2; ///< its width and its distance
} // namespace metric

} // namespace mayday::ui
