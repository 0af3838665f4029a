// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/statementclass.h"

#include "dump/sqltokens.h"

#include <QStringList>

#include <array>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

struct ObjectKind {
    std::array<const char *, 3> words; ///< as many as are not null
    StatementClass kind;
};

/// What may come after CREATE, ALTER, DROP, COMMENT ON; the longer ones first.
constexpr std::array objectKinds = {
    ObjectKind{{"event", "trigger"}, StatementClass::EventTrigger},
    ObjectKind{{"constraint", "trigger"}, StatementClass::Trigger},
    ObjectKind{{"materialized", "view"}, StatementClass::View},
    ObjectKind{{"recursive", "view"}, StatementClass::View},
    ObjectKind{{"unique", "index"}, StatementClass::Index},
    ObjectKind{{"foreign", "table"}, StatementClass::Table},
    ObjectKind{{"unlogged", "table"}, StatementClass::Table},
    ObjectKind{{"temporary", "table"}, StatementClass::Table},
    ObjectKind{{"foreign", "data", "wrapper"}, StatementClass::Platform},
    ObjectKind{{"foreign", "server"}, StatementClass::Platform},
    ObjectKind{{"user", "mapping"}, StatementClass::Platform},
    ObjectKind{{"large", "object"}, StatementClass::LargeObject},
    ObjectKind{{"text", "search", "configuration"}, StatementClass::Type},
    ObjectKind{{"text", "search", "dictionary"}, StatementClass::Type},
    ObjectKind{{"text", "search", "parser"}, StatementClass::Type},
    ObjectKind{{"text", "search", "template"}, StatementClass::Type},
    ObjectKind{{"operator", "class"}, StatementClass::Function},
    ObjectKind{{"operator", "family"}, StatementClass::Function},
    ObjectKind{{"unlogged", "sequence"}, StatementClass::Sequence},
    ObjectKind{{"procedural", "language"}, StatementClass::Function},
    ObjectKind{{"trusted", "procedural", "language"}, StatementClass::Function},
    ObjectKind{{"trusted", "language"}, StatementClass::Function},
    ObjectKind{{"schema"}, StatementClass::Schema},
    ObjectKind{{"type"}, StatementClass::Type},
    ObjectKind{{"domain"}, StatementClass::Type},
    ObjectKind{{"collation"}, StatementClass::Type},
    ObjectKind{{"cast"}, StatementClass::Type},
    ObjectKind{{"statistics"}, StatementClass::Type},
    ObjectKind{{"conversion"}, StatementClass::Type},
    ObjectKind{{"function"}, StatementClass::Function},
    ObjectKind{{"procedure"}, StatementClass::Function},
    ObjectKind{{"routine"}, StatementClass::Function},
    ObjectKind{{"aggregate"}, StatementClass::Function},
    ObjectKind{{"operator"}, StatementClass::Function},
    ObjectKind{{"language"}, StatementClass::Function},
    ObjectKind{{"transform"}, StatementClass::Function},
    ObjectKind{{"table"}, StatementClass::Table},
    ObjectKind{{"column"}, StatementClass::Table},
    ObjectKind{{"sequence"}, StatementClass::Sequence},
    ObjectKind{{"index"}, StatementClass::Index},
    ObjectKind{{"constraint"}, StatementClass::Constraint},
    ObjectKind{{"trigger"}, StatementClass::Trigger},
    ObjectKind{{"policy"}, StatementClass::Policy},
    ObjectKind{{"rule"}, StatementClass::Rule},
    ObjectKind{{"view"}, StatementClass::View},
    ObjectKind{{"extension"}, StatementClass::Extension},
    ObjectKind{{"publication"}, StatementClass::Publication},
    ObjectKind{{"subscription"}, StatementClass::Publication},
    ObjectKind{{"database"}, StatementClass::Platform},
    ObjectKind{{"role"}, StatementClass::Platform},
    ObjectKind{{"user"}, StatementClass::Platform},
    ObjectKind{{"tablespace"}, StatementClass::Platform},
    ObjectKind{{"server"}, StatementClass::Platform},
};

bool takeWords(SqlTokens &tokens, const ObjectKind &kind)
{
    SqlTokens ahead(tokens);
    for (const char *word : kind.words) {
        if (word && !ahead.take(word))
            return false;
    }
    tokens = ahead;
    return true;
}

StatementClass takeKind(SqlTokens &tokens)
{
    for (const ObjectKind &kind : objectKinds) {
        if (takeWords(tokens, kind))
            return kind.kind;
    }
    (void)tokens.next(); // some other object: "ACCESS METHOD ..."
    return StatementClass::Other;
}

