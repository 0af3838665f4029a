// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/dumpscanner.h"

#include "dump/sqlchars.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

/// How the lines begin that programs write to stderr and "2>&1" brings into a dump.
constexpr std::array<std::string_view, 14> strayPrefixes = {"pg_dump: ",
                                                            "pg_dump.exe: ",
                                                            "pg_dump[",
                                                            "pg_dumpall: ",
                                                            "pg_restore: ",
                                                            "psql: ",
                                                            "WARNING: ",
                                                            "NOTICE: ",
                                                            "DETAIL: ",
                                                            "HINT: ",
                                                            "could not change directory to ",
                                                            "Defaulted container ",
                                                            "Warning: ",
                                                            "Password: "};
constexpr qsizetype longestPrefix = 32;

qsizetype find(QByteArrayView text, char c, qsizetype from)
{
    const void *found = from < text.size() ? std::memchr(text.data() + from, c,
                                                         static_cast<size_t>(text.size() - from))
                                           : nullptr;
    return found ? static_cast<const char *>(found) - text.data() : -1;
}

bool equals(QByteArrayView word, std::string_view lowerCase)
{
    return static_cast<size_t>(word.size()) == lowerCase.size() &&
           std::equal(word.begin(), word.end(), lowerCase.begin(),
                      [](char a, char b) { return lower(a) == b; });
}

Error corrupt(qint64 line, const QString &detail)
{
    return {.kind = ErrorKind::Corrupt,
            .subject = {},
            .detail = detail,
            .advice = Advice::TakeAnotherBackup,
            .line = line};
}

} // namespace

DumpScanner::Step DumpScanner::fail(Error error)
{
    m_error = std::move(error);
    return Step::Fail;
}

DumpScanner::Step DumpScanner::failUnlessOk(const Result<void> &result)
{
    return result ? Step::Go : fail(result.error());
}

/// Whether what follows, up to that distance, is not here yet.
bool DumpScanner::lacks(qsizetype ahead) const
{
    return !m_isLast && m_at + ahead >= m_text.size();
}

char DumpScanner::ahead(qsizetype distance) const
{
    return m_at + distance < m_text.size() ? m_text[m_at + distance] : '\0';
}

qint64 DumpScanner::countLines()
{
    m_line += std::count(m_text.begin() + m_counted, m_text.begin() + m_at, '\n');
    m_counted = m_at;
    return m_line;
}

Result<qsizetype> DumpScanner::feed(QByteArrayView text, bool isLast)
{
    const qsizetype nul = find(text, '\0', 0);
    m_text = nul < 0 ? text : text.first(nul);
    m_isLast = isLast && nul < 0;
    m_at = m_counted = m_begin = 0;
    Step last = Step::Go;
    while (last == Step::Go && m_at < m_text.size())
        last = step();
    if (nul >= 0 && last != Step::Fail)
        m_at = m_text.size(); // it is told where it stands, whatever waits in front of it
    countLines();
    if (last == Step::Fail)
        return failure(*m_error);
    if (nul >= 0)
        return failure(corrupt(m_line, u"there is a zero byte in the text"_s));
    if (!keepStatement())
        return failure(tooLarge());
    if (last == Step::Wait && m_text.size() - m_at > carryLimit)
        return failure(
            corrupt(m_line, u"a word of over %1 bytes: this is not SQL"_s.arg(carryLimit)));
    m_offset += m_at;
    return m_at;
}

Error DumpScanner::tooLarge() const
{
    return {.kind = ErrorKind::Unsupported,
            .subject = {},
            .detail = u"the statement is larger than %1 bytes"_s.arg(m_statementLimit),
            .line = m_statementLine};
}

bool DumpScanner::keepStatement()
{
    if (m_mode != Mode::Statement)
        return true;
    m_sql.append(m_text.sliced(m_begin, m_at - m_begin));
    m_begin = m_at;
    return m_sql.size() <= m_statementLimit;
}

Result<void> DumpScanner::finish() const
{
    if (m_mode == Mode::Rows || m_mode == Mode::BeforeRows)
        return failure(corrupt(
            m_line, u"the text stops inside the rows of a table, after %1 of them"_s.arg(m_rows)));
    if (m_mode == Mode::Statement)
        return failure(corrupt(
            m_line,
            u"the text stops inside the statement that begins at line %1"_s.arg(m_statementLine)));
    if (m_inside == Inside::BlockComment)
        return failure(corrupt(m_line, u"the text stops inside a comment"_s));
    return {};
}

