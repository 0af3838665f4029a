// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/restorerecord.h"
#include "ui/kit/theme.h"

#include <QWidget>

namespace mayday::ui {

class ActionButton;
class ActionTable;
class AfterwardsView;
class CopyButton;
class Disclosure;
class ErrorPanel;
class FittedArea;
class SentenceHeader;
class TableResultModel;
class TextLabel;

/// The end of a restore: the verdict, table by table; what was left out; what remains on the
/// server; and the way back.
class VerdictView final : public QWidget {
    Q_OBJECT

public:
    explicit VerdictView(const Theme &theme, QWidget *parent = nullptr);

    void setRecord(const restore::RestoreRecord &record);
    /// More is known of it; of another than the one that is shown: nothing.
    void renew(const restore::RestoreRecord &record);
    /// The line at which it failed is being looked for.
    void setReadingLine(bool isReading);
    [[nodiscard]] QWidget *initialFocus() const;

Q_SIGNALS:
    void putBackRequested();
    /// Of a restore in place, which keeps nothing on the server.
    void safetyCopyRequested();
    void cameAfterRequested();
    /// Every letter of the live rows beside the backup.
    void contentRequested();
    /// To see the line of the backup at which it failed.
    void lineRequested(const QString &file, qint64 line);
    /// No more: it was stopped, or the verdict is another.
    void lineUnwanted();
    void anotherRequested();
    /// the same file once more, after an interruption
    void againRequested();

private:
    void followMode(const restore::RestoreRecord &record);
    void layOutConnection();
    void showLineOffer(const restore::RestoreRecord &record);
    void showConnection(const restore::RestoreRecord &record);
    void showPutBack(const restore::RestoreRecord &record);
    void showReceipt(const restore::RestoreRecord &record, const restore::RestoreReceipt &receipt);

    SentenceHeader *m_header;
    CopyButton *m_copy;
    ErrorPanel *m_error;
    QWidget *m_connectionRow; ///< of a database of its own
    TextLabel *m_connection;
    TextLabel *m_howToSwitch;
    CopyButton *m_copyConnection;
    FittedArea *m_notesArea;
    TextLabel *m_notes;
    AfterwardsView *m_next;
    Disclosure *m_nextFold;
    restore::RestoreId m_shown; ///< whose list was opened, or not, when it came
    bool m_hasFound = false;    ///< something that came to life
    TableResultModel *m_model;
    ActionTable *m_table;
    ActionButton *m_putBack;
    ActionButton *m_safetyCopy;
    ActionButton *m_cameAfter;
    ActionButton *m_content;
    ActionButton *m_line;
    QString m_lineFile;
    qint64 m_lineNumber = 0; ///< 0: it failed at none
    bool m_isReadingLine = false;
    ActionButton *m_again;
    ActionButton *m_another;
};

} // namespace mayday::ui
