// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scriptedprompter.h"
#include "support/testmain.h"
#include "ui/kit/dialogprompter.h"
#include "ui/kit/errorpanel.h"
#include "ui/kit/questiondialog.h"

#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTest>

using namespace mayday;
using namespace mayday::ui;
using namespace Qt::StringLiterals;

class TestPrompter final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_window = std::make_unique<QWidget>();
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        m_prompter = std::make_unique<DialogPrompter>(m_theme, *m_window);
        m_answers.clear();
    }

    void typedConfirmationCannotBePassedByEnter()
    {
        askTyped();
        auto *field = dialog()->findChild<QLineEdit *>();
        ActionButton *go = dialog()->confirmButton();
        QVERIFY(!go->isEnabled());
        QTest::keyClick(field, Qt::Key_Return);
        QTest::keyClicks(field, u"sho"_s);
        QVERIFY(!go->isEnabled());
        QTest::keyClicks(field, u"p"_s);
        QVERIFY(go->isEnabled());
        QVERIFY(!go->isDefault() && !go->autoDefault());
        QTest::keyClick(field, Qt::Key_Return);
        QTest::keyClick(go, Qt::Key_Return);
        QTest::keyClick(go, Qt::Key_Enter);
        QTest::keyClick(dialog(), Qt::Key_Return);
        QVERIFY(m_answers.isEmpty());
        QVERIFY(dialog()->isVisible());
        QTest::keyClick(go, Qt::Key_Space);
        QCOMPARE(m_answers, QList<bool>{true});
    }

    void theNameMustMatchExactly()
    {
        askTyped();
        auto *field = dialog()->findChild<QLineEdit *>();
        for (const QString &wrong : {u"Shop"_s, u"shop2"_s, u"sh op"_s, QString()}) {
            field->setText(wrong);
            QVERIFY2(!dialog()->confirmButton()->isEnabled(), qPrintable(wrong));
        }
        field->setText(u" shop "_s);
        QVERIFY(dialog()->confirmButton()->isEnabled());
    }

    void anEmptyNameIsNeverEnough()
    {
        m_prompter->confirmTyped(
            this, {.title = u"?"_s, .text = {}, .confirmLabel = u"Go"_s, .nameToType = {}},
            [](bool) {});
        dialog()->findChild<QLineEdit *>()->setText(u"  "_s);
        QVERIFY(!dialog()->confirmButton()->isEnabled());
    }

    void escapeIsNo()
    {
        askTyped();
        QTest::keyClick(dialog(), Qt::Key_Escape);
        QCOMPARE(m_answers, QList<bool>{false});
        QTRY_VERIFY(dialog() == nullptr);
    }

    void destructiveConfirmationIsDeafToEnter()
    {
        confirm(true);
        QCOMPARE(dialog()->confirmButton()->kind(), ButtonKind::Danger);
        QTest::keyClick(dialog()->confirmButton(), Qt::Key_Return);
        QVERIFY(m_answers.isEmpty());
        QTest::keyClick(dialog()->cancelButton(), Qt::Key_Return);
        QCOMPARE(m_answers, QList<bool>{false});
    }

    void plainConfirmationTakesEnter()
    {
        confirm(false);
        QTest::keyClick(dialog(), Qt::Key_Return);
        QCOMPARE(m_answers, QList<bool>{true});
    }

    void aReceiverThatIsGoneIsNotAnswered()
    {
        auto receiver = std::make_unique<QObject>();
        bool answered = false;
        m_prompter->confirm(receiver.get(),
                            {.title = u"Close?"_s, .text = {}, .confirmLabel = u"Close"_s},
                            [&answered](bool) { answered = true; });
        receiver.reset();
        dialog()->accept();
        QVERIFY(!answered);
    }

    void textMustNotBeEmptyUnlessAllowed()
    {
        std::optional<QString> text;
        m_prompter->askText(this, {.title = u"Note"_s, .note = {}},
                            [&text](std::optional<QString> given) { text = given; });
        auto *field = dialog()->findChild<QLineEdit *>();
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(dialog()->isVisible());
        QTest::keyClicks(field, u"called Ann"_s);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(text.value_or(QString()), u"called Ann"_s);
    }

    void aTextToBeReadIsNotAsked()
    {
        m_prompter->askText(this,
                            {.title = u"Line 7"_s,
                             .note = {},
                             .confirmLabel = u"Close"_s,
                             .initial = QString(16'000, u'x'),
                             .multiLine = true,
                             .readOnly = true},
                            [](const std::optional<QString> &) {});
        auto *field = dialog()->findChild<QPlainTextEdit *>();
        QVERIFY(field->isReadOnly());
        QVERIFY(dialog()->height() < 600 && dialog()->width() < 700); // however long it is
        for (const auto *button : dialog()->findChildren<ActionButton *>())
            QCOMPARE(button->isVisible(), button == dialog()->confirmButton());
        dialog()->confirmButton()->click();
    }

    void secretsAreHiddenWhileTyped()
    {
        std::optional<Secret> secret;
        m_prompter->askSecret(this, {.title = u"Password"_s, .note = {}, .label = u"Password"_s},
                              [&secret](std::optional<Secret> given) { secret = given; });
        auto *field = dialog()->findChild<QLineEdit *>();
        QCOMPARE(field->echoMode(), QLineEdit::Password);
        QTest::keyClicks(field, u"hunter2"_s);
        dialog()->confirmButton()->click();
        QVERIFY(secret.has_value());
        QCOMPARE(secret->reveal(), QByteArray("hunter2"));
        QVERIFY(field->text().isEmpty());
    }

    void choicesAreMadeByKeyboard()
    {
        QList<qsizetype> chosen;
        m_prompter->askChoices(this,
                               {.title = u"Who are they?"_s,
                                .text = u"What is theirs."_s,
                                .confirmLabel = u"Go on"_s,
                                .choices = {{u"ann is"_s, {u"nobody"_s, u"bob"_s, u"carl"_s}},
                                            {u"dora is"_s, {u"nobody"_s, u"eve"_s}, 1}}},
                               [&chosen](const std::optional<QList<qsizetype>> &given) {
                                   chosen = given.value_or(QList<qsizetype>{-1});
                               });
        const auto boxes = dialog()->findChildren<QComboBox *>();
        QCOMPARE(boxes.size(), 2);
        QCOMPARE(boxes[0]->accessibleName(), u"ann is"_s);
        QCOMPARE(dialog()->focusWidget(), boxes[0]);
        QTest::keyClicks(boxes[0], u"ca"_s);
        QTest::keyClick(boxes[0], Qt::Key_Tab);
        QCOMPARE(dialog()->focusWidget(), boxes[1]);
        QTest::keyClick(boxes[1], Qt::Key_Up);
        QTest::keyClick(boxes[1], Qt::Key_Return);
        QCOMPARE(chosen, (QList<qsizetype>{2, 0}));
    }

    void manyChoicesFitASmallWindow()
    {
        QList<ChoiceQuestion::Choice> choices(40, {QString(60, u'r'), {QString(63, u'w')}});
        bool isAnswered = false;
        m_prompter->askChoices(this,
                               {.title = u"Who are they?"_s,
                                .text = {},
                                .confirmLabel = u"Go on"_s,
                                .choices = choices},
                               [&isAnswered](const std::optional<QList<qsizetype>> &given) {
                                   isAnswered = !given.has_value();
                               });
        QVERIFY2(dialog()->height() <= 640, qPrintable(QString::number(dialog()->height())));
        QVERIFY2(dialog()->width() <= 1024, qPrintable(QString::number(dialog()->width())));
        // Who goes on by keyboard sees where that leads.
        auto *last = dialog()->findChildren<QComboBox *>().last();
        for (qsizetype i = 1; i < choices.size(); ++i)
            QTest::keyClick(dialog()->focusWidget(), Qt::Key_Tab);
        QCOMPARE(dialog()->focusWidget(), last);
        QTRY_VERIFY(last->visibleRegion().contains(last->rect().center()));
        QTest::keyClick(dialog(), Qt::Key_Escape);
        QVERIFY(isAnswered);
    }

    void errorsAreShownWithTheirPanel()
    {
        m_prompter->showError(
            {.kind = ErrorKind::NoSpace, .subject = u"the backup"_s, .detail = {}});
        QVERIFY(dialog()->findChild<ErrorPanel *>() != nullptr);
        QVERIFY(!dialog()->cancelButton()->isVisible());
    }

    void theScriptedOneAnswersLaterAndOnce()
    {
        test::ScriptedPrompter scripted;
        scripted.decisions = {true};
        int yes = 0;
        int no = 0;
        for (int turn = 0; turn < 2; ++turn) {
            scripted.confirm(this, {.title = u"Close?"_s, .text = {}, .confirmLabel = u"Close"_s},
                             [&yes, &no](bool answer) { answer ? ++yes : ++no; });
        }
        QCOMPARE(yes + no, 0);
        QTRY_COMPARE(yes + no, 2);
        QCOMPARE(yes, 1);
        QCOMPARE(scripted.asked.size(), 2);
    }

private:
    [[nodiscard]] QuestionDialog *dialog() const { return m_window->findChild<QuestionDialog *>(); }

    void askTyped()
    {
        m_prompter->confirmTyped(this,
                                 {.title = u"Replace?"_s,
                                  .text = u"The live data goes."_s,
                                  .confirmLabel = u"Replace schema public in shop"_s,
                                  .nameToType = u"shop"_s},
                                 [this](bool answer) { m_answers.append(answer); });
    }

    void confirm(bool destructive)
    {
        m_prompter->confirm(this,
                            {.title = u"Close?"_s,
                             .text = {},
                             .confirmLabel = u"Close"_s,
                             .cancelLabel = {},
                             .destructive = destructive},
                            [this](bool answer) { m_answers.append(answer); });
    }

    Theme m_theme;
    std::unique_ptr<QWidget> m_window;
    std::unique_ptr<DialogPrompter> m_prompter;
    QList<bool> m_answers;
};

MAYDAY_UI_TEST(TestPrompter);
#include "tst_prompter.moc"
