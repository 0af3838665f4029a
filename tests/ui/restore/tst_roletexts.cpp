// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/restore/roletexts.h"

#include <QTest>

using namespace mayday;
using namespace mayday::ui;
using namespace Qt::StringLiterals;

/// What is said of roles that the backup names and the server lacks, and who they are there.
class TestRoleTexts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsSaidOfThem_data();
    void whatIsSaidOfThem();
    void aRoleOfTheHostCanOnlyBeAnother();
    void anAnswerMeansThoseThatWereAsked();
};

void TestRoleTexts::whatIsSaidOfThem_data()
{
    QTest::addColumn<bool>("canMake");
    QTest::addColumn<bool>("makes");
    QTest::addColumn<bool>("ofPolicies");
    QTest::addColumn<QString>("said");
    const QString who = u"Say who they are here..."_s;
    QTest::newRow("cannot be made")
        << false << false << false << u"not on this server, and left out: clerk "_s + who;
    QTest::newRow("a policy cannot do without")
        << false << false << true << u"not on this server: clerk "_s + who;
    QTest::newRow("made") << true << true << false
                          << u"made first, without a login and without a password: clerk Leave "
                             "them out \u00b7 "_s +
                                 who;
    QTest::newRow("made for a policy")
        << true << true << true
        << u"made first, without a login and without a password: clerk "_s + who;
}

void TestRoleTexts::whatIsSaidOfThem()
{
    QFETCH(bool, canMake);
    QFETCH(bool, makes);
    QFETCH(bool, ofPolicies);
    restore::PreflightReport report;
    report.canMakeRoles = canMake;
    report.missing.roles = {u"clerk"_s};
    if (ofPolicies)
        report.missing.policyRoles = {u"clerk"_s};
    restore::RestorePlan plan;
    plan.makeRoles = makes;
    report.roleChoices = {{u"clerk"_s, {u"app"_s}}};
    const QList<Fact> facts = roletexts::facts(plan, report);
    QCOMPARE(facts.size(), 1);
    QTEST(plainValue(facts.front()), "said");
    QVERIFY(roletexts::mappedFacts(plan).isEmpty());
}

void TestRoleTexts::aRoleOfTheHostCanOnlyBeAnother()
{
    restore::PreflightReport report;
    report.canMakeRoles = true;
    report.missing.reserved = {u"supabase_x"_s, u"pg_new"_s};
    report.missing.policyRoles = {u"supabase_x"_s};
    report.roleChoices = {{u"supabase_x"_s, {u"app"_s}}};
    const QList<Fact> facts = roletexts::facts({}, report);
    QCOMPARE(facts.size(), 1);
    QCOMPARE(plainValue(facts.front()),
             u"not on this server: supabase_x Say who they are here..."_s);
    report.missing.reserved = {u"pg_new"_s}; // the other one is mapped
    QVERIFY(roletexts::facts({}, report).isEmpty());
}

void TestRoleTexts::anAnswerMeansThoseThatWereAsked()
{
    restore::PreflightReport report;
    report.roleChoices = {{u"a"_s, {u"x"_s, u"y"_s}}, {u"b"_s, {u"z"_s}}, {u"c"_s, {u"z"_s}}};
    restore::RestorePlan plan;
    plan.mappedRoles = {{u"a"_s, u"y"_s}, {u"b"_s, u"gone"_s}};
    const ChoiceQuestion question = roletexts::question(plan, report);
    QList<qsizetype> chosen;
    for (const ChoiceQuestion::Choice &choice : question.choices)
        chosen.append(choice.chosen);
    QCOMPARE(chosen, (QList<qsizetype>{2, 0, 0}));
    QCOMPARE(roletexts::rolesFrom(report, {2, 1, 0}),
             (restore::RoleMap{{u"a"_s, u"y"_s}, {u"b"_s, u"z"_s}}));
    QVERIFY(roletexts::rolesFrom(report, {}).isEmpty());
    QVERIFY(roletexts::rolesFrom(report, {9, -1}).isEmpty());
}

MAYDAY_UI_TEST(TestRoleTexts);
#include "tst_roletexts.moc"
