// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayList>
#include <QRandomGenerator>

namespace mayday::tests {

/// Makes small texts that are hard to take apart: strings, names and comments of every sort with
/// the marks of all others inside, in statements, parentheses, BEGIN ATOMIC bodies and rows, and
/// sometimes a mark alone, that opens what nobody closes. The same seed, the same texts.
///
/// They leave out what psql reads in its own way and no server takes: "begin" without ATOMIC,
/// ":name" in front of a '$', letters right behind a number, a bit string with a doubled quote, and
/// COPY ... FROM stdin in the middle of a statement (psql 17 skips rows behind that).
class NastySql final {
public:
    explicit NastySql(quint32 seed) : m_random(seed) {}

    [[nodiscard]] QByteArray text()
    {
        QByteArray made;
        if (m_random.bounded(4) == 0)
            made += routine();
        for (int i = m_random.bounded(1, 6); i > 0; --i) {
            switch (m_random.bounded(7)) {
            case 0: made += copy(); break;
            case 1:
                made += "\nset standard_conforming_strings = " + pick({"off;\n", "on;\n"});
                break;
            default: made += tokens(0, 8) + ';' + pick({"", " ", "\n"});
            }
        }
        return made;
    }

private:
    QByteArray pick(const QByteArrayList &all) { return all[m_random.bounded(all.size())]; }

    /// What stands inside of quotes and comments.
    QByteArray inside(int most)
    {
        static const QByteArrayList scraps = {
            "'",  "''",  "\"",   "\"\"", "$$",  "$a$",  "$aa$", "$",        ";",    "--",   "/*",
            "*/", "\n",  "\r\n", "\r",   "(",   ")",    "\\",   "a",        "\\\\", "end",  "case",
            "E'", "\\'", " ",    "1",    "y'z", "\xff", "\t",   "\xc3\xa4", "\f",   "\n\n", "--\n"};
        QByteArray made;
        for (int i = m_random.bounded(most + 1); i > 0; --i)
            made += pick(scraps);
        return made;
    }

    QByteArray string()
    {
        switch (m_random.bounded(5)) {
        case 0: return '\'' + inside(4).replace("'", "''") + '\'';
        case 1:
            return "E'" + inside(4).replace("\\", "\\\\").replace("'", pick({"\\'", "''"})) + '\'';
        case 2: return pick({"U&'", "u&'", "N'", "n'"}) + inside(3).replace("'", "''") + '\'';
        case 3: return pick({"B'", "x'"}) + inside(3).replace("'", "") + '\'';
        default: break;
        }
        const QByteArray tag = '$' + pick({"", "a", "aa", "_1", "\xc3\xa4"}) + '$';
        return tag + inside(5).replace(tag, "") + tag;
    }

    QByteArray comment()
    {
        if (m_random.bounded(2) == 0)
            return "--" + inside(3).replace("\n", "").replace("\r", "") + pick({"\n", "\r\n"});
        return "/*" + inside(3).replace("*/", "").replace("/*", "") +
               pick({"", "/* ; */", "/*/* ' */*/"}) + "*/";
    }

    QByteArray token(int depth)
    {
        switch (m_random.bounded(depth > 3 ? 10 : 12)) {
        case 0:
        case 1: return string();
        case 2: return comment();
        case 3: return pick({"\"", "U&\""}) + inside(4).replace("\"", "\"\"") + '"';
        case 4:
            return pick({"$1", "1.5", ".5", "1e5", "0x1F", "1_0", "1."}) + pick({" ", ",", ")"});
        case 5:
            return pick({"+", "-", "*", "/", "=", "<>", "@", "::", ",", ".", "- -", "+ /", "|"});
        case 6: return pick({" ", "\n", "\t", "\r\n", "\f", "\v", "\n\n", "\r"});
        case 7: return pick({"select ", "or ", "case ", "end ", "atomic ", "a", "_b1", "x1"});
        case 8: return pick({"a$b$", "e", "u", "n", "b", "\xc3\xa4$", "begin_", "ende"});
        case 9:
            return pick({"(", ")", "[", "]", ";", "'", "\"", "$$", "/*", "*/", "$a$", "E'", "\\",
                         "--", "\\;"});
        case 10: return '(' + tokens(depth + 1, 4) + ')';
        default: return tokens(depth + 1, 3);
        }
    }

    QByteArray tokens(int depth, int most)
    {
        QByteArray made;
        for (int i = m_random.bounded(most + 1); i > 0; --i)
            made += token(depth) + pick({"", "", " ", "\n"});
        return made;
    }

    QByteArray routine()
    {
        return pick({"create function f() ", "CREATE OR REPLACE FUNCTION f() ",
                     "create/**/procedure p() ", "create\nor replace procedure p() "}) +
               tokens(0, 2) + pick({" begin atomic ", " BEGIN\nATOMIC ", " begin/*;*/atomic "}) +
               tokens(1, 5) +
               pick({" end", " case when a then b end; end", ";;END", " case/**/end;end", ""}) +
               ';';
    }

    QByteArray copy()
    {
        return pick({"\n;\nCOPY a FROM stdin;\n", "\n;\nCOPY a (b) FROM stdin;\r\n"}) +
               pick({"1\n", "'\n", "", "\\.x\n", "$$ ;\n", "\r\n", "\\\\.\n", "\\n\\.\n"}) +
               pick({"\\.\n", "\\.\r\n"}) + "select 0;";
    }

    QRandomGenerator m_random;
};

} // namespace mayday::tests
