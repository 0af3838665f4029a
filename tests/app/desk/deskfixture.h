// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/atomicfile.h"
#include "desk/desk.h"
#include "support/httpfixture.h"
#include "support/temppostgres.h"
#include "support/tempprofile.h"

#include <QDir>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTest>

namespace mayday::tests {

/// A profile on the disk, a stack of a real database and a real health page, and the Desk over
/// them, which may be ended and opened again as a program is.
class DeskFixture final {
    TempProfile m_profile; // first, so that the Desk is gone before its folder
    TempPostgres &m_server;

public:
    QString database; ///< of the server; its id in the stack is "main"
    HttpFixture http;
    SystemClock clock;
    QList<Error> errors; ///< that the Desk has told since it was opened
    std::unique_ptr<desk::Desk> desk;

    explicit DeskFixture(TempPostgres &server) : m_server(server)
    {
        static int number = 0;
        database = QStringLiteral("shop%1").arg(++number);
        server.createDatabase(database);
        server.execute(database, "CREATE TABLE products (id integer); "
                                 "INSERT INTO products VALUES (99)");
        http.on("/health", {.body = "{}"});
    }

    [[nodiscard]] Profile profile() const { return m_profile.profile(); }
    [[nodiscard]] postgres::ConnectionString target() const
    {
        return m_server.connectionString(database);
    }
    [[nodiscard]] QByteArray stackYaml() const
    {
        return "stack:\n  name: Shop\n  environment: production\npromises:\n  rto: 15m\n"
               "services:\n  - id: backend\n    name: Backend\n    url: " +
               http.url("/").toEncoded() +
               "\n    health: /health\ndatabases:\n  - id: main\n    name: shop\n    connection: " +
               QStringLiteral("host=127.0.0.1 port=%1 dbname=%2 user=%3")
                   .arg(target().port())
                   .arg(database, target().user())
                   .toUtf8() +
               "\n    schema: public\n    credential: database/main\n";
    }
    void write(const QString &path, const QByteArray &text) const
    {
        if (!QDir().mkpath(QFileInfo(path).path()) || !writeFileAtomically(path, text))
            qFatal("%s cannot be written", qPrintable(path));
    }
    /// As the program does: opens, and sets everything going.
    void start()
    {
        write(profile().stackFile(), stackYaml());
        open();
        desk->start();
    }
    void open()
    {
        errors.clear();
        auto opened = desk::Desk::open(profile(), clock, practice::SampleSize::Small);
        if (!opened)
            qFatal("%s", qPrintable(describe(opened.error())));
        desk = *std::move(opened);
        QObject::connect(desk.get(), &desk::Desk::failed, desk.get(),
                         [this](const Error &error) { errors.append(error); });
    }
    /// The keychain of a test is memory: a new Desk has forgotten.
    void givePassword() const
    {
        desk->credentials().save(QStringLiteral("database/main"), m_server.password());
        QTRY_VERIFY(desk->credentials().secret(QStringLiteral("database/main")).has_value());
    }
    [[nodiscard]] status::State probe(const QString &id) const
    {
        const auto *found = desk->board().snapshot().probe(status::ProbeId::parse(id).value());
        return found ? found->watched.reading.state : status::State::Unknown;
    }
    [[nodiscard]] QString products()
    {
        return m_server.scalar(database,
                               "SELECT string_agg(id::text, ' ' ORDER BY id) FROM products");
    }
    [[nodiscard]] QList<store::JournalEvent> events(const QString &kind) const
    {
        return desk->journal().read({.kindPrefix = kind}).value();
    }
    /// A scenario with one step a person ticks.
    void writeRunbook() const
    {
        write(profile().runbookFolder() + QStringLiteral("/fire.md"),
              "---\nid: fire\ntitle: Fire\ntier: critical\n---\n\n# Fire\n\n## Do\n\n"
              "- [ ] Ring the bell. (1 min)\n- [ ] Leave the house. (2 min)\n");
    }
    [[nodiscard]] static runbook::RunbookId fire()
    {
        return runbook::RunbookId::parse(QStringLiteral("fire")).value();
    }
    void openFire() const
    {
        desk->startScenario(fire());
        QTRY_VERIFY(desk->incidents().running());
    }
};

} // namespace mayday::tests
