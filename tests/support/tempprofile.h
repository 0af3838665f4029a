// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/profile.h"

#include <QTemporaryDir>

namespace mayday::tests {

/// A profile in a folder of its own, gone with it.
class TempProfile final {
public:
    [[nodiscard]] Profile profile() const { return Profile::under(m_folder.path()); }
    [[nodiscard]] QString path() const { return m_folder.path(); }

private:
    QTemporaryDir m_folder;
};

} // namespace mayday::tests
