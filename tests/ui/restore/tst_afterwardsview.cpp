// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/screen.h"
#include "support/testmain.h"
#include "ui/kit/copybutton.h"
#include "ui/kit/disclosure.h"
#include "ui/restore/afterwardsview.h"
#include "ui/restore/restoretexts.h"
#include "ui/restore/verdictview.h"

#include <QTest>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace Qt::StringLiterals;

/// What came to life with a restore is known a moment after its verdict.
class TestAfterwardsView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsKnownLaterIsShown();
    void jobsThatAreOffHaveTheirStatements();

private:
    Theme m_theme;
};

void TestAfterwardsView::whatIsKnownLaterIsShown()
{
    VerdictView view(m_theme);
    view.resize(768, 520);
    view.show();
    restore::RestoreRecord record;
    record.id = restore::freshRestoreId(QDateTime::currentDateTimeUtc());
    record.state = restore::RestoreState::Finished;
    record.receipt = restore::RestoreReceipt{
        .id = record.id,
        .verdict = restore::Verdict::Proven,
        .afterwards = restore::Afterwards{.unseen = {u"who is let in again: why"_s},
                                          .looked = {u"rights"_s, u"jobs"_s}}};
    view.setRecord(record);
    auto *fold = view.findChild<Disclosure *>(QString(), Qt::FindDirectChildrenOnly);
    QVERIFY(!fold->isOpen());
    fold->setOpen(true);
    const auto shown = [&view] {
        QCoreApplication::sendPostedEvents();
        return seenText(view);
    };
    QVERIFY2(shown().contains(u"Nothing found in what could be looked at: rights; jobs."_s),
             qPrintable(shown()));
    fold->setOpen(false);
    record.receipt->afterwards->found = {u"1 scheduled job is active again"_s};
    view.renew(record);
    QVERIFY(fold->isOpen());
    QVERIFY2(shown().contains(u"1 scheduled job is active again."_s), qPrintable(shown()));
    QVERIFY(!shown().contains(u"Nothing found"_s));
    fold->setOpen(false); // whoever has read it is left alone
    view.renew(record);
    QVERIFY(!fold->isOpen());
    restore::RestoreRecord other = record;
    other.id = restore::freshRestoreId(QDateTime::currentDateTimeUtc());
    other.receipt->afterwards->found = {u"of another restore"_s};
    view.renew(other);
    fold->setOpen(true);
    QVERIFY(!shown().contains(u"of another restore"_s));
}

/// Each can be copied, and all of them together; of many the first ones are shown.
void TestAfterwardsView::jobsThatAreOffHaveTheirStatements()
{
    restore::Afterwards seen{.looked = {u"scheduled jobs of pg_cron"_s}};
    for (int job = 1; job <= 7; ++job)
        seen.jobsOff.append({.id = job,
                             .wasActive = job == 1 ? std::optional(true) : std::nullopt,
                             .switchOn = u"ON %1;"_s.arg(job)});
    restore::RestoreRecord record;
    record.id = restore::freshRestoreId(QDateTime::currentDateTimeUtc());
    record.state = restore::RestoreState::Finished;
    record.receipt = restore::RestoreReceipt{
        .id = record.id, .verdict = restore::Verdict::Proven, .afterwards = seen};
    AfterwardsView view(m_theme);
    view.resize(700, 400);
    view.show();
    view.setRecord(record);
    QVERIFY(!view.isEmpty());
    QCOMPARE(view.title(), u"After the restore: 1 to look at"_s);
    QCoreApplication::sendPostedEvents();
    const QString shown = seenText(view);
    for (const QString &text :
         {u"7 scheduled jobs of cron.job came with the backup, and are off until you switch them "
          "on."_s,
          u"Switch on job 1 (it was on before the restore): ON 1;"_s,
          u"Switch on job 5 (whether it was on before the restore is not known): ON 5;"_s,
          u"And 2 more jobs; the button copies the statements for all of them."_s})
        QVERIFY2(shown.contains(text), qPrintable(text + u" is not in: "_s + shown));
    QVERIFY(!shown.contains(u"job 6"_s));
    const auto copies = [&view] {
        QStringList texts;
        for (const CopyButton *button : view.findChildren<CopyButton *>())
            texts.append(button->copyText());
        return texts;
    };
    QCOMPARE(copies().size(), 6);
    QCOMPARE(copies().first(), u"ON 1;"_s);
    QCOMPARE(copies().last(), u"ON 1;\nON 2;\nON 3;\nON 4;\nON 5;\nON 6;\nON 7;"_s);
    QVERIFY(restoretexts::verdictForChat(*record.receipt)
                .contains(u"Switch on job 7 (whether it was on before the restore is not known): "
                          "ON 7;"_s));
    record.receipt->afterwards->jobsOff.resize(1);
    view.setRecord(record);
    QCOMPARE(copies(), QStringList{u"ON 1;"_s});
}

MAYDAY_UI_TEST(TestAfterwardsView);
#include "tst_afterwardsview.moc"
