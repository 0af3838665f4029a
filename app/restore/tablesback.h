// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpvisitor.h"
#include "postgres/session.h"
#include "restore/sideload.h"
#include "restore/tablescope.h"

namespace mayday::restore {

/// Hears a dump and brings tables back that the server has lost, inside the transaction that the
/// caller has opened. What could tie them to what is live (foreign keys, partitions) waits for
/// tie(), because it makes others wait. Lives on the worker that runs the restore.
class TablesBack final : public dump::DumpVisitor {
public:
    /// load: sends what is taken. All of them outlive it.
    TablesBack(postgres::Session &session, SideLoad &load, TableScope &scope, TaskContext &context)
        : m_session(session), m_load(load), m_scope(scope), m_context(context)
    {
    }

    Result<void> statement(const dump::DumpStatement &statement) override;
    Result<void> copyBegin(const dump::CopyHeader &header) override;
    Result<void> copyData(QByteArrayView rows) override;
    Result<void> copyEnd(qint64 rows, qint64 bytes, qint64 line) override;

    /// Behind the last statement: what was tried in vain is that.
    void giveUpTries();
    /// Ties them to the others, as the last thing before the commit. What cannot be is a
    /// difference.
    [[nodiscard]] Result<void> tie();

    /// What is not as in the dump, a sentence each.
    [[nodiscard]] const QStringList &differences() const { return m_differences; }
    /// What takes away what came with the tables, in the order in which it has to go before them.
    [[nodiscard]] const QStringList &untying() const { return m_untying; }

private:
    struct Tie {
        dump::DumpStatement statement;
        QByteArray sql; ///< as it is run
    };
    struct Try {
        dump::DumpStatement statement;
        QString why = {}; ///< it was refused; empty: it has nothing to do with the tables
    };
    [[nodiscard]] Result<void> carryOut(const TableScope::Part &part);
    [[nodiscard]] Result<void> runSpare(const dump::DumpStatement &statement);
    [[nodiscard]] Result<void> tryOut(const dump::DumpStatement &statement);
    [[nodiscard]] Result<bool> isKept(Try &what);
    void noteRefused(const dump::DumpStatement &statement, const Error &why);
    [[nodiscard]] Result<std::optional<Error>> attempt(const QByteArray &sql);
    [[nodiscard]] Result<qint64> uses();
    [[nodiscard]] Result<void> holdOthers();
    [[nodiscard]] QList<TableName> othersTied() const;
    [[nodiscard]] Result<void> tieOne(const Tie &tie);
    [[nodiscard]] Result<void> tieUnchecked(const Tie &tie, const Error &why);
    void noteTied(const Tie &tie);
    [[nodiscard]] Result<void> noteNewIndexes();
    [[nodiscard]] Result<void> noteKept(const dump::DumpStatement &tried);

    postgres::Session &m_session;
    SideLoad &m_load;
    TableScope &m_scope;
    TaskContext &m_context;
    QList<TableName> m_kept;                 ///< views that came back with the tables
    QByteArrayList m_routines;               ///< numbers of the routines that did
    QList<Try> m_inVain;                     ///< so far
    QList<dump::QualifiedName> m_incomplete; ///< relations for which something was refused
    QList<Tie> m_ties;
    QStringList m_differences;
    QStringList m_untying;
    bool m_isPassedBy = false;
};

} // namespace mayday::restore