DumpScanner::Step DumpScanner::step()
{
    switch (m_inside) {
    case Inside::String: return string();
    case Inside::EscapeString: return escapeString();
    case Inside::QuotedWord: return quotedWord();
    case Inside::Dollars: return dollars();
    case Inside::LineComment: return lineComment();
    case Inside::BlockComment: return blockComment();
    case Inside::Nothing: break;
    }
    switch (m_mode) {
    case Mode::Between: return between();
    case Mode::Statement: return plain();
    case Mode::BeforeRows: return beforeRows();
    case Mode::Rows: break;
    }
    return rows();
}

// Between statements

DumpScanner::Step DumpScanner::between()
{
    const char c = m_text[m_at];
    if (isSqlSpace(c) || c == ';') {
        ++m_at;
        return Step::Go;
    }
    if (c == '-' || c == '/') {
        if (lacks(1))
            return Step::Wait;
        if (c == '-' && ahead(1) == '-')
            return startComment();
        if (c == '/' && ahead(1) == '*')
            return slash();
    }
    return startLine();
}

/// The rest of the line at hand, as far as it is here, without its newline.
QByteArrayView DumpScanner::lineHere() const
{
    const QByteArrayView rest = m_text.sliced(m_at);
    const qsizetype end = find(rest, '\n', 0);
    return end < 0 ? rest : rest.first(end);
}

DumpScanner::Step DumpScanner::startComment()
{
    QByteArrayView line = lineHere();
    if (const qsizetype end = find(line, '\r', 0); end >= 0)
        line = line.first(end);
    const bool isWhole = m_isLast || m_at + line.size() < m_text.size();
    if (!isWhole && line.size() < carryLimit)
        return Step::Wait;
    const Result<void> told = m_handler.comment(line.trimmed(), countLines());
    m_at += line.size();
    m_inside = Inside::LineComment; // the rest of one too long to be of interest
    return failUnlessOk(told);
}

/// A statement, a meta-command, or a line that does not belong here.
DumpScanner::Step DumpScanner::startLine()
{
    const char c = m_text[m_at];
    const bool mayBeStray =
        std::ranges::any_of(strayPrefixes, [c](std::string_view prefix) { return prefix[0] == c; });
    if (c != '\\' && !mayBeStray)
        return beginStatement();
    const QByteArrayView line = lineHere();
    const bool isWhole = m_isLast || m_at + line.size() < m_text.size();
    if (c == '\\') {
        if (!isWhole)
            return Step::Wait;
        const Result<void> told = m_handler.metaCommand(line.trimmed(), countLines());
        m_at += line.size();
        return failUnlessOk(told);
    }
    if (!isWhole && line.size() < longestPrefix)
        return Step::Wait;
    const bool isStray = std::ranges::any_of(strayPrefixes, [line](std::string_view prefix) {
        return line.startsWith(
            QByteArrayView(prefix.data(), static_cast<qsizetype>(prefix.size())));
    });
    if (!isStray)
        return beginStatement();
    return isWhole ? strayLine(line) : Step::Wait;
}

DumpScanner::Step DumpScanner::strayLine(QByteArrayView line)
{
    const Result<void> told = m_handler.strayLine(line.trimmed(), countLines());
    m_at += line.size();
    return failUnlessOk(told);
}

DumpScanner::Step DumpScanner::beginStatement()
{
    m_mode = Mode::Statement;
    m_begin = m_at;
    m_sql.clear();
    m_statementLine = countLines();
    m_statementOffset = m_offset + m_at;
    m_parentheses = m_bodyDepth = m_wordCount = 0;
    m_firstWords.clear();
    m_isRoutine = m_sawBegin = m_mayContinue = false;
    return Step::Go;
}

// In a statement

DumpScanner::Step DumpScanner::plain()
{
    const char c = m_text[m_at];
    if (isWordStart(c) || isDigit(c))
        return word();
    if (isSqlSpace(c)) {
        m_sawNewline = m_sawNewline || c == '\n' || c == '\r';
        ++m_at;
        return Step::Go;
    }
    if (c == '\'') {
        const bool goesOn = m_mayContinue && m_sawNewline;
        return openString(goesOn ? m_stringEscaped : m_plainStringsEscape, 1);
    }
    if (c == '-')
        return dash();
    if (c == '/')
        return slash();
    m_mayContinue = m_sawBegin = false;
    return symbol(c);
}

DumpScanner::Step DumpScanner::symbol(char c)
{
    switch (c) {
    case '"': m_inside = Inside::QuotedWord; break;
    case '$': return dollar();
    case '(': ++m_parentheses; break;
    case ')': m_parentheses = std::max(0, m_parentheses - 1); break;
    case ';':
        if (m_parentheses == 0 && m_bodyDepth == 0)
            return semicolon();
        break;
    case '\\':
        return fail({.kind = ErrorKind::Refused,
                     .subject = {},
                     .detail = u"a psql meta-command inside a statement; Mayday never runs them"_s,
                     .advice = Advice::MakeBackupWithPgDump,
                     .line = countLines()});
    default: break;
    }
    ++m_at;
    return Step::Go;
}

