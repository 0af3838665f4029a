// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QWidget>

namespace mayday::backup {
class BackupShelf;
}
namespace mayday {
class Clock;
}

namespace mayday::ui {

class ActionButton;
class ActionTable;
class BackupModel;
class Prompter;
class TextLabel;

/// Which backup? The shelf, newest first, and a file from elsewhere, also by drag and drop. Enter
/// or the button takes the selected one; only a complete backup can be taken.
class ChooseView final : public QWidget {
    Q_OBJECT

public:
    struct Parts {
        const Theme &theme;
        backup::BackupShelf &shelf;
        const Clock &clock;
        Prompter &prompter;
    };
    explicit ChooseView(const Parts &parts, QWidget *parent = nullptr);

    /// Where the backup goes, by the server's name of it; empty: not known. Until a person has
    /// moved to one, the newest is selected that is not known to be made of another.
    void setDatabase(const QString &name);
    [[nodiscard]] QWidget *initialFocus() const;

Q_SIGNALS:
    void chosen(const QString &path);
    /// To see what is in it.
    void insideRequested(const QString &path);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void addFile();
    void take();
    void follow();
    void keepSelection();

    Parts m_parts;
    BackupModel *m_model;
    ActionTable *m_table;
    TextLabel *m_inside;
    ActionButton *m_take;
    ActionButton *m_look;
    QString m_chosen; ///< path of the one a person has moved to; empty: the newest
    QString m_database;
    bool m_isSelecting = false; ///< and no person does
};

} // namespace mayday::ui
