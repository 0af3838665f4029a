// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/restore/restorepanel.h"

class QHBoxLayout;
class QSpinBox;

namespace mayday::ui {

class ActionButton;
class ActionTable;
class Banner;
class ErrorPanel;
class KeptModel;
class SentenceHeader;
class TextLabel;

/// What restores keep on the server: since when, how large, until when, and the way to let it go
/// for good, one by one or everything older than some days; and what is gone. Undoing a restore is
/// the verdict's business.
class KeptView final : public QWidget {
    Q_OBJECT

public:
    explicit KeptView(const RestorePanel::Parts &parts, QWidget *parent = nullptr);

    /// Another one is asked at once where somebody looks.
    void setTarget(const RestoreTarget &target);
    /// Asks the server anew.
    void ask();
    [[nodiscard]] QWidget *initialFocus() const;

Q_SIGNALS:
    void backRequested();

private:
    [[nodiscard]] QHBoxLayout *buttonRow();
    void show(const restore::KeptLook &look);
    void showOutcome(const QString &sentence, const QString &detail);
    void showPast();
    void follow();
    [[nodiscard]] QList<restore::KeptSchema> selected() const;
    [[nodiscard]] QList<restore::KeptSchema> old() const;
    void discard(const QList<restore::KeptSchema> &kept);
    void showError(const Error &error);

    RestorePanel::Parts m_parts;
    RestoreTarget m_target;
    SentenceHeader *m_header;
    ErrorPanel *m_error;
    Banner *m_outcome; ///< of the last discard
    KeptModel *m_model;
    ActionTable *m_table;
    ActionButton *m_discard;
    ActionButton *m_discardOld;
    QSpinBox *m_days;
    TextLabel *m_past;
    Task<restore::KeptLook> m_asking;
    int m_asked = 0; ///< so many times; the last one counts
};

} // namespace mayday::ui