void setName(DumpStatement &statement, const QualifiedName &name)
{
    statement.objectSchema = name.schema;
    statement.objectName = name.name;
}

void skipOptions(SqlTokens &tokens)
{
    tokens.take("concurrently");
    if (!tokens.take({"if", "not", "exists"}))
        tokens.take({"if", "exists"});
    tokens.take("only");
}

/// Transforms and user mappings have no name: they are FOR a type, FOR a role.
QualifiedName takeObjectName(SqlTokens &tokens)
{
    return tokens.peek().is("for") ? QualifiedName() : takeName(tokens);
}

/// "ON DOMAIN auth.d", as the constraints of a domain say it; a table may have that name, and a
/// schema too.
bool takeDomainWord(SqlTokens &tokens)
{
    SqlTokens ahead(tokens);
    const bool isDomain = ahead.take("domain") && !ahead.peek().isSymbol('.');
    if (isDomain)
        tokens = ahead;
    return isDomain;
}

/// What has no schema of its own, and is named with its table wherever it is named.
bool isPartOfTable(StatementClass kind)
{
    return kind == StatementClass::Trigger || kind == StatementClass::Policy ||
           kind == StatementClass::Rule || kind == StatementClass::Constraint;
}

void setTable(DumpStatement &statement, const QualifiedName &table)
{
    statement.objectSchema = table.schema;
    statement.objectTable = table.name;
}

/// The schema is that of the table behind the first ON: as a name, that word would be quoted.
void nameAfterTable(DumpStatement &statement, SqlTokens tokens)
{
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (!token.is("on"))
            continue;
        tokens.take("only");
        const bool isDomain = takeDomainWord(tokens);
        const QualifiedName name = takeName(tokens);
        setTable(statement, {.schema = name.schema, .name = isDomain ? QString() : name.name});
        return;
    }
}

/// CREATE RULE r AS ON INSERT TO auth.t ...: here ON says when, and what follows may say anything.
void nameAfterRuledTable(DumpStatement &statement, SqlTokens tokens)
{
    tokens.take({"as", "on"});
    (void)tokens.next();
    if (tokens.take("to"))
        setTable(statement, takeName(tokens));
}

/// A publication is in no schema; what ALTER PUBLICATION p ADD TABLE ONLY auth.t brings into it is.
void nameAfterPublished(DumpStatement &statement, SqlTokens tokens)
{
    if (!tokens.take("add") && !tokens.take("drop"))
        tokens.take("set");
    if (tokens.take({"tables", "in", "schema"})) {
        statement.objectSchema = tokens.next().name();
    } else if (tokens.take("table")) {
        tokens.take("only");
        setTable(statement, takeName(tokens));
    }
}

void classifyCreate(DumpStatement &statement, SqlTokens tokens)
{
    tokens.take({"or", "replace"});
    tokens.take("default"); // conversion
    statement.kind = statement.about = takeKind(tokens);
    skipOptions(tokens);
    if (statement.kind == StatementClass::Schema && tokens.take("authorization"))
        return;
    if (!(statement.kind == StatementClass::Index && tokens.peek().is("on")))
        setName(statement, takeObjectName(tokens));
    switch (statement.kind) {
    case StatementClass::Index:
    case StatementClass::Trigger:
    case StatementClass::Policy: nameAfterTable(statement, tokens); break;
    case StatementClass::Rule: nameAfterRuledTable(statement, tokens); break;
    default: break;
    }
}

StatementClass kindOfAddition(SqlTokens &tokens)
{
    if (tokens.take("constraint"))
        (void)tokens.next();
    return tokens.take({"foreign", "key"}) ? StatementClass::ForeignKey
                                           : StatementClass::Constraint;
}

/// What an ALTER TABLE does, from the tokens behind the table's name.
StatementClass kindOfTableChange(SqlTokens tokens)
{
    if (tokens.take("add")) {
        if (tokens.take({"generated"}))
            return StatementClass::Sequence;
        return tokens.take("column") ? StatementClass::Table : kindOfAddition(tokens);
    }
    if (tokens.take("cluster"))
        return StatementClass::Index;
    const bool switches = tokens.take("enable") || tokens.take("disable") || tokens.take("force") ||
                          tokens.take({"no", "force"});
    if (switches && tokens.take({"row", "level", "security"}))
        return StatementClass::Policy;
    if (switches)
        return StatementClass::Trigger;
    if (tokens.take("alter")) {
        tokens.take("column");
        (void)tokens.next();
        if (tokens.take({"add", "generated"}))
            return StatementClass::Sequence;
    }
    return StatementClass::Table;
}

