// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/rolewords.h"

#include "dump/sqltokens.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

using Use = RoleWord::Use;

/// Words that stand for somebody who is always there. PostgreSQL takes "public" for everybody even
/// in quotes; USER is the connected role, in user mappings, and ALL are all of them.
bool isAlwaysThere(const SqlToken &role)
{
    return role.name() == "public"_L1 || role.is("current_user") || role.is("session_user") ||
           role.is("current_role") || role.is("user") || role.is("all");
}

/// Walks over one statement and collects.
class RoleReader final {
public:
    explicit RoleReader(const DumpStatement &statement)
        : m_sql(statement.sql),
          m_tokens(m_sql, statement.plainStringsEscape),
          m_kind(statement.kind)
    {
    }

    [[nodiscard]] QList<RoleWord> read()
    {
        const SqlToken first = m_tokens.next();
        if (first.is("grant") || first.is("revoke"))
            readRights();
        else if (first.is("alter"))
            readAlter();
        else if (first.is("create") || first.is("drop"))
            readCreate();
        else if (first.is("set"))
            readSpeaker();
        else if (first.is("comment") || first.is("security"))
            readAbout();
        return m_words;
    }

private:
    [[nodiscard]] qsizetype placeOf(const SqlToken &token) const
    {
        return token.text.data() - m_sql.data();
    }

    void add(Use use, const SqlToken &role, qsizetype comma = -1)
    {
        const bool isLiteral = role.kind == SqlToken::Kind::String;
        if (!isLiteral && !role.isName())
            return;
        const qsizetype begin = placeOf(role);
        m_words.append({.use = use,
                        .name = isLiteral ? role.value() : role.name(),
                        .begin = begin,
                        .end = begin + role.text.size(),
                        .comma = comma,
                        .isSomebody = isLiteral || !isAlwaysThere(role)});
    }

    /// One, or several with commas between them.
    void addList(Use use)
    {
        qsizetype comma = -1;
        while (true) {
            m_tokens.take("group");
            add(use, m_tokens.next(), comma);
            const SqlToken after = m_tokens.peek();
            if (!m_tokens.takeSymbol(','))
                return;
            comma = placeOf(after);
        }
    }

    /// The next token outside of brackets; an End when there is none.
    [[nodiscard]] SqlToken nextOutside()
    {
        int depth = 0;
        SqlToken token = m_tokens.next();
        while (token.kind != SqlToken::Kind::End) {
            if (depth == 0 && !token.isSymbol('('))
                return token;
            depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
            token = m_tokens.next();
        }
        return token;
    }

    /// Who gets them, and who has given them, behind the words that say on what.
    void readRights()
    {
        const SqlTokens start = m_tokens;
        bool saysOn = false;
        for (SqlToken token = nextOutside(); token.kind != SqlToken::Kind::End;
             token = nextOutside()) {
            saysOn = saysOn || token.is("on");
            if (token.is("to") || token.is("from"))
                addList(saysOn ? Use::Grantee : Use::Other);
            else if (token.is("granted") && m_tokens.take("by"))
                add(Use::Other, m_tokens.next());
        }
        if (saysOn)
            return;
        // Of a membership, the roles that somebody becomes a member of stand in front.
        const QList<RoleWord> members = std::exchange(m_words, {});
        m_tokens = start;
        for (const char *kind : {"admin", "inherit", "set"})
            m_tokens.take({kind, "option", "for"});
        addList(Use::Other);
        m_words += members;
    }

    /// ALTER DEFAULT PRIVILEGES FOR ROLE whom IN SCHEMA ... GRANT ... TO whom
    void readDefaults()
    {
        for (SqlToken token = nextOutside(); token.kind != SqlToken::Kind::End;
             token = nextOutside()) {
            if (token.is("for") && (m_tokens.take("role") || m_tokens.take("user")))
                addList(Use::Creator);
            else if (token.is("to") || token.is("from"))
                addList(Use::Grantee);
        }
    }

    /// CREATE POLICY name ON table [AS ...] [FOR ...] TO role, role USING (...)
    void readPolicy()
    {
        (void)m_tokens.next();
        m_tokens.take("on");
        (void)takeName(m_tokens);
        if (m_tokens.take("rename"))
            return;
        for (SqlToken token = nextOutside(); token.kind != SqlToken::Kind::End;
             token = nextOutside()) {
            if (token.is("to"))
                return addList(Use::PolicyRole);
        }
    }

    void readUserMapping()
    {
        if (!m_tokens.take({"if", "not", "exists"}))
            m_tokens.take({"if", "exists"});
        if (m_tokens.take("for"))
            add(Use::Other, m_tokens.next());
    }

    void readAlter()
    {
        if (m_tokens.take({"default", "privileges"}))
            return readDefaults();
        if (m_tokens.take("policy"))
            return readPolicy();
        if (m_tokens.take({"user", "mapping"}))
            return readUserMapping();
        if (m_tokens.take("role") || m_tokens.take("user") || m_tokens.take("group"))
            return add(Use::Other, m_tokens.next());
        if (m_kind != StatementClass::Owner)
            return; // a column may be named "owner", and be given another name
        for (SqlToken token = nextOutside(); token.kind != SqlToken::Kind::End;
             token = nextOutside()) {
            if (token.is("owner") && m_tokens.take("to"))
                return add(Use::Owner, m_tokens.next());
        }
    }

    void readCreate()
    {
        if (m_tokens.take("policy"))
            return readPolicy();
        if (m_tokens.take({"user", "mapping"}))
            return readUserMapping();
        if (!m_tokens.take("schema"))
            return;
        m_tokens.take({"if", "not", "exists"});
        // Without a name in front of it, the role's is the schema's too, and that one stays.
        if (!m_tokens.next().is("authorization") && m_tokens.take("authorization"))
            add(Use::Other, m_tokens.next());
    }

    /// SET SESSION AUTHORIZATION whom, SET ROLE whom; the name may be a literal.
    void readSpeaker()
    {
        Use use = Use::Other;
        if (m_tokens.take({"session", "authorization"}) ||
            m_tokens.take({"session", "session", "authorization"}) ||
            m_tokens.take({"local", "session", "authorization"})) {
            use = Use::Speaker;
        } else {
            if (!m_tokens.take("session"))
                m_tokens.take("local");
            if (!m_tokens.take("role"))
                return;
            if (!m_tokens.takeSymbol('='))
                m_tokens.take("to");
        }
        const SqlToken whom = m_tokens.next();
        if (whom.is("default") || (use == Use::Other && whom.name() == "none"_L1))
            return;
        add(use, whom);
    }

    /// COMMENT ON ROLE whom, SECURITY LABEL FOR a provider ON ROLE whom
    void readAbout()
    {
        if (m_tokens.take({"label", "for"}))
            (void)m_tokens.next();
        else
            m_tokens.take("label");
        if (m_tokens.take({"on", "role"}))
            add(Use::Other, m_tokens.next());
    }

    QByteArrayView m_sql;
    SqlTokens m_tokens;
    StatementClass m_kind;
    QList<RoleWord> m_words;
};

} // namespace

QList<RoleWord> roleWords(const DumpStatement &statement)
{
    // Rows are many, and name nobody.
    return statement.kind == StatementClass::Data ? QList<RoleWord>()
                                                  : RoleReader(statement).read();
}

} // namespace mayday::dump