DumpScanner::Step DumpScanner::word()
{
    qsizetype end = m_at;
    while (end < m_text.size() && isDigit(m_text[end]))
        ++end;
    if (end == m_text.size() || isWordStart(m_text[end])) {
        while (end < m_text.size() && isWordPart(m_text[end]))
            ++end;
    }
    // Whether a quote comes after a prefix such as U& takes two bytes more to see.
    if (!m_isLast && end + 2 > m_text.size())
        return Step::Wait;
    const QByteArrayView word = m_text.sliced(m_at, end - m_at);
    m_mayContinue = false;
    if (word.size() == 1 && end < m_text.size())
        return quoteAfterWord(word, end);
    noteWord(word);
    m_at = end;
    return Step::Go;
}

/// E'..', U&'..', U&"..", B'..', X'..', N'..': the letter says how the string is read.
DumpScanner::Step DumpScanner::quoteAfterWord(QByteArrayView word, qsizetype end)
{
    const char letter = lower(word[0]);
    if (m_text[end] == '\'' && std::strchr("ebxn", letter))
        return openString(letter == 'e' || (letter == 'n' && m_plainStringsEscape), 2);
    const bool isUnicode = letter == 'u' && m_text[end] == '&' && end + 1 < m_text.size();
    if (isUnicode && m_text[end + 1] == '\'')
        return openString(false, 3);
    noteWord(word);
    m_at = end;
    return Step::Go;
}

/// The bodies of CREATE FUNCTION ... BEGIN ATOMIC ...; END are the one place where a ';' outside of
/// quotes and parentheses does not end the statement. CASE ends with END too.
void DumpScanner::noteWord(QByteArrayView word)
{
    if (m_wordCount < 4) {
        ++m_wordCount;
        m_firstWords.append(m_firstWords.isEmpty() ? "" : " ")
            .append(word.first(std::min<qsizetype>(word.size(), 16)));
        const QByteArray words = m_firstWords.toLower();
        m_isRoutine = m_isRoutine || words == "create function" || words == "create procedure" ||
                      words == "create or replace function" ||
                      words == "create or replace procedure";
    }
    if (!m_isRoutine || m_parentheses > 0)
        return;
    if (m_bodyDepth == 0) {
        if (m_sawBegin && equals(word, "atomic"))
            m_bodyDepth = 1;
        m_sawBegin = equals(word, "begin");
    } else if (equals(word, "case")) {
        ++m_bodyDepth;
    } else if (equals(word, "end")) {
        --m_bodyDepth;
    }
}

DumpScanner::Step DumpScanner::dash()
{
    if (lacks(1))
        return Step::Wait;
    if (ahead(1) == '-')
        m_inside = Inside::LineComment;
    else
        m_mayContinue = m_sawBegin = false;
    ++m_at;
    return Step::Go;
}

DumpScanner::Step DumpScanner::slash()
{
    if (lacks(1))
        return Step::Wait;
    if (ahead(1) == '*') {
        m_inside = Inside::BlockComment;
        m_commentDepth = 1;
        ++m_at;
    }
    m_mayContinue = false;
    ++m_at;
    return Step::Go;
}

DumpScanner::Step DumpScanner::dollar()
{
    qsizetype end = m_at + 1;
    if (end < m_text.size() && isWordStart(m_text[end])) {
        while (end < m_text.size() && isTagPart(m_text[end]))
            ++end;
    }
    if (end >= m_text.size() && !m_isLast)
        return Step::Wait;
    if (end < m_text.size() && m_text[end] == '$') {
        m_tag = m_text.sliced(m_at, end + 1 - m_at).toByteArray();
        m_inside = Inside::Dollars;
        m_at = end + 1;
        return Step::Go;
    }
    // "$1" is a parameter, and its digits are no word of their own; so all have to be here.
    end = m_at + 1;
    while (end < m_text.size() && isDigit(m_text[end]))
        ++end;
    if (end == m_text.size() && !m_isLast)
        return Step::Wait;
    m_at = end;
    return Step::Go;
}

DumpScanner::Step DumpScanner::semicolon()
{
    if (!keepStatement())
        return fail(tooLarge());
    ++m_at;
    m_mode = Mode::Between;
    while (!m_sql.isEmpty() && isSqlSpace(m_sql.back()))
        m_sql.chop(1);
    const auto after = m_handler.statement(std::exchange(m_sql, {}), {.line = m_statementLine,
                                                                      .offset = m_statementOffset,
                                                                      .end = m_offset + m_at,
                                                                      .endLine = countLines()});
    if (!after)
        return fail(after.error());
    m_plainStringsEscape = m_handler.plainStringsEscape();
    if (*after == ScanHandler::After::Rows)
        m_mode = Mode::BeforeRows;
    return Step::Go;
}

