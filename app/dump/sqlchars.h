// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace mayday::dump {

/// PostgreSQL's character classes (its scanner works on bytes; those above 127 are letters).
[[nodiscard]] constexpr bool isSqlSpace(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

[[nodiscard]] constexpr bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool isWordStart(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// Of the tag of a dollar quote.
[[nodiscard]] constexpr bool isTagPart(char c)
{
    return isWordStart(c) || isDigit(c);
}

[[nodiscard]] constexpr bool isWordPart(char c)
{
    return isTagPart(c) || c == '$';
}

[[nodiscard]] constexpr char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

} // namespace mayday::dump
