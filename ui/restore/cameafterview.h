// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/bringback.h"
#include "ui/kit/theme.h"

#include <QWidget>

namespace mayday::ui {

class ActionButton;
class ActionTable;
class CameAfterModel;
class ErrorPanel;
class SentenceHeader;
class TextLabel;

/// What came after the backup and went with the restore, or what a copy of a backup has and the
/// live data has not: counted table by table, and brought back where a person says so. Nothing
/// changes before its button.
class CameAfterView final : public QWidget {
    Q_OBJECT

public:
    explicit CameAfterView(const Theme &theme, QWidget *parent = nullptr);

    /// While the server compares; so many tables are done.
    void showComparing(const restore::Comparison &soFar);
    void showComparison(const restore::Comparison &comparison);
    void showBringing();
    /// Above the table until the next comparison is asked for; an Error stands beside it.
    void showReceipt(const restore::BringBackReceipt &receipt);
    /// It could not be compared.
    void showError(const Error &error);

    [[nodiscard]] QList<restore::TableDecision> decisions() const;
    /// "Bring back 128 rows"
    [[nodiscard]] QString verb() const;
    /// What the button does, for the question in front of it.
    [[nodiscard]] QString consequence() const;
    [[nodiscard]] QWidget *initialFocus() const;

Q_SIGNALS:
    void bringBackRequested();
    void compareAgainRequested();
    /// of what runs, the comparison or the bring-back
    void stopRequested();
    void backRequested();

private:
    void chooseForSelected(restore::TableChoice choice);
    void nextChoice();
    void follow();
    void showParts(bool table, bool error);
    void tellDifference(const restore::Comparison &comparison);
    void setRunning(bool running);

    SentenceHeader *m_header;
    ErrorPanel *m_error;
    CameAfterModel *m_model;
    ActionTable *m_table;
    TextLabel *m_notes;
    QWidget *m_choices;
    ActionButton *m_bring;
    ActionButton *m_stop;
    ActionButton *m_again;
    ActionButton *m_back;
    QList<std::pair<restore::TableChoice, ActionButton *>> m_choiceButtons;
    bool m_isCopy = false; ///< of a backup, beside the live data
    QString m_done;        ///< what the last bring-back did
};

} // namespace mayday::ui
