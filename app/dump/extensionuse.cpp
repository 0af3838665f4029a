// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/extensionuse.h"

#include "dump/objectentry.h"

#include <QJsonArray>

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

using TokenKind = SqlToken::Kind;

QString dottedName(const QString &schema, const QString &name)
{
    return schema.isEmpty() ? name : schema + u'.' + name;
}

/// Under which a foreign server is found again; no type has a blank in front of its dot.
QString serverKey(const QString &server)
{
    return u"server "_s + server;
}

bool beginsTableItem(const SqlToken &token)
{
    return std::ranges::any_of(
        std::array{"constraint", "primary", "unique", "check", "exclude", "foreign", "like"},
        [&token](const char *word) { return token.is(word); });
}

void skipParentheses(SqlTokens &tokens)
{
    int depth = 0;
    do {
        const SqlToken token = tokens.next();
        if (token.kind == TokenKind::End)
            return;
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
    } while (depth > 0);
}

/// Behind the type of a column.
bool isArray(SqlTokens tokens)
{
    if (tokens.peek().isSymbol('('))
        skipParentheses(tokens);
    return tokens.takeSymbol('[');
}

/// Behind a column of an index: whether an operator class stands there.
bool hasOperatorClass(SqlTokens tokens)
{
    if (tokens.take("collate"))
        (void)takeName(tokens);
    const SqlToken token = tokens.next();
    return token.isName() && !token.is("asc") && !token.is("desc") && !token.is("nulls") &&
           !token.is("with");
}

/// As a person names it.
QString titleOf(const DumpStatement &statement)
{
    const DumpEntry entry = entryOf(statement);
    if (entry.name.isEmpty() && entry.table.isEmpty())
        return u"the statement at line %1"_s.arg(statement.line);
    switch (statement.kind) {
    case StatementClass::Table: return dottedName(entry.schema, entry.name);
    case StatementClass::Constraint:
    case StatementClass::ForeignKey:
    case StatementClass::Trigger:
    case StatementClass::Policy:
    case StatementClass::Rule:
        return u"%1 %2 on %3"_s.arg(kindWord(statement.kind).replace(u'-', u' '), entry.name,
                                    dottedName(entry.schema, entry.table));
    case StatementClass::Other: return u"the statement at line %1"_s.arg(statement.line);
    default: return kindWord(statement.kind) + u' ' + dottedName(entry.schema, entry.name);
    }
}

void addName(QStringList &names, qint64 &count, const QString &name)
{
    if (names.contains(name))
        return;
    ++count;
    if (names.size() < ExtensionUse::mostNamed)
        names.append(name);
}

} // namespace

void ExtensionUse::add(const QString &user, bool isCertain)
{
    if (isCertain)
        addName(users, userCount, user);
    else
        addName(mayUsers, mayUserCount, user);
}

void ExtensionUse::add(const ExtensionUse &more)
{
    for (const QString &user : more.users)
        addName(users, userCount, user);
    for (const QString &user : more.mayUsers)
        addName(mayUsers, mayUserCount, user);
    userCount += more.userCount - more.users.size();
    mayUserCount += more.mayUserCount - more.mayUsers.size();
}

QJsonObject toJson(const ExtensionUses &uses)
{
    QJsonObject json;
    for (auto it = uses.begin(); it != uses.end(); ++it)
        json.insert(it.key(), QJsonObject{{u"neededBy"_s, QJsonArray::fromStringList(it->users)},
                                          {u"neededByCount"_s, it->userCount},
                                          {u"maybeBy"_s, QJsonArray::fromStringList(it->mayUsers)},
                                          {u"maybeByCount"_s, it->mayUserCount}});
    return json;
}

ExtensionUses extensionUsesFromJson(const QJsonObject &json)
{
    ExtensionUses uses;
    for (auto it = json.begin(); it != json.end(); ++it)
        uses.insert(it.key(), {.users = it.value()["neededBy"_L1].toVariant().toStringList(),
                               .userCount = it.value()["neededByCount"_L1].toInteger(),
                               .mayUsers = it.value()["maybeBy"_L1].toVariant().toStringList(),
                               .mayUserCount = it.value()["maybeByCount"_L1].toInteger()});
    return uses;
}

