// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/contentcheck.h"
#include "ui/kit/theme.h"

#include <QWidget>

namespace mayday::ui {

class ActionButton;
class ActionTable;
class ContentModel;
class CopyButton;
class ErrorPanel;
class ProgressStrip;
class SentenceHeader;

/// Every letter of the live rows beside the backup's: while it is read, and what came of it.
/// Changes nothing.
class ContentView final : public QWidget {
    Q_OBJECT

public:
    explicit ContentView(const Theme &theme, QWidget *parent = nullptr);

    void showProgress(const restore::ContentProgress &progress);
    void showCheck(const restore::ContentCheck &check);
    /// Cancelled is told as what somebody wanted.
    void showError(const Error &error);
    [[nodiscard]] QWidget *initialFocus() const;

Q_SIGNALS:
    void againRequested();
    void stopRequested();
    void backRequested();

private:
    enum class Part { Progress, Table, Error, Nothing };
    void showPart(Part part);

    SentenceHeader *m_header;
    CopyButton *m_copy;
    ProgressStrip *m_strip;
    ErrorPanel *m_error;
    ContentModel *m_model;
    ActionTable *m_table;
    ActionButton *m_stop;
    ActionButton *m_again;
    ActionButton *m_back;
};

} // namespace mayday::ui
