// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpreader.h"
#include "postgres/session.h"
#include "restore/copyscope.h"
#include "restore/loadedthings.h"
#include "restore/restoreprogress.h"
#include "restore/schemaproperties.h"
#include "restore/statementfilter.h"
#include "restore/statementqueue.h"

#include <QMap>
#include <QSet>

#include <functional>

namespace mayday::restore {

/// Rows a dump brought for one table, as counted by us while they passed.
struct TableTally {
    QString schema;
    QString name;
    qint64 rows = 0;
};

/// Sends the statements and rows of a dump through one session, inside the transaction that the
/// caller has opened. The first failure stops it: a Result with the line of the file, the table and
/// the SQLSTATE, never a row's text. Lives on the worker that runs the restore.
class SideLoad final : public dump::DumpVisitor {
public:
    /// schemas: those that are filled; hears every statement. scope: what of the dump is taken;
    /// absent for all of it.
    SideLoad(postgres::Session &session, const StatementFilter &filter, SchemaProperties &schemas,
             std::optional<CopyScope> scope, TaskContext &context);

    /// Called after every table and about every megabyte of rows.
    void onAdvance(std::function<void(const SideLoad &)> callback)
    {
        m_onAdvance = std::move(callback);
    }

    /// admit() and send().
    Result<void> statement(const dump::DumpStatement &statement) override;
    /// How the statement is to be run; nothing for one that is left out, which is noted. Refused,
    /// when nothing may follow it.
    /// Of one that an earlier load has dealt with nothing goes to the server.
    enum class Standing { New, DealtWith };
    [[nodiscard]] Result<std::optional<StatementDecision>>
    admit(const dump::DumpStatement &statement, Standing standing = Standing::New);
    /// On its way to the server, with others.
    [[nodiscard]] Result<void> send(const dump::DumpStatement &statement,
                                    const StatementDecision &decision);
    /// What an earlier load has brought: counted, not sent.
    void passBy(const dump::DumpStatement &statement, const StatementDecision &decision);
    /// Rows that go another way and count all the same.
    void addRows(const QString &schema, const QString &name, qint64 rows)
    {
        tally(schema, name, rows);
    }
    Result<void> copyBegin(const dump::CopyHeader &header) override;
    Result<void> copyData(QByteArrayView rows) override;
    Result<void> copyEnd(qint64 rows, qint64 bytes, qint64 line) override;
    /// What is still on its way. To be called at the end of the file; without it nothing is
    /// certain.
    [[nodiscard]] Result<void> finish() { return m_queue.flush(); }

    /// Tells that everything so far is committed.
    void noteCommit() { m_fresh.clear(); }

    /// In the order of the file; several blocks of one table are summed.
    [[nodiscard]] QList<TableTally> tallies() const;
    [[nodiscard]] const QStringList &notes() const { return m_notes; }
    [[nodiscard]] bool hasDifferences() const { return m_hasDifferences; }
    [[nodiscard]] qint64 rows() const { return m_rows; }
    /// The dump had the server look away while rows came.
    [[nodiscard]] bool checksWereOff() const { return m_made.checksWereOff(); }
    /// The numbers of the large objects that the dump has made.
    [[nodiscard]] const QSet<QByteArray> &largeObjects() const { return m_made.largeObjects(); }
    [[nodiscard]] QString currentTable() const;
    [[nodiscard]] qsizetype tablesDone() const { return m_order.size(); }

private:
    Result<void> leaveOut(const dump::DumpStatement &statement, const StatementDecision &decision,
                          Standing standing);
    void note(const StatementDecision &decision);
    void noteWho();
    void tally(const QString &schema, const QString &name, qint64 rows);
    Result<void> noteDone(const dump::DumpStatement &statement, qint64 rows);
    void noteCreatedTable(const dump::DumpStatement &statement, qint64 rows);
    Result<void> beginStream();
    Result<void> write(QByteArrayView rows);

    postgres::Session &m_session;
    const StatementFilter &m_filter;
    SchemaProperties &m_schemas;
    std::optional<CopyScope> m_scope;
    TaskContext &m_context;
    StatementQueue m_queue;
    LoadedThings m_made;
    std::function<void(const SideLoad &)> m_onAdvance;
    dump::CopyHeader m_copy;
    QByteArray m_waiting; ///< rows of a block that may turn out to be small
    bool m_inCopy = false;
    bool m_isPassedBy = false; ///< rows of a table that nobody wants
    bool m_isStreaming = false;
    bool m_isAfterData = false; ///< there may be rules and triggers that an INSERT would wake
    qint64 m_bytesSinceAdvance = 0;
    qint64 m_rows = 0;
    QMap<QPair<QString, QString>, qint64> m_rowsOf;
    QList<QPair<QString, QString>> m_order;
    QSet<QPair<QString, QString>> m_fresh; ///< tables of this transaction that rows may lie in
    QStringList m_notes;
    bool m_hasDifferences = false;
    std::optional<StatementDecision> m_otherSpeaker; ///< nothing has been said in that name yet
};

} // namespace mayday::restore
