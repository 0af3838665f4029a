// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/stylesheet.h"

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

/// @names stand for tokens; one string, so that the whole sheet can be read at once.
constexpr QStringView sheet = uR"(
QToolTip { background: @panel; color: @ink; border: 1px solid @line; padding: 4px 8px; }
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox {
  background: @panel; color: @ink; border: 1px solid @ink3; border-radius: 6px;
  padding: 0 10px; selection-background-color: @accent; selection-color: @accentink; }
QLineEdit, QSpinBox { min-height: 30px; }
QPlainTextEdit, QTextEdit { padding: 6px; }
QLineEdit:disabled, QPlainTextEdit:disabled { color: @ink3; border-color: @line; }
QComboBox { background: @panel; color: @ink; border: 1px solid @ink3; border-radius: 6px;
  padding: 0 10px; min-height: 30px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(:/icons/@chevron); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: @panel; color: @ink; border: 1px solid @line;
  selection-background-color: @sel; selection-color: @ink; outline: none; }
QMenu { background: @panel; color: @ink; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: @sel; }
QMenu::item:disabled { color: @ink3; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: @panel; color: @ink2; border: none;
  border-bottom: 1px solid @line; padding: 8px 12px; font-size: 12px; font-weight: 600; }
QTableCornerButton::section { background: @panel; border: none; }
QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle { background: @ink3; border-radius: 3px; min-height: 32px; min-width: 32px; }
QScrollBar::handle:hover { background: @ink2; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: @line; }
)";

} // namespace

QString styleSheetFor(const Tokens &tokens)
{
    QString text = sheet.toString();
    // Longer names first: @ink is the beginning of @ink2.
    const std::pair<QLatin1StringView, QColor> names[] = {{"@accentink"_L1, tokens.accentInk},
                                                          {"@accent"_L1, tokens.accent},
                                                          {"@panel"_L1, tokens.panel},
                                                          {"@line"_L1, tokens.line},
                                                          {"@ink2"_L1, tokens.ink2},
                                                          {"@ink3"_L1, tokens.ink3},
                                                          {"@ink"_L1, tokens.ink},
                                                          {"@sel"_L1, tokens.selection}};
    for (const auto &[name, color] : names)
        text.replace(name, color.name());
    // A style sheet cannot tint a picture: there are two.
    text.replace("@chevron"_L1, tokens.panel.lightness() < 128 ? "chevron-down-on-dark.svg"_L1
                                                               : "chevron-down.svg"_L1);
    return text;
}

} // namespace mayday::ui
