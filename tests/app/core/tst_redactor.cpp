// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redactor.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace Qt::StringLiterals;

class TestRedactor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hides_data();
    void hides();
    void leavesOrdinaryTextAlone_data();
    void leavesOrdinaryTextAlone();
};

void TestRedactor::hides_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("secret");
    const auto row = [](const char *name, const QString &text, const QString &secret) {
        QTest::newRow(name) << text << secret;
    };
    row("uri", u"postgresql://app:hunter2@db.example:5432/shop"_s, u"hunter2"_s);
    row("uri with @ in it", u"postgres://app:p@ss@db.example/shop"_s, u"p@ss"_s);
    row("conninfo", u"host=db password=hunter2 dbname=shop"_s, u"hunter2"_s);
    row("quoted conninfo", u"host=db password='two words' dbname=shop"_s, u"two words"_s);
    row("environment", u"PGPASSWORD=hunter2"_s, u"hunter2"_s);
    row("json", u"{\"api_key\": \"abcdef123\"}"_s, u"abcdef123"_s);
    row("yaml", u"  access_token: abc-def-ghi"_s, u"abc-def-ghi"_s);
    row("header", u"Authorization: Bearer abcdefgh12345678"_s, u"abcdefgh12345678"_s);
    row("basic", u"authorization: Basic dXNlcjpwYXNz"_s, u"dXNlcjpwYXNz"_s);
    row("loose bearer", u"sent bearer abcdefgh12345678 to it"_s, u"abcdefgh12345678"_s);
    row("begins with a dollar", u"Authorization: Bearer $ecret12345"_s, u"$ecret12345"_s);
    row("github", u"token ghp_0123456789abcdefghijABCDEFGHIJ"_s,
        u"ghp_0123456789abcdefghijABCDEFGHIJ"_s);
    row("supabase", u"key sbp_0123456789abcdefghij0123456789"_s,
        u"sbp_0123456789abcdefghij0123456789"_s);
    row("groq", u"gsk_0123456789abcdefghij"_s, u"gsk_0123456789abcdefghij"_s);
    row("aws", u"id AKIAIOSFODNN7EXAMPLE"_s, u"AKIAIOSFODNN7EXAMPLE"_s);
    row("jwt", u"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln"_s, u"eyJzdWIiOiIxMjM0In0"_s);
    row("slack hook", u"https://hooks.slack.com/services/T000/B000/XXXX"_s, u"T000/B000/XXXX"_s);
    row("private key", u"-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----"_s,
        u"MIIabc"_s);
}

void TestRedactor::hides()
{
    QFETCH(QString, text);
    QFETCH(QString, secret);
    const QString shown = redacted(text);
    QVERIFY2(!shown.contains(secret), qPrintable(shown));
    QVERIFY2(shown.contains(u"[hidden]"), qPrintable(shown));
    QVERIFY(looksSecret(text));
    QCOMPARE(redacted(shown), shown); // twice is the same
}

void TestRedactor::leavesOrdinaryTextAlone_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("sentence") << u"Restored 60,012 rows into schema public in 3.2 s."_s;
    QTest::newRow("url") << u"https://status.example.com/api/v2/summary.json?limit=5"_s;
    QTest::newRow("host and port") << u"postgresql://app@db.example:5432/shop"_s;
    QTest::newRow("conninfo") << u"host=db port=5432 dbname=shop user=app"_s;
    QTest::newRow("sql") << u"SELECT count(*) FROM products WHERE id > 7"_s;
    QTest::newRow("sha") << u"deploy 4f2c91e to backend"_s;
    QTest::newRow("words") << u"Check the password in Settings > Credentials."_s;
    QTest::newRow("a shell's variable")
        << u"curl -H \"Authorization: Bearer $API_KEY\" x.example"_s;
    QTest::newRow("in braces") << u"curl -H 'Authorization: Bearer ${API_KEY}' x.example"_s;
    QTest::newRow("empty") << QString();
}

void TestRedactor::leavesOrdinaryTextAlone()
{
    QFETCH(QString, text);
    QCOMPARE(redacted(text), text);
    QVERIFY(!looksSecret(text));
}

MAYDAY_TEST(TestRedactor);
#include "tst_redactor.moc"
