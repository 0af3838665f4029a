// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/screen.h"
#include "support/testmain.h"
#include "ui/kit/disclosure.h"
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

MAYDAY_UI_TEST(TestAfterwardsView);
#include "tst_afterwardsview.moc"
