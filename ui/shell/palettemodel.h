// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QAction>
#include <QPointer>

namespace mayday::ui {

/// One thing the palette can do. The action is not owned; a dead or disabled one is not listed.
struct PaletteEntry {
    QString text;
    QString place; ///< the page it belongs to; empty: the window
    QString keys;
    QPointer<QAction> action;
};

/// The entries that fit what was typed, best first; all of them while nothing is typed.
class PaletteModel final : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role : int { PlaceRole = Qt::UserRole + 1, KeysRole };

    explicit PaletteModel(QObject *parent = nullptr);
    void setEntries(const QList<PaletteEntry> &entries);
    void setFilter(const QString &typed);
    [[nodiscard]] QAction *action(const QModelIndex &index) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    void apply();

    QList<PaletteEntry> m_entries;
    QList<PaletteEntry> m_shown;
    QString m_filter;
};

} // namespace mayday::ui
