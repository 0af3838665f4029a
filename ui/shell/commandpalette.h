// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/overlay.h"
#include "ui/shell/palettemodel.h"

class QLineEdit;
class QListView;

namespace mayday::ui {

/// Ctrl+K: everything that can be done, found by a few letters, done by Enter. Does nothing itself:
/// it closes and says what was chosen.
class CommandPalette final : public Overlay {
    Q_OBJECT
public:
    CommandPalette(const Theme &theme, QWidget &window);
    void openWith(const QList<PaletteEntry> &entries);
    [[nodiscard]] QLineEdit *field() const { return m_field; }
    [[nodiscard]] const PaletteModel &model() const { return *m_model; }

Q_SIGNALS:
    void chosen(QAction *action);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void filter(const QString &typed);
    void move(int rows);
    void choose(const QModelIndex &index);

    PaletteModel *m_model;
    QLineEdit *m_field;
    QListView *m_list;
    TextLabel *m_nothing;
};

} // namespace mayday::ui
