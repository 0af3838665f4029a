// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desk/credentials.h"

#include <QAbstractTableModel>

namespace mayday::ui {

/// The secrets the stack needs, one row each; the secret itself is never here, only whether it is.
class CredentialModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Purpose, Value, State, ColumnCount };

    explicit CredentialModel(const desk::Credentials &credentials, QObject *parent = nullptr);

    /// The outcome of the last test of that credential, shown in its row.
    void setTested(const QString &name, const Result<QString> &outcome);
    /// Another secret, or none: what an earlier test said is no longer true.
    void forgetTest(const QString &name);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    [[nodiscard]] const desk::Credential *credential(int row) const;

private:
    struct Tested {
        bool works = false;
        QString words;
    };
    [[nodiscard]] QString text(const desk::Credential &credential, int column) const;
    void reload();

    const desk::Credentials &m_credentials;
    QList<desk::Credential> m_list;
    QHash<QString, Tested> m_tested;
};

} // namespace mayday::ui
