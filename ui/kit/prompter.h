// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/secret.h"
#include "ui/kit/facttable.h"

#include <QStringList>

#include <functional>
#include <optional>

namespace mayday::ui {

/// "Close the incident?" yes or no.
struct ConfirmQuestion {
    QString title;            ///< the question, one sentence
    QString text;             ///< what happens then; may be empty
    QString confirmLabel;     ///< verb and object: "Close incident 14"
    QString cancelLabel = {}; ///< empty: "Cancel"
    bool destructive = false; ///< the button is outlined, never default, deaf to Enter
    QList<Fact> facts = {};
};

/// A step that cannot be taken by accident (R8): the target's name has to be typed.
struct TypedQuestion {
    QString title;
    QString text;
    QString confirmLabel;   ///< "Replace schema public in shop on supabase/prod"
    QString nameToType;     ///< compared exactly, surrounding blanks ignored
    QList<Fact> facts = {}; ///< loss, time, undo, target
};

struct TextQuestion {
    QString title;
    QString note;              ///< what the text is for and who will see it
    QString confirmLabel = {}; ///< empty: "Save"
    QString initial = {};
    QString placeholder = {};
    bool multiLine = false;
    bool mayBeEmpty = false;
    /// Of multiLine: nothing is asked. It is there to be read and selected, and one button closes
    /// it.
    bool readOnly = false;
};

struct SecretQuestion {
    QString title;
    QString note;  ///< where it will be kept
    QString label; ///< "Database password"
    QString confirmLabel = {};
};

struct FileQuestion {
    enum class Mode { Open, Save, Folder };
    QString title;
    Mode mode = Mode::Open;
    QString folder = {}; ///< where to start
    QString suggestedName = {};
    QStringList filters = {}; ///< "PostgreSQL dumps (*.sql *.sql.gz)"
};

/// Of several things, which one each of them is.
struct ChoiceQuestion {
    struct Choice {
        QString label;
        QStringList options;
        qsizetype chosen = 0;
    };
    QString title;
    QString text;
    QString confirmLabel;
    QList<Choice> choices;
};

/// How features ask the user (port). Nothing here blocks: the answer comes in a later turn, exactly
/// once, and never after the receiver is gone. "No" and closing the window are the same answer:
/// false or nullopt. GUI thread.
class Prompter {
public:
    virtual ~Prompter() = default;
    virtual void confirm(QObject *receiver, const ConfirmQuestion &question,
                         std::function<void(bool)> answer) = 0;
    virtual void confirmTyped(QObject *receiver, const TypedQuestion &question,
                              std::function<void(bool)> answer) = 0;
    virtual void askText(QObject *receiver, const TextQuestion &question,
                         std::function<void(std::optional<QString>)> answer) = 0;
    virtual void askSecret(QObject *receiver, const SecretQuestion &question,
                           std::function<void(std::optional<Secret>)> answer) = 0;
    /// The answer: which option of each choice.
    virtual void askChoices(QObject *receiver, const ChoiceQuestion &question,
                            std::function<void(std::optional<QList<qsizetype>>)> answer) = 0;
    virtual void askFile(QObject *receiver, const FileQuestion &question,
                         std::function<void(std::optional<QString>)> answer) = 0;
    /// Shows an ErrorPanel; for failures that have no place on a page.
    virtual void showError(const Error &error) = 0;
};

} // namespace mayday::ui
