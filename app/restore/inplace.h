// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "restore/schemacontent.h"

#include <QList>
#include <QMap>
#include <QStringList>

#include <chrono>

namespace mayday::restore {

/// What a restore in place would do to what is there.
struct InPlaceFacts {
    qint64 things = 0;              ///< that would go: tables, views, functions ...
    qint64 tables = 0;              ///< of them
    QStringList lockedOutside = {}; ///< tables of other schemas that nobody can use meanwhile
    QStringList published = {};     ///< publications that would lose tables
};

/// Refused, in words with counts, when the schemas cannot be emptied: something in them is somebody
/// else's, something outside depends on them, or would go with them and be in no safety copy, or
/// nothing may be made in them.
[[nodiscard]] Result<InPlaceFacts> checkInPlace(postgres::Session &session,
                                                const QStringList &schemas, TaskContext &context);

/// Makes room for a load in the schemas themselves, when nothing may be made beside them. For one
/// transaction, which is the caller's: until its commit everything is as it was for everybody else.
///
/// First nobody writes any more, so that a safety copy made then holds all there is; readers go on.
/// Then everything goes, thing by thing, and from there on readers wait as well. A lock that cannot
/// be had is asked for again and again, briefly, so that nobody queues behind us in vain.
class InPlace final {
public:
    InPlace(postgres::Session &session, QStringList schemas)
        : m_session(session), m_schemas(std::move(schemas))
    {
    }

    /// Refused, naming who is in the way, when somebody does not let go in half a minute.
    [[nodiscard]] Result<void> holdWriters(TaskContext &context);
    /// Nothing was there to be lost.
    [[nodiscard]] bool isEmpty() const { return m_things.isEmpty(); }
    /// Those that are there; after holdWriters().
    [[nodiscard]] const QStringList &existing() const { return m_existing; }
    /// Schemas that are not there are made. Refused when something was made or changed since
    /// holdWriters(), or when something outside would go too.
    [[nodiscard]] Result<void> empty(TaskContext &context);
    /// New sequences go on from where those stood that are gone.
    [[nodiscard]] Result<void> advanceSequences(TaskContext &context);

    /// What is not as it should be, one sentence each.
    [[nodiscard]] const QStringList &differences() const { return m_differences; }
    /// What else is to be told.
    [[nodiscard]] const QStringList &notes() const { return m_notes; }

private:
    struct Sequence {
        QString schema;
        QString name;
        QByteArray value;
        bool descends = false;
    };
    [[nodiscard]] Result<void> findExisting(TaskContext &context);
    [[nodiscard]] Result<void> patiently(const std::vector<QByteArray> &statements,
                                         bool mayEndOthers, TaskContext &context);
    [[nodiscard]] Result<void> endThoseThatWaitForUs(TaskContext &context);
    [[nodiscard]] Error inTheWay(TaskContext &context);
    [[nodiscard]] Result<void> checkUnchanged(TaskContext &context);
    [[nodiscard]] Result<void> rememberSequences(TaskContext &context);
    [[nodiscard]] Result<void> checkOutside(const QHash<SchemaThing::Id, QString> &before,
                                            const QMap<qint64, QString> &mayBeLocked,
                                            TaskContext &context);
    [[nodiscard]] Result<void> takeBackDefaults(TaskContext &context);
    [[nodiscard]] QStringList tables() const;

    postgres::Session &m_session;
    QStringList m_schemas;
    QStringList m_existing;
    QList<SchemaThing> m_things;
    QList<Sequence> m_sequences;
    QStringList m_differences;
    QStringList m_notes;
    qint64 m_ended = 0; ///< statements of others
};

} // namespace mayday::restore
