// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/sqlwords.h"

#include "postgres/quoting.h"

#include <limits>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

bool isWordByte(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '$' || byte >= 0x80;
}

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/// A cursor over one statement.
class WordReader final {
public:
    explicit WordReader(QByteArrayView sql) : m_sql(sql) {}

    [[nodiscard]] bool next(QString &word)
    {
        skipBlanks();
        if (m_at >= m_sql.size())
            return false;
        const char c = m_sql[m_at];
        if (c == '"')
            word = quoted('"');
        else if (c == '\'')
            word = u'\'' + quoted('\'');
        else if (isWordByte(c))
            word = bare();
        else
            word = QString(QLatin1Char(m_sql[m_at++]));
        return true;
    }

private:
    [[nodiscard]] bool at(const char *two) const
    {
        return m_at + 1 < m_sql.size() && m_sql[m_at] == two[0] && m_sql[m_at + 1] == two[1];
    }

    void skipBlanks()
    {
        while (m_at < m_sql.size()) {
            if (isSpace(m_sql[m_at]))
                ++m_at;
            else if (at("--"))
                skipLine();
            else if (at("/*"))
                skipBlock();
            else
                return;
        }
    }

    void skipLine()
    {
        while (m_at < m_sql.size() && m_sql[m_at] != '\n')
            ++m_at;
    }

    void skipBlock()
    {
        int depth = 0;
        do {
            if (at("/*")) {
                ++depth;
                m_at += 2;
            } else if (at("*/")) {
                --depth;
                m_at += 2;
            } else {
                ++m_at;
            }
        } while (depth > 0 && m_at < m_sql.size());
    }

    QString quoted(char quote)
    {
        QByteArray text;
        for (++m_at; m_at < m_sql.size(); ++m_at) {
            if (m_sql[m_at] == quote) {
                if (m_at + 1 >= m_sql.size() || m_sql[m_at + 1] != quote) {
                    ++m_at;
                    break;
                }
                ++m_at;
            }
            text += m_sql[m_at];
        }
        return QString::fromUtf8(text);
    }

    QString bare()
    {
        const qsizetype start = m_at;
        while (m_at < m_sql.size() && isWordByte(m_sql[m_at]))
            ++m_at;
        return QString::fromUtf8(m_sql.sliced(start, m_at - start)).toLower();
    }

    QByteArrayView m_sql;
    qsizetype m_at = 0;
};

} // namespace

QStringList leadingWords(QByteArrayView sql, qsizetype limit)
{
    QStringList words;
    WordReader reader(sql);
    QString word;
    while (words.size() < limit && reader.next(word))
        words.append(word);
    return words;
}

bool changesRows(const QString &firstWord)
{
    return firstWord == "update"_L1 || firstWord == "delete"_L1 || firstWord == "truncate"_L1 ||
           firstWord == "merge"_L1;
}

QStringList allWords(QByteArrayView sql)
{
    return leadingWords(sql, std::numeric_limits<qsizetype>::max());
}

QByteArray quotedList(const QStringList &names)
{
    QByteArrayList quoted{"''"};
    for (const QString &name : names)
        quoted.append(postgres::quoteLiteral(name.toUtf8()));
    return quoted.join(", ");
}

} // namespace mayday::restore
