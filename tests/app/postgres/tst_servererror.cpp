// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/servererror.h"
#include "support/testmain.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::postgres;

namespace {

Error errorOf(const QString &state, const QString &primary = u"message"_s,
              const QString &context = {})
{
    return errorFromServer({.sqlState = state,
                            .primary = primary,
                            .detail = u"Failing row contains (1, very-secret)."_s,
                            .context = context},
                           u"database shop"_s);
}

} // namespace

class TestServerError final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void mapsStates_data()
    {
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("advice");
        const auto row = [](const char *state, const char *kind, const char *advice) {
            QTest::newRow(state) << QString::fromLatin1(state) << QString::fromLatin1(kind)
                                 << QString::fromLatin1(advice);
        };
        row("28P01", "denied", "check-password");
        row("28000", "denied", "check-password");
        row("3D000", "not-found", "check-address");
        row("08006", "unreachable", "check-network");
        row("57P01", "unreachable", "check-network");
        row("57P03", "unreachable", "try-again");
        row("53100", "no-space", "free-server-space");
        row("53300", "refused", "close-other-sessions");
        row("42501", "denied", "ask-for-rights");
        row("57014", "cancelled", "");
        row("55P03", "refused", "close-other-sessions");
        row("0A000", "unsupported", "");
        row("23505", "refused", "");
        row("22P02", "refused", "");
        row("42P07", "already-exists", "");
        row("42P01", "not-found", "");
        row("XX001", "corrupt", "");
        row("99999", "refused", "");
    }
    void mapsStates()
    {
        QFETCH(QString, state);
        const Error error = errorOf(state);
        QTEST(kindKey(error.kind), "kind");
        QTEST(error.advice ? adviceKey(*error.advice) : QString(), "advice");
        QCOMPARE(error.sqlState, state);
        QCOMPARE(error.subject, u"database shop"_s);
    }

    void tellsRolesAndExtensionsApart()
    {
        QCOMPARE(errorOf(u"42704"_s, u"role \"shop_app\" does not exist"_s).advice,
                 Advice::CreateRole);
        QCOMPARE(errorOf(u"42704"_s, u"type \"money2\" does not exist"_s).advice, std::nullopt);
        QCOMPARE(errorOf(u"0A000"_s, u"extension \"postgis\" is not available"_s).advice,
                 Advice::InstallExtension);
    }

    void keepsRowTextOut_data()
    {
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("primary");
        QTest::addColumn<QString>("context");
        QTest::addColumn<QString>("detail");
        QTest::newRow("bad number in COPY")
            << u"22P02"_s << u"invalid input syntax for type integer: \"very-secret\""_s
            << u"COPY products, line 17, column price: \"very-secret\""_s
            << u"COPY products, line 17, column price: invalid input syntax for type integer"_s;
        QTest::newRow("missing column")
            << u"22P04"_s << u"missing data for column \"price\""_s
            << u"COPY products, line 3: \"very-secret\""_s
            << u"COPY products, line 3: missing data for column \"price\""_s;
        QTest::newRow("value with quotes in it")
            << u"22P02"_s << u"invalid input syntax for type json: \"a column \"very-secret\" b\""_s
            << QString() << u"invalid input syntax for type json"_s;
        QTest::newRow("value in the middle")
            << u"22003"_s << u"value \"very-secret\" is out of range for type integer"_s
            << QString() << u"value … is out of range for type integer"_s;
        QTest::newRow("bytes") << u"22021"_s
                               << u"invalid byte sequence for encoding \"UTF8\": 0xe9 0x20"_s
                               << QString() << u"invalid byte sequence for encoding \"UTF8\": …"_s;
        QTest::newRow("syntax") << u"42601"_s << u"syntax error at or near \"very-secret\""_s
                                << QString() << u"syntax error at or near …"_s;
        QTest::newRow("trigger's own words in COPY")
            << u"P0001"_s << u"price of very-secret is wrong"_s
            << u"PL/pgSQL function check_price() line 3 at RAISE\nCOPY products, line 9: \"very-secret\""_s
            << u"COPY products, line 9: a trigger of the table raised an exception"_s;
        QTest::newRow("translated server")
            << u"22P02"_s << u"ungültige Eingabesyntax für Typ integer: »very-secret«"_s
            << u"COPY products, Zeile 17, Spalte price: »very-secret«"_s
            << u"COPY products, line 17, column price: ungültige Eingabesyntax für Typ integer"_s;
        QTest::newRow("row that imitates a place")
            << u"22P02"_s << u"invalid input syntax for type integer: \"x\""_s
            << u"COPY t, line 1, column a: \"x\nCOPY very-secret, line 9\""_s
            << u"COPY t, line 1, column a: invalid input syntax for type integer"_s;
    }
    void keepsRowTextOut()
    {
        QFETCH(QString, state);
        QFETCH(QString, primary);
        QFETCH(QString, context);
        const Error error = errorOf(state, primary, context);
        QTEST(error.detail, "detail");
        QVERIFY(!describe(error).contains("secret"_L1));
    }

    void keepsNamesTheServerGave()
    {
        const Error error = errorFromServer(
            {.sqlState = u"23505"_s,
             .primary = u"duplicate key value violates unique constraint \"products_pkey\""_s,
             .detail = u"Key (id)=(very-secret) already exists."_s,
             .constraint = u"products_pkey"_s},
            u"x"_s);
        QCOMPARE(error.detail,
                 u"duplicate key value violates unique constraint \"products_pkey\""_s);
    }

    void keepsTheServersDetailWhereItHelps()
    {
        const Error error =
            errorFromServer({.sqlState = u"55006"_s,
                             .primary = u"database \"shop\" is being accessed by other users"_s,
                             .detail = u"There is 1 other session using the database."_s},
                            u"x"_s);
        QVERIFY(error.detail.contains("1 other session"_L1));
    }

    void readsTheStateFromVerboseConnectText()
    {
        const Error error =
            errorFromConnecting(u"connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  "
                                u"28P01: password authentication"
                                " failed for user \"app\"\nLOCATION:  auth_failed, auth.c:329\n"_s,
                                u"database shop"_s);
        QCOMPARE(error.sqlState, u"28P01"_s);
        QCOMPARE(error.detail, u"password authentication failed for user \"app\""_s);
    }

    void onlyCopyErrorsHaveACopyLine()
    {
        QCOMPARE(copyLineOf(errorOf(u"23502"_s)), std::nullopt);
        QVERIFY(copyTableOf(errorOf(u"23502"_s)).isEmpty());
        QCOMPARE(
            copyLineOf(errorOf(u"22P02"_s, u"bad"_s, u"COPY big, line 5000000000, column a"_s)),
            5'000'000'000);
    }
};

MAYDAY_TEST(TestServerError);
#include "tst_servererror.moc"