ExtensionUses ExtensionUseReader::hear(const DumpStatement &statement)
{
    if (statement.kind == StatementClass::Extension)
        hearExtension(statement);
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (m_names.isEmpty() || statement.kind == StatementClass::Data || tokens.peek().is("drop"))
        return {};
    m_statement = &statement;
    m_user.clear();
    m_found.clear();
    switch (statement.kind) {
    case StatementClass::Table:
        noteMaking();
        if (tokens.peek().is("alter"))
            hearAlteredTable(tokens);
        else
            hearTable(tokens);
        break;
    case StatementClass::Function:
        noteMaking();
        hearFunction(tokens);
        break;
    case StatementClass::Type:
        noteMaking();
        hearType(tokens);
        break;
    case StatementClass::Platform: hearServer(tokens); break;
    case StatementClass::Index:
    case StatementClass::Constraint:
    case StatementClass::ForeignKey: hearIndexed(tokens); break;
    case StatementClass::View:
        noteMaking();
        takeExpression(tokens, false);
        break;
    case StatementClass::Trigger:
    case StatementClass::Policy:
    case StatementClass::Rule:
    case StatementClass::Other: takeExpression(tokens, false); break;
    default: break;
    }
    return m_found;
}

/// CREATE EXTENSION IF NOT EXISTS a WITH SCHEMA b
void ExtensionUseReader::hearExtension(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (!tokens.take({"create", "extension"}))
        return;
    tokens.take({"if", "not", "exists"});
    const QString extension = tokens.next().name();
    if (extension.isEmpty() || extension == "plpgsql"_L1 || m_homes.contains(extension))
        return;
    tokens.take("with");
    const QString home = tokens.take("schema") ? tokens.next().name() : QString();
    m_names.add(extension);
    m_homes.insert(extension, home);
    if (!home.isEmpty() && home != "pg_catalog"_L1)
        m_inSchema[home].append(extension);
}

void ExtensionUseReader::noteMaking()
{
    if (!makesSomething(*m_statement) || m_statement->objectName.isEmpty())
        return;
    m_made.insert(dottedName(m_statement->objectSchema, m_statement->objectName));
    m_ownSchemas.insert(m_statement->objectSchema);
}

void ExtensionUseReader::hearTable(SqlTokens tokens)
{
    SqlToken token = tokens.next();
    while (token.kind != TokenKind::End && !token.is("table") && !token.is("as"))
        token = tokens.next();
    tokens.take({"if", "not", "exists"});
    (void)takeName(tokens);
    if (tokens.takeSymbol('('))
        takeColumns(tokens);
    m_user.clear();
    takeExpression(tokens, false);
}

void ExtensionUseReader::hearAlteredTable(SqlTokens tokens)
{
    tokens.take("alter");
    tokens.take("foreign");
    tokens.take("table");
    tokens.take({"if", "exists"});
    tokens.take("only");
    const QualifiedName table = takeName(tokens);
    if (tokens.take("alter")) {
        tokens.take("column");
        m_user = dottedName(dottedName(table.schema, table.name), tokens.next().name());
    } else if (tokens.take("add")) {
        tokens.take("column");
        tokens.take({"if", "not", "exists"});
        takeColumn(tokens);
    }
    takeExpression(tokens, false);
}

/// To the parenthesis that ends them.
void ExtensionUseReader::takeColumns(SqlTokens &tokens)
{
    while (tokens.peek().kind != TokenKind::End && !tokens.takeSymbol(')')) {
        if (!tokens.takeSymbol(','))
            takeColumn(tokens);
    }
}

/// A column with its type and all that is said of it, or what is said of the table as a whole.
void ExtensionUseReader::takeColumn(SqlTokens &tokens)
{
    m_user.clear();
    const SqlToken first = tokens.next();
    if (first.isName() && !beginsTableItem(first)) {
        const QString column = dottedName(
            dottedName(m_statement->objectSchema, m_statement->objectName), first.name());
        m_user = column;
        const QualifiedName type = takeName(tokens);
        note(type, Place::Type);
        QStringList needed;
        for (auto it = m_found.begin(); it != m_found.end(); ++it) {
            if (it->users.contains(column))
                needed.append(it.key());
        }
        if (!needed.isEmpty())
            m_columns.insert(column, needed);
        const bool isWanted =
            !m_names.forScalarsOf(u"gist"_s).isEmpty() || !m_names.forScalarsOf(u"gin"_s).isEmpty();
        if (isWanted && type.schema.isEmpty() && ExtensionNames::isScalar(type.name) &&
            !isArray(tokens))
            m_scalars.insert(column);
    }
    takeExpression(tokens, true);
}

void ExtensionUseReader::hearFunction(SqlTokens tokens)
{
    tokens.take("create");
    tokens.take({"or", "replace"});
    if (tokens.take("function") || tokens.take("procedure")) {
        (void)takeName(tokens);
        if (tokens.takeSymbol('('))
            takeArguments(tokens);
        if (tokens.take("returns")) {
            tokens.take("setof");
            if (tokens.take("table") && tokens.takeSymbol('('))
                takeArguments(tokens);
            else
                note(takeName(tokens), Place::Type);
        }
    }
    takeExpression(tokens, false);
}

