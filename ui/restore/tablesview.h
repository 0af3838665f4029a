// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/restoreplan.h"
#include "ui/kit/theme.h"
#include "ui/restore/dumptablesmodel.h"

#include <QWidget>

class QLineEdit;

namespace mayday::ui {

class ActionButton;
class ActionTable;
class SentenceHeader;

/// Whose rows are wanted beside the live data: the selected tables of a backup; or, where they are
/// missing, back in their place. Nothing is replaced by its buttons.
class TablesView final : public QWidget {
    Q_OBJECT

public:
    explicit TablesView(const Theme &theme, QWidget *parent = nullptr);

    /// All of them are selected at first; then those that are found. file: its name, for the
    /// sentence.
    /// missing: those that the server lacks.
    void showTables(const QString &file, const QList<dump::TableInDump> &tables,
                    const QList<restore::TableName> &missing);
    /// Empty when all are selected: then the backup as a whole.
    [[nodiscard]] QList<restore::TableName> chosen() const;
    [[nodiscard]] QWidget *initialFocus() const;

Q_SIGNALS:
    void copyRequested();
    /// The chosen ones are missing, and are to come back where they were.
    void tablesRequested();
    void backRequested();

private:
    void find(const QString &part);
    void follow();
    [[nodiscard]] QModelIndexList selected() const;
    [[nodiscard]] bool areMissing(const QModelIndexList &rows) const;

    SentenceHeader *m_header;
    QLineEdit *m_find;
    DumpTablesModel *m_model;
    ActionTable *m_table;
    ActionButton *m_copy;
    ActionButton *m_bring;
};

} // namespace mayday::ui
