// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/themetokens.h"

#include <algorithm>
#include <cmath>

namespace mayday::ui {

const Tokens &lightTokens()
{
    static const Tokens tokens{.bg = {0xF4, 0xF5, 0xF7},
                               .panel = {0xFF, 0xFF, 0xFF},
                               .line = {0xD9, 0xDD, 0xE3},
                               .ink = {0x14, 0x18, 0x1F},
                               .ink2 = {0x4A, 0x54, 0x63},
                               .ink3 = {0x5F, 0x6A, 0x79},
                               .accent = {0x0B, 0x5C, 0xAD},
                               .accentInk = {0xFF, 0xFF, 0xFF},
                               .soft = {0xE8, 0xEF, 0xF8},
                               .selection = {0xDC, 0xE8, 0xF6},
                               .ok = {0x00, 0x72, 0x5A},
                               .warn = {0x9A, 0x5B, 0x00},
                               .down = {0xB8, 0x3A, 0x00},
                               .unknown = {0x5F, 0x6A, 0x79},
                               .okBg = {0xE3, 0xF3, 0xEE},
                               .warnBg = {0xFB, 0xF0, 0xDC},
                               .downBg = {0xFB, 0xE7, 0xDE},
                               .drill = {0x5B, 0x3F, 0xA8},
                               .drillBg = {0xEF, 0xEA, 0xFB}};
    return tokens;
}

const Tokens &darkTokens()
{
    static const Tokens tokens{.bg = {0x12, 0x15, 0x1A},
                               .panel = {0x1B, 0x20, 0x27},
                               .line = {0x32, 0x3A, 0x45},
                               .ink = {0xED, 0xF0, 0xF4},
                               .ink2 = {0xB4, 0xBD, 0xC9},
                               .ink3 = {0x8C, 0x97, 0xA6},
                               .accent = {0x6D, 0xB3, 0xF8},
                               .accentInk = {0x0B, 0x14, 0x20},
                               .soft = {0x1E, 0x2B, 0x3B},
                               .selection = {0x22, 0x35, 0x4B},
                               .ok = {0x4C, 0xCB, 0xA4},
                               .warn = {0xF2, 0xB8, 0x4B},
                               .down = {0xFF, 0x8A, 0x57},
                               .unknown = {0x8C, 0x97, 0xA6},
                               .okBg = {0x16, 0x30, 0x2A},
                               .warnBg = {0x37, 0x2B, 0x14},
                               .downBg = {0x3A, 0x22, 0x18},
                               .drill = {0xB9, 0xA3, 0xF5},
                               .drillBg = {0x2A, 0x23, 0x42}};
    return tokens;
}

const Tokens &highContrastTokens(bool onDark)
{
    static const Tokens black{.bg = {0x00, 0x00, 0x00},
                              .panel = {0x00, 0x00, 0x00},
                              .line = {0xFF, 0xFF, 0xFF},
                              .ink = {0xFF, 0xFF, 0xFF},
                              .ink2 = {0xFF, 0xFF, 0xFF},
                              .ink3 = {0xE6, 0xE6, 0xE6},
                              .accent = {0x8C, 0xD0, 0xFF},
                              .accentInk = {0x00, 0x00, 0x00},
                              .soft = {0x1C, 0x1C, 0x1C},
                              .selection = {0x00, 0x33, 0x66},
                              .ok = {0x5C, 0xF0, 0xC0},
                              .warn = {0xFF, 0xD0, 0x60},
                              .down = {0xFF, 0xA0, 0x78},
                              .unknown = {0xE6, 0xE6, 0xE6},
                              .okBg = {0x00, 0x22, 0x1A},
                              .warnBg = {0x26, 0x1C, 0x00},
                              .downBg = {0x2B, 0x10, 0x05},
                              .drill = {0xD2, 0xC4, 0xFF},
                              .drillBg = {0x1C, 0x12, 0x3A}};
    static const Tokens white{.bg = {0xFF, 0xFF, 0xFF},
                              .panel = {0xFF, 0xFF, 0xFF},
                              .line = {0x00, 0x00, 0x00},
                              .ink = {0x00, 0x00, 0x00},
                              .ink2 = {0x00, 0x00, 0x00},
                              .ink3 = {0x2A, 0x2A, 0x2A},
                              .accent = {0x00, 0x3C, 0x7D},
                              .accentInk = {0xFF, 0xFF, 0xFF},
                              .soft = {0xEC, 0xEC, 0xEC},
                              .selection = {0xCF, 0xE4, 0xFF},
                              .ok = {0x00, 0x4D, 0x3B},
                              .warn = {0x66, 0x3C, 0x00},
                              .down = {0x7D, 0x22, 0x00},
                              .unknown = {0x2A, 0x2A, 0x2A},
                              .okBg = {0xF0, 0xFA, 0xF6},
                              .warnBg = {0xFF, 0xF8, 0xEA},
                              .downBg = {0xFF, 0xF1, 0xEB},
                              .drill = {0x3D, 0x22, 0x8A},
                              .drillBg = {0xF6, 0xF3, 0xFF}};
    return onDark ? black : white;
}

QColor colorOf(const Tokens &tokens, Ink ink)
{
    switch (ink) {
    case Ink::Primary: return tokens.ink;
    case Ink::Second: return tokens.ink2;
    case Ink::Third: return tokens.ink3;
    case Ink::Accent: return tokens.accent;
    case Ink::AccentInk: return tokens.accentInk;
    case Ink::Ok: return tokens.ok;
    case Ink::Warn: return tokens.warn;
    case Ink::Down: return tokens.down;
    case Ink::Unknown: return tokens.unknown;
    case Ink::Drill: return tokens.drill;
    }
    Q_UNREACHABLE_RETURN(tokens.ink);
}

namespace {

double luminance(const QColor &color)
{
    const auto linear = [](double part) {
        return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
           0.0722 * linear(color.blueF());
}

} // namespace

double contrastRatio(const QColor &one, const QColor &other)
{
    const double a = luminance(one);
    const double b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

} // namespace mayday::ui
