// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/journal.h"
#include "support/fakeclock.h"

#include <sqlite3.h>

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

namespace mayday::tests {

/// A journal in a folder of its own, and ways to maltreat its file.
struct JournalFixture {
    QTemporaryDir folder;
    FakeClock clock;

    [[nodiscard]] QString path() const { return folder.filePath(QStringLiteral("journal.sqlite")); }
    [[nodiscard]] std::unique_ptr<store::Journal> open()
    {
        auto journal = store::Journal::open(path(), clock);
        if (!journal)
            qWarning("%s", qPrintable(describe(journal.error())));
        return journal ? *std::move(journal) : nullptr;
    }
    /// n records "note.added" about "i1", one a second; text is repeated to make them large.
    void write(int n, int size = 1)
    {
        const auto journal = open();
        for (int i = 0; i < n; ++i) {
            clock.advance(std::chrono::seconds(1));
            const QString text = QString::number(i) + QString(size, QLatin1Char('.'));
            const auto written = journal->appendNow({.kind = QStringLiteral("note.added"),
                                                     .subject = QStringLiteral("i1"),
                                                     .data = {{QStringLiteral("text"), text}}});
            QVERIFY(written.has_value());
        }
    }
    /// Behind Mayday's back.
    void sql(const char *statements) const
    {
        sqlite3 *database = nullptr;
        QCOMPARE(sqlite3_open(path().toUtf8().constData(), &database), SQLITE_OK);
        char *message = nullptr;
        const int code = sqlite3_exec(database, statements, nullptr, nullptr, &message);
        QVERIFY2(code == SQLITE_OK, message);
        sqlite3_close(database);
    }
    [[nodiscard]] QStringList kept() const
    {
        return QDir(folder.path())
            .entryList({QStringLiteral("journal.damaged-*.sqlite")}, QDir::Files);
    }
};

} // namespace mayday::tests
