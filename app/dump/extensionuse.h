// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpstatement.h"
#include "dump/extensionnames.h"
#include "dump/sqltokens.h"

#include <QHash>
#include <QJsonObject>
#include <QMap>
#include <QSet>
#include <QStringList>

namespace mayday::dump {

/// What of a dump cannot be made without an extension, as far as its statements tell. A value.
struct ExtensionUse {
    /// So many are named; the others are counted.
    static constexpr qsizetype mostNamed = 24;

    /// "public.docs.embedding" of a column, "public.docs" of a table, "index public.docs_idx".
    QStringList users = {};
    qint64 userCount = 0;
    /// What names something in the extension's schema that may be its own, or somebody else's.
    QStringList mayUsers = {};
    qint64 mayUserCount = 0;

    void add(const QString &user, bool isCertain);
    void add(const ExtensionUse &more);
    [[nodiscard]] bool operator==(const ExtensionUse &) const = default;
};

/// By the name of the extension.
using ExtensionUses = QMap<QString, ExtensionUse>;

[[nodiscard]] QJsonObject toJson(const ExtensionUses &uses);
[[nodiscard]] ExtensionUses extensionUsesFromJson(const QJsonObject &json);

/// Finds what needs which of the extensions that a dump makes, statement by statement in its
/// order. Of a dump that makes none nothing is looked at. Reads types, functions, operator classes,
/// access methods and languages where their names stand; a function's body that is a string is not
/// read, because PostgreSQL does not read it either when the function is made.
class ExtensionUseReader final {
public:
    [[nodiscard]] ExtensionUses hear(const DumpStatement &statement);

private:
    enum class Place { Type, Function, OperatorClass, Method, Anywhere };

    void hearExtension(const DumpStatement &statement);
    void hearTable(SqlTokens tokens);
    void hearAlteredTable(SqlTokens tokens);
    void hearFunction(SqlTokens tokens);
    void hearType(SqlTokens tokens);
    void hearServer(SqlTokens tokens);
    void hearIndexed(SqlTokens tokens);
    void takeColumns(SqlTokens &tokens);
    void takeColumn(SqlTokens &tokens);
    void takeArguments(SqlTokens &tokens);
    void takeExpression(SqlTokens &tokens, bool isOneItem);
    void takeIndexed(SqlTokens &tokens, const SqlToken &first, const SqlToken &before);
    void noteName(SqlTokens &tokens, const SqlToken &first);
    void noteMaking();

    void note(const QualifiedName &name, Place place);
    bool noteKnown(const QualifiedName &name, Place place);
    void noteNeighbours(const QualifiedName &name, Place place);
    void noteAll(const QStringList &extensions, bool isCertain = true);
    [[nodiscard]] bool isOf(const QString &extension, const QString &schema) const;

    ExtensionNames m_names;
    QHash<QString, QString> m_homes;        ///< of each extension, where the dump says one
    QHash<QString, QStringList> m_inSchema; ///< the extensions of a schema
    QSet<QString> m_made;                   ///< what the dump makes itself: "schema.name"
    QSet<QString> m_ownSchemas;             ///< in which it makes something
    QHash<QString, QStringList> m_derived;  ///< its types and servers that need extensions
    QHash<QString, QStringList> m_columns;  ///< the same of columns: "schema.table.column"
    QSet<QString> m_scalars; ///< columns that gin and gist take by an extension alone

    const DumpStatement *m_statement = nullptr; ///< the one that is heard, and what is found in it
    QString m_user;
    QString m_method; ///< of its index
    ExtensionUses m_found;
};

} // namespace mayday::dump
