// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/prompter.h"

#include <QPointer>
#include <QTimer>

#include <deque>

namespace mayday::test {

/// A Prompter that answers from a script, in a later turn like the real one, and keeps what was
/// asked. Without a scripted answer it says no. Header only, because it needs the kit of ui/.
class ScriptedPrompter final : public ui::Prompter {
public:
    std::deque<bool> decisions;              ///< for confirm and confirmTyped
    std::deque<std::optional<QString>> texts; ///< for askText and askFile
    std::deque<QByteArray> secrets;          ///< for askSecret
    QStringList asked;                       ///< titles, in order
    QList<Error> shown;

    void confirm(QObject *receiver, const ui::ConfirmQuestion &question,
                 std::function<void(bool)> answer) override
    {
        reply(receiver, question.title, std::move(answer), take(decisions, false));
    }
    void confirmTyped(QObject *receiver, const ui::TypedQuestion &question,
                      std::function<void(bool)> answer) override
    {
        reply(receiver, question.title, std::move(answer), take(decisions, false));
    }
    void askText(QObject *receiver, const ui::TextQuestion &question,
                 std::function<void(std::optional<QString>)> answer) override
    {
        reply(receiver, question.title, std::move(answer), take(texts, {}));
    }
    void askSecret(QObject *receiver, const ui::SecretQuestion &question,
                   std::function<void(std::optional<Secret>)> answer) override
    {
        std::optional<Secret> secret;
        if (!secrets.empty())
            secret = Secret(take(secrets, {}));
        reply(receiver, question.title, std::move(answer), secret);
    }
    void askFile(QObject *receiver, const ui::FileQuestion &question,
                 std::function<void(std::optional<QString>)> answer) override
    {
        reply(receiver, question.title, std::move(answer), take(texts, {}));
    }
    void showError(const Error &error) override { shown.append(error); }

private:
    template <typename T>
    static T take(std::deque<T> &script, T otherwise)
    {
        if (script.empty())
            return otherwise;
        T next = script.front();
        script.pop_front();
        return next;
    }
    template <typename T>
    void reply(QObject *receiver, const QString &title, std::function<void(T)> answer, T value)
    {
        asked.append(title);
        QTimer::singleShot(0, receiver, [answer = std::move(answer), value] { answer(value); });
    }
};

} // namespace mayday::test
