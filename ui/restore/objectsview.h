// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backup/backupshelf.h"
#include "ui/kit/theme.h"

#include <QTimer>
#include <QWidget>

#include <optional>

class QLineEdit;
class QPlainTextEdit;

namespace mayday::ui {

class ActionButton;
class ActionTable;
class CopyButton;
class ErrorPanel;
class ObjectsModel;
class SentenceHeader;
class TextLabel;

/// Everything inside a backup by name, and the SQL of the selected thing, read out of the file.
/// Changes nothing and asks no server.
class ObjectsView final : public QWidget {
    Q_OBJECT

public:
    ObjectsView(const Theme &theme, const backup::BackupShelf &shelf, QWidget *parent = nullptr);
    ~ObjectsView() override;

    /// Of the shelf, by its path.
    void showBackup(const QString &path);
    [[nodiscard]] QWidget *initialFocus() const;

Q_SIGNALS:
    void backRequested();

private:
    void connectParts();
    void followFile();
    void showObjects(const dump::DumpObjects &objects);
    void showNoList(const Error &error);
    void showError(const Error &error);
    void find(const QString &words);
    void followSelection();
    void followOrder();
    void read();
    void showSql(const backup::ShownSql &sql, const dump::DumpObject &object);
    [[nodiscard]] QString about(const dump::DumpObject &object, bool isCut) const;
    [[nodiscard]] std::optional<qsizetype> selected() const;

    const backup::BackupShelf &m_shelf;
    backup::BackupEntry m_entry; ///< as it was when it was listed
    std::optional<dump::DumpObjects> m_objects;
    Task<dump::DumpObjects> m_listing;
    Task<backup::ShownSql> m_reading;
    int m_listed = 0; ///< as m_asked
    int m_asked = 0;  ///< so many times; the last one counts
    QTimer m_pause;   ///< so that arrows that run over a list read nothing

    SentenceHeader *m_header;
    QLineEdit *m_find;
    ObjectsModel *m_model;
    ActionTable *m_table;
    TextLabel *m_about;
    ActionButton *m_largest;
    CopyButton *m_copy;
    QPlainTextEdit *m_sql;
    ErrorPanel *m_error;
};

} // namespace mayday::ui
