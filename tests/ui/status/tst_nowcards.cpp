// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/kit/actionbutton.h"
#include "ui/kit/textlabel.h"
#include "ui/status/changescard.h"
#include "ui/status/checklistcard.h"
#include "ui/status/practicecard.h"

#include <QAction>
#include <QSignalSpy>
#include <QTest>

using namespace mayday;
using namespace mayday::ui;
using namespace Qt::StringLiterals;

namespace {

const QDateTime cardsNow(QDate(2026, 3, 4), QTime(9, 30), QTimeZone::UTC);

ScenarioOffer offer(const QString &id, const QString &because = {})
{
    return {.id = runbook::RunbookId::parse(id).value(),
            .title = u"Scenario "_s + id,
            .because = because};
}

status::StatusChange change(int secondsAgo, const QString &what, const QString &words)
{
    return {.at = cardsNow.addSecs(-secondsAgo),
            .id = what,
            .what = what,
            .from = status::State::Operational,
            .to = status::State::Down,
            .words = words};
}

} // namespace

/// The cards beside the tiles, each by itself.
class TestNowCards : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theSuggestedScenarioIsTheLargeOne();
    void offersKeepTheirButtonsAndTheFocus();
    void fewerOffersHideTheRest();
    void everyButtonChoosesItsOwn();
    void noRunbooksSayWhereToLook();
    void theKeyboardFollowsTheEye();
    void changesAreCutToWhatFits();
    void aLongChangeIsWholeInItsToolTip();
    void noChangesAreSaid();
    void changesAreNotMarkup();
    void practiceHasButtonsOnlyWhenReady_data();
    void practiceHasButtonsOnlyWhenReady();
    void breakingAndMendingStandApart();

private:
    Theme m_theme;
};

void TestNowCards::theSuggestedScenarioIsTheLargeOne()
{
    QAction all(u"All 12 scenarios"_s);
    ChecklistCard card(m_theme, &all);
    card.setOffers({offer(u"corruption"_s, u"products fell to 0"_s), offer(u"outage"_s)});
    auto *first = qobject_cast<ActionButton *>(card.firstButton());
    QVERIFY(first);
    QCOMPARE(first->kind(), ButtonKind::Primary);
    QCOMPARE(first->accessibleName(),
             u"Start the checklist Scenario corruption, suggested because products fell to 0"_s);
    int primaries = 0;
    for (const ActionButton *button : card.findChildren<ActionButton *>())
        primaries += button->kind() == ButtonKind::Primary;
    QCOMPARE(primaries, 1);
    QVERIFY(std::ranges::any_of(card.findChildren<TextLabel *>(), [](const TextLabel *label) {
        return !label->isHidden() && label->plainText() == u"Suggested: products fell to 0"_s;
    }));
    // Nothing is suggested: no button shouts.
    card.setOffers({offer(u"corruption"_s), offer(u"outage"_s)});
    QCOMPARE(first->kind(), ButtonKind::Secondary);
    QCOMPARE(first->accessibleName(), u"Start the checklist Scenario corruption"_s);
}

void TestNowCards::offersKeepTheirButtonsAndTheFocus()
{
    QAction all(u"All"_s);
    ChecklistCard card(m_theme, &all);
    card.setOffers({offer(u"a"_s), offer(u"b"_s)});
    card.show();
    QVERIFY(QTest::qWaitForWindowActive(&card));
    QWidget *first = card.firstButton();
    first->setFocus();
    card.setOffers({offer(u"c"_s, u"it is down"_s), offer(u"a"_s), offer(u"b"_s)});
    QCOMPARE(card.firstButton(), first);
    QVERIFY(first->hasFocus());
    QCOMPARE(qobject_cast<ActionButton *>(first)->text(), u"Scenario c"_s);
}

void TestNowCards::fewerOffersHideTheRest()
{
    QAction all(u"All"_s);
    ChecklistCard card(m_theme, &all);
    card.setOffers({offer(u"a"_s, u"why a"_s), offer(u"b"_s, u"why b"_s), offer(u"c"_s)});
    card.setOffers({offer(u"b"_s)});
    QStringList shown;
    for (const ActionButton *button : card.findChildren<ActionButton *>()) {
        if (!button->isHidden())
            shown.append(button->text());
    }
    QCOMPARE(shown.count(u"Scenario b"_s), 1);
    QVERIFY(!shown.contains(u"Scenario a"_s));
    QVERIFY(!shown.contains(u"Scenario c"_s));
    for (const TextLabel *label : card.findChildren<TextLabel *>())
        QVERIFY2(label->isHidden() || !label->plainText().startsWith(u"Suggested"_s),
                 qPrintable(label->plainText()));
}

void TestNowCards::everyButtonChoosesItsOwn()
{
    QAction all(u"All"_s);
    ChecklistCard card(m_theme, &all);
    card.setOffers({offer(u"a"_s), offer(u"b"_s), offer(u"c"_s)});
    QSignalSpy chosen(&card, &ChecklistCard::chosen);
    for (ActionButton *button : card.findChildren<ActionButton *>()) {
        if (button->text().startsWith(u"Scenario"_s))
            button->click();
    }
    QCOMPARE(chosen.size(), 3);
    for (qsizetype index = 0; index < 3; ++index)
        QCOMPARE(chosen.at(index).at(0).toLongLong(), index);
}

void TestNowCards::noRunbooksSayWhereToLook()
{
    QAction all(u"All"_s);
    ChecklistCard card(m_theme, &all);
    card.setOffers({offer(u"a"_s)});
    card.setOffers({});
    QVERIFY(!card.firstButton());
    QVERIFY(std::ranges::any_of(card.findChildren<TextLabel *>(), [](const TextLabel *label) {
        return !label->isHidden() &&
               label->plainText().startsWith(u"No runbook could be read. See Runbooks"_s);
    }));
}

