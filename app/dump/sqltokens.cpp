// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/sqltokens.h"

#include "dump/sqlchars.h"

#include <algorithm>
#include <cstring>
#include <string_view>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

/// Dumps made with another --encoding: what is no UTF-8 is read as Latin-1, so that two names stay
/// two and most letters are the right ones.
QString textOf(QByteArrayView bytes)
{
    return QUtf8StringView(bytes).isValidUtf8() ? QString::fromUtf8(bytes)
                                                : QString::fromLatin1(bytes);
}

bool isOperatorSymbol(const SqlToken &token)
{
    constexpr std::string_view symbols = "+-*/<>=~!@#%^&|`?";
    return token.kind == SqlToken::Kind::Symbol &&
           symbols.find(token.text.front()) != std::string_view::npos;
}

/// A word, or an operator: each symbol of "===" is a token.
QString takeNamePart(SqlTokens &tokens)
{
    QString symbols;
    while (isOperatorSymbol(tokens.peek()))
        symbols.append(QLatin1Char(tokens.next().text.front()));
    return symbols.isEmpty() ? tokens.next().name() : symbols;
}

} // namespace

bool SqlToken::is(const char *word) const
{
    const std::string_view wanted(word);
    return kind == Kind::Word && static_cast<size_t>(text.size()) == wanted.size() &&
           std::equal(text.begin(), text.end(), wanted.begin(),
                      [](char a, char b) { return lower(a) == b; });
}

QString SqlToken::name() const
{
    if (kind == Kind::Word)
        return textOf(text.toByteArray().toLower()); // ASCII only, as the server does
    if (kind != Kind::QuotedWord)
        return {};
    const qsizetype quote = text.indexOf('"');
    return textOf(text.sliced(quote + 1).chopped(1)).replace("\"\""_L1, "\""_L1);
}

QString SqlToken::value() const
{
    if (kind != Kind::String)
        return {};
    const qsizetype quote = text.indexOf('\'');
    if (quote < 0 || text.size() < quote + 2 || text.back() != '\'')
        return {};
    return textOf(text.sliced(quote + 1).chopped(1)).replace("''"_L1, "'"_L1);
}

void SqlTokens::skipBlockComment()
{
    m_stringEnd = 0; // no string goes on behind it
    int depth = 0;
    while (m_at < m_sql.size()) {
        const char c = m_sql[m_at];
        const char after = m_at + 1 < m_sql.size() ? m_sql[m_at + 1] : '\0';
        if (c == '/' && after == '*') {
            ++depth;
            m_at += 2;
        } else if (c == '*' && after == '/') {
            m_at += 2;
            if (--depth == 0)
                return;
        } else {
            ++m_at;
        }
    }
}

void SqlTokens::skipBlank()
{
    while (m_at < m_sql.size()) {
        const char after = m_at + 1 < m_sql.size() ? m_sql[m_at + 1] : '\0';
        if (isSqlSpace(m_sql[m_at])) {
            ++m_at;
        } else if (m_sql[m_at] == '-' && after == '-') {
            while (m_at < m_sql.size() && m_sql[m_at] != '\n' && m_sql[m_at] != '\r')
                ++m_at;
        } else if (m_sql[m_at] == '/' && after == '*') {
            skipBlockComment();
        } else {
            return;
        }
    }
}

SqlToken SqlTokens::takeUntil(SqlToken::Kind kind, qsizetype end)
{
    const SqlToken token{.kind = kind, .text = m_sql.sliced(m_at, end - m_at)};
    m_at = end;
    return token;
}

qsizetype SqlTokens::endOfString(qsizetype quote, bool escapes) const
{
    for (qsizetype i = quote + 1; i < m_sql.size(); ++i) {
        if (escapes && m_sql[i] == '\\')
            ++i;
        else if (m_sql[i] == '\'' && (i + 1 >= m_sql.size() || m_sql[i + 1] != '\''))
            return i + 1;
        else if (m_sql[i] == '\'')
            ++i;
    }
    return m_sql.size();
}

qsizetype SqlTokens::endOfQuotedWord(qsizetype quote) const
{
    qsizetype i = m_sql.indexOf('"', quote + 1);
    while (i >= 0 && i + 1 < m_sql.size() && m_sql[i + 1] == '"')
        i = m_sql.indexOf('"', i + 2);
    return i < 0 ? m_sql.size() : i + 1;
}

