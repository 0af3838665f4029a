// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/connectionstring.h"
#include "support/testmain.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::postgres;

class TestConnectionString final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsBothForms_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("conninfo")
            << u"host=db.example port=5433 dbname=shop user=app password='p\\'w d'"_s;
        QTest::newRow("uri") << u"postgresql://app:p%27w%20d@db.example:5433/shop"_s;
        QTest::newRow("short uri") << u"  postgres://app:p%27w%20d@db.example:5433/shop \n"_s;
    }
    void readsBothForms()
    {
        QFETCH(QString, text);
        const auto parsed = ConnectionString::parse(text);
        QVERIFY(parsed.has_value());
        QCOMPARE(parsed->host(), u"db.example"_s);
        QCOMPARE(parsed->port(), 5433);
        QCOMPARE(parsed->database(), u"shop"_s);
        QCOMPARE(parsed->user(), u"app"_s);
        QVERIFY(parsed->hasPassword());
        QCOMPARE(parsed->password().reveal(), QByteArray("p'w d"));
        QCOMPARE(parsed->display(), u"database shop on db.example:5433 as app"_s);
    }

    void neverPrintsASecret()
    {
        const auto parsed = ConnectionString::parse(
            u"postgresql://app:hunter2@db.example/shop?sslmode=require&sslpassword=keypass"_s);
        QVERIFY(parsed.has_value());
        QVERIFY(!parsed->display().contains("hunter2"_L1));
        QVERIFY(!parsed->withoutPassword().contains("hunter2"_L1));
        QVERIFY(!parsed->withoutPassword().contains("keypass"_L1));
        QVERIFY(parsed->withoutPassword().contains("sslmode='require'"_L1));
        QCOMPARE(parsed->keyPassword().reveal(), QByteArray("keypass"));
    }

    void badTextIsRefusedWithoutQuotingIt_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << u"  "_s;
        QTest::newRow("only a password") << u"hunter2"_s;
        QTest::newRow("unknown keyword") << u"hunter2=x"_s;
        QTest::newRow("bad percent") << u"postgresql://app:hunter2%zz@db.example/shop"_s;
        QTest::newRow("open quote") << u"password='hunter2"_s;
    }
    void badTextIsRefusedWithoutQuotingIt()
    {
        QFETCH(QString, text);
        const auto parsed = ConnectionString::parse(text);
        QVERIFY(!parsed);
        QCOMPARE(parsed.error().kind, ErrorKind::Refused);
        QVERIFY(!parsed.error().detail.isEmpty());
        QVERIFY2(!parsed.error().detail.contains("hunter2"_L1),
                 qUtf8Printable(parsed.error().detail));
    }

    void survivesARoundTrip()
    {
        const auto first = ConnectionString::parse(
            u"host=/tmp/a\\ b port=5440 dbname='my \\'shop\\'' user='o\\\\x' password=hunter2"_s);
        QVERIFY(first.has_value());
        const auto second = ConnectionString::parse(first->withoutPassword());
        QVERIFY(second.has_value());
        QCOMPARE(second->host(), u"/tmp/a b"_s);
        QCOMPARE(second->database(), u"my 'shop'"_s);
        QCOMPARE(second->user(), u"o\\x"_s);
        QVERIFY(!second->hasPassword());
    }

    void changesDatabaseAndPassword()
    {
        const auto base = ConnectionString::parse(u"host=db.example dbname=shop user=app"_s);
        const ConnectionString other = base->withDatabase(u"shop_new"_s).withPassword(Secret("pw"));
        QCOMPARE(other.database(), u"shop_new"_s);
        QVERIFY(other.hasPassword());
        QCOMPARE(base->database(), u"shop"_s);
        QVERIFY(!base->hasPassword());
    }

    void namesWhatIsLeftOut()
    {
        const auto parsed = ConnectionString::parse(u"user=app"_s);
        QCOMPARE(parsed->port(), 5432);
        QCOMPARE(parsed->database(), u"app"_s);
        QVERIFY(parsed->display().contains("local socket"_L1));
    }

    void recognisesTransactionPoolers_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("pooler");
        QTest::newRow("supabase transactions")
            << u"host=aws-0-eu.pooler.supabase.com port=6543"_s << true;
        QTest::newRow("supabase sessions")
            << u"host=aws-0-eu.pooler.supabase.com port=5432"_s << false;
        QTest::newRow("supabase direct") << u"host=db.abc.supabase.co"_s << false;
        QTest::newRow("neon") << u"host=ep-cool-pooler.eu.aws.neon.tech"_s << true;
        QTest::newRow("pgbouncer's port") << u"host=db.example port=6432"_s << true;
        QTest::newRow("plain") << u"host=db.example"_s << false;
    }
    void recognisesTransactionPoolers()
    {
        QFETCH(QString, text);
        QFETCH(bool, pooler);
        QCOMPARE(ConnectionString::parse(text)->looksLikeTransactionPooler().has_value(), pooler);
    }
};

MAYDAY_TEST(TestConnectionString);
#include "tst_connectionstring.moc"
