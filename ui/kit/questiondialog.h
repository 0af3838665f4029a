// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/actionbutton.h"
#include "ui/kit/facttable.h"

#include <QDialog>

class QVBoxLayout;

namespace mayday::ui {

/// The frame of every dialogue of the kit: a sentence, a text, a body and two buttons. A
/// destructive one has no default, so that Enter never goes through.
class QuestionDialog final : public QDialog {
    Q_OBJECT
public:
    struct Words {
        QString title;
        QString text;
        QString confirmLabel;
        QString cancelLabel;
        bool destructive = false;
    };

    QuestionDialog(const Theme &theme, const Words &words, QWidget *parent);

    void addFacts(const QList<Fact> &facts);
    void addBody(QWidget *body);
    [[nodiscard]] ActionButton *confirmButton() const { return m_confirm; }
    [[nodiscard]] ActionButton *cancelButton() const { return m_cancel; }
    /// Only one button, for telling.
    void hideCancel();

protected:
    void showEvent(QShowEvent *event) override;

private:
    void addButtons(const Words &words, QVBoxLayout *column);

    const Theme &m_theme;
    QVBoxLayout *m_body;
    ActionButton *m_confirm;
    ActionButton *m_cancel;
};

} // namespace mayday::ui