/// To the parenthesis that ends them. What stands last of an argument is its type.
void ExtensionUseReader::takeArguments(SqlTokens &tokens)
{
    QualifiedName last;
    for (SqlToken token = tokens.peek(); token.kind != TokenKind::End; token = tokens.peek()) {
        if (token.isSymbol(',') || token.isSymbol(')') || token.isSymbol('=') ||
            token.is("default")) {
            note(std::exchange(last, {}), Place::Type);
            (void)tokens.next();
            if (token.isSymbol(')'))
                return;
            if (!token.isSymbol(','))
                takeExpression(tokens, true);
        } else if (token.isSymbol('(')) {
            skipParentheses(tokens);
        } else if (token.isName()) {
            last = takeName(tokens);
        } else {
            (void)tokens.next();
        }
    }
}

/// What needs one of these types needs the extension too.
void ExtensionUseReader::hearType(SqlTokens tokens)
{
    tokens.take("create");
    const bool isDomain = tokens.take("domain");
    if (isDomain || tokens.take("type")) {
        (void)takeName(tokens);
        const bool isAs = tokens.take("as");
        if (isDomain)
            note(takeName(tokens), Place::Type);
        else if (isAs && tokens.takeSymbol('('))
            takeColumns(tokens);
        m_user.clear();
    }
    takeExpression(tokens, false);
    for (auto it = m_found.begin(); it != m_found.end(); ++it) {
        if (it->userCount > 0)
            m_derived[dottedName(m_statement->objectSchema, m_statement->objectName)].append(
                it.key());
    }
}

/// CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw. dblink_fdw is one of dblink's.
void ExtensionUseReader::hearServer(SqlTokens tokens)
{
    if (!tokens.take({"create", "server"}))
        return;
    tokens.take({"if", "not", "exists"});
    const QString server = tokens.next().name();
    m_user = u"foreign server "_s + server;
    SqlToken token = tokens.next();
    while (token.kind != TokenKind::End && !token.is("wrapper"))
        token = tokens.next();
    const QString wrapper = tokens.next().name();
    QString extension = wrapper;
    if (!m_homes.contains(extension) && extension.endsWith("_fdw"_L1))
        extension.chop(4);
    if (!m_homes.contains(extension))
        return;
    noteAll({extension});
    m_derived.insert(serverKey(server), {extension});
}

/// An index or a constraint: which columns it is over, and by which operator classes.
void ExtensionUseReader::hearIndexed(SqlTokens tokens)
{
    m_method.clear();
    int depth = 0;
    SqlToken before;
    for (SqlToken token = tokens.next(); token.kind != TokenKind::End; token = tokens.next()) {
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        const bool isWith = token.is("with") && tokens.peek().isSymbol('(');
        if (depth == 0 && token.is("using")) {
            m_method = tokens.next().name();
            note({.schema = {}, .name = m_method}, Place::Method);
        } else if (depth == 0 && (isWith || token.is("where") || token.is("include"))) {
            m_method.clear(); // no keys of it stand behind
        } else if (token.isSymbol(':') && before.isSymbol(':')) {
            note(takeName(tokens), Place::Type);
        } else if (token.isName()) {
            takeIndexed(tokens, token, before);
        }
        before = token;
    }
}

void ExtensionUseReader::takeIndexed(SqlTokens &tokens, const SqlToken &first,
                                     const SqlToken &before)
{
    const SqlToken after = tokens.peek();
    const bool isKey = before.isSymbol('(') || before.isSymbol(',');
    if (after.isSymbol('(') || (isKey && after.isSymbol('.')))
        return noteName(tokens, first);
    if (isKey) {
        // ALTER TABLE ... ADD CONSTRAINT is about the table.
        const QString &table =
            m_statement->objectTable.isEmpty() ? m_statement->objectName : m_statement->objectTable;
        const QString column =
            dottedName(dottedName(m_statement->objectSchema, table), first.name());
        noteAll(m_columns.value(column));
        const QString extension = m_names.forScalarsOf(m_method);
        if (!extension.isEmpty() && m_scalars.contains(column) && !hasOperatorClass(tokens))
            noteAll({extension});
        return;
    }
    QualifiedName name{.schema = {}, .name = first.name()};
    while (tokens.takeSymbol('.')) {
        name.schema = name.name;
        name.name = tokens.next().name();
    }
    note(name, Place::OperatorClass);
}

