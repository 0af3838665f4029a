// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stack/stack.h"
#include "status/statusboard.h"
#include "support/fakeclock.h"

namespace mayday::tests {

/// A marketplace stack on three vendors, and readings as a test wants them.
class MadeUpBoard final {
public:
    MadeUpBoard() : board(clock) { board.watch(stack()); }

    [[nodiscard]] static stack::Stack stack()
    {
        using namespace Qt::StringLiterals;
        stack::Stack made;
        made.name = u"Marketplace"_s;
        for (const QString &name : {u"Supabase"_s, u"Vercel"_s, u"GitHub"_s}) {
            stack::Provider provider;
            provider.id = stack::ProviderId::parse(name.toLower()).value();
            provider.name = name;
            provider.statusUrl = QUrl(u"https://status.example/%1.json"_s.arg(name.toLower()));
            made.providers.append(provider);
        }
        made.services = {service(u"backend"_s, u"Backend API"_s, {}),
                         service(u"frontend"_s, u"Front end"_s, u"vercel"_s)};
        stack::Database database;
        database.id = stack::DatabaseId::parse(u"main"_s).value();
        database.name = u"shop"_s;
        database.provider = stack::ProviderId::parse(u"supabase"_s).value();
        database.watch = {u"products"_s};
        made.databases = {database};
        return made;
    }

    void vendor(const QString &id, status::State state, const QString &word = {},
                status::Impact impact = status::Impact::None, const QString &detail = {})
    {
        status::FeedReading feed;
        feed.reading.state = state;
        feed.reading.word = word;
        feed.reading.detail = detail;
        feed.reading.at = clock.now();
        feed.impact = impact;
        board.applyProvider(stack::ProviderId::parse(id).value(), feed, interval);
    }

    void health(const QString &id, status::State state, const QString &word,
                const QString &detail = {})
    {
        status::ProbeReading probe;
        probe.reading = {.state = state,
                         .word = word,
                         .detail = detail,
                         .at = clock.now(),
                         .latency = std::chrono::milliseconds(142)};
        probe.answers = state == status::State::Operational;
        probe.certificateDays = 61;
        apply(QStringLiteral("service.") + id, probe);
    }

    void database(status::State state, const QString &word, std::optional<qint64> products = {},
                  const QString &detail = {})
    {
        status::ProbeReading probe;
        probe.reading = {.state = state,
                         .word = word,
                         .detail = detail,
                         .at = clock.now(),
                         .latency = std::chrono::milliseconds(12)};
        probe.answers = state == status::State::Operational;
        if (products)
            probe.counts = {{.table = QStringLiteral("products"), .rows = products, .problem = {}}};
        apply(QStringLiteral("database.main"), probe);
    }

    void allWell()
    {
        using namespace Qt::StringLiterals;
        for (const QString &id : {u"supabase"_s, u"vercel"_s, u"github"_s})
            vendor(id, status::State::Operational, u"All Systems Operational"_s);
        health(u"backend"_s, status::State::Operational, u"200"_s);
        health(u"frontend"_s, status::State::Operational, u"200"_s);
        database(status::State::Operational, u"answers"_s, 60012);
    }

    FakeClock clock;
    status::StatusBoard board;
    std::chrono::milliseconds interval = std::chrono::minutes(1);

private:
    static stack::Service service(const QString &id, const QString &name, const QString &provider)
    {
        stack::Service made;
        made.id = stack::ServiceId::parse(id).value();
        made.name = name;
        if (!provider.isEmpty())
            made.provider = stack::ProviderId::parse(provider).value();
        return made;
    }

    void apply(const QString &id, const status::ProbeReading &probe)
    {
        board.applyProbe(status::ProbeId::parse(id).value(), probe, interval);
    }
};

} // namespace mayday::tests
