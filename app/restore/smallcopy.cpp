// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/smallcopy.h"

#include <QUtf8StringView>

#include <algorithm>
#include <utility>

namespace mayday::restore {

namespace {

/// "public.t" and "a, b" out of the statement, and how many columns that are.
struct Target {
    QByteArray table;
    QByteArray list;
    qsizetype columns = 1;
};

std::optional<Target> targetOf(const QByteArray &copySql)
{
    QByteArrayView text = QByteArrayView(copySql).trimmed();
    constexpr QByteArrayView copy = "COPY ";
    constexpr QByteArrayView from = ") FROM stdin";
    // pg_dump's own spelling; whoever writes it in another way gets a COPY.
    if (!text.startsWith(copy) || !text.endsWith(from))
        return std::nullopt;
    text = text.sliced(copy.size(), text.size() - copy.size() - from.size());
    Target target;
    bool isQuoted = false;
    qsizetype listAt = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            isQuoted = !isQuoted;
        } else if (!isQuoted && c == '(') {
            if (listAt > 0)
                return std::nullopt;
            listAt = i + 1;
        } else if (!isQuoted && listAt > 0 && c == ',') {
            ++target.columns;
        }
    }
    if (listAt == 0 || isQuoted)
        return std::nullopt;
    target.table = text.first(listAt - 1).trimmed().toByteArray();
    target.list = text.sliced(listAt).toByteArray();
    return target;
}

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// One byte by its number, "\x41" or "\101"; at stands behind the backslash and moves on.
/// PostgreSQL: COPY, "Text Format".
std::optional<char> byNumber(QByteArrayView value, qsizetype &at)
{
    const bool isHex = value[at] == 'x';
    const int base = isHex ? 16 : 8;
    const qsizetype most = isHex ? 2 : 3;
    const qsizetype first = isHex ? at + 1 : at;
    int code = 0;
    qsizetype end = first;
    while (end < value.size() && end < first + most) {
        const int digit = hexDigit(value[end]);
        if (digit < 0 || digit >= base)
            break;
        code = code * base + digit;
        ++end;
    }
    if (end == first)
        return std::nullopt;
    at = end;
    return static_cast<char>(code & 0xff);
}

char named(char c)
{
    switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return c;
    }
}

/// Nothing for "\.", which COPY takes for the end of everything even inside a value.
std::optional<QByteArray> unescaped(QByteArrayView value)
{
    QByteArray plain;
    plain.reserve(value.size());
    for (qsizetype at = 0; at < value.size();) {
        const char c = value[at++];
        if (c != '\\' || at == value.size()) {
            plain += c;
            continue;
        }
        if (value[at] == '.')
            return std::nullopt;
        if (const auto byte = byNumber(value, at))
            plain += *byte;
        else
            plain += named(value[at++]);
    }
    return plain;
}

/// Means the same whatever standard_conforming_strings is.
void appendLiteral(QByteArray &sql, const QByteArray &plain)
{
    sql += plain.contains('\\') ? "E'" : "'";
    for (const char c : plain) {
        if (c == '\'' || c == '\\')
            sql += c;
        sql += c;
    }
    sql += '\'';
}

/// A backslash before the end of a value takes the tab or the line's end into it.
bool isOpen(QByteArrayView value)
{
    qsizetype backslashes = 0;
    while (backslashes < value.size() && value[value.size() - 1 - backslashes] == '\\')
        ++backslashes;
    return backslashes % 2 == 1;
}

bool appendRow(QByteArray &sql, QByteArrayView row, qsizetype columns)
{
    sql += '(';
    qsizetype count = 0;
    for (qsizetype from = 0; from <= row.size();) {
        qsizetype end = row.indexOf('\t', from);
        if (end < 0)
            end = row.size();
        const QByteArrayView value = row.sliced(from, end - from);
        if (isOpen(value))
            return false;
        if (count++ > 0)
            sql += ',';
        const std::optional<QByteArray> plain = unescaped(value);
        if (!plain)
            return false;
        if (value == "\\N")
            sql += "NULL";
        else
            appendLiteral(sql, *plain);
        from = end + 1;
    }
    sql += ')';
    return count == columns;
}

bool isAscii(QByteArrayView bytes)
{
    return std::ranges::none_of(bytes, [](char c) { return (c & 0x80) != 0; });
}

} // namespace

std::optional<QByteArray> insertFor(const QByteArray &copySql, QByteArrayView rows, bool isUtf8)
{
    const std::optional<Target> target = targetOf(copySql);
    if (!target)
        return std::nullopt;
    if (rows.isEmpty())
        return "SELECT " + target->list + " FROM " + target->table + " WHERE false";
    if (!rows.endsWith('\n') || rows.contains('\r')) // lines may end in CR LF
        return std::nullopt;
    // COPY takes the values of an identity column as they are; INSERT has to be told.
    QByteArray sql =
        "INSERT INTO " + target->table + " (" + target->list + ") OVERRIDING SYSTEM VALUE VALUES ";
    for (qsizetype from = 0; from < rows.size();) {
        const qsizetype end = rows.indexOf('\n', from);
        const QByteArrayView row = rows.sliced(from, end - from);
        if (from > 0)
            sql += ',';
        if (!appendRow(sql, row, target->columns))
            return std::nullopt;
        from = end + 1;
    }
    const bool isSafe = isAscii(sql) || (isUtf8 && QUtf8StringView(sql).isValidUtf8());
    return isSafe && !sql.contains('\0') ? std::optional(sql) : std::nullopt;
}

} // namespace mayday::restore