/// Functions, types behind "::" and whatever is named with an extension's schema. isOneItem: to the
/// comma or the parenthesis behind it, which are left.
void ExtensionUseReader::takeExpression(SqlTokens &tokens, bool isOneItem)
{
    int depth = 0;
    SqlToken before;
    for (SqlToken token = tokens.peek(); token.kind != TokenKind::End; token = tokens.peek()) {
        if (isOneItem && depth == 0 && (token.isSymbol(',') || token.isSymbol(')')))
            return;
        (void)tokens.next();
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        if (token.isSymbol(':') && before.isSymbol(':')) {
            note(takeName(tokens), Place::Type);
        } else if (token.is("subtype") && tokens.takeSymbol('=')) {
            note(takeName(tokens), Place::Type);
        } else if (token.is("operator") && tokens.takeSymbol('(')) {
            ++depth;
            note(takeName(tokens), Place::Anywhere);
        } else if (token.is("language") && m_homes.contains(tokens.peek().name())) {
            noteAll({tokens.next().name()});
        } else if (token.is("server")) {
            noteAll(m_derived.value(serverKey(tokens.peek().name())));
        } else if (token.isName()) {
            noteName(tokens, token);
        }
        before = token;
    }
}

/// first has been taken. A word alone, that nothing follows, is a column or a word of SQL.
void ExtensionUseReader::noteName(SqlTokens &tokens, const SqlToken &first)
{
    const SqlToken after = tokens.peek();
    if (!after.isSymbol('.') && !after.isSymbol('('))
        return;
    QualifiedName name{.schema = {}, .name = first.name()};
    while (tokens.takeSymbol('.')) {
        name.schema = name.name;
        name.name = tokens.next().name();
    }
    if (name.name.isEmpty())
        return;
    note(name, tokens.peek().isSymbol('(') ? Place::Function : Place::Anywhere);
}

void ExtensionUseReader::note(const QualifiedName &name, Place place)
{
    if (name.name.isEmpty() || name.schema == "pg_catalog"_L1)
        return;
    const QString key =
        dottedName(name.schema.isEmpty() ? m_statement->objectSchema : name.schema, name.name);
    if (const auto derived = m_derived.constFind(key);
        derived != m_derived.constEnd() && (place == Place::Type || place == Place::Anywhere))
        return noteAll(*derived);
    if (!m_made.contains(key) && !noteKnown(name, place))
        noteNeighbours(name, place);
}

bool ExtensionUseReader::noteKnown(const QualifiedName &name, Place place)
{
    QStringList known;
    if (place == Place::Type || place == Place::Anywhere)
        known += m_names.ofType(name.name);
    if (place == Place::Function || place == Place::Anywhere)
        known += m_names.ofFunction(name.name);
    if (place == Place::OperatorClass || place == Place::Anywhere)
        known += m_names.ofOperatorClass(name.name);
    if (place == Place::Function && !name.schema.isEmpty())
        known += m_names.ofOldFunction(name.name);
    if (place == Place::Method)
        known += m_names.ofMethod(name.name);
    known.removeIf([&](const QString &extension) { return !isOf(extension, name.schema); });
    if (!name.schema.isEmpty())
        known += m_names.ofSchema(name.schema);
    noteAll(known);
    return !known.isEmpty();
}

/// A name that nobody knows, in a schema into which the dump puts extensions. When that is the
/// schema of a single one, and the dump has nothing of its own there, whose it is is certain.
void ExtensionUseReader::noteNeighbours(const QualifiedName &name, Place place)
{
    const QStringList all = m_inSchema.value(name.schema);
    const bool isOwn = name.schema == "public"_L1 || m_ownSchemas.contains(name.schema);
    if (all.isEmpty() || (isOwn && place == Place::Anywhere))
        return;
    QStringList unknown = all;
    unknown.removeIf([this](const QString &extension) { return m_names.knows(extension); });
    if (unknown.isEmpty() && isOwn)
        return;
    noteAll(unknown.isEmpty() ? all : unknown, all.size() == 1 && !isOwn);
}

void ExtensionUseReader::noteAll(const QStringList &extensions, bool isCertain)
{
    if (extensions.isEmpty())
        return;
    if (m_user.isEmpty())
        m_user = titleOf(*m_statement);
    for (const QString &extension : extensions)
        m_found[extension].add(m_user, isCertain);
}

bool ExtensionUseReader::isOf(const QString &extension, const QString &schema) const
{
    const QString home = m_homes.value(extension);
    return schema.isEmpty() || home.isEmpty() || home == schema;
}

} // namespace mayday::dump
