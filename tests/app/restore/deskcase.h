// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/restore/restorefixture.h"
#include "app/store/journalfixture.h"
#include "restore/restoredesk.h"

#include <QTest>

namespace mayday::restore::test {

using namespace Qt::StringLiterals;

/// Milliseconds.
constexpr int patience = 20000;

/// A desk over a real journal and a real server with a shop that has lost rows since its dump.
class DeskCase {
protected:
    DeskCase() : m_server(std::make_unique<tests::TempPostgres>()) {}

    void begin()
    {
        m_errors.clear();
        m_journalFile = std::make_unique<tests::JournalFixture>();
        m_journal = m_journalFile->open();
        m_shop = std::make_unique<Shop>(*m_server, 50);
        m_dump = m_shop->dump();
        m_file = m_shop->writeDump(m_dump);
        m_shop->run("DELETE FROM public.products WHERE id > 20");
        restartDesk();
    }
    void end()
    {
        m_desk.reset();
        QVERIFY(m_pool.waitForDone(patience));
        m_journal.reset();
    }
    /// As the program starts: nothing but what the journal says.
    void restartDesk()
    {
        m_desk.reset();
        m_desk = std::make_unique<RestoreDesk>(*m_journal, m_journalFile->clock, m_pool);
        m_desk->replay(m_journal->read().value());
        QObject::connect(m_desk.get(), &RestoreDesk::failed, m_desk.get(),
                         [this](const Error &error) { m_errors.append(error); });
    }
    RestorePlan plan()
    {
        RestorePlan plan = m_shop->plan(m_file);
        plan.incident = u"incident-7"_s;
        plan.database = u"main"_s;
        return plan;
    }
    /// A dump that keeps the server busy until it is stopped.
    RestorePlan endlessPlan()
    {
        QByteArray text = m_dump;
        text.replace("CREATE VIEW public.priced",
                     "SELECT pg_catalog.pg_sleep(60);\nCREATE VIEW public.priced");
        RestorePlan endless = plan();
        endless.file = m_shop->writeDump(text, u"endless.sql"_s);
        return endless;
    }
    [[nodiscard]] bool isLoading() const
    {
        return m_shop->ask("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query "
                           "LIKE '%pg_sleep(60)%' AND application_name = 'mayday restore'") ==
               u"1"_s;
    }
    /// From start to the end of one that succeeds.
    RestoreRecord restored(const RestorePlan &plan)
    {
        m_desk->start(plan, std::nullopt);
        if (!QTest::qWaitFor([this] { return !m_desk->isBusy(); }, patience))
            qFatal("the restore does not end");
        const RestoreRecord *record = m_desk->record(plan.id);
        return record ? *record : RestoreRecord{};
    }
    /// But for what came to life, which may be known with the verdict or a moment later.
    [[nodiscard]] QStringList kinds() const
    {
        QStringList all;
        const QList<store::JournalEvent> events = m_journal->read().value();
        for (const store::JournalEvent &event : events)
            all.append(event.kind);
        all.removeAll(u"restore.afterwards"_s);
        return all;
    }
    [[nodiscard]] QString products() const
    {
        return m_shop->ask("SELECT count(*) FROM public.products");
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    std::unique_ptr<tests::JournalFixture> m_journalFile;
    std::unique_ptr<store::Journal> m_journal;
    QThreadPool m_pool;
    std::unique_ptr<Shop> m_shop;
    QByteArray m_dump;
    QString m_file;
    std::unique_ptr<RestoreDesk> m_desk;
    QList<Error> m_errors;
};

} // namespace mayday::restore::test
