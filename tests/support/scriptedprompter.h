// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/prompter.h"

#include <QTimer>

namespace mayday::test {

/// A Prompter that answers from a script, in a later turn like the real one, and keeps what was
/// asked. Without a scripted answer it says no. Header only, because it needs the kit of ui/.
class ScriptedPrompter final : public ui::Prompter {
public:
    QList<bool> decisions;           ///< for confirm and confirmTyped
    QStringList texts;               ///< for askText and askFile
    QList<QByteArray> secrets;       ///< for askSecret
    QList<QList<qsizetype>> choices; ///< for askChoices
    QStringList asked;               ///< titles, in order
    QList<Error> shown;
    QList<ui::ConfirmQuestion> confirms; ///< as they were asked, word for word
    QList<ui::TypedQuestion> typed;
    QList<ui::TextQuestion> textQuestions;
    QList<ui::SecretQuestion> secretQuestions;
    QList<ui::FileQuestion> fileQuestions;
    QList<ui::ChoiceQuestion> choiceQuestions;

    void confirm(QObject *receiver, const ui::ConfirmQuestion &question,
                 std::function<void(bool)> answer) override
    {
        confirms.append(question);
        reply(receiver, question.title, std::move(answer), nextDecision());
    }
    void confirmTyped(QObject *receiver, const ui::TypedQuestion &question,
                      std::function<void(bool)> answer) override
    {
        typed.append(question);
        reply(receiver, question.title, std::move(answer), nextDecision());
    }
    void askText(QObject *receiver, const ui::TextQuestion &question,
                 std::function<void(std::optional<QString>)> answer) override
    {
        textQuestions.append(question);
        replyText(receiver, question.title, std::move(answer));
    }
    void askSecret(QObject *receiver, const ui::SecretQuestion &question,
                   std::function<void(std::optional<Secret>)> answer) override
    {
        secretQuestions.append(question);
        std::optional<Secret> secret;
        if (!secrets.isEmpty())
            secret = Secret(secrets.takeFirst());
        reply(receiver, question.title, std::move(answer), secret);
    }
    void askChoices(QObject *receiver, const ui::ChoiceQuestion &question,
                    std::function<void(std::optional<QList<qsizetype>>)> answer) override
    {
        choiceQuestions.append(question);
        std::optional<QList<qsizetype>> chosen;
        if (!choices.isEmpty())
            chosen = choices.takeFirst();
        reply(receiver, question.title, std::move(answer), chosen);
    }
    void askFile(QObject *receiver, const ui::FileQuestion &question,
                 std::function<void(std::optional<QString>)> answer) override
    {
        fileQuestions.append(question);
        replyText(receiver, question.title, std::move(answer));
    }
    void showError(const Error &error) override { shown.append(error); }

private:
    bool nextDecision() { return !decisions.isEmpty() && decisions.takeFirst(); }
    void replyText(QObject *receiver, const QString &title,
                   std::function<void(std::optional<QString>)> answer)
    {
        asked.append(title);
        const bool given = !texts.isEmpty();
        const QString text = given ? texts.takeFirst() : QString();
        QTimer::singleShot(0, receiver, [answer = std::move(answer), given, text] {
            answer(given ? std::optional(text) : std::nullopt);
        });
    }
    template <typename T>
    void reply(QObject *receiver, const QString &title, std::function<void(T)> answer, T value)
    {
        asked.append(title);
        QTimer::singleShot(0, receiver, [answer = std::move(answer), value] { answer(value); });
    }
};

} // namespace mayday::test
