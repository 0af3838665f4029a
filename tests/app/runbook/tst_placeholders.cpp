// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/placeholders.h"
#include "runbook/verbregistry.h"
#include "support/testmain.h"

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

MAYDAY_TEST(TestPlaceholders);
#include "tst_placeholders.moc"
