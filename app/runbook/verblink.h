// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/finding.h"
#include "runbook/markdowntree.h"
#include "runbook/runbook.h"
#include "runbook/verbregistry.h"

#include <optional>

namespace mayday::runbook {

/// What a link's scheme makes of it.
enum class LinkKind { Do, Check, Web, Local, Unsafe };
[[nodiscard]] LinkKind linkKind(const QString &url);

/// The call a do: or check: link stands for. nullopt, with a finding, when the verb or a parameter
/// is not known or something it needs is missing: the words then stay words.
[[nodiscard]] std::optional<VerbCall>
readVerbLink(const MarkdownInline &link, const VerbRegistry &verbs, QList<Finding> &findings);

} // namespace mayday::runbook
