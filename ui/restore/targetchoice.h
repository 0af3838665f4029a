// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/restore/restorepanel.h"

class QAction;
class QComboBox;
class QLabel;

namespace mayday::backup {
struct BackupEntry;
}

namespace mayday::ui {

class Banner;
class TextLabel;

/// The databases a restore may go into, as the stack describes them. A value.
struct RestoreTargets {
    QList<RestoreTarget> all = {};
    QString lastUsed = {}; ///< id of the one a person chose last; it may be gone by now
    /// What is said where there is none: that, what to do, and what may be copied for it.
    QString noneSentence = {};
    QString noneDetail = {};
    QString noneExample = {};
};

/// The id of the target that is meant as long as nobody says otherwise: the one whose backups are
/// on the shelf, where their manifests name no other; else the one used last; else the first. Empty
/// without targets.
[[nodiscard]] QString usualTarget(const RestoreTargets &targets,
                                  const QList<backup::BackupEntry> &shelf);

/// Into which database? A box where there are several, the name alone where there is one, and what
/// to do where there is none. Changes nothing by itself: only a person moves the box.
class TargetChoice final : public QWidget {
    Q_OBJECT

public:
    explicit TargetChoice(const Theme &theme, QWidget *parent = nullptr);

    /// Shows them with one of them chosen, by its id; emits nothing.
    void showTargets(const RestoreTargets &targets, const QString &chosen);
    /// While something runs the choice stays.
    void setFree(bool isFree);

Q_SIGNALS:
    /// By a person; the id in stack.yaml.
    void chosen(const QString &database);

private:
    QComboBox *m_box;
    QLabel *m_label; ///< of the box
    TextLabel *m_into;
    TextLabel *m_where;
    Banner *m_none;
    QWidget *m_row;
    QAction *m_copyExample;
    QString m_example;
};

} // namespace mayday::ui
