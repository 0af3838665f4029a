// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <QString>

#include <optional>

namespace mayday::stack {

/// Something about a stack.yaml that its writer should know. Never quotes a value that may be
/// secret.
struct Finding {
    enum class Weight {
        Error,   ///< the file is not used
        Warning, ///< the file is used; this part is not, or not as written
    };
    Weight weight = Weight::Error;
    ErrorKind kind = ErrorKind::Refused;
    qint64 line = 0;      ///< 1-based; 0: the file as a whole
    qint64 column = 0;    ///< 1-based
    QString path;         ///< "services[0].health"; empty for the file as a whole
    QString text;         ///< one sentence without a full stop
    QString nearest = {}; ///< the known name that was probably meant; empty: none
    std::optional<Advice> advice = Advice::EditStackFile;

    /// "line 4, column 3: services[0]: unknown key helth; did you mean health?"
    [[nodiscard]] QString sentence() const;
};

} // namespace mayday::stack
