// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

namespace mayday::dump {

/// One token of a statement. text is a view into it, quotes included.
struct SqlToken {
    enum class Kind { End, Word, QuotedWord, String, Number, Symbol };
    Kind kind = Kind::End;
    QByteArrayView text = {};

    /// Whether it is this bare word; word in lower case.
    [[nodiscard]] bool is(const char *word) const;
    [[nodiscard]] bool isSymbol(char symbol) const
    {
        return kind == Kind::Symbol && text.size() == 1 && text.front() == symbol;
    }
    [[nodiscard]] bool isName() const { return kind == Kind::Word || kind == Kind::QuotedWord; }
    /// U&"d\0061ta": what it says would have to be worked out; pg_dump never writes it.
    [[nodiscard]] bool isEscapedName() const
    {
        return kind == Kind::QuotedWord && !text.startsWith('"');
    }
    /// The identifier it stands for: bare words in lower case, quoted ones without their quotes.
    [[nodiscard]] QString name() const;
    /// What a string literal says, as far as it has no escapes but doubled quotes.
    [[nodiscard]] QString value() const;
};

/// Walks over the tokens of one whole statement; comments and white space are not tokens. A value.
class SqlTokens final {
public:
    /// escapes: backslashes count in plain strings too (standard_conforming_strings is off).
    explicit SqlTokens(QByteArrayView sql, bool escapes = false) : m_sql(sql), m_escapes(escapes) {}

    [[nodiscard]] SqlToken next();
    [[nodiscard]] SqlToken peek() const { return SqlTokens(*this).next(); }
    /// Takes the next token if it is this bare word.
    bool take(const char *word);
    bool takeSymbol(char symbol);
    /// Takes all of these words in a row, or none.
    bool take(std::initializer_list<const char *> words);

private:
    void skipBlank();
    void skipBlockComment();
    [[nodiscard]] SqlToken takeUntil(SqlToken::Kind kind, qsizetype end);
    [[nodiscard]] qsizetype endOfString(qsizetype quote, bool escapes) const;
    [[nodiscard]] qsizetype endOfQuotedWord(qsizetype quote) const;
    [[nodiscard]] qsizetype endOfDollars(qsizetype dollar) const;
    [[nodiscard]] qsizetype endOfWord(qsizetype begin) const;
    [[nodiscard]] SqlToken word();
    [[nodiscard]] SqlToken string(qsizetype quote, bool escapes);

    QByteArrayView m_sql;
    qsizetype m_at = 0;
    bool m_escapes;
    bool m_stringEscapes = false;
    qsizetype m_stringEnd = 0;
};

/// A name with its schema, as far as it has one: "public.products".
struct QualifiedName {
    QString schema = {};
    QString name = {};
    [[nodiscard]] bool operator==(const QualifiedName &) const = default;
};

/// Takes "a", "a.b" or "a.b.c" (then the last two) from the tokens; empty when there is no name.
/// The last one may be that of an operator: "a.===".
[[nodiscard]] QualifiedName takeName(SqlTokens &tokens);

} // namespace mayday::dump
