// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/dialogprompter.h"

#include "ui/kit/errorpanel.h"
#include "ui/kit/questiondialog.h"
#include "ui/kit/textlabel.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QLineEdit>
#include <QPlainTextEdit>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

struct PromptWords {
    Q_DECLARE_TR_FUNCTIONS(Prompter)
};

QString orElse(const QString &text, const QString &otherwise)
{
    return text.isEmpty() ? otherwise : text;
}

TextLabel *fieldLabel(const Theme &theme, const QString &markup, QWidget *field)
{
    auto *label = new TextLabel(theme, TextStyle::Base);
    label->setMarkup(markup);
    label->setBuddy(field);
    return label;
}

QFileDialog *fileDialog(const FileQuestion &question, QWidget *window)
{
    auto *dialog = new QFileDialog(window, question.title, question.folder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    switch (question.mode) {
    case FileQuestion::Mode::Open: dialog->setFileMode(QFileDialog::ExistingFile); break;
    case FileQuestion::Mode::Folder: dialog->setFileMode(QFileDialog::Directory); break;
    case FileQuestion::Mode::Save:
        dialog->setFileMode(QFileDialog::AnyFile);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        break;
    }
    if (!question.filters.isEmpty())
        dialog->setNameFilters(question.filters);
    if (!question.suggestedName.isEmpty())
        dialog->selectFile(question.suggestedName);
    return dialog;
}

} // namespace

DialogPrompter::DialogPrompter(const Theme &theme, QWidget &window)
    : m_theme(theme), m_window(&window)
{
}

void DialogPrompter::confirm(QObject *receiver, const ConfirmQuestion &question,
                             std::function<void(bool)> answer)
{
    auto *dialog = new QuestionDialog(m_theme,
                                      {.title = question.title,
                                       .text = question.text,
                                       .confirmLabel = question.confirmLabel,
                                       .cancelLabel = question.cancelLabel,
                                       .destructive = question.destructive},
                                      m_window);
    dialog->addFacts(question.facts);
    QObject::connect(
        dialog, &QDialog::finished, receiver,
        [answer = std::move(answer)](int result) { answer(result == QDialog::Accepted); });
    dialog->open();
}

void DialogPrompter::confirmTyped(QObject *receiver, const TypedQuestion &question,
                                  std::function<void(bool)> answer)
{
    auto *dialog = new QuestionDialog(m_theme,
                                      {.title = question.title,
                                       .text = question.text,
                                       .confirmLabel = question.confirmLabel,
                                       .cancelLabel = {},
                                       .destructive = true},
                                      m_window);
    dialog->addFacts(question.facts);
    auto *field = new QLineEdit;
    field->setFont(m_theme.monoFont(14));
    field->setAccessibleName(PromptWords::tr("Type %1 to go on").arg(question.nameToType));
    dialog->addBody(fieldLabel(
        m_theme, escaped(PromptWords::tr("To go on, type ")) + code(question.nameToType), field));
    dialog->addBody(field);
    ActionButton *go = dialog->confirmButton();
    go->setEnabled(false);
    QObject::connect(field, &QLineEdit::textChanged, go,
                     [go, wanted = question.nameToType](const QString &typed) {
                         go->setEnabled(!wanted.isEmpty() && typed.trimmed() == wanted);
                     });
    // Enter leads to the button and no further; the button itself is deaf to Enter.
    QObject::connect(field, &QLineEdit::returnPressed, go, [go] {
        if (go->isEnabled())
            go->setFocus(Qt::TabFocusReason);
    });
    QObject::connect(
        dialog, &QDialog::finished, receiver,
        [answer = std::move(answer)](int result) { answer(result == QDialog::Accepted); });
    dialog->open();
    field->setFocus();
}

