// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

#include <QHash>
#include <QList>
#include <QStringList>

namespace mayday::backup {

/// Something that a dump of a schema makes, by name: "view public.names", "policy own on
/// public.accounts", "function public.twice(integer)". An extension is in no schema.
struct SchemaObject {
    QString schema;
    QString kind;
    QString name;

    [[nodiscard]] QString words() const { return kind + u' ' + name; }
    [[nodiscard]] bool operator==(const SchemaObject &) const = default;
    [[nodiscard]] friend size_t qHash(const SchemaObject &object, size_t seed = 0)
    {
        return qHashMulti(seed, object.schema, object.kind, object.name);
    }
};

/// A table that holds rows itself, and how many when they were counted.
struct CountedTable {
    QString schema;
    QString name;
    qint64 rows = 0;

    [[nodiscard]] QString fullName() const { return schema + u'.' + name; }
};

/// A sequence. Where it stands is in no snapshot: here it is what the dump says of it.
struct NamedSequence {
    QString schema;
    QString name;
    qint64 value = 0;
    bool isCalled = false;

    [[nodiscard]] QString fullName() const { return schema + u'.' + name; }
};

/// All that a dump of some schemas has to make: nothing that an extension brings, or that comes by
/// itself with something else.
struct SchemaObjects {
    QStringList schemas = {};
    QList<CountedTable> tables = {};
    /// "public.sessions": UNLOGGED on a standby, which has no rows of them; in no other list.
    QStringList withoutRows = {};
    QList<NamedSequence> sequences = {};
    QList<SchemaObject> others = {};
    QHash<QString, QString> schemaOfExtension = {}; ///< which it is installed into, by its name
    qint64 largeObjects = 0;                        ///< of the database
};

/// What these schemas have; those of the whole database when there are none given. Rows are not
/// counted, and sequences not read. One round trip, in a transaction whose search_path is
/// pg_catalog: names come from the catalogs alone, so that they are those of its snapshot.
[[nodiscard]] Result<SchemaObjects> schemaObjects(postgres::Session &session,
                                                  const QStringList &schemas, TaskContext &context);
/// What that asks, to be asked ahead.
[[nodiscard]] postgres::Question schemaObjectsQuestion(const QStringList &schemas);

} // namespace mayday::backup
