// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/dialogprompter.h"

#include "ui/kit/errorpanel.h"
#include "ui/kit/questiondialog.h"
#include "ui/kit/textlabel.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QFileDialog>
#include <QGridLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollArea>

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

/// A line for each choice; those that have no room in a small window are scrolled to.
QWidget *choiceTable(const Theme &theme, const QList<ChoiceQuestion::Choice> &choices,
                     QList<QComboBox *> &boxes)
{
    constexpr qsizetype mostAtOnce = 6;
    auto *table = new QWidget;
    auto *grid = new QGridLayout(table);
    grid->setContentsMargins({});
    grid->setHorizontalSpacing(metric::space16);
    grid->setVerticalSpacing(metric::space8);
    grid->setColumnStretch(1, 1);
    for (const ChoiceQuestion::Choice &choice : choices) {
        auto *box = new QComboBox;
        box->addItems(choice.options);
        box->setCurrentIndex(static_cast<int>(choice.chosen));
        box->setAccessibleName(choice.label);
        // A long name is cut in the line rather than making the dialogue wider than the screen.
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(20);
        const int row = static_cast<int>(boxes.size());
        grid->addWidget(fieldLabel(theme, escaped(choice.label), box), row, 0);
        grid->addWidget(box, row, 1);
        boxes.append(box);
    }
    if (choices.size() <= mostAtOnce)
        return table;
    auto *area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    area->setWidgetResizable(true);
    area->setWidget(table);
    area->setFixedHeight(table->sizeHint().height() * static_cast<int>(mostAtOnce) /
                         static_cast<int>(choices.size()));
    return area;
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
        if (question.readOnly) {
            field->setReadOnly(true);
            field->setFont(m_theme.monoFont(13));
            dialog->hideCancel();
        }
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

void DialogPrompter::askChoices(QObject *receiver, const ChoiceQuestion &question,
                                std::function<void(std::optional<QList<qsizetype>>)> answer)
{
    auto *dialog = new QuestionDialog(m_theme,
                                      {.title = question.title,
                                       .text = question.text,
                                       .confirmLabel = question.confirmLabel,
                                       .cancelLabel = {},
                                       .destructive = false},
                                      m_window);
    QList<QComboBox *> boxes;
    dialog->addBody(choiceTable(m_theme, question.choices, boxes));
    QObject::connect(dialog, &QDialog::finished, receiver,
                     [answer = std::move(answer), boxes](int result) {
                         QList<qsizetype> chosen;
                         for (const QComboBox *box : boxes)
                             chosen.append(box->currentIndex());
                         answer(result == QDialog::Accepted ? std::optional(chosen) : std::nullopt);
                     });
    dialog->open();
    if (!boxes.isEmpty())
        boxes.front()->setFocus();
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
