// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "dump/dumpstatement.h"

namespace mayday::dump {

/// Why a restore must not run this statement: it would reach out of the database it is meant for
/// (programs and files of the server, its configuration). Judged by the statement's own words
/// alone.
[[nodiscard]] std::optional<Error> forbidden(const DumpStatement &statement);

/// What a person should know before the button, in a few words ("a SECURITY DEFINER function");
/// empty for most statements. Forbidden ones are dangers too.
[[nodiscard]] QString danger(const DumpStatement &statement);

} // namespace mayday::dump
