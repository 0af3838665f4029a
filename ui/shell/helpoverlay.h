// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/overlay.h"
#include "ui/shell/palettemodel.h"

class QScrollArea;

namespace mayday::ui {

class ActionButton;

/// "?": what can be done on this page and everywhere, with the keys.
class HelpOverlay final : public Overlay {
    Q_OBJECT
public:
    HelpOverlay(const Theme &theme, QWidget &window);
    void openWith(const QString &pageTitle, const QList<PaletteEntry> &ofPage,
                  const QList<PaletteEntry> &everywhere);
    /// One line per action: "F5 Check everything now".
    [[nodiscard]] const QStringList &lines() const { return m_lines; }

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void addSection(QWidget *content, const QString &title, const QList<PaletteEntry> &entries);

    const Theme &m_theme;
    QScrollArea *m_scroll;
    ActionButton *m_close;
    QStringList m_lines;
};

} // namespace mayday::ui
