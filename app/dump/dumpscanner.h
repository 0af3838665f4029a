// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "dump/rowscanner.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace mayday::dump {

/// Where a statement stands in the text; lines are 1-based.
struct StatementPlace {
    qint64 line = 0;   ///< of its first token
    qint64 offset = 0; ///< of its first token
    qint64 end = 0;    ///< behind its ';'
    qint64 endLine = 0;
};

/// What a DumpScanner finds. An Error stops it.
class ScanHandler {
public:
    /// What comes after a statement in the file.
    enum class After { Statements, Rows };

    virtual ~ScanHandler() = default;
    ScanHandler() = default;
    Q_DISABLE_COPY_MOVE(ScanHandler)

    /// sql: without leading blanks and without its ';'.
    [[nodiscard]] virtual Result<After> statement(QByteArray sql, const StatementPlace &place) = 0;
    /// A "--" line between statements, without its newline.
    [[nodiscard]] virtual Result<void> comment(QByteArrayView text, qint64 line) = 0;
    /// A line that begins with a backslash, outside of everything.
    [[nodiscard]] virtual Result<void> metaCommand(QByteArrayView text, qint64 line) = 0;
    /// A line that some program wrote to stderr and that came into the file.
    [[nodiscard]] virtual Result<void> strayLine(QByteArrayView text, qint64 line) = 0;
    [[nodiscard]] virtual Result<void> rows(QByteArrayView bytes) = 0;
    /// line: of the "\.". end: the place in the text behind it.
    [[nodiscard]] virtual Result<void> rowsEnd(qint64 rows, qint64 bytes, qint64 line,
                                               qint64 end) = 0;
    /// Asked after each statement: whether backslashes count in plain strings from here on
    /// (standard_conforming_strings is off).
    [[nodiscard]] virtual bool plainStringsEscape() const = 0;
};

/// Finds the statements and rows in the text of a dump, by the rules of PostgreSQL's own lexer:
/// every sort of string, quoted identifiers, dollar quotes, nested comments, parentheses and BEGIN
/// ATOMIC bodies, over pieces of any size. Rows are passed on as views into the piece, never
/// copied.
///
/// Where psql and the server read a text differently (a string that goes on over a line, a lone
/// carriage return after "--") the server's reading counts, since the statement goes to the server.
class DumpScanner final {
public:
    static constexpr qsizetype statementLimit = 256 * 1024 * 1024;
    /// At most this much of a piece is asked for again.
    static constexpr qsizetype carryLimit = 48 * 1024;

    explicit DumpScanner(ScanHandler &handler, qsizetype limit = statementLimit)
        : m_handler(handler), m_statementLimit(limit)
    {
    }

    /// The first piece begins there, between statements, and not at the beginning of the text.
    void startAt(qint64 offset, qint64 line)
    {
        m_offset = offset;
        m_line = line;
    }

    /// How many bytes are done with; the others must come again in front of the next piece.
    [[nodiscard]] Result<qsizetype> feed(QByteArrayView text, bool isLast);
    /// After the last piece: Corrupt when the text stops inside of something.
    [[nodiscard]] Result<void> finish() const;

    /// 1-based; of the place reached.
    [[nodiscard]] qint64 line() const { return m_line; }
    /// Bytes of text done.
    [[nodiscard]] qint64 offset() const { return m_offset; }
    /// Rows of the current COPY so far.
    [[nodiscard]] qint64 rowsSoFar() const { return m_rows; }

private:
    enum class Mode { Between, Statement, BeforeRows, Rows };
    enum class Inside {
        Nothing,
        String,
        EscapeString,
        QuotedWord,
        Dollars,
        LineComment,
        BlockComment
    };
    enum class Step { Go, Wait, Fail };

    Step step();
    Step between();
    Step startComment();
    Step startLine();
    Step strayLine(QByteArrayView line);
    Step beginStatement();
    Step plain();
    Step symbol(char c);
    Step word();
    Step quoteAfterWord(QByteArrayView word, qsizetype end);
    Step dash();
    Step slash();
    Step dollar();
    Step semicolon();
    Step openString(bool escapes, qsizetype width);
    Step string();
    Step escapeString();
    Step quotedWord();
    Step dollars();
    Step lineComment();
    Step blockComment();
    Step beforeRows();
    Step rows();
    Step endRows(qsizetype end, qsizetype width);

    void noteWord(QByteArrayView word);
    void closeString(bool escapes);
    [[nodiscard]] bool lacks(qsizetype ahead) const;
    [[nodiscard]] char ahead(qsizetype distance) const;
    [[nodiscard]] QByteArrayView lineHere() const;
    qint64 countLines();
    Step fail(Error error);
    Step failUnlessOk(const Result<void> &result);
    [[nodiscard]] bool keepStatement();
    [[nodiscard]] Error tooLarge() const;

    ScanHandler &m_handler;
    qsizetype m_statementLimit;
    bool m_plainStringsEscape = false;

    QByteArrayView m_text; // the piece at hand
    qsizetype m_at = 0;
    qsizetype m_counted = 0; // newlines before are in m_line
    qsizetype m_begin = 0;   // of what is not yet in m_sql
    bool m_isLast = false;

    Mode m_mode = Mode::Between;
    Inside m_inside = Inside::Nothing;
    qint64 m_line = 1;
    qint64 m_offset = 0;
    std::optional<Error> m_error;

    QByteArray m_sql;
    qint64 m_statementLine = 0;
    qint64 m_statementOffset = 0;
    QByteArray m_tag; // of the dollar quote
    int m_commentDepth = 0;
    int m_parentheses = 0;
    int m_bodyDepth = 0; // BEGIN ATOMIC and CASE inside of it
    QByteArray m_firstWords;
    int m_wordCount = 0;
    bool m_isRoutine = false;
    bool m_sawBegin = false;
    bool m_mayContinue = false; // a string has just ended ...
    bool m_sawNewline = false;  // ... and a newline after it
    bool m_stringEscaped = false;

    RowScanner m_rowScanner;
    qint64 m_rows = 0;
    qint64 m_rowBytes = 0;
};

} // namespace mayday::dump
