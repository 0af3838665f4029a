// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/restoreprogress.h"
#include "ui/kit/theme.h"

#include <QWidget>

namespace mayday::ui {

class ActionTable;
class ActionButton;
class ProgressStrip;
class SentenceHeader;
class TextLabel;
class TableResultModel;

/// A restore at work: where it is, how fast, how long still, whether the server answers, and one
/// button that stops it and leaves the live data as it was.
class ProgressView final : public QWidget {
    Q_OBJECT

public:
    explicit ProgressView(const Theme &theme, QWidget *parent = nullptr);

    void setProgress(const restore::RestoreProgress &progress);
    /// Between the click and the server's rollback.
    void setStopping(bool stopping);
    [[nodiscard]] QWidget *initialFocus() const;

Q_SIGNALS:
    void stopRequested();

private:
    SentenceHeader *m_header;
    ProgressStrip *m_strip;
    TextLabel *m_silence;     ///< asks when the server does not answer
    TextLabel *m_connections; ///< one line each
    TableResultModel *m_model;
    ActionTable *m_table;
    ActionButton *m_stop;
    bool m_isStopping = false;
};

} // namespace mayday::ui
