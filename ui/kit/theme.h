// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/themetokens.h"

#include <QFont>
#include <QObject>

class QApplication;

namespace mayday::ui {

enum class ThemeMode { System, Light, Dark, HighContrast };

/// Sizes and weights of type; the line height belongs to the style.
enum class TextStyle {
    Caption,       ///< 12/16: ages, captions
    CaptionStrong, ///< 12/16 semibold
    Detail,        ///< 13/18: second lines of tiles, lists
    Base,          ///< 14/20
    BaseStrong,    ///< 14/20 semibold
    Sentence,      ///< 24/32 semibold: what the page says first
    Step,          ///< 28/36 semibold: the current step
    StepText,      ///< 18/28
    Mono,          ///< 13/18: ids, commands, file names
    MonoCaption,   ///< 12/16 semibold: key caps
    Wall,          ///< 48/56 semibold: the wallboard
};

/// The look of the whole window: tokens, fonts, palette, style and style sheet of the application.
///
/// Made once in main() and passed by reference; widgets of the kit keep that reference, so it must
/// outlive them. GUI thread. Cannot fail: a missing font falls back to the desktop's.
class Theme final : public QObject {
    Q_OBJECT
public:
    explicit Theme(QObject *parent = nullptr);
    ~Theme() override;

    /// Installs style, palette, font and style sheet, and keeps them up to date from now on.
    void applyTo(QApplication &application);
    void setMode(ThemeMode mode);
    [[nodiscard]] ThemeMode mode() const { return m_mode; }
    [[nodiscard]] bool isDark() const;

    [[nodiscard]] const Tokens &tokens() const { return *m_tokens; }
    [[nodiscard]] QColor color(Ink ink) const { return colorOf(*m_tokens, ink); }
    [[nodiscard]] QFont font(TextStyle style) const;
    /// With figures of one width, so that changing numbers do not make the line tremble. Only for
    /// such lines: hyphens get as wide as figures.
    [[nodiscard]] QFont tabularFont(TextStyle style) const;
    [[nodiscard]] QFont monoFont(int pixelSize) const;

Q_SIGNALS:
    /// Colours are different now. Widgets of the kit repaint themselves.
    void changed();

private:
    void refresh();
    void install();

    ThemeMode m_mode = ThemeMode::System;
    const Tokens *m_tokens;
    QString m_family;
    QString m_monoFamily;
    QApplication *m_application = nullptr;
};

/// Line height in pixels.
[[nodiscard]] int lineHeight(TextStyle style);
/// Stable words for the settings file: "system", "light", "dark", "high-contrast".
[[nodiscard]] QString themeModeKey(ThemeMode mode);
/// ThemeMode::System for anything unknown.
[[nodiscard]] ThemeMode themeModeFromKey(const QString &key);

} // namespace mayday::ui