// In quotes and comments

DumpScanner::Step DumpScanner::openString(bool escapes, qsizetype width)
{
    m_inside = escapes ? Inside::EscapeString : Inside::String;
    m_mayContinue = false;
    m_at += width;
    return Step::Go;
}

void DumpScanner::closeString(bool escapes)
{
    m_inside = Inside::Nothing;
    m_mayContinue = true;
    m_sawNewline = false;
    m_stringEscaped = escapes;
    ++m_at;
}

DumpScanner::Step DumpScanner::string()
{
    const qsizetype quote = find(m_text, '\'', m_at);
    m_at = quote < 0 ? m_text.size() : quote;
    if (quote < 0)
        return Step::Go;
    if (lacks(1))
        return Step::Wait;
    if (ahead(1) == '\'')
        m_at += 2;
    else
        closeString(false);
    return Step::Go;
}

DumpScanner::Step DumpScanner::escapeString()
{
    while (m_at < m_text.size() && m_text[m_at] != '\'' && m_text[m_at] != '\\')
        ++m_at;
    if (m_at >= m_text.size())
        return Step::Go;
    if (lacks(1))
        return Step::Wait;
    if (m_text[m_at] == '\\' || ahead(1) == '\'')
        m_at = std::min(m_at + 2, m_text.size());
    else
        closeString(true);
    return Step::Go;
}

/// A doubled quote ends one and opens the next, which comes to the same.
DumpScanner::Step DumpScanner::quotedWord()
{
    const qsizetype quote = find(m_text, '"', m_at);
    m_at = quote < 0 ? m_text.size() : quote + 1;
    if (quote >= 0)
        m_inside = Inside::Nothing;
    return Step::Go;
}

DumpScanner::Step DumpScanner::dollars()
{
    const qsizetype end = m_text.indexOf(m_tag, m_at);
    if (end >= 0) {
        m_at = end + m_tag.size();
        m_inside = Inside::Nothing;
        return Step::Go;
    }
    const qsizetype kept = m_isLast ? 0 : std::min(m_tag.size() - 1, m_text.size() - m_at);
    m_at = m_text.size() - kept;
    return kept > 0 ? Step::Wait : Step::Go;
}

DumpScanner::Step DumpScanner::lineComment()
{
    while (m_at < m_text.size() && m_text[m_at] != '\n' && m_text[m_at] != '\r')
        ++m_at;
    if (m_at < m_text.size())
        m_inside = Inside::Nothing;
    return Step::Go;
}

DumpScanner::Step DumpScanner::blockComment()
{
    while (m_at < m_text.size() && m_text[m_at] != '*' && m_text[m_at] != '/')
        ++m_at;
    if (m_at >= m_text.size())
        return Step::Go;
    if (lacks(1))
        return Step::Wait;
    const bool opens = m_text[m_at] == '/' && ahead(1) == '*';
    const bool closes = m_text[m_at] == '*' && ahead(1) == '/';
    m_at += opens || closes ? 2 : 1;
    m_commentDepth += opens ? 1 : closes ? -1 : 0;
    if (m_commentDepth == 0)
        m_inside = Inside::Nothing;
    return Step::Go;
}

// In the rows of a COPY

DumpScanner::Step DumpScanner::beforeRows()
{
    const char c = m_text[m_at];
    if (!isSqlSpace(c))
        return fail(
            corrupt(countLines(), u"there is text behind COPY ... FROM stdin on the same line"_s));
    ++m_at;
    if (c == '\n') {
        (void)countLines(); // rows() counts its own
        m_mode = Mode::Rows;
        m_rowScanner.begin();
        m_rows = m_rowBytes = 0;
    }
    return Step::Go;
}

DumpScanner::Step DumpScanner::rows()
{
    const RowScanner::Piece piece = m_rowScanner.take(m_text, m_at, m_isLast);
    const QByteArrayView bytes = m_text.sliced(m_at, piece.end - m_at);
    m_rows += piece.rows;
    m_line += piece.rows;
    m_at = m_counted = piece.end;
    m_rowBytes += bytes.size();
    if (!bytes.isEmpty()) {
        if (const auto told = m_handler.rows(bytes); !told)
            return fail(told.error());
    }
    if (piece.marker > 0)
        return endRows(piece.end, piece.marker);
    return piece.isCut ? Step::Wait : Step::Go;
}

DumpScanner::Step DumpScanner::endRows(qsizetype end, qsizetype width)
{
    m_mode = Mode::Between;
    m_at = end + width;
    const Result<void> told = m_handler.rowsEnd(m_rows, m_rowBytes, m_line, m_offset + m_at);
    return failUnlessOk(told);
}

} // namespace mayday::dump
