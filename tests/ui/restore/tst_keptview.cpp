// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/keptmarks.h"
#include "postgres/quoting.h"
#include "support/keyboardwalk.h"
#include "support/testmain.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/banner.h"
#include "ui/kit/copybutton.h"
#include "ui/restore/backupspage.h"
#include "ui/restore/keptmodel.h"
#include "ui/restore/keptview.h"
#include "ui/restore/restorepanelfixture.h"

#include <QRegularExpression>
#include <QSpinBox>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace mayday::ui::test;
using namespace Qt::StringLiterals;

/// What restores have kept on a real server: listed with sizes, discarded by a typed name alone.
class TestKeptView : public QObject, protected RestorePanelFixture {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startServer(); }
    void init() { setUp(); }
    void cleanup()
    {
        m_page.reset();
        m_size = {1144, 620};
        m_keepDays = 0;
        tearDown();
    }

    void nothingKeptSaysWhatWillBe();
    void oneIsDiscardedByKeyboard();
    void withoutTheNameNothingGoes();
    void onlyWhatIsOldGoes();
    void whenEachGoesIsShown();
    void whatWentByItselfIsTold();
    void whatIsInUseStaysAndSaysSo();
    void withoutAConnectionItSaysSo();

private:
    void openKept()
    {
        m_page = std::make_unique<BackupsPage>(RestorePanel::Parts{.theme = m_theme,
                                                                   .desk = *m_desk,
                                                                   .shelf = *m_shelf,
                                                                   .clock = m_clock,
                                                                   .prompter = *m_prompter});
        RestoreTarget shop = target();
        shop.keepDays = m_keepDays;
        m_page->setTarget(shop);
        m_page->resize(m_size);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
        ActionButton *open = seenButton(*m_page, u"What restores have kept"_s);
        QVERIFY(open);
        open->setFocus();
        press(*m_page, Qt::Key_Return);
        QTRY_VERIFY2(seenText(*m_page).contains(u"Restores keep"_s) || seen<ErrorPanel>(*m_page),
                     qPrintable(seenText(*m_page)));
    }
    /// A restore whose old data is kept for so many days by now.
    void keep(int days)
    {
        const auto receipt = m_shop->restore(m_shop->writeDump(m_shop->dump()));
        QCOMPARE(receipt.verdict, restore::Verdict::Proven);
        const QString name = m_shop->ask("SELECT nspname FROM pg_namespace WHERE nspname LIKE "
                                         "'public_before%' ORDER BY oid DESC LIMIT 1");
        const QString comment =
            m_shop->ask("SELECT replace(obj_description('" + name.toUtf8() +
                        "'::regnamespace), to_char(now() AT TIME ZONE 'UTC', "
                        "'YYYY-MM-DD'), to_char(now() AT TIME ZONE 'UTC' - '" +
                        QByteArray::number(days) + " days'::interval, 'YYYY-MM-DD'))");
        m_shop->run("COMMENT ON SCHEMA " + name.toUtf8() + " IS " +
                    postgres::quoteLiteral(comment.toUtf8()));
        const QString id = restore::keptFromComment(name, comment.toUtf8())->restore;
        FakeClock clock;
        const auto journal = store::Journal::open(m_journal->path(), clock).value();
        restore::test::noteEnd(*journal, clock, id, days, m_shop->target());
        m_desk->replay(journal->read({.kindPrefix = {}, .subject = id}).value());
    }
    [[nodiscard]] QString keptNames() const
    {
        return m_shop->ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'public_before%'");
    }

    std::unique_ptr<BackupsPage> m_page;
    QSize m_size{1144, 620};
    int m_keepDays = 0;
};

void TestKeptView::nothingKeptSaysWhatWillBe()
{
    openKept();
    QVERIFY2(seenText(*m_page).contains(u"Restores keep nothing here."_s),
             qPrintable(seenText(*m_page)));
    QVERIFY(!seenButton(*m_page, u"Discard..."_s)->isEnabled());
    QVERIFY(!seenButton(*m_page, u"Nothing is that old"_s)->isEnabled());
    seenButton(*m_page, u"Back to the backups"_s)->click();
    QVERIFY(seen<RestorePanel>(*m_page));
}

void TestKeptView::oneIsDiscardedByKeyboard()
{
    keep(0);
    keep(0);
    openKept();
    const auto *table = seen<ActionTable>(*m_page);
    QCOMPARE(table->model()->rowCount(), 2);
    static const QRegularExpression fresh(
        u"The data from before a restore\t(just now|\\d s ago)\t"_s);
    QVERIFY2(table->asText().contains(fresh), qPrintable(table->asText()));
    const QStringList clipped = clippedTexts(*m_page);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
    int named = 0;
    QVERIFY(namelessFor(*m_page, named).isEmpty());
    m_prompter->decisions = {true};
    ActionButton *discard = seenButton(*m_page, u"Discard "_s);
    QVERIFY(discard && discard->isEnabled());
    discard->setFocus();
    press(*m_page, Qt::Key_Space);
    QTRY_COMPARE(table->model()->rowCount(), 1);
    QCOMPARE(m_prompter->typed.size(), 1);
    QCOMPARE(m_prompter->typed[0].nameToType, m_shop->database());
    QCOMPARE(keptNames(), u"1"_s);
    QVERIFY(m_errors.isEmpty());
    // What came of it stays to be read, copied and put away, by keyboard too.
    const auto *outcome = seen<Banner>(*m_page);
    QVERIFY(outcome && outcome->text().startsWith(u"Discarded: public_before_"_s));
    auto *copy = seen<CopyButton>(*outcome);
    QVERIFY(copy && copy->focusPolicy() != Qt::NoFocus);
    copy->setFocus();
    press(*m_page, Qt::Key_Space);
    QVERIFY(copy->copyText().contains(u"There is no way back to it."_s));
    static const QRegularExpression gone(
        u"Discarded \\d+ \\w+ \\d{4}, \\d\\d:\\d\\d UTC: public_before_\\d+_\\d+ \\(.*\\), by hand"_s);
    QTRY_VERIFY2(seenText(*m_page).contains(gone), qPrintable(seenText(*m_page)));
    seenButton(*m_page, u"Dismiss"_s)->click();
    QVERIFY(!seen<Banner>(*m_page));
}

