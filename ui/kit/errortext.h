// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <QStringList>

namespace mayday::ui {

/// An Error in four sentences a tired person can act on (R16). Translated.
struct ErrorText {
    QString headline; ///< what happened, with the subject
    QString whatItMeans;
    QString whatIsSafe;
    QString whatNow; ///< the advice of the error, or the best general next action
};

[[nodiscard]] ErrorText errorText(const Error &error);
/// The next action as a translated sentence.
[[nodiscard]] QString adviceSentence(Advice advice);
/// "SQLSTATE 23503", "line 48,201", the technical detail; only what is there.
[[nodiscard]] QStringList errorDetails(const Error &error);
/// Everything as plain text for the clipboard, secrets taken out.
[[nodiscard]] QString errorForClipboard(const Error &error);

} // namespace mayday::ui
