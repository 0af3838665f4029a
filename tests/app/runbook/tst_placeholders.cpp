// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/placeholders.h"
#include "runbook/suggestion.h"
#include "runbook/verbregistry.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace mayday::runbook;

class TestPlaceholders final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fillsVariablesAndListsGaps()
    {
        const Lookup lookup = [](const QString &name) -> std::optional<QString> {
            if (name == u"service.backend.url")
                return u"https://{{stack.name}}.example"_s;
            return std::nullopt;
        };
        const FilledText text = filled(
            u"curl {{service.backend.url}}/{{ contact.x }} {{contact.x}} ${{Other.URL}} {{}}"_s,
            lookup);
        QCOMPARE(
            text.text,
            u"curl https://{{stack.name}}.example/{{ contact.x }} {{contact.x}} ${{Other.URL}} {{}}"_s);
        QCOMPARE(text.gaps, QStringList{u"contact.x"_s});
        QCOMPARE(variablesIn(u"{{a}} {{b}} {{a}}"_s), (QStringList{u"a"_s, u"b"_s}));
    }

    void fillsMessageTemplates()
    {
        const FilledText text = filledTemplate(u"Down since [time]: [what]. [what]"_s,
                                               [](const QString &name) -> std::optional<QString> {
                                                   if (name == u"time")
                                                       return u"14:02 UTC"_s;
                                                   return std::nullopt;
                                               });
        QCOMPARE(text.text, u"Down since 14:02 UTC: [what]. [what]"_s);
        QCOMPARE(text.gaps, QStringList{u"what"_s});
    }

    void readsDurations_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("seconds");
        QTest::newRow("s") << u"90 s"_s << 90;
        QTest::newRow("m") << u"5m"_s << 300;
        QTest::newRow("range") << u"10-30 min"_s << 1800;
        QTest::newRow("dash") << u"1–4 h"_s << 4 * 3600;
        QTest::newRow("to") << u"1 to 4 hours"_s << 4 * 3600;
        QTest::newRow("sum") << u"2 hours 30 min"_s << 9000;
        QTest::newRow("day") << u"2 days"_s << 2 * 86400;
        QTest::newRow("words") << u"a while"_s << -1;
        QTest::newRow("bare") << u"15"_s << -1;
        QTest::newRow("too long") << u"999999 days"_s << -1;
        QTest::newRow("empty") << QString() << -1;
        QTest::newRow("negative") << u"-5 min"_s << -1;
    }
    void readsDurations()
    {
        QFETCH(QString, text);
        const auto length = parseDuration(text);
        QTEST(length ? int(length->count()) : -1, "seconds");
    }

    void readsSuggestions()
    {
        QCOMPARE(parseSuggestion(u"probe  database failing 60 s"_s),
                 (Suggestion{.sign = Suggestion::ProbeFailing,
                             .subject = u"database"_s,
                             .level = {},
                             .lasting = std::chrono::seconds(60)}));
        QCOMPARE(parseSuggestion(u"probe main failing"_s)->lasting.count(), 0);
        QCOMPARE(parseSuggestion(u"status supabase major"_s)->level, u"major"_s);
        QCOMPARE(parseSuggestion(u"rows products drop"_s)->sign, Suggestion::RowsDrop);
        QCOMPARE(parseSuggestion(u"deployment backend failed"_s)->sign,
                 Suggestion::DeploymentFailed);
        for (const QString &bad :
             {u"probe main"_s, u"probe main failing soon"_s, u"status x huge"_s, u"rows products"_s,
              u"moon is full"_s, QString()})
            QVERIFY2(!parseSuggestion(bad), qPrintable(bad));
    }

    void verbsCanBeAddedAndReplaced()
    {
        VerbRegistry verbs = VerbRegistry::standard();
        QCOMPARE(verbs.names(VerbKind::Do).size(), 11);
        QCOMPARE(verbs.names(VerbKind::Check).size(), 8);
        verbs.add({.kind = VerbKind::Do,
                   .name = u"page"_s,
                   .parameters = {{.name = u"who"_s, .required = true}}});
        QVERIFY(verbs.find(VerbKind::Do, u"page"_s)->parameter(u"who"_s)->required);
        QVERIFY(!verbs.find(VerbKind::Check, u"page"_s));
        verbs.add({.kind = VerbKind::Do, .name = u"page"_s, .parameters = {}});
        QVERIFY(!verbs.find(VerbKind::Do, u"page"_s)->parameter(u"who"_s));
        QCOMPARE(verbs.names(VerbKind::Do).size(), 12);
    }
};

QTEST_GUILESS_MAIN(TestPlaceholders)
#include "tst_placeholders.moc"
