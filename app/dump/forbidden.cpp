// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/forbidden.h"

#include "dump/sqltokens.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

constexpr std::array reachingOut = {"lo_import",
                                    "lo_export",
                                    "pg_read_file",
                                    "pg_stat_file",
                                    "pg_file_write",
                                    "pg_read_binary_file",
                                    "pg_ls_dir",
                                    "pg_reload_conf",
                                    "pg_rotate_logfile",
                                    "dblink",
                                    "dblink_connect",
                                    "dblink_connect_u",
                                    "dblink_exec",
                                    "pg_cancel_backend",
                                    "pg_terminate_backend",
                                    "pg_promote",
                                    "pg_switch_wal",
                                    "pg_drop_replication_slot",
                                    "pg_notify",
                                    "pg_logical_emit_message"};

bool isOneOf(const SqlToken &token, std::span<const char *const> words)
{
    return std::ranges::any_of(words, [&](const char *word) { return token.is(word); });
}

/// COPY may only take the rows that follow in the file.
QString forbiddenCopy(SqlTokens tokens)
{
    tokens.take("binary");
    if (tokens.peek().isSymbol('('))
        return u"COPY of a query writes to the server's side"_s;
    (void)takeName(tokens);
    int depth = 0;
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        if (depth > 0 || !(token.is("from") || token.is("to")))
            continue;
        if (token.is("to"))
            return u"COPY ... TO has no place in a dump"_s;
        if (tokens.take("stdin"))
            return {};
        return tokens.take("program") ? u"COPY ... FROM PROGRAM runs a program on the server"_s
                                      : u"COPY ... FROM a file reads the server's disk"_s;
    }
    return u"COPY without FROM stdin"_s;
}

/// Whether a call of that name is one, however the name is written.
bool reachesOut(const SqlToken &token)
{
    if (!token.isName())
        return false;
    const QString name = token.name();
    return std::ranges::any_of(
        reachingOut, [&](const char *function) { return name == QLatin1StringView(function); });
}

/// setval() outlives a rollback, so it may only be called where its sequence is known.
QString forbiddenCall(SqlTokens tokens, int setvals)
{
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        const SqlToken after = tokens.peek();
        if (token.isEscapedName() && (after.isSymbol('(') || after.is("uescape")))
            return u"it calls a function whose name is hidden by escapes"_s;
        if (reachesOut(token) && after.isSymbol('('))
            return u"it calls %1(), which reaches out of the database"_s.arg(token.name());
        if (token.isName() && token.name() == "setval"_L1 && after.isSymbol('(') && setvals-- <= 0)
            return u"it calls setval() where it cannot be said which sequence that changes"_s;
    }
    return {};
}

/// CREATE TABLE ... AS runs its query at once; pg_dump never writes it.
bool createsTableByQuery(const DumpStatement &statement, SqlTokens tokens)
{
    if (statement.kind != StatementClass::Table)
        return false;
    int depth = 0;
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        if (depth == 0 && token.is("as"))
            return true;
    }
    return false;
}

QString reasonAgainst(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    while (tokens.takeSymbol('(')) {
    }
    const SqlToken first = tokens.next();
    if (first.is("copy"))
        return forbiddenCopy(tokens);
    if (first.is("alter") && tokens.take("system"))
        return u"ALTER SYSTEM changes the server's configuration"_s;
    if (first.is("load"))
        return u"LOAD brings a library of the server's disk into it"_s;
    constexpr std::array running = {"select", "with",    "values",  "insert", "update", "delete",
                                    "call",   "execute", "explain", "table",  "merge"};
    const bool runs =
        isOneOf(first, running) || (first.is("create") && createsTableByQuery(statement, tokens));
    const bool setsSequence = statement.kind == StatementClass::SequenceSet;
    return runs ? forbiddenCall(tokens, setsSequence ? 1 : 0) : QString();
}

/// Languages whose functions can do what the server's operating system account can.
bool isUnsafeLanguage(const QString &language)
{
    return language == "c"_L1 || language == "internal"_L1 ||
           (language.startsWith("pl"_L1) && language.endsWith(u'u'));
}

QString dangerOfRoutine(SqlTokens tokens)
{
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (token.is("security") && tokens.take("definer"))
            return u"a SECURITY DEFINER function"_s;
        if (!token.is("language"))
            continue;
        const SqlToken language = tokens.next();
        const QString name = language.isName() ? language.name() : language.value().toLower();
        if (isUnsafeLanguage(name))
            return u"a function in the language %1"_s.arg(name);
    }
    return {};
}

QString dangerOfCreate(const DumpStatement &statement, SqlTokens tokens)
{
    tokens.take({"or", "replace"});
    if (statement.kind == StatementClass::EventTrigger)
        return u"an event trigger"_s;
    if (tokens.take({"trusted"}) || tokens.take("procedural"))
        tokens.take("procedural");
    if (tokens.take("language"))
        return statement.objectName == "plpgsql"_L1 ? QString() : u"a language"_s;
    if (tokens.take("function") || tokens.take("procedure"))
        return dangerOfRoutine(tokens);
    return {};
}

} // namespace

std::optional<Error> forbidden(const DumpStatement &statement)
{
    const QString reason = reasonAgainst(statement);
    if (reason.isEmpty())
        return std::nullopt;
    return Error{.kind = ErrorKind::Refused,
                 .subject = u"statement at line %1"_s.arg(statement.line),
                 .detail = reason,
                 .advice = Advice::MakeBackupWithPgDump,
                 .line = statement.line};
}

QString danger(const DumpStatement &statement)
{
    if (const auto error = forbidden(statement))
        return error->detail;
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    const SqlToken first = tokens.next();
    if (first.is("do"))
        return u"a DO block, which runs code while it is restored"_s;
    return first.is("create") ? dangerOfCreate(statement, tokens) : QString();
}

} // namespace mayday::dump
