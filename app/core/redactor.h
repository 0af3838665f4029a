// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace mayday {

/// Takes secrets out of text before it is stored, logged or copied: passwords in connection
/// strings and URLs, key=value pairs that name a secret, bearer and basic headers, private key
/// blocks, and the token formats of well-known services. Errs on the side of hiding. Any thread.
[[nodiscard]] QString redacted(const QString &text);
/// Whether redacted() would change the text.
[[nodiscard]] bool looksSecret(const QString &text);

} // namespace mayday
