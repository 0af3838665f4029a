// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/placeholders.h"
#include "runbook/runbook.h"
#include "ui/kit/theme.h"

#include <QWidget>

class QPlainTextEdit;

namespace mayday::ui {

class ActionButton;
class TextLabel;

/// A message for people, filled in as far as Mayday knows, editable, and copied with one key. What
/// is still open stands in square brackets and is named below.
class MessageView final : public QWidget {
    Q_OBJECT

public:
    MessageView(const Theme &theme, const runbook::MessageTemplate &message,
                const runbook::Lookup &known, QWidget *parent = nullptr);
    void copy();

Q_SIGNALS:
    /// The text is on the clipboard.
    void copied(const QString &name, const QString &text);

private:
    void follow();

    QString m_name;
    QPlainTextEdit *m_text;
    TextLabel *m_gaps;
    ActionButton *m_copy;
};

} // namespace mayday::ui
