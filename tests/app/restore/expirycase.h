// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/restore/deskcase.h"
#include "app/restore/keptmarks.h"
#include "restore/sidedatabase.h"

#include <QSignalSpy>

#include <algorithm>

namespace mayday::restore::test {

/// A desk whose clock goes with the server's, and what restores of other days have kept there.
class ExpiryCase : protected DeskCase {
protected:
    void beginNow()
    {
        begin();
        m_journalFile->clock.advance(std::chrono::milliseconds(
            m_journalFile->clock.now().msecsTo(QDateTime::currentDateTimeUtc())));
    }
    void keep(const QString &name, const QString &restore, double days)
    {
        keepSchema(*m_server, m_shop->database(), keptMark(name, restore, days));
        noteEnd(*m_journal, m_journalFile->clock, restore, days, m_shop->target());
    }
    /// Empty, beside the shop.
    [[nodiscard]] KeptSchema keepDatabase(const QString &restore, double days)
    {
        const QString name = m_shop->database() + u"_before_20260101_000000"_s;
        m_server->createDatabase(name);
        KeptSchema mark = keptMark(name, restore, days);
        mark.original = m_shop->database();
        m_shop->run("COMMENT ON DATABASE " + name.toUtf8() + " IS " +
                    postgres::quoteLiteral(commentOf(mark)));
        noteEnd(*m_journal, m_journalFile->clock, restore, days, m_shop->target());
        return looked(name);
    }
    /// As a look finds it.
    [[nodiscard]] KeptSchema looked(const QString &name) const
    {
        TaskContext context;
        auto session = postgres::Session::connect(m_shop->target(), context).value();
        const auto all = allKept(session, context).value();
        const auto found = std::ranges::find(all, name, &KeptSchema::name);
        return found == all.end() ? KeptSchema{} : *found;
    }
    [[nodiscard]] static ExpiryRules rules(const QString &restore)
    {
        return {.keepDays = 14, .ended = {{restore, QDateTime::currentDateTimeUtc().addDays(-20)}}};
    }
    [[nodiscard]] static DiscardOutcome discardNow(const postgres::ConnectionString &target,
                                                   const QList<KeptSchema> &known,
                                                   TaskContext context = {})
    {
        return discardTogether(target, known, rules(known.front().restore),
                               QDateTime::currentDateTimeUtc(), context);
    }
    [[nodiscard]] bool isThere(const KeptSchema &database) const
    {
        return m_shop->ask("SELECT count(*) FROM pg_catalog.pg_database WHERE datname = '" +
                           database.name.toUtf8() + '\'') == u"1"_s;
    }
    [[nodiscard]] ExpiryReport expire(int keepDays = 14)
    {
        QSignalSpy ended(m_desk.get(), &RestoreDesk::expiryEnded);
        m_desk->discardExpired(m_shop->target(), keepDays);
        if (!QTest::qWaitFor([&] { return !ended.isEmpty(); }, patience))
            qFatal("it does not end");
        return ended[0][0].value<ExpiryReport>();
    }
    [[nodiscard]] QString schemas() const
    {
        return m_shop->ask("SELECT coalesce(string_agg(nspname, ' ' ORDER BY nspname), '') FROM "
                           "pg_namespace WHERE nspname LIKE '%before%'");
    }
    [[nodiscard]] static QStringList namesOf(const QList<KeptSchema> &kept)
    {
        QStringList names;
        for (const KeptSchema &one : kept)
            names.append(one.name);
        return names;
    }
};

} // namespace mayday::restore::test