void TestKeptView::withoutTheNameNothingGoes()
{
    keep(0);
    openKept();
    m_prompter->decisions = {false};
    seenButton(*m_page, u"Discard "_s)->click();
    QTRY_COMPARE(m_prompter->typed.size(), 1);
    QVERIFY(!m_desk->isBusy());
    QCOMPARE(keptNames(), u"1"_s);
}

void TestKeptView::onlyWhatIsOldGoes()
{
    keep(9);
    keep(8);
    keep(1);
    openKept();
    const auto *table = seen<ActionTable>(*m_page);
    QCOMPARE(table->model()->rowCount(), 3);
    seen<QSpinBox>(*m_page)->setValue(30);
    QVERIFY(!seenButton(*m_page, u"Nothing is that old"_s)->isEnabled());
    seen<QSpinBox>(*m_page)->setValue(7);
    m_prompter->decisions = {true};
    QTRY_VERIFY(seenButton(*m_page, u"Discard all "_s));
    seenButton(*m_page, u"Discard all "_s)->click();
    QTRY_COMPARE(table->model()->rowCount(), 1);
    QCOMPARE(keptNames(), u"1"_s);
}

void TestKeptView::whenEachGoesIsShown()
{
    m_size = {768, 520}; // what is left of a window of 1024x640
    keep(20);
    keep(9);
    openKept();
    const auto *table = seen<ActionTable>(*m_page);
    QVERIFY2(table->asText().contains(u"By hand alone"_s), qPrintable(table->asText()));
    QVERIFY(seenText(*m_page).contains(u"stack.yaml has no keep-days"_s));
    m_page.reset();
    m_keepDays = 14;
    openKept();
    table = seen<ActionTable>(*m_page);
    const auto goesIn = [&table](int row) {
        return table->model()->index(row, KeptModel::Goes).data().toString();
    };
    QVERIFY2(goesIn(0).endsWith(u", in 5 days"_s), qPrintable(goesIn(0))); // newest first
    QCOMPARE(goesIn(1), u"Due"_s);
    QVERIFY(seenText(*m_page).contains(u"until it goes by itself, after 14 days"_s));
    const QStringList clipped = clippedTexts(*m_page);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
    m_desk->setIncidentOpen(true);
    seenButton(*m_page, u"Back to the backups"_s)->click();
    seenButton(*m_page, u"What restores have kept"_s)->click();
    QTRY_COMPARE(goesIn(1), u"Due, but stays"_s);
    const QModelIndex goes = table->model()->index(1, KeptModel::Goes);
    QCOMPARE(goes.data(Qt::ToolTipRole).toString(),
             u"Its days have passed. It stays while an incident is open."_s);
}

void TestKeptView::whatWentByItselfIsTold()
{
    keep(20);
    keep(2);
    m_keepDays = 14;
    openKept();
    m_desk->discardExpired(m_shop->target(), 14);
    QTRY_VERIFY_WITH_TIMEOUT(seen<Banner>(*m_page), 20000);
    QVERIFY(seen<Banner>(*m_page)->text().startsWith(
        u"Discarded after 14 days in %1: public_before_"_s.arg(m_shop->database())));
    QTRY_COMPARE(seen<ActionTable>(*m_page)->model()->rowCount(), 1);
    QTRY_VERIFY2(seenText(*m_page).contains(u", by itself after 14 days"_s),
                 qPrintable(seenText(*m_page)));
}

void TestKeptView::whatIsInUseStaysAndSaysSo()
{
    keep(0);
    const QString name = m_shop->ask("SELECT nspname FROM pg_namespace WHERE nspname LIKE "
                                     "'public_before%'");
    m_shop->run("CREATE SCHEMA reports; CREATE VIEW reports.old AS SELECT * FROM " + name.toUtf8() +
                ".products");
    openKept();
    m_prompter->decisions = {true};
    seenButton(*m_page, u"Discard "_s)->click();
    QTRY_VERIFY2(seen<ErrorPanel>(*m_page), qPrintable(seenText(*m_page)));
    QTRY_VERIFY2(seenText(*m_page).contains(u"Refused: schema "_s + name),
                 qPrintable(seenText(*m_page)));
    QCOMPARE(keptNames(), u"1"_s);
}

void TestKeptView::withoutAConnectionItSaysSo()
{
    m_noConnection = Error{.kind = ErrorKind::Denied,
                           .subject = u"database main"_s,
                           .detail = u"no password is known"_s};
    openKept();
    QVERIFY2(seenText(*m_page).contains(u"Not allowed: database main."_s),
             qPrintable(seenText(*m_page)));
}

MAYDAY_UI_TEST(TestKeptView);
#include "tst_keptview.moc"
