// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "postgres/connectionstring.h"
#include "stack/stack.h"

#include <QByteArray>
#include <QUrl>

namespace mayday::practice {

/// The keychain's name for the practice database's password in the practice stack.
inline constexpr QLatin1StringView practiceCredential{"practice-database"};

/// The text of a stack.yaml that describes the practice cloud: three providers, a back end, a front
/// end and the database. cloud: PracticeCloud::baseUrl(); shop: PracticeSample::shop().
[[nodiscard]] QByteArray practiceStackYaml(const QUrl &cloud,
                                           const postgres::ConnectionString &shop);
/// The same, read.
[[nodiscard]] Result<stack::Stack> practiceStack(const QUrl &cloud,
                                                 const postgres::ConnectionString &shop);

} // namespace mayday::practice
