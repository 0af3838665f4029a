// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/schemaof.h"

#include "dump/rightswords.h"
#include "dump/sqltokens.h"

namespace mayday::dump {

namespace {

/// Whether it is CREATE, ALTER or DROP SCHEMA, COMMENT ON SCHEMA, SECURITY LABEL ON SCHEMA.
bool isAboutSchema(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    const SqlToken first = tokens.next();
    if (first.is("comment")) {
        tokens.take("on");
    } else if (first.is("security")) {
        if (tokens.take({"label", "for"}))
            (void)tokens.next();
        else
            tokens.take("label");
        tokens.take("on");
    } else if (!first.is("create") && !first.is("alter") && !first.is("drop")) {
        return false;
    }
    return tokens.take("schema");
}

/// CREATE EXTENSION IF NOT EXISTS a WITH SCHEMA b
QString schemaOfExtension(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (!tokens.take({"create", "extension"}))
        return {};
    tokens.take({"if", "not", "exists"});
    (void)tokens.next();
    tokens.take("with");
    return tokens.take("schema") ? tokens.next().name() : QString();
}

} // namespace

QString schemaOf(const DumpStatement &statement)
{
    if (!statement.objectSchema.isEmpty())
        return statement.objectSchema;
    if (statement.kind == StatementClass::Grant)
        return rightsWords(statement).schemas.value(0);
    if (statement.kind == StatementClass::Extension)
        return schemaOfExtension(statement);
    return isAboutSchema(statement) ? statement.objectName : QString();
}

} // namespace mayday::dump
