// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/restore/restorefixture.h"
#include "backup/backupshelf.h"
#include "restore/restoredesk.h"
#include "support/screen.h"
#include "support/scriptedprompter.h"
#include "ui/kit/errorpanel.h"
#include "ui/restore/chooseview.h"
#include "ui/restore/planview.h"
#include "ui/restore/restorepanel.h"
#include "ui/restore/verdictview.h"

#include <QTest>

namespace mayday::ui::test {

using namespace Qt::StringLiterals;
using namespace mayday::tests;

/// The panel over a real server, a shelf with real dumps, and a journal.
class RestorePanelFixture {
protected:
    void startServer();
    void setUp();
    void tearDown();
    void makePanel();
    void putDump(const QByteArray &text, const QString &name = u"shop.sql"_s);
    void choosePlan();
    void restoreNow();
    [[nodiscard]] RestoreTarget target(const QString &incident = {}) const;
    [[nodiscard]] RestorePanel::Parts parts() const;
    [[nodiscard]] ActionButton *button(const QString &text) const
    {
        return seenButton(*m_panel, text);
    }
    [[nodiscard]] QString seenAll() const { return seenText(*m_panel); }

    Theme m_theme;
    SystemClock m_clock;
    std::unique_ptr<TempPostgres> m_server;
    std::unique_ptr<restore::test::Shop> m_shop;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QThreadPool> m_pool;
    std::unique_ptr<store::Journal> m_journal;
    std::unique_ptr<restore::RestoreDesk> m_desk;
    std::unique_ptr<backup::BackupShelf> m_shelf;
    std::unique_ptr<mayday::test::ScriptedPrompter> m_prompter;
    std::unique_ptr<RestorePanel> m_panel;
    std::optional<Error> m_noConnection;
    QList<Error> m_errors;
};

inline void RestorePanelFixture::startServer()
{
    m_theme.applyTo(*qApp);
    m_server = std::make_unique<TempPostgres>();
}

inline void RestorePanelFixture::setUp()
{
    m_shop = std::make_unique<restore::test::Shop>(*m_server);
    m_folder = std::make_unique<QTemporaryDir>();
    m_pool = std::make_unique<QThreadPool>();
    auto journal = store::Journal::open(m_folder->filePath(u"journal.sqlite"_s), m_clock);
    QVERIFY(journal);
    m_journal = *std::move(journal);
    m_desk = std::make_unique<restore::RestoreDesk>(*m_journal, m_clock, *m_pool);
    QObject::connect(m_desk.get(), &restore::RestoreDesk::failed, m_desk.get(),
                     [this](const Error &error) { m_errors.append(error); });
    QVERIFY(QDir(m_folder->path()).mkdir(u"backups"_s));
    m_shelf = std::make_unique<backup::BackupShelf>(m_folder->filePath(u"backups"_s), *m_pool);
    m_prompter = std::make_unique<mayday::test::ScriptedPrompter>();
    m_noConnection.reset();
    m_errors.clear();
    makePanel();
}

inline void RestorePanelFixture::tearDown()
{
    m_panel.reset();
    m_desk.reset();
    m_shelf.reset();
    m_pool->waitForDone();
    m_journal.reset();
}

inline RestoreTarget RestorePanelFixture::target(const QString &incident) const
{
    return {.database = u"main"_s,
            .name = u"database main"_s,
            .environment = u"production"_s,
            .incident = incident,
            .connection = [this]() -> Result<postgres::ConnectionString> {
                if (m_noConnection)
                    return failure(*m_noConnection);
                return m_shop->target();
            }};
}

inline RestorePanel::Parts RestorePanelFixture::parts() const
{
    return {.theme = m_theme,
            .desk = *m_desk,
            .shelf = *m_shelf,
            .clock = m_clock,
            .prompter = *m_prompter};
}

inline void RestorePanelFixture::makePanel()
{
    m_panel = std::make_unique<RestorePanel>(parts());
    m_panel->resize(1144, 620);
    m_panel->show();
    QVERIFY(QTest::qWaitForWindowActive(m_panel.get()));
}

inline void RestorePanelFixture::putDump(const QByteArray &text, const QString &name)
{
    QFile file(m_folder->filePath(u"backups/"_s + name));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
    file.close();
    m_shelf->refresh();
    QTRY_VERIFY(!m_shelf->isReading());
    QVERIFY(m_shelf->entries().front().isComplete());
}

/// From the list to the plan, by keyboard.
inline void RestorePanelFixture::choosePlan()
{
    m_panel->setTarget(target());
    QTRY_VERIFY(seen<ChooseView>(*m_panel));
    m_panel->initialFocus()->setFocus();
    press(*m_panel, Qt::Key_Return);
    QVERIFY(seen<PlanView>(*m_panel));
    QTRY_VERIFY_WITH_TIMEOUT(button(u"Replace schema"_s) || seen<ErrorPanel>(*m_panel), 15000);
}

inline void RestorePanelFixture::restoreNow()
{
    choosePlan();
    m_prompter->decisions = {true};
    ActionButton *replace = button(u"Replace schema"_s);
    QVERIFY(replace);
    replace->setFocus();
    press(*m_panel, Qt::Key_Space);
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 30000);
}

} // namespace mayday::ui::test
