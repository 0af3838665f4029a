// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/theme.h"

#include "ui/kit/kitstyle.h"
#include "ui/kit/stylesheet.h"

#include <QApplication>
#include <QFontDatabase>
#include <QFontInfo>
#include <QGuiApplication>
#include <QPalette>
#include <QStyleHints>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

struct Type {
    int pixels;
    int line;
    QFont::Weight weight;
    bool mono;
};

Type typeOf(TextStyle style)
{
    switch (style) {
    case TextStyle::Caption: return {12, 16, QFont::Normal, false};
    case TextStyle::CaptionStrong: return {12, 16, QFont::DemiBold, false};
    case TextStyle::Detail: return {13, 18, QFont::Normal, false};
    case TextStyle::Base: return {14, 20, QFont::Normal, false};
    case TextStyle::BaseStrong: return {14, 20, QFont::DemiBold, false};
    case TextStyle::Sentence: return {24, 32, QFont::DemiBold, false};
    case TextStyle::Step: return {28, 36, QFont::DemiBold, false};
    case TextStyle::StepText: return {18, 28, QFont::Normal, false};
    case TextStyle::Mono: return {13, 18, QFont::Normal, true};
    case TextStyle::MonoCaption: return {12, 16, QFont::DemiBold, true};
    case TextStyle::Wall: return {48, 56, QFont::DemiBold, false};
    }
    Q_UNREACHABLE_RETURN({});
}

QString firstInstalled(const QStringList &wanted, QFontDatabase::SystemFont otherwise)
{
    for (const QString &family : wanted) {
        if (QFontDatabase::hasFamily(family))
            return family;
    }
    return QFontDatabase::systemFont(otherwise).family();
}

bool systemIsDark()
{
    return QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
}

const Tokens &tokensFor(ThemeMode mode)
{
    switch (mode) {
    case ThemeMode::System: return systemIsDark() ? darkTokens() : lightTokens();
    case ThemeMode::Light: return lightTokens();
    case ThemeMode::Dark: return darkTokens();
    case ThemeMode::HighContrast: return highContrastTokens(systemIsDark());
    }
    Q_UNREACHABLE_RETURN(lightTokens());
}

QPalette paletteFor(const Tokens &tokens)
{
    QPalette palette;
    palette.setColor(QPalette::Window, tokens.bg);
    palette.setColor(QPalette::WindowText, tokens.ink);
    palette.setColor(QPalette::Base, tokens.panel);
    palette.setColor(QPalette::AlternateBase, tokens.bg);
    palette.setColor(QPalette::Text, tokens.ink);
    palette.setColor(QPalette::PlaceholderText, tokens.ink3);
    palette.setColor(QPalette::Button, tokens.panel);
    palette.setColor(QPalette::ButtonText, tokens.ink);
    palette.setColor(QPalette::BrightText, tokens.down);
    palette.setColor(QPalette::ToolTipBase, tokens.panel);
    palette.setColor(QPalette::ToolTipText, tokens.ink);
    palette.setColor(QPalette::Highlight, tokens.accent);
    palette.setColor(QPalette::HighlightedText, tokens.accentInk);
    palette.setColor(QPalette::Accent, tokens.accent);
    palette.setColor(QPalette::Link, tokens.accent);
    palette.setColor(QPalette::LinkVisited, tokens.accent);
    palette.setColor(QPalette::Light, tokens.panel);
    palette.setColor(QPalette::Midlight, tokens.line);
    palette.setColor(QPalette::Mid, tokens.line);
    palette.setColor(QPalette::Dark, tokens.ink3);
    palette.setColor(QPalette::Shadow, tokens.line);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, tokens.ink3);
    return palette;
}

} // namespace

Theme::Theme(QObject *parent)
    : QObject(parent),
      m_tokens(&tokensFor(ThemeMode::System)),
      m_family(firstInstalled({u"Inter"_s, u"Inter Variable"_s}, QFontDatabase::GeneralFont)),
      m_monoFamily(
          firstInstalled({u"JetBrains Mono"_s, u"DejaVu Sans Mono"_s}, QFontDatabase::FixedFont))
{
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, &Theme::refresh);
}

Theme::~Theme() = default;

void Theme::applyTo(QApplication &application)
{
    m_application = &application;
    QApplication::setStyle(new KitStyle(*this));
    QApplication::setFont(font(TextStyle::Base));
    install();
}

void Theme::setMode(ThemeMode mode)
{
    m_mode = mode;
    refresh();
}

bool Theme::isDark() const
{
    return m_tokens->bg.lightness() < 128;
}

QFont Theme::font(TextStyle style) const
{
    const Type type = typeOf(style);
    QFont font(type.mono ? m_monoFamily : m_family);
    font.setPixelSize(type.pixels);
    font.setWeight(type.weight);
    if (type.mono)
        font.setStyleHint(QFont::Monospace);
    return font;
}

QFont Theme::tabularFont(TextStyle style) const
{
    QFont tabular = font(style);
    tabular.setFeature("tnum", 1);
    return tabular;
}

QFont Theme::monoFont(int pixelSize) const
{
    QFont mono = font(TextStyle::Mono);
    mono.setPixelSize(pixelSize);
    return mono;
}

void Theme::refresh()
{
    const Tokens *wanted = &tokensFor(m_mode);
    if (wanted == m_tokens)
        return;
    m_tokens = wanted;
    install();
    Q_EMIT changed();
}

void Theme::install()
{
    if (m_application == nullptr)
        return;
    QApplication::setPalette(paletteFor(*m_tokens));
    m_application->setStyleSheet(styleSheetFor(*m_tokens));
}

int lineHeight(TextStyle style)
{
    return typeOf(style).line;
}

QString themeModeKey(ThemeMode mode)
{
    switch (mode) {
    case ThemeMode::System: return u"system"_s;
    case ThemeMode::Light: return u"light"_s;
    case ThemeMode::Dark: return u"dark"_s;
    case ThemeMode::HighContrast: return u"high-contrast"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

ThemeMode themeModeFromKey(const QString &key)
{
    for (const auto mode : {ThemeMode::Light, ThemeMode::Dark, ThemeMode::HighContrast}) {
        if (key == themeModeKey(mode))
            return mode;
    }
    return ThemeMode::System;
}

} // namespace mayday::ui
