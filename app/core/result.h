// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <expected>

namespace mayday {

/// A value or an Error. Never ignore one: clang-tidy's bugprone-unused-return-value watches.
template <typename T>
using Result = std::expected<T, Error>;

/// `return failure({...});` reads better than std::unexpected at every exit.
[[nodiscard]] inline std::unexpected<Error> failure(Error error)
{
    return std::unexpected<Error>(std::move(error));
}

} // namespace mayday
