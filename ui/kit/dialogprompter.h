// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/prompter.h"
#include "ui/kit/theme.h"

#include <QPointer>

class QDialog;

namespace mayday::ui {

/// Asks with window-modal dialogues over the given window. Owns nothing; the dialogues delete
/// themselves when closed and belong to the window.
class DialogPrompter final : public Prompter {
public:
    DialogPrompter(const Theme &theme, QWidget &window);

    void confirm(QObject *receiver, const ConfirmQuestion &question,
                 std::function<void(bool)> answer) override;
    void confirmTyped(QObject *receiver, const TypedQuestion &question,
                      std::function<void(bool)> answer) override;
    void askText(QObject *receiver, const TextQuestion &question,
                 std::function<void(std::optional<QString>)> answer) override;
    void askSecret(QObject *receiver, const SecretQuestion &question,
                   std::function<void(std::optional<Secret>)> answer) override;
    void askChoices(QObject *receiver, const ChoiceQuestion &question,
                    std::function<void(std::optional<QList<qsizetype>>)> answer) override;
    void askFile(QObject *receiver, const FileQuestion &question,
                 std::function<void(std::optional<QString>)> answer) override;
    void showError(const Error &error) override;

private:
    const Theme &m_theme;
    QPointer<QWidget> m_window;
};

} // namespace mayday::ui