void classifyAlter(DumpStatement &statement, SqlTokens tokens)
{
    if (tokens.take({"default", "privileges"})) {
        statement.kind = StatementClass::Grant;
        return;
    }
    if (tokens.take("system"))
        return;
    statement.kind = statement.about = takeKind(tokens);
    skipOptions(tokens);
    setName(statement, takeObjectName(tokens));
    if (statement.kind == StatementClass::Table)
        statement.kind = kindOfTableChange(tokens);
    else if (isPartOfTable(statement.kind))
        nameAfterTable(statement, tokens);
    else if (statement.kind == StatementClass::Publication)
        nameAfterPublished(statement, tokens);
    int depth = 0; // the arguments of a function have names
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        // What is given another name may have been called "owner".
        if (depth == 0 && token.is("rename"))
            return;
        if (depth == 0 && token.is("owner") && tokens.take("to")) {
            statement.kind = StatementClass::Owner;
            return;
        }
    }
}

/// "schema.table.column": the last two are not schema and name.
QualifiedName takeTableOfColumn(SqlTokens &tokens)
{
    QStringList parts{tokens.next().name()};
    while (tokens.takeSymbol('.'))
        parts.append(tokens.next().name());
    return {.schema = parts.size() > 2 ? parts[parts.size() - 3] : QString(),
            .name = parts.value(parts.size() - 2)};
}

/// COMMENT ON ..., and SECURITY LABEL FOR whom ON ...: something said about what is there already.
void classifyComment(DumpStatement &statement, SqlTokens tokens)
{
    statement.kind = StatementClass::Comment;
    if (tokens.take("for"))
        (void)tokens.next();
    tokens.take("on");
    const bool isColumn = tokens.peek().is("column");
    statement.about = takeKind(tokens);
    const QualifiedName name = isColumn ? takeTableOfColumn(tokens) : takeObjectName(tokens);
    setName(statement, name);
    if (isPartOfTable(statement.about))
        nameAfterTable(statement, tokens);
}

/// GRANT ... ON ALL TABLES IN SCHEMA auth: none of them is named, but where they are.
void nameAfterWholeSchema(DumpStatement &statement, SqlTokens tokens)
{
    (void)tokens.next();
    if (tokens.take({"in", "schema"}))
        setName(statement, {.schema = tokens.next().name(), .name = u"*"_s});
}

void classifyGrant(DumpStatement &statement, SqlTokens tokens)
{
    statement.kind = StatementClass::Grant;
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (!token.is("on"))
            continue;
        if (tokens.take("all"))
            return nameAfterWholeSchema(statement, tokens);
        SqlTokens named(tokens);
        statement.about = takeKind(named);
        if (statement.about == StatementClass::Other) {
            named = tokens; // "ON public.a": a table without the word
            statement.about = StatementClass::Table;
        }
        return setName(statement, takeName(named));
    }
}

/// 'public.products_id_seq' in setval(): a name inside of a literal.
QualifiedName nameInLiteral(const SqlToken &literal)
{
    const QByteArray text = literal.value().toUtf8();
    SqlTokens inside{text};
    return takeName(inside);
}

/// pg_restore_relation_stats('version', '180000'::integer, 'schemaname', 'auth', 'relname', 'a'):
/// names and values in turn; a value may read like one of the names.
void nameAfterArguments(DumpStatement &statement, SqlTokens tokens)
{
    QualifiedName table;
    SqlToken name = tokens.next();
    while (name.kind == SqlToken::Kind::String &&
           (table.schema.isEmpty() || table.name.isEmpty())) {
        tokens.takeSymbol(',');
        const QString value = tokens.next().value();
        if (name.value() == "schemaname"_L1)
            table.schema = value;
        else if (name.value() == "relname"_L1)
            table.name = value;
        while (tokens.peek().kind != SqlToken::Kind::End && !tokens.takeSymbol(','))
            (void)tokens.next(); // "::integer"
        name = tokens.next();
    }
    setName(statement, table);
}

/// What pg_dump --statistics calls since 18, as SELECT * FROM pg_catalog.pg_restore_...().
bool restoresStatistics(const SqlToken &function)
{
    const QString name = function.name();
    return name.startsWith("pg_restore_"_L1) && name.endsWith("_stats"_L1);
}

