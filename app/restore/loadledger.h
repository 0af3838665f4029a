// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

#include <QByteArray>
#include <QSet>

namespace mayday::restore {

/// How far a dump has come into a database that is being filled: written there, by the same
/// transactions that bring its content, so that it is never ahead of them nor behind. A load that
/// was broken off goes on from it, and nothing that is there is brought again.
///
/// Places are offsets of statements in the dump's text. A value, read once; safe to read from any
/// thread afterwards.
class LoadLedger final {
public:
    /// Of a load that cannot be gone on with: nothing is written, nothing is done.
    LoadLedger() = default;

    /// A new one for a database that holds nothing yet. fingerprint: of the file.
    [[nodiscard]] static Result<LoadLedger>
    create(postgres::Session &session, const QByteArray &fingerprint, TaskContext &context);
    /// The one that an earlier load of the same file has left there; absent when there is none, or
    /// it is about another file.
    [[nodiscard]] static Result<std::optional<LoadLedger>>
    find(postgres::Session &session, const QByteArray &fingerprint, TaskContext &context);
    /// Takes it out of the database.
    [[nodiscard]] static Result<void> remove(postgres::Session &session, TaskContext &context);

    [[nodiscard]] bool isKept() const { return m_isKept; }
    /// Everything in the order of the file up to here is there.
    [[nodiscard]] qint64 reached() const { return m_reached; }
    /// What was brought out of the order.
    [[nodiscard]] bool isDone(qint64 place) const { return m_done.contains(place); }
    [[nodiscard]] qsizetype doneCount() const { return m_done.size(); }

    /// To be run in the transaction that brings it; empty when no ledger is kept.
    [[nodiscard]] QByteArray noteReached(qint64 place) const;
    [[nodiscard]] QByteArray noteDone(qint64 place) const;

private:
    bool m_isKept = false;
    qint64 m_reached = -1;
    QSet<qint64> m_done;
};

} // namespace mayday::restore