/// The end of "$tag$...$tag$", or just after the dollar when it opens none.
qsizetype SqlTokens::endOfDollars(qsizetype dollar) const
{
    qsizetype i = dollar + 1;
    if (i < m_sql.size() && isWordStart(m_sql[i])) {
        while (i < m_sql.size() && isTagPart(m_sql[i]))
            ++i;
    }
    if (i >= m_sql.size() || m_sql[i] != '$')
        return dollar + 1;
    const QByteArrayView tag = m_sql.sliced(dollar, i + 1 - dollar);
    const qsizetype end = m_sql.indexOf(tag, i + 1);
    return end < 0 ? m_sql.size() : end + tag.size();
}

qsizetype SqlTokens::endOfWord(qsizetype begin) const
{
    qsizetype i = begin;
    while (i < m_sql.size() && isDigit(m_sql[i]))
        ++i;
    if (i < m_sql.size() && !isWordStart(m_sql[i]))
        return i;
    while (i < m_sql.size() && isWordPart(m_sql[i]))
        ++i;
    return i;
}

SqlToken SqlTokens::string(qsizetype quote, bool escapes)
{
    m_stringEscapes = escapes;
    m_stringEnd = endOfString(quote, escapes);
    return takeUntil(SqlToken::Kind::String, m_stringEnd);
}

SqlToken SqlTokens::word()
{
    const qsizetype end = endOfWord(m_at);
    const char first = lower(m_sql[m_at]);
    const char after = end < m_sql.size() ? m_sql[end] : '\0';
    if (end == m_at + 1 && after == '\'' && std::strchr("ebxn", first)) {
        return string(end, first == 'e' || (m_escapes && first == 'n'));
    }
    if (end == m_at + 1 && after == '&' && first == 'u' && end + 1 < m_sql.size()) {
        if (m_sql[end + 1] == '\'')
            return string(end + 1, false);
        if (m_sql[end + 1] == '"')
            return takeUntil(SqlToken::Kind::QuotedWord, endOfQuotedWord(end + 1));
    }
    return takeUntil(SqlToken::Kind::Word, end);
}

SqlToken SqlTokens::next()
{
    const qsizetype before = m_at;
    skipBlank();
    if (m_at >= m_sql.size())
        return {};
    const char c = m_sql[m_at];
    if (isWordStart(c))
        return word();
    if (c == '\'') {
        // 'a' <newline> 'b' is one literal, read by the rules of its first part.
        const bool goesOn =
            before > 0 && before == m_stringEnd &&
            std::ranges::any_of(m_sql.sliced(before, m_at - before),
                                [](char blank) { return blank == '\n' || blank == '\r'; });
        return string(m_at, goesOn ? m_stringEscapes : m_escapes);
    }
    if (c == '"')
        return takeUntil(SqlToken::Kind::QuotedWord, endOfQuotedWord(m_at));
    if (c == '$') {
        const qsizetype end = endOfDollars(m_at);
        return takeUntil(end == m_at + 1 ? SqlToken::Kind::Symbol : SqlToken::Kind::String, end);
    }
    if (isDigit(c))
        return takeUntil(SqlToken::Kind::Number, endOfWord(m_at));
    return takeUntil(SqlToken::Kind::Symbol, m_at + 1);
}

bool SqlTokens::take(const char *word)
{
    SqlTokens ahead(*this);
    if (!ahead.next().is(word))
        return false;
    *this = ahead;
    return true;
}

bool SqlTokens::takeSymbol(char symbol)
{
    SqlTokens ahead(*this);
    if (!ahead.next().isSymbol(symbol))
        return false;
    *this = ahead;
    return true;
}

bool SqlTokens::take(std::initializer_list<const char *> words)
{
    SqlTokens ahead(*this);
    for (const char *word : words) {
        if (!ahead.take(word))
            return false;
    }
    *this = ahead;
    return true;
}

QualifiedName takeName(SqlTokens &tokens)
{
    QualifiedName found;
    if (const SqlToken first = tokens.peek(); !first.isName() && !isOperatorSymbol(first))
        return found;
    found.name = takeNamePart(tokens);
    while (tokens.takeSymbol('.')) {
        found.schema = found.name;
        found.name = takeNamePart(tokens);
    }
    return found;
}

} // namespace mayday::dump