void DialogPrompter::askText(QObject *receiver, const TextQuestion &question,
                             std::function<void(std::optional<QString>)> answer)
{
    auto *dialog =
        new QuestionDialog(m_theme,
                           {.title = question.title,
                            .text = question.note,
                            .confirmLabel = orElse(question.confirmLabel, PromptWords::tr("Save")),
                            .cancelLabel = {},
                            .destructive = false},
                           m_window);
    std::function<QString()> text;
    ActionButton *save = dialog->confirmButton();
    const bool mayBeEmpty = question.mayBeEmpty;
    const auto check = [save, mayBeEmpty](const QString &now) {
        save->setEnabled(mayBeEmpty || !now.trimmed().isEmpty());
    };
    check(question.initial);
    QWidget *body = nullptr;
    if (question.multiLine) {
        auto *field = new QPlainTextEdit(question.initial);
        field->setPlaceholderText(question.placeholder);
        field->setTabChangesFocus(true);
        QObject::connect(field, &QPlainTextEdit::textChanged, save,
                         [field, check] { check(field->toPlainText()); });
        text = [field] {
            return field->toPlainText();
        };
        body = field;
    } else {
        auto *field = new QLineEdit(question.initial);
        field->setPlaceholderText(question.placeholder);
        QObject::connect(field, &QLineEdit::textChanged, save, check);
        text = [field] {
            return field->text();
        };
        body = field;
    }
    body->setAccessibleName(question.title);
    dialog->addBody(body);
    QObject::connect(dialog, &QDialog::finished, receiver,
                     [answer = std::move(answer), text](int result) {
                         answer(result == QDialog::Accepted ? std::optional(text()) : std::nullopt);
                     });
    dialog->open();
    body->setFocus();
}

void DialogPrompter::askSecret(QObject *receiver, const SecretQuestion &question,
                               std::function<void(std::optional<Secret>)> answer)
{
    auto *dialog =
        new QuestionDialog(m_theme,
                           {.title = question.title,
                            .text = question.note,
                            .confirmLabel = orElse(question.confirmLabel, PromptWords::tr("Save")),
                            .cancelLabel = {},
                            .destructive = false},
                           m_window);
    auto *field = new QLineEdit;
    field->setEchoMode(QLineEdit::Password);
    field->setAccessibleName(question.label);
    dialog->addBody(fieldLabel(m_theme, escaped(question.label), field));
    dialog->addBody(field);
    ActionButton *save = dialog->confirmButton();
    save->setEnabled(false);
    QObject::connect(field, &QLineEdit::textChanged, save,
                     [save](const QString &now) { save->setEnabled(!now.isEmpty()); });
    QObject::connect(dialog, &QDialog::finished, receiver,
                     [answer = std::move(answer), field](int result) {
                         std::optional<Secret> typed;
                         if (result == QDialog::Accepted)
                             typed = Secret(field->text().toUtf8());
                         field->clear();
                         answer(std::move(typed));
                     });
    dialog->open();
    field->setFocus();
}

void DialogPrompter::askFile(QObject *receiver, const FileQuestion &question,
                             std::function<void(std::optional<QString>)> answer)
{
    QFileDialog *dialog = fileDialog(question, m_window);
    QObject::connect(
        dialog, &QDialog::finished, receiver, [answer = std::move(answer), dialog](int result) {
            const QStringList files = dialog->selectedFiles();
            answer(result == QDialog::Accepted && !files.isEmpty() ? std::optional(files.first())
                                                                   : std::nullopt);
        });
    dialog->open();
}

void DialogPrompter::showError(const Error &error)
{
    auto *dialog = new QuestionDialog(m_theme,
                                      {.title = PromptWords::tr("This did not work"),
                                       .text = {},
                                       .confirmLabel = PromptWords::tr("Close"),
                                       .cancelLabel = {},
                                       .destructive = false},
                                      m_window);
    auto *panel = new ErrorPanel(m_theme, dialog);
    panel->setError(error);
    dialog->addBody(panel);
    dialog->hideCancel();
    dialog->open();
}

} // namespace mayday::ui