void classifySelect(DumpStatement &statement, SqlTokens tokens)
{
    const bool isTable = tokens.takeSymbol('*');
    if (isTable)
        tokens.take("from");
    if (tokens.take("pg_catalog") && !tokens.takeSymbol('.'))
        return;
    const SqlToken function = tokens.next();
    if (!tokens.takeSymbol('('))
        return;
    if (restoresStatistics(function)) {
        statement.about = StatementClass::Table;
        return nameAfterArguments(statement, tokens);
    }
    if (isTable)
        return; // so pg_dump calls nothing else
    if (function.is("set_config")) {
        statement.kind = StatementClass::Session;
    } else if (function.is("setval")) {
        statement.kind = StatementClass::SequenceSet;
        statement.about = StatementClass::Sequence;
        const bool isOfColumn = tokens.take("pg_get_serial_sequence") && tokens.takeSymbol('(');
        setName(statement, nameInLiteral(tokens.next()));
        if (isOfColumn)
            statement.objectName.clear(); // that was its table
    } else if (function.name().startsWith("lo"_L1)) {
        for (const char *name : {"lo_create", "lo_open", "lo_close", "lo_unlink", "lo_from_bytea",
                                 "lo_put", "lowrite", "loread"}) {
            if (function.is(name))
                statement.kind = statement.about = StatementClass::LargeObject;
        }
    }
}

bool isTransactionWord(const SqlToken &token)
{
    for (const char *word :
         {"begin", "commit", "start", "end", "rollback", "abort", "savepoint", "release"}) {
        if (token.is(word))
            return true;
    }
    return false;
}

/// pg_dump never writes them, people do: UPDATE, DELETE, TRUNCATE, MERGE. The name comes next.
bool changesRows(const SqlToken &first, SqlTokens &tokens)
{
    if (first.is("truncate"))
        tokens.take("table");
    return first.is("update") || first.is("truncate") ||
           (first.is("delete") && tokens.take("from")) ||
           (first.is("merge") && tokens.take("into"));
}

void classifyOthers(DumpStatement &statement, const SqlToken &first, SqlTokens tokens)
{
    if (first.is("set") || first.is("reset") || isTransactionWord(first)) {
        statement.kind = StatementClass::Session;
    } else if (first.is("copy") || (first.is("insert") && tokens.take("into"))) {
        statement.kind = StatementClass::Data;
        statement.about = StatementClass::Table;
        tokens.take("binary");
        setName(statement, takeName(tokens));
    } else if (first.is("drop")) {
        statement.kind = statement.about = takeKind(tokens);
        skipOptions(tokens);
        setName(statement, takeObjectName(tokens));
        if (isPartOfTable(statement.kind))
            nameAfterTable(statement, tokens);
    } else if (changesRows(first, tokens)) {
        statement.about = StatementClass::Table;
        tokens.take("only");
        setName(statement, takeName(tokens));
    } else if (first.is("refresh") && tokens.take({"materialized", "view"})) {
        statement.kind = statement.about = StatementClass::View;
        skipOptions(tokens);
        setName(statement, takeName(tokens));
    }
}

} // namespace

void classify(DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    const SqlToken first = tokens.next();
    statement.kind = statement.about = StatementClass::Other;
    if (first.is("create"))
        classifyCreate(statement, tokens);
    else if (first.is("alter"))
        classifyAlter(statement, tokens);
    else if (first.is("comment") || (first.is("security") && tokens.take("label")))
        classifyComment(statement, tokens);
    else if (first.is("grant") || first.is("revoke"))
        classifyGrant(statement, tokens);
    else if (first.is("select"))
        classifySelect(statement, tokens);
    else
        classifyOthers(statement, first, tokens);
}

QString kindWord(StatementClass kind)
{
    switch (kind) {
    case StatementClass::Session: return u"session"_s;
    case StatementClass::Schema: return u"schema"_s;
    case StatementClass::Type: return u"type"_s;
    case StatementClass::Function: return u"function"_s;
    case StatementClass::Table: return u"table"_s;
    case StatementClass::Data: return u"data"_s;
    case StatementClass::Sequence: return u"sequence"_s;
    case StatementClass::SequenceSet: return u"sequence-set"_s;
    case StatementClass::Index: return u"index"_s;
    case StatementClass::Constraint: return u"constraint"_s;
    case StatementClass::ForeignKey: return u"foreign-key"_s;
    case StatementClass::Trigger: return u"trigger"_s;
    case StatementClass::Policy: return u"policy"_s;
    case StatementClass::Grant: return u"grant"_s;
    case StatementClass::Owner: return u"owner"_s;
    case StatementClass::Comment: return u"comment"_s;
    case StatementClass::Extension: return u"extension"_s;
    case StatementClass::EventTrigger: return u"event-trigger"_s;
    case StatementClass::Publication: return u"publication"_s;
    case StatementClass::Rule: return u"rule"_s;
    case StatementClass::View: return u"view"_s;
    case StatementClass::LargeObject: return u"large-object"_s;
    case StatementClass::Platform: return u"platform"_s;
    case StatementClass::Other: break;
    }
    return u"other"_s;
}

} // namespace mayday::dump
