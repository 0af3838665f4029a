// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/preflight.h"
#include "restore/serverspace.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QTest>

#include <sys/statvfs.h>

using namespace mayday;
using namespace mayday::restore;
using namespace Qt::StringLiterals;

/// The room on the server's disk: known where it can be known, and nowhere else.
class TestServerSpace : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void theDiskOfAServerHereIsKnown();
    void whoMayNotSeeTheFolderDoesNotKnow();
    void itIsSaidWhenItMatters();

private:
    ServerSpace asked(const postgres::ConnectionString &target, qint64 plainBytes)
    {
        TaskContext context;
        auto session = postgres::Session::connect(target, context);
        dump::DumpInspection inspection;
        inspection.plainBytes = plainBytes;
        const auto space = serverSpace(*session, inspection, context);
        if (!space)
            qFatal("%s", qPrintable(describe(space.error())));
        return *space;
    }

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestServerSpace::theDiskOfAServerHereIsKnown()
{
    const ServerSpace space = asked(m_server->connectionString(), 500);
    QCOMPARE(space.needed, 1000);
    struct statvfs disk{};
    const QByteArray folder = m_server->scalar(u"postgres"_s, "SHOW data_directory").toUtf8();
    QCOMPARE(::statvfs(folder.constData(), &disk), 0);
    const auto free = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
    QVERIFY(space.free > 0);
    QVERIFY(std::abs(static_cast<double>(space.free) - free) < free / 4); // others write, too
}

void TestServerSpace::whoMayNotSeeTheFolderDoesNotKnow()
{
    m_server->execute(u"postgres"_s, "CREATE ROLE plain LOGIN PASSWORD 'pw'");
    const auto target =
        postgres::ConnectionString::parse(
            u"host=127.0.0.1 port=%1 dbname=postgres user=plain"_s.arg(m_server->port()))
            ->withPassword(Secret("pw"));
    QCOMPARE(asked(target, 500).free, -1);
}

void TestServerSpace::itIsSaidWhenItMatters()
{
    constexpr qint64 gigabyte = 1'000'000'000;
    QVERIFY(!noteOf({.needed = 1000, .free = 2000}));
    QVERIFY(!noteOf({.needed = 1000, .free = -1}));
    const auto little = noteOf({.needed = 1000, .free = 999});
    QCOMPARE(little->weight, PreflightNote::Weight::Warning);
    QVERIFY2(little->text.contains(u"999 bytes free"_s), qPrintable(little->text));
    const auto unknown = noteOf({.needed = 3 * gigabyte, .free = -1});
    QCOMPARE(unknown->weight, PreflightNote::Weight::Fact);
    QVERIFY2(unknown->text.contains(u"up to 3.0 GB"_s), qPrintable(unknown->text));
    const auto enough = noteOf({.needed = 3 * gigabyte, .free = 9 * gigabyte});
    QCOMPARE(enough->weight, PreflightNote::Weight::Fact);
    QVERIFY2(enough->text.contains(u"9.0 GB are free"_s), qPrintable(enough->text));
}

MAYDAY_TEST(TestServerSpace);
#include "tst_serverspace.moc"
