// SPDX-License-Identifier: GPL-3.0-or-later
// What a long way to the server costs: round trips.
#include "backup/databasedump.h"
#include "restorefixture.h"
#include "support/tcprelay.h"
#include "support/temppooler.h"
#include "support/testmain.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;

namespace {

/// Counts how often a client spoke after it had heard something: the most of any connection.
class TripCounter final {
public:
    explicit TripCounter(int serverPort)
        : m_relay(serverPort, [this](int client, int server, const std::atomic<bool> &over) {
              serve(client, server, over);
          })
    {
    }
    [[nodiscard]] const tests::TcpRelay &relay() const { return m_relay; }
    [[nodiscard]] int most() const { return m_most; }

private:
    void serve(int client, int server, const std::atomic<bool> &over)
    {
        int trips = 0;
        bool hasHeard = true;
        while (!over) {
            std::array<pollfd, 2> watched{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
            if (::poll(watched.data(), watched.size(), tests::relayPatience) < 0)
                return;
            for (size_t i = 0; i < watched.size(); ++i) {
                std::array<char, 65536> bytes;
                if (watched[i].revents == 0)
                    continue;
                const ssize_t size = ::recv(watched[i].fd, bytes.data(), bytes.size(), 0);
                if (size <= 0 || !tests::sendAll(watched[1 - i].fd, {bytes.data(), size}))
                    return;
                const bool isClient = i == 0;
                trips += isClient && hasHeard ? 1 : 0;
                hasHeard = !isClient;
            }
            m_most = std::max(m_most.load(), trips);
        }
    }

    std::atomic<int> m_most = 0;
    tests::TcpRelay m_relay;
};

} // namespace

class TestLongWay final : public QObject {
    Q_OBJECT

private:
    tests::TempPostgres m_server;
    const SystemClock m_clock;
    TaskContext m_context;

    [[nodiscard]] RestoreReceipt restored(RestorePlan plan,
                                          const postgres::ConnectionString &target)
    {
        plan.target = target;
        return RestoreRunner(plan, m_clock, {}).run(std::nullopt, m_context);
    }

private Q_SLOTS:
    void aRestoreTakesFewRoundTrips_data()
    {
        QTest::addColumn<bool>("hasManifest");
        QTest::newRow("plain") << false;
        QTest::newRow("compared with its manifest") << true;
    }
    /// With two large tables, of two round trips each, and a schema of some thirty statements.
    void aRestoreTakesFewRoundTrips()
    {
        QFETCH(bool, hasManifest);
        const Shop shop(m_server);
        const QString file = shop.writeDump(shop.dump());
        if (hasManifest) {
            QVERIFY(QFile::remove(file));
            QVERIFY(backup::makeDump(
                {.source = shop.target(), .schemas = {u"public"_s}, .file = file}, m_context));
        }
        const TripCounter counter(m_server.port());
        const auto receipt = restored(shop.plan(file), counter.relay().instead(shop.target()));
        QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
        QCOMPARE(receipt.notes.join(u'\n').contains(u"agrees"_s), hasManifest);
        constexpr int most = 30; // one of them when it is live: what came to life
        QVERIFY2(counter.most() <= most, QByteArray::number(counter.most()));
        QVERIFY(counter.most() > 10); // or nothing was counted
    }

    /// A quiet pooler gives the same backend again and again; it is the transaction that counts.
    void aPoolerIsSeenWhenItIsBusyAtLast()
    {
        const Shop shop(m_server);
        const RestorePlan plan = shop.plan(shop.writeDump(shop.dump()));
        constexpr int untilBegin = 4; // the login, its settings, its facts, the first questions
        const tests::TempPooler pooler(shop.target(), untilBegin - 1);
        const auto receipt = restored(plan, pooler.connectionString());
        QCOMPARE(receipt.verdict, Verdict::NotRestored);
        QVERIFY2(receipt.error && receipt.error->kind == ErrorKind::Refused, why(receipt));
        QVERIFY2(receipt.error->detail.contains("a transaction pooler answers there"_L1),
                 why(receipt));
        QCOMPARE(receipt.error->advice, Advice::UseSessionPort);
        QCOMPARE(shop.ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'public%'"),
                 u"1"_s);
    }
};

MAYDAY_TEST(TestLongWay);
#include "tst_longway.moc"
