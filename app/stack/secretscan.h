// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stack/finding.h"
#include "stack/yamltree.h"

#include <QByteArray>
#include <QList>

namespace mayday::stack {

/// Every place where a secret seems to stand: keys that name one, values and comments that look
/// like one. The findings name the place, never the value.
[[nodiscard]] QList<Finding> findSecrets(const YamlNode &root, const QByteArray &yaml);

} // namespace mayday::stack
