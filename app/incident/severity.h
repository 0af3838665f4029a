// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace mayday::incident {

/// How bad it is. In doubt the higher one, which is the lower number.
enum class Severity { Sev1, Sev2, Sev3, Sev4 };

[[nodiscard]] QString severityKey(Severity severity); ///< "sev1", for the journal
[[nodiscard]] std::optional<Severity> severityFromKey(QStringView key);
/// "SEV1": for the screen and the report.
[[nodiscard]] QString severityName(Severity severity);
/// With what it means, in plain English: "SEV1 (everybody is affected, or data is being lost)".
[[nodiscard]] QString severityWords(Severity severity);

} // namespace mayday::incident
