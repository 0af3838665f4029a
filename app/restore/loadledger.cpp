// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/loadledger.h"

#include "postgres/quoting.h"

namespace mayday::restore {

Result<LoadLedger> LoadLedger::create(postgres::Session &session, const QByteArray &fingerprint,
                                      TaskContext &context)
{
    LoadLedger ledger;
    ledger.m_isKept = true;
    // A dump may take on other roles, and they write here too.
    return session
        .execute("BEGIN; CREATE SCHEMA mayday_restore;"
                 " CREATE TABLE mayday_restore.state (fingerprint text, reached bigint);"
                 " CREATE TABLE mayday_restore.done (place bigint);"
                 " GRANT USAGE ON SCHEMA mayday_restore TO PUBLIC;"
                 " GRANT ALL ON TABLE mayday_restore.state, mayday_restore.done TO PUBLIC;"
                 " INSERT INTO mayday_restore.state VALUES (" +
                     postgres::quoteLiteral(fingerprint) + ", -1); COMMIT",
                 context)
        .transform([&](qint64) { return ledger; });
}

Result<std::optional<LoadLedger>>
LoadLedger::find(postgres::Session &session, const QByteArray &fingerprint, TaskContext &context)
{
    using Found = std::optional<LoadLedger>;
    const auto isThere =
        session.query("SELECT pg_catalog.to_regclass('mayday_restore.state') IS NOT NULL", context);
    if (!isThere)
        return failure(isThere.error());
    if (!isThere->isTrue(0, 0))
        return Found();
    const auto state =
        session.query("SELECT reached FROM mayday_restore.state WHERE fingerprint = $1",
                      {&fingerprint, 1}, context);
    if (!state)
        return failure(state.error());
    if (state->rowCount() != 1)
        return Found();
    const auto done = session.query("SELECT place FROM mayday_restore.done", context);
    if (!done)
        return failure(done.error());
    LoadLedger ledger;
    ledger.m_isKept = true;
    ledger.m_reached = state->integer(0, 0);
    for (int i = 0; i < done->rowCount(); ++i)
        ledger.m_done.insert(done->integer(i, 0));
    return Found(ledger);
}

Result<void> LoadLedger::remove(postgres::Session &session, TaskContext &context)
{
    return session.execute("DROP SCHEMA IF EXISTS mayday_restore CASCADE", context)
        .transform([](qint64) {});
}

QByteArray LoadLedger::noteReached(qint64 place) const
{
    return m_isKept ? "UPDATE mayday_restore.state SET reached = " + QByteArray::number(place)
                    : QByteArray();
}

QByteArray LoadLedger::noteDone(qint64 place) const
{
    return m_isKept ? "INSERT INTO mayday_restore.done VALUES (" + QByteArray::number(place) + ')'
                    : QByteArray();
}

} // namespace mayday::restore