void TestNowCards::theKeyboardFollowsTheEye()
{
    QAction all(u"All 3 scenarios"_s);
    ChecklistCard card(m_theme, &all);
    card.setOffers({offer(u"a"_s), offer(u"b"_s), offer(u"c"_s)});
    card.resize(400, 400);
    card.show();
    QVERIFY(QTest::qWaitForWindowActive(&card));
    card.firstButton()->setFocus();
    QStringList walked;
    for (int step = 0; step < 3; ++step) {
        walked.append(qobject_cast<ActionButton *>(QApplication::focusWidget())->text());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    }
    QCOMPARE(walked, QStringList({u"Scenario a"_s, u"Scenario b"_s, u"Scenario c"_s}));
}

void TestNowCards::changesAreCutToWhatFits()
{
    ChangesCard card(m_theme);
    QList<status::StatusChange> changes;
    for (int i = 20; i > 0; --i)
        changes.append(change(i * 60, u"Vendor %1"_s.arg(i), u"does not answer"_s));
    card.setChanges(changes, cardsNow);
    const QStringList lines = card.lines();
    QCOMPARE(lines.size(), 6);
    for (int i = 0; i < lines.size(); ++i)
        QVERIFY2(lines.at(i).contains(u"Vendor %1: "_s.arg(i + 1)), qPrintable(lines.at(i)));
}

void TestNowCards::aLongChangeIsWholeInItsToolTip()
{
    ChangesCard card(m_theme);
    const QString story = u"an engineer wrote a very long story "_s.repeated(20);
    card.setChanges({change(5, u"Supabase"_s, story)}, cardsNow);
    QCOMPARE(card.lines().size(), 1);
    QVERIFY(card.lines().first().endsWith(u'…'));
    QVERIFY(card.lines().first().size() < 150);
    QString tip;
    for (const TextLabel *label : card.findChildren<TextLabel *>())
        tip += label->toolTip();
    QVERIFY(tip.contains(story.trimmed().last(40)));
    card.setChanges({change(5, u"Supabase"_s, u"major outage"_s)}, cardsNow);
    for (const TextLabel *label : card.findChildren<TextLabel *>())
        QVERIFY(label->toolTip().isEmpty());
}

void TestNowCards::noChangesAreSaid()
{
    ChangesCard card(m_theme);
    const auto isSaid = [&card] {
        return std::ranges::any_of(card.findChildren<TextLabel *>(), [](const TextLabel *label) {
            return !label->isHidden() &&
                   label->plainText() == u"Nothing has changed since Mayday was started."_s;
        });
    };
    card.setChanges({}, cardsNow);
    QVERIFY(isSaid());
    QVERIFY(card.lines().isEmpty());
    card.setChanges({change(1, u"GitHub"_s, u"minor"_s)}, cardsNow);
    QVERIFY(!isSaid());
    card.setChanges({}, cardsNow);
    QVERIFY(isSaid());
}

void TestNowCards::changesAreNotMarkup()
{
    ChangesCard card(m_theme);
    card.setChanges({change(1, u"<img src=x>"_s, u"<b>bold</b> & more"_s)}, cardsNow);
    QVERIFY2(card.lines().first().contains(u"<b>bold</b> & more"_s),
             qPrintable(card.lines().first()));
}

void TestNowCards::practiceHasButtonsOnlyWhenReady_data()
{
    QTest::addColumn<PracticeState::Phase>("phase");
    QTest::addColumn<bool>("isShown");
    QTest::addColumn<bool>("isEnabled");
    QTest::newRow("off") << PracticeState::Phase::Off << false << false;
    QTest::newRow("starting") << PracticeState::Phase::Starting << true << false;
    QTest::newRow("ready") << PracticeState::Phase::Ready << true << true;
    QTest::newRow("failed") << PracticeState::Phase::Failed << true << false;
}

void TestNowCards::practiceHasButtonsOnlyWhenReady()
{
    QFETCH(const PracticeState::Phase, phase);
    QAction breaks(u"Delete the products"_s);
    QAction outage(u"Supabase outage"_s);
    QAction mends(u"Put it right"_s);
    const QList<QAction *> actions{&breaks, &outage, &mends};
    PracticeCard card(m_theme, actions);
    card.setState({.phase = phase});
    QTEST(!card.isHidden(), "isShown");
    for (const QAction *action : actions) {
        QTEST(action->isVisible(), "isShown");
        QTEST(action->isEnabled(), "isEnabled");
    }
}

/// A hand that is in a hurry must not break the world again when it wants to mend it.
void TestNowCards::breakingAndMendingStandApart()
{
    QAction breaks(u"Delete the products"_s);
    QAction outage(u"Supabase outage"_s);
    QAction mends(u"Put it right"_s);
    PracticeCard card(m_theme, {&breaks, &outage, &mends});
    card.setState({.phase = PracticeState::Phase::Ready});
    card.resize(900, 300);
    card.show();
    QVERIFY(QTest::qWaitForWindowExposed(&card));
    const auto place = [&card](const QString &text) {
        for (const ActionButton *button : card.findChildren<ActionButton *>()) {
            if (button->text() == text)
                return QRect(button->mapTo(&card, QPoint()), button->size());
        }
        return QRect();
    };
    QCOMPARE(place(breaks.text()).top(), place(outage.text()).top());
    QVERIFY(place(mends.text()).top() >= place(breaks.text()).bottom());
    card.resize(400, 400);
    QTRY_VERIFY(place(outage.text()).top() >= place(breaks.text()).bottom());
    QVERIFY(place(mends.text()).top() >= place(outage.text()).bottom());
}

MAYDAY_UI_TEST(TestNowCards);
#include "tst_nowcards.moc"
